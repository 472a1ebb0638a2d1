#include "adapter/fhirpath/parser.hpp"

#include "adapter/fhirpath/grammar.hpp"
#include "adapter/fhirpath/lexer.hpp"
#include "adapter/fhirpath/temporal.hpp"
#include "adapter/fhirpath/text.hpp"
#include "adapter/fhirpath/units.hpp"

#include <algorithm>

namespace facet::fhirpath {
namespace {

class Parser {
 public:
  Parser(Program& program, const CompileOptions& options, std::vector<Token> tokens)
      : program_(program), options_(options), tokens_(std::move(tokens)) {}

  Status Run() {
    if (!Binary(1, program_.root)) return std::move(error_);
    if (Now().kind != TokenKind::kEnd) {
      Refuse(Now(), "the expression should end here; an operator or '.' is missing");
      return std::move(error_);
    }
    return {};
  }

 private:
  const Token& Now() const { return tokens_[at_]; }
  const Token& Before() const { return tokens_[at_ - 1]; }
  bool AtSymbol(std::string_view text) const { return Now().kind == TokenKind::kSymbol && Now().text == text; }
  bool TakeSymbol(std::string_view text) {
    if (!AtSymbol(text)) return false;
    ++at_;
    return true;
  }

  bool Refuse(const Token& token, std::string detail, ErrorCode code = ErrorCode::kPathSyntax) {
    error_ = MakeError(code, PlaceOf(program_.text, token.begin), std::move(detail));
    return false;
  }

  bool Expect(std::string_view symbol) {
    if (TakeSymbol(symbol)) return true;
    return Refuse(Now(), "expected '" + std::string(symbol) + "'");
  }

  bool Add(Node node, const std::vector<NodeId>& children, NodeId& out) {
    if (program_.nodes.size() >= options_.nodes_max) {
      return Refuse(Before(), "the expression has too many parts", ErrorCode::kPathLimit);
    }
    // The depth of the tree bounds recursion, of chains too.
    std::size_t depth = node.input == kNoNode ? 0 : depths_[node.input];
    for (const NodeId child : children) depth = std::max(depth, depths_[child]);
    if (++depth > options_.depth_max) {
      return Refuse(Before(), "the expression is nested too deeply", ErrorCode::kPathLimit);
    }
    node.first_child = static_cast<std::uint32_t>(program_.children.size());
    node.child_count = static_cast<std::uint16_t>(children.size());
    program_.children.insert(program_.children.end(), children.begin(), children.end());
    out = static_cast<NodeId>(program_.nodes.size());
    program_.nodes.push_back(node);
    depths_.push_back(depth);
    return true;
  }

  bool AddLiteral(const Token& first, const Item& item, NodeId& out) {
    Node node{.op = Op::kLiteral, .data = static_cast<std::uint32_t>(program_.literals.size())};
    node.begin = first.begin;
    node.end = Before().end;
    program_.literals.push_back(item);
    return Add(node, {}, out);
  }

  std::uint32_t AddName(std::string name) {
    program_.names.push_back(std::move(name));
    return static_cast<std::uint32_t>(program_.names.size() - 1);
  }

  const BinaryOperator* OperatorHere() const {
    const bool word = Now().kind == TokenKind::kIdentifier;
    return word || Now().kind == TokenKind::kSymbol ? FindOperator(Now().text, word) : nullptr;
  }

  bool Enter() {
    if (++nesting_ <= options_.depth_max) return true;
    return Refuse(Now(), "the expression is nested too deeply", ErrorCode::kPathLimit);
  }

  bool Binary(int strength, NodeId& out) {
    if (!Enter() || !Unary(out)) return false;
    while (const BinaryOperator* found = OperatorHere()) {
      if (found->strength < strength) break;
      const Token token = Now();
      ++at_;
      Node node{.op = found->op};
      node.begin = token.begin;
      node.end = token.end;
      std::vector<NodeId> children = {out};
      if (found->op == Op::kIs || found->op == Op::kAs) {
        if (!Type(node.type)) return false;
      } else {
        NodeId right = kNoNode;
        if (!Binary(found->strength + 1, right)) return false;
        children.push_back(right);
      }
      if (!Add(node, children, out)) return false;
    }
    --nesting_;
    return true;
  }

  bool Unary(NodeId& out) {
    if (!AtSymbol("-") && !AtSymbol("+")) return Postfix(out);
    Node node{.op = AtSymbol("-") ? Op::kNegate : Op::kPlus};
    node.begin = Now().begin;
    node.end = Now().end;
    ++at_;
    if (!Enter()) return false;
    NodeId operand = kNoNode;
    if (!Unary(operand)) return false;
    --nesting_;
    return Add(node, {operand}, out);
  }

  bool Postfix(NodeId& out) {
    if (!Term(out)) return false;
    while (true) {
      if (TakeSymbol(".")) {
        if (!Invocation(out, out)) return false;
      } else if (AtSymbol("[")) {
        Node node{.op = Op::kIndexer, .input = out};
        node.begin = Now().begin;
        ++at_;
        NodeId index = kNoNode;
        if (!Binary(1, index) || !Expect("]")) return false;
        node.end = Before().end;
        if (!Add(node, {index}, out)) return false;
      } else {
        return true;
      }
    }
  }

  bool Term(NodeId& out) {
    const Token token = Now();
    switch (token.kind) {
    case TokenKind::kNumber:
      return Number(out);
    case TokenKind::kString:
      ++at_;
      return AddLiteral(token, Item::String(program_.names[AddName(*Unescape(token.text))]), out);
    case TokenKind::kDate:
    case TokenKind::kTime:
      return Temporal(out);
    case TokenKind::kVariable:
      return Variable(out);
    case TokenKind::kIdentifier:
      if (token.text == "true" || token.text == "false") {
        ++at_;
        return AddLiteral(token, Item::Boolean(token.text == "true"), out);
      }
      return Invocation(kNoNode, out);
    case TokenKind::kDelimited:
    case TokenKind::kThis:
    case TokenKind::kIndex:
    case TokenKind::kTotal:
      return Invocation(kNoNode, out);
    case TokenKind::kSymbol:
      return Bracketed(out);
    case TokenKind::kEnd:
      break;
    }
    return Refuse(token, "the expression ends where a value is expected");
  }

  bool Bracketed(NodeId& out) {
    if (TakeSymbol("(")) return Binary(1, out) && Expect(")");
    if (AtSymbol("{")) {
      Node node{.op = Op::kEmpty};
      node.begin = Now().begin;
      ++at_;
      if (!Expect("}")) return false;
      node.end = Before().end;
      return Add(node, {}, out);
    }
    return Refuse(Now(), "expected a value, a name or '(' before '" + std::string(Now().text) + "'");
  }

  bool Number(NodeId& out) {
    const Token token = Now();
    const auto value = Decimal::Parse(token.text);
    if (!value) return Refuse(token, "this number has too many digits");
    ++at_;
    if (Now().kind == TokenKind::kString ||
        (Now().kind == TokenKind::kIdentifier && !CalendarUnitOf(Now().text).empty())) {
      return Quantity(token, *value, out);
    }
    if (token.text.find('.') == std::string_view::npos) {
      const auto integer = value->ToInt64();
      if (!integer) return Refuse(token, "this integer is too large");
      return AddLiteral(token, Item::Integer(*integer), out);
    }
    program_.decimals.push_back(*value);
    return AddLiteral(token, Item::OfDecimal(&program_.decimals.back()), out);
  }

  bool Quantity(const Token& number, const Decimal& value, NodeId& out) {
    const Token unit = Now();
    ++at_;
    QuantityValue quantity{.value = value};
    const std::string& text = program_.names[AddName(*Unescape(unit.text))];
    quantity.unit = CalendarUnitOf(text);
    quantity.calendar = !quantity.unit.empty();
    if (!quantity.calendar) quantity.unit = text;
    if (quantity.unit.empty()) return Refuse(unit, "a unit must not be empty; use '1' for a plain number");
    program_.quantities.push_back(quantity);
    return AddLiteral(number, Item::OfQuantity(&program_.quantities.back()), out);
  }

  bool Temporal(NodeId& out) {
    const Token token = Now();
    ++at_;
    ItemKind kind = ItemKind::kTime;
    std::string_view text = token.text;
    if (token.kind == TokenKind::kTime) {
      text.remove_prefix(1);
    } else {
      kind = text.find('T') == std::string_view::npos ? ItemKind::kDate : ItemKind::kDateTime;
    }
    const auto value = ParseTemporal(kind, text);
    if (!value) return Refuse(token, "no such date or time");
    program_.temporals.push_back(*value);
    return AddLiteral(token, Item::Temporal(kind, &program_.temporals.back()), out);
  }

  bool Variable(NodeId& out) {
    const Token token = Now();
    ++at_;
    Node node{.op = Op::kVariable, .data = AddName(*Unescape(token.text))};
    node.begin = token.begin;
    node.end = token.end;
    return Add(node, {}, out);
  }

  // A member, function or $this, after '.' or at the start of a term.
  bool Invocation(NodeId input, NodeId& out) {
    const Token token = Now();
    Node node{.input = input};
    node.begin = token.begin;
    node.end = token.end;
    const bool special =
        token.kind == TokenKind::kThis || token.kind == TokenKind::kIndex || token.kind == TokenKind::kTotal;
    if (special && input != kNoNode)
      return Refuse(token, std::string(token.text) + " stands at the start of a path only");
    switch (token.kind) {
    case TokenKind::kThis:
      node.op = Op::kThis;
      break;
    case TokenKind::kIndex:
      node.op = Op::kIndex;
      break;
    case TokenKind::kTotal:
      node.op = Op::kTotal;
      break;
    case TokenKind::kIdentifier:
    case TokenKind::kDelimited:
      return Named(node, out);
    default:
      return Refuse(token, "expected the name of an element or function");
    }
    ++at_;
    return Add(node, {}, out);
  }

  bool Named(Node node, NodeId& out) {
    const Token token = Now();
    if (token.kind == TokenKind::kIdentifier && IsReserved(token.text)) {
      return Refuse(token, "expected a value or a name before '" + std::string(token.text) + "'");
    }
    ++at_;
    std::string name = token.kind == TokenKind::kDelimited ? *Unescape(token.text) : std::string(token.text);
    if (name.empty()) return Refuse(token, "a name must not be empty");
    if (AtSymbol("(")) return Call(node, token, name, out);
    node.op = Op::kMember;
    node.name_id = fhir::FindName(name);
    // A capital letter: the type that the path starts from. Elements begin with a small one ("code" is one).
    if (node.input == kNoNode && name[0] >= 'A' && name[0] <= 'Z') node.type.fhir = fhir::FindType(name);
    node.data = AddName(std::move(name));
    return Add(node, {}, out);
  }

  bool Call(Node node, const Token& token, const std::string& name, NodeId& out) {
    ++at_;  // (
    const auto functions = AllFunctions();
    const auto found = std::ranges::find(functions, name, &FunctionInfo::name);
    if (found == functions.end()) return Refuse(token, UnknownFunctionText(name), ErrorCode::kPathUnknown);
    node.op = Op::kFunction;
    node.function = static_cast<Function>(found - functions.begin());
    std::vector<NodeId> children;
    std::size_t count = 0;
    if (!AtSymbol(")")) {
      do {
        const bool is_type = found->KindOf(count) == 't' && found->most > 0;
        NodeId argument = kNoNode;
        if (is_type ? !Type(node.type) : !Binary(1, argument)) return false;
        if (!is_type) children.push_back(argument);
        ++count;
      } while (TakeSymbol(","));
    }
    if (!Expect(")")) return false;
    node.end = Before().end;
    if (count < static_cast<std::size_t>(found->fewest) || count > static_cast<std::size_t>(found->most)) {
      return Refuse(token, ArityText(*found, count), ErrorCode::kPathArgument);
    }
    return Add(node, children, out);
  }

  bool TypeWord(std::string& out) {
    const Token& token = Now();
    if (token.kind == TokenKind::kDelimited) {
      out = *Unescape(token.text);
    } else if (token.kind == TokenKind::kIdentifier) {
      out = std::string(token.text);
    } else {
      return Refuse(token, "expected the name of a type");
    }
    ++at_;
    return true;
  }

  // Quantity, FHIR.Quantity, System.Quantity
  bool Type(TypeSpec& out) {
    const Token first = Now();
    std::string space;
    std::string name;
    if (!TypeWord(name)) return false;
    if (AtSymbol(".")) {
      ++at_;
      space = std::exchange(name, {});
      if (!TypeWord(name)) return false;
    }
    if (!space.empty() && space != "FHIR" && space != "System") {
      return Refuse(first, "types are of the namespaces FHIR and System", ErrorCode::kPathUnknown);
    }
    if (space != "System") out.fhir = fhir::FindType(name);
    if (space != "FHIR") out.system = FindSystemType(name);
    if (out.fhir != fhir::TypeId::kUnknown || out.system != ItemKind::kNone) return true;
    // System.Patient is a name that no item has; being asked for it is harmless unless the caller wants strictness.
    if (space == "System" && !options_.strict) return true;
    return Refuse(first, UnknownTypeText(name), ErrorCode::kPathUnknown);
  }

  Program& program_;
  const CompileOptions& options_;
  std::vector<Token> tokens_;
  std::size_t at_ = 0;
  std::size_t nesting_ = 0;
  std::vector<std::size_t> depths_;
  Error error_;
};

}  // namespace

Status Parse(Program& program, const CompileOptions& options) {
  ADAPTER_TRY(tokens, Tokenize(program.text));
  return Parser(program, options, std::move(tokens)).Run();
}

Result<Expression> Compile(std::string_view text, const CompileOptions& options) {
  if (text.size() > options.text_bytes_max) {
    return MakeError(ErrorCode::kPathLimit, "1:1", "the expression is too long");
  }
  if (!IsUtf8(text)) return MakeError(ErrorCode::kPathSyntax, "1:1", "the expression is not valid UTF-8");
  auto program = std::make_shared<Program>();
  program->text = std::string(text);
  program->join_nothing_to_text = options.join_nothing_to_text;
  ADAPTER_TRY_STATUS(Parse(*program, options));
  ADAPTER_TRY_STATUS(Check(*program, options));
  return Expression(std::move(program));
}

}  // namespace facet::fhirpath
