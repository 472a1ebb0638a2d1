#include "adapter/fhirpath/evaluator.hpp"
#include "adapter/fhirpath/machine.hpp"
#include "adapter/fhirpath/scalar.hpp"

#include <algorithm>

namespace facet::fhirpath {

Machine::Machine(Evaluator::State& s, const Program& p, const Context& c)
    : state(s), stack(s.stack), arena(s.arena), program(p), context(c), bytes_before(s.arena.used()) {}

Status Machine::Run() {
  stack.Shrink(0);
  state.defined.clear();
  Frame frame;
  frame.self = context.focus;
  if (!Eval(program.root, frame)) return std::move(error);
  return {};
}

bool Machine::Fail(ErrorCode code, const Node& node, std::string detail) {
  error = MakeError(code, program.WhereOf(node.begin), std::move(detail));
  return false;
}

bool Machine::FailLimit(const Node& node) {
  const bool many_steps = steps > context.limits.steps_max;
  const bool many_items = stack.size() > context.limits.items_max;
  return Fail(ErrorCode::kPathLimit, node,
              many_steps   ? "the expression takes too many steps"
              : many_items ? "the expression yields too many items"
                           : "the expression computes too much text");
}

void Machine::Replace(std::size_t begin, const Item& item) {
  const Item copy = item;  // may lie in the part that goes
  stack.Shrink(begin);
  stack.push_back(copy);
}

void Machine::ReplaceTri(std::size_t begin, Tri value) {
  stack.Shrink(begin);
  if (value != Tri::kEmpty) stack.push_back(Item::Boolean(value == Tri::kTrue));
}

void Machine::Close(std::size_t begin, std::size_t from) {
  if (begin == from) return;
  stack.Erase(begin, from);
}

void Machine::PushThis(const Frame& frame) {
  if (frame.self.kind() != ItemKind::kNone) {
    Push(frame.self);
    return;
  }
  for (std::size_t i = frame.many.begin; i < frame.many.end; ++i) {
    const Item item = stack[i];
    Push(item);
  }
}

bool Machine::Eval(NodeId id, const Frame& frame) {
  const Node& node = program.nodes[id];
  const std::size_t begin = Top();
  if (!Step(node) || !EvalNode(node, frame)) return false;
  if (context.trace_steps && context.host != nullptr && node.op != Op::kLiteral) {
    const std::string_view text = std::string_view(program.text).substr(node.begin, node.end - node.begin);
    context.host->OnStep(text, program.WhereOf(node.begin), Items(From(begin)));
  }
  return true;
}

bool Machine::EvalNode(const Node& node, const Frame& frame) {
  switch (node.op) {
  case Op::kEmpty:
    return true;
  case Op::kLiteral:
    Push(program.literals[node.data]);
    return true;
  case Op::kThis:
    PushThis(frame);
    return true;
  case Op::kIndex:
    if (frame.index < 0) return FailType(node, "$index has a meaning only inside where(), select() and the like");
    Push(Item::Integer(frame.index));
    return true;
  case Op::kTotal:
    if (!frame.has_total) return FailType(node, "$total has a meaning only inside aggregate()");
    for (std::size_t i = frame.total.begin; i < frame.total.end; ++i) {
      const Item item = stack[i];
      Push(item);
    }
    return true;
  case Op::kVariable:
    return EvalVariable(node);
  case Op::kMember:
    return PushMembers(node, frame);
  case Op::kFunction:
    return Call(node, frame);
  case Op::kIndexer:
    return EvalIndexer(node, frame);
  case Op::kNegate:
  case Op::kPlus:
    return EvalNegate(node, frame);
  case Op::kIs:
  case Op::kAs:
    return EvalType(node, frame);
  default:
    return EvalBinary(node, frame);
  }
}

bool Machine::EvalInput(const Node& node, const Frame& frame) {
  if (node.input != kNoNode) return Eval(node.input, frame);
  PushThis(frame);
  return true;
}

bool Machine::EvalScoped(NodeId id, const Frame& frame, Range& out) {
  const std::size_t defined = state.defined.size();
  const std::size_t begin = Top();
  if (!Eval(id, frame)) return false;
  state.defined.resize(defined);
  out = From(begin);
  return true;
}

bool Machine::EvalChild(const Node& node, std::size_t child, const Frame& frame, Range& out) {
  return EvalScoped(program.ChildrenOf(node)[child], frame, out);
}

bool Machine::EvalVariable(const Node& node) {
  const std::string_view name = program.names[node.data];
  for (auto it = state.defined.rbegin(); it != state.defined.rend(); ++it) {
    if (it->name != name) continue;
    for (const Item& item : it->items) Push(item);
    return true;
  }
  for (const Variable& variable : context.variables) {
    if (variable.name != name) continue;
    for (const Item& item : variable.items) Push(item);
    return true;
  }
  const json::Value resource = context.resource ? context.resource : context.focus.node();
  if (name == "context") {
    if (context.focus.kind() != ItemKind::kNone) Push(context.focus);
  } else if (name == "resource") {
    if (resource) Push(Item::Node(resource));
  } else if (name == "rootResource") {
    if (context.root || resource) Push(Item::Node(context.root ? context.root : resource));
  } else if (name == "ucum") {
    Push(Item::String("http://unitsofmeasure.org"));
  } else if (name == "sct") {
    Push(Item::String("http://snomed.info/sct"));
  } else if (name == "loinc") {
    Push(Item::String("http://loinc.org"));
  } else if (name.starts_with("vs-")) {
    Push(MakeString("http://hl7.org/fhir/ValueSet/" + std::string(name.substr(3))));
  } else if (name.starts_with("ext-")) {
    Push(MakeString("http://hl7.org/fhir/StructureDefinition/" + std::string(name.substr(4))));
  } else {
    return Fail(ErrorCode::kPathUnknown, node, "the variable %" + std::string(name) + " is not given");
  }
  return true;
}

bool Machine::EvalIndexer(const Node& node, const Frame& frame) {
  const std::size_t begin = Top();
  if (!Eval(node.input, frame)) return false;
  const std::size_t count = Top() - begin;
  Range index;
  std::optional<std::int64_t> at;
  if (!EvalChild(node, 0, frame, index) || !SingleInteger(index, node, at)) return false;
  if (!at || *at < 0 || static_cast<std::size_t>(*at) >= count) {
    Drop(begin);
  } else {
    Replace(begin, stack[begin + static_cast<std::size_t>(*at)]);
  }
  return true;
}

bool Machine::EvalNegate(const Node& node, const Frame& frame) {
  Range operand;
  Item item;
  if (!EvalChild(node, 0, frame, operand) || !Singleton(operand, node, item)) return false;
  if (operand.empty()) return true;
  const Scalar scalar = ScalarOf(item);
  const bool negate = node.op == Op::kNegate;
  Item result;
  if (scalar.kind == ItemKind::kInteger) {
    if (negate && scalar.integer == INT64_MIN) {
      Drop(operand.begin);
      return true;
    }
    result = Item::Integer(negate ? -scalar.integer : scalar.integer);
  } else if (scalar.kind == ItemKind::kDecimal) {
    result = MakeDecimal(negate ? -scalar.decimal : scalar.decimal);
  } else if (scalar.kind == ItemKind::kQuantity) {
    const QuantityValue& q = scalar.quantity;
    result = MakeQuantity(negate ? -q.value : q.value, q.unit, q.calendar);
  } else {
    return FailType(node, "a sign stands before numbers and quantities, not before " + item.TypeName());
  }
  Replace(operand.begin, result);
  return true;
}

bool Machine::Singleton(Range range, const Node& node, Item& out) {
  if (range.size() > 1) {
    return FailType(node, "one item is expected here, there are " + std::to_string(range.size()));
  }
  out = range.empty() ? Item{} : stack[range.begin];
  return true;
}

bool Machine::SingleString(Range range, const Node& node, std::optional<std::string_view>& out) {
  Item item;
  out.reset();
  if (!Singleton(range, node, item)) return false;
  if (range.empty()) return true;
  out = item.AsString();
  if (!out && item.is_node() && item.node().is_string()) out = item.node().string();  // dates as text
  if (out || (item.is_node() && item.node().missing())) return true;
  return FailType(node, "a string is expected here, not " + item.TypeName());
}

bool Machine::SingleInteger(Range range, const Node& node, std::optional<std::int64_t>& out) {
  Item item;
  out.reset();
  if (!Singleton(range, node, item)) return false;
  if (range.empty()) return true;
  out = item.AsInteger();
  if (out) return true;
  return FailType(node, "an integer is expected here, not " + item.TypeName());
}

bool Machine::SingleTri(Range range, const Node& node, Tri& out) {
  Item item;
  if (!Singleton(range, node, item)) return false;
  if (range.empty()) {
    out = Tri::kEmpty;
    return true;
  }
  // A single item where a Boolean is expected means that it is there (FHIRPath N1 §4.5).
  out = TriOf(item.AsBoolean().value_or(true));
  return true;
}

Item Machine::MakeQuantity(const Decimal& value, std::string_view unit, bool calendar) {
  return Item::OfQuantity(arena.Make(QuantityValue{value, unit, calendar}));
}

Item Machine::ToSystem(const Item& item) {
  if (!item.is_node()) return item;
  const Scalar scalar = ScalarOf(item);
  switch (scalar.kind) {
  case ItemKind::kBoolean:
    return Item::Boolean(scalar.boolean);
  case ItemKind::kString:
    return Item::String(scalar.text);
  case ItemKind::kInteger:
    return Item::Integer(scalar.integer);
  case ItemKind::kDecimal:
    return MakeDecimal(scalar.decimal);
  case ItemKind::kDate:
  case ItemKind::kDateTime:
  case ItemKind::kTime:
    return MakeTemporal(scalar.kind, scalar.temporal);
  case ItemKind::kQuantity:
    return Item::OfQuantity(arena.Make(scalar.quantity));
  default:
    return item;
  }
}

}  // namespace facet::fhirpath
