#include "adapter/fhirpath/members_read.hpp"

#include "adapter/fhirpath/program.hpp"

#include <algorithm>

namespace facet::fhirpath {
namespace {

// What these yield depends on more than their input and arguments.
bool LooksAround(const Node& node) {
  if (node.op == Op::kVariable) return true;
  if (node.op != Op::kFunction) return false;
  switch (node.function) {
  case Function::kTrace:
  case Function::kDefineVariable:
  case Function::kNow:
  case Function::kToday:
  case Function::kTimeOfDay:
  case Function::kResolve:
  case Function::kConformsTo:
  case Function::kMemberOf:
  case Function::kSubsumes:
  case Function::kSubsumedBy:
  case Function::kCheckModifiers:
    return true;
  default:
    return false;
  }
}

// Arguments of these are evaluated on items of the input only.
bool StaysWithItems(Function function) {
  return function == Function::kWhere || function == Function::kSelect || function == Function::kExists ||
         function == Function::kAll || function == Function::kRepeat || function == Function::kRepeatAll ||
         function == Function::kIif;
}

class Walk {
 public:
  Walk(const Program& program, fhir::TypeId focus) : program_(program), focus_(focus) {}

  // False where it may be anything. `id` is evaluated with the focus as $this.
  bool Visit(NodeId id) {
    const Node& node = program_.nodes[id];
    switch (node.op) {
    case Op::kEmpty:
    case Op::kLiteral:
      return true;
    case Op::kThis:
    case Op::kIndex:
    case Op::kTotal:
    case Op::kVariable:
      return false;
    case Op::kMember:
      return IsOfFocus(node) ? AddElement(node, {}) : node.input != kNoNode && Visit(node.input);
    case Op::kFunction:
      return VisitCall(node);
    default:
      return (node.input == kNoNode || Visit(node.input)) && VisitChildren(node);
    }
  }

  std::vector<std::string> TakeKeys() { return std::move(keys_); }

 private:
  // "status", or "Observation.status".
  bool IsOfFocus(const Node& node) const {
    if (node.op != Op::kMember) return false;
    if (node.input == kNoNode) return node.type.fhir == fhir::TypeId::kUnknown;
    const Node& input = program_.nodes[node.input];
    return input.op == Op::kMember && input.input == kNoNode && input.type.fhir == focus_;
  }

  bool VisitChildren(const Node& node) {
    const auto children = program_.ChildrenOf(node);
    return std::all_of(children.begin(), children.end(), [this](NodeId child) { return Visit(child); });
  }

  bool VisitCall(const Node& node) {
    if (node.input == kNoNode) return node.function == Function::kIif && VisitChildren(node);
    const Node& input = program_.nodes[node.input];
    if (node.function == Function::kOfType && IsOfFocus(input)) return AddElement(input, node.type);
    if (!Visit(node.input)) return false;
    if (StaysWithItems(node.function)) return true;
    const bool values = InfoOf(node.function).kinds.find('l') == std::string_view::npos;
    return node.child_count == 0 || (values && VisitChildren(node));
  }

  // A choice has a key for each of its types; of those only the wanted can matter.
  bool AddElement(const Node& node, const TypeSpec& wanted) {
    if (node.known_element == nullptr || node.known_type != focus_) return false;
    const std::string name(fhir::NameOf(*node.known_element));
    if (!node.known_element->choice()) {
      AddKey(name);
      return true;
    }
    for (const std::uint16_t index : fhir::TypesOf(*node.known_element)) {
      const auto type = static_cast<fhir::TypeId>(index);
      if (wanted.fhir != fhir::TypeId::kUnknown && !fhir::IsA(type, wanted.fhir)) continue;
      std::string suffix(fhir::NameOf(type));
      if (suffix[0] >= 'a' && suffix[0] <= 'z') suffix[0] = static_cast<char>(suffix[0] - 'a' + 'A');
      AddKey(name + suffix);
    }
    return true;
  }

  void AddKey(const std::string& key) {
    keys_.push_back(key);
    keys_.push_back("_" + key);
  }

  const Program& program_;
  fhir::TypeId focus_;
  std::vector<std::string> keys_;
};

}  // namespace

std::optional<std::vector<std::string>> MembersRead(const Expression& expression, fhir::TypeId focus) {
  const Program* program = expression.program();
  if (program == nullptr) return std::vector<std::string>();
  if (focus == fhir::TypeId::kUnknown) return std::nullopt;
  if (std::any_of(program->nodes.begin(), program->nodes.end(), LooksAround)) return std::nullopt;
  Walk walk(*program, focus);
  if (!walk.Visit(program->root)) return std::nullopt;
  auto keys = walk.TakeKeys();
  std::sort(keys.begin(), keys.end());
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  return keys;
}

}  // namespace facet::fhirpath
