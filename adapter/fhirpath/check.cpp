// Static checks: follows types through the tree before anything is evaluated.
#include "adapter/fhirpath/lexer.hpp"
#include "adapter/fhirpath/parser.hpp"
#include "adapter/fhirpath/static_type.hpp"

#include <algorithm>

namespace facet::fhirpath {
namespace {

constexpr std::string_view kStandardVariables[] = {"context", "resource", "rootResource", "ucum", "sct", "loinc"};
// repeat() looks twice at its argument; nested ones would double each time.
constexpr int kRepeatNestingMax = 3;

bool IsTextFunction(Function function) { return function >= Function::kIndexOf && function <= Function::kSplit; }
bool IsOrderDependent(Function function) { return function >= Function::kFirst && function <= Function::kTake; }

class Checker {
 public:
  Checker(Program& program, const CompileOptions& options) : program_(program), options_(options) {}

  Status Run() {
    StaticType root = StaticType::Unknown();
    if (!options_.root_type.empty()) {
      const fhir::TypeId type = fhir::FindType(options_.root_type);
      // A type of another version or a logical model: nothing is known.
      if (type != fhir::TypeId::kUnknown) root = StaticType::Of(type);
    }
    CollectDefined();
    StaticType result;
    if (!Infer(program_.root, root, result)) return std::move(error_);
    if (!result.unknown && result.fhir.size() + result.system.size() == 1) {
      program_.result_type = result.system.empty() ? std::string(fhir::NameOf(result.fhir[0]))
                                                   : "System." + std::string(SystemNameOf(result.system[0]));
    }
    return {};
  }

 private:
  bool Refuse(const Node& node, ErrorCode code, std::string detail) {
    error_ = MakeError(code, program_.WhereOf(node.begin), std::move(detail));
    return false;
  }

  static std::string Suggest(std::string_view nearest) {
    return nearest.empty() ? std::string() : "; did you mean '" + std::string(nearest) + "'?";
  }

  void CollectDefined() {
    for (const Node& node : program_.nodes) {
      if (node.op != Op::kFunction || node.function != Function::kDefineVariable) continue;
      const Node& name = program_.nodes[program_.ChildrenOf(node)[0]];
      const bool literal = name.op == Op::kLiteral && program_.literals[name.data].kind() == ItemKind::kString;
      if (literal) {
        defined_.push_back(program_.literals[name.data].string_value());
      } else {
        any_defined_ = true;
      }
    }
  }

  bool Infer(NodeId id, const StaticType& self, StaticType& out) {
    Node& node = program_.nodes[id];
    switch (node.op) {
    case Op::kEmpty:
      out = {};
      return true;
    case Op::kLiteral:
      out = StaticType::Of(program_.literals[node.data].kind());
      return true;
    case Op::kThis:
      out = self;
      return true;
    case Op::kIndex:
      out = StaticType::Of(ItemKind::kInteger);
      return true;
    case Op::kTotal:
      out = StaticType::Unknown();
      return true;
    case Op::kVariable:
      return InferVariable(node, self, out);
    case Op::kMember:
      return InferMember(node, self, out);
    case Op::kFunction:
      return InferFunction(node, self, out);
    case Op::kIndexer: {
      StaticType index;
      return CheckOrder(node) && Infer(node.input, self, out) && Infer(program_.ChildrenOf(node)[0], self, index);
    }
    case Op::kNegate:
    case Op::kPlus:
      return Infer(program_.ChildrenOf(node)[0], self, out);
    case Op::kIs:
    case Op::kAs: {
      StaticType operand;
      if (!Infer(program_.ChildrenOf(node)[0], self, operand)) return false;
      return node.op == Op::kAs ? Narrow(node, operand, out) : (out = StaticType::Of(ItemKind::kBoolean), true);
    }
    default:
      return InferBinary(node, self, out);
    }
  }

  bool InferVariable(const Node& node, const StaticType&, StaticType& out) {
    const std::string_view name = program_.names[node.data];
    out = StaticType::Unknown();
    if (name == "ucum" || name == "sct" || name == "loinc" || name.starts_with("vs-") || name.starts_with("ext-")) {
      out = StaticType::Of(ItemKind::kString);
      return true;
    }
    if (!options_.strict || options_.any_variable || any_defined_) return true;
    std::vector<std::string_view> names(std::begin(kStandardVariables), std::end(kStandardVariables));
    names.insert(names.end(), options_.variables.begin(), options_.variables.end());
    names.insert(names.end(), defined_.begin(), defined_.end());
    if (std::find(names.begin(), names.end(), name) != names.end()) return true;
    return Refuse(node, ErrorCode::kPathUnknown,
                  "there is no variable %" + std::string(name) + Suggest(fhir::Nearest(name, names)));
  }

  bool InferMember(Node& node, const StaticType& self, StaticType& out) {
    StaticType input = self;
    if (node.input != kNoNode && !Infer(node.input, self, input)) return false;
    const std::string_view name = program_.names[node.data];
    if (node.input == kNoNode && node.type.fhir != fhir::TypeId::kUnknown) {
      if (!MayBe(self, node.type) && options_.strict && !silent_) {
        return Refuse(node, ErrorCode::kPathUnknown,
                      "this path starts from " + self.Text() + ", not from " + std::string(name));
      }
      const bool narrower = std::any_of(self.fhir.begin(), self.fhir.end(),
                                        [&](fhir::TypeId type) { return fhir::IsA(type, node.type.fhir); });
      out = narrower ? self : StaticType::Of(node.type.fhir);
      return true;
    }
    bool found = false;
    out = MemberOf(input, name, node.name_id, found);
    const bool json_spelling = input.fhir.size() == 1 && fhir::FindByJsonKey(input.fhir[0], name).element != nullptr;
    if (!found && !input.nothing() && (options_.strict || json_spelling) && !silent_) {
      const std::string_view nearest = input.fhir.empty() ? "" : fhir::NearestElement(input.fhir[0], name);
      return Refuse(node, ErrorCode::kPathUnknown,
                    "'" + std::string(name) + "' is not an element of " + input.Text() + Suggest(nearest));
    }
    if (!input.unknown && input.fhir.size() == 1 && node.name_id != fhir::NameId::kUnknown) {
      node.known_type = input.fhir[0];
      node.known_element = fhir::FindElement(node.known_type, node.name_id);
    }
    return true;
  }

  // as, ofType
  bool Narrow(const Node& node, const StaticType& input, StaticType& out) {
    if (options_.strict && !silent_ && !MayBe(input, node.type)) {
      const std::string_view wanted =
          node.type.fhir == fhir::TypeId::kUnknown ? SystemNameOf(node.type.system) : fhir::NameOf(node.type.fhir);
      return Refuse(node, ErrorCode::kPathArgument, input.Text() + " can never be " + std::string(wanted));
    }
    out = {};
    const bool system = std::find(input.system.begin(), input.system.end(), node.type.system) != input.system.end();
    if (node.type.fhir != fhir::TypeId::kUnknown) out.Add(node.type.fhir);
    if (node.type.system != ItemKind::kNone && (system || input.unknown)) out.Add(StaticType::Of(node.type.system));
    return true;
  }

  bool CheckOrder(const Node& node) {
    if (!options_.strict || !options_.check_order || node.input == kNoNode) return true;
    const Node& from = program_.nodes[node.input];
    const bool unordered =
        from.op == Op::kFunction && (from.function == Function::kChildren || from.function == Function::kDescendants);
    if (!unordered) return true;
    return Refuse(node, ErrorCode::kPathArgument, "children() and descendants() have no order to take a part of");
  }

  bool InferFunction(const Node& node, const StaticType& self, StaticType& out) {
    StaticType input = self;
    if (node.input != kNoNode && !Infer(node.input, self, input)) return false;
    const FunctionInfo& info = InfoOf(node.function);
    if (IsOrderDependent(node.function) && !CheckOrder(node)) return false;
    if (IsTextFunction(node.function) && options_.strict && !silent_ && !MayBeText(input)) {
      return Refuse(node, ErrorCode::kPathArgument,
                    "'" + std::string(info.name) + "' works on strings, not on " + input.Text());
    }
    const auto children = program_.ChildrenOf(node);
    std::vector<StaticType> arguments(children.size());
    for (std::size_t i = 0; i < children.size(); ++i) {
      if (!Infer(children[i], info.KindOf(i) == 'l' ? input : self, arguments[i])) return false;
    }
    out = ResultOf(node.function, input);
    switch (node.function) {
    case Function::kSelect:
      out = arguments[0];
      return true;
    case Function::kUnion:
    case Function::kCombine:
      out = input;
      out.Add(arguments[0]);
      return true;
    case Function::kIif:
      out = arguments[1];
      if (arguments.size() > 2) out.Add(arguments[2]);
      return true;
    case Function::kCoalesce:
      out = {};
      for (const StaticType& argument : arguments) out.Add(argument);
      return true;
    case Function::kOfType:
    case Function::kAs:
      return Narrow(node, input, out);
    case Function::kRepeat:
    case Function::kRepeatAll:
      return InferRepeat(children[0], arguments[0], out);
    case Function::kGetValue:
      out = {};
      out.unknown = input.unknown;
      for (const fhir::TypeId type : input.fhir) {
        if (fhir::IsPrimitive(type)) out.Add(StaticType::Of(SystemKindOf(type)));
      }
      return true;
    default:
      return true;
    }
  }

  // What the argument yields of its own results; what is not there yields nothing, which is no mistake.
  bool InferRepeat(NodeId argument, const StaticType& first, StaticType& out) {
    out = StaticType::Unknown();
    if (repeat_nesting_ >= kRepeatNestingMax) return true;
    ++repeat_nesting_;
    const bool silent = std::exchange(silent_, true);
    StaticType second;
    const bool good = Infer(argument, first, second);
    silent_ = silent;
    --repeat_nesting_;
    if (!good) return false;
    // The known elements of the second look must hold for both; they are checked again when evaluated.
    StaticType both = first;
    both.Add(second);
    if (both.fhir.size() == first.fhir.size() && both.system.size() == first.system.size()) out = both;
    return true;
  }

  bool InferBinary(const Node& node, const StaticType& self, StaticType& out) {
    const auto children = program_.ChildrenOf(node);
    StaticType left;
    StaticType right;
    if (!Infer(children[0], self, left) || !Infer(children[1], self, right)) return false;
    out = StaticType::Of(ItemKind::kBoolean);
    switch (node.op) {
    case Op::kUnion:
      out = left;
      out.Add(right);
      return true;
    case Op::kConcatenate:
      out = StaticType::Of(ItemKind::kString);
      return true;
    case Op::kLess:
    case Op::kLessOrEqual:
    case Op::kGreater:
    case Op::kGreaterOrEqual:
      return MayCompare(left, right) || !options_.strict || silent_ ||
             Refuse(node, ErrorCode::kPathArgument,
                    left.Text() + " and " + right.Text() + " have no order between them");
    case Op::kEqual:
    case Op::kNotEqual:
    case Op::kEquivalent:
    case Op::kNotEquivalent:
    case Op::kIn:
    case Op::kContains:
      return MayEqual(left, right) || !options_.strict || silent_ ||
             Refuse(node, ErrorCode::kPathArgument, left.Text() + " and " + right.Text() + " are never equal");
    case Op::kAnd:
    case Op::kOr:
    case Op::kXor:
    case Op::kImplies:
      return true;
    default:  // arithmetic
      out = StaticType::Unknown();
      return true;
    }
  }

  Program& program_;
  const CompileOptions& options_;
  std::vector<std::string_view> defined_;
  bool any_defined_ = false;
  bool silent_ = false;
  int repeat_nesting_ = 0;
  Error error_;
};

}  // namespace

Status Check(Program& program, const CompileOptions& options) { return Checker(program, options).Run(); }

}  // namespace facet::fhirpath
