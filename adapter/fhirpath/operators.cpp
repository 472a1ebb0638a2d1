// Binary operators but arithmetic: logic with three values, equality, order, membership, union, types.
#include "adapter/fhirpath/machine.hpp"
#include "adapter/fhirpath/scalar.hpp"

#include <utility>

namespace facet::fhirpath {
namespace {

Tri Not(Tri value) { return value == Tri::kEmpty ? value : TriOf(value == Tri::kFalse); }

// FHIRPath N1 §6.5.
Tri Combine(Op op, Tri a, Tri b) {
  switch (op) {
  case Op::kAnd:
    if (a == Tri::kFalse || b == Tri::kFalse) return Tri::kFalse;
    return a == Tri::kTrue && b == Tri::kTrue ? Tri::kTrue : Tri::kEmpty;
  case Op::kOr:
    if (a == Tri::kTrue || b == Tri::kTrue) return Tri::kTrue;
    return a == Tri::kFalse && b == Tri::kFalse ? Tri::kFalse : Tri::kEmpty;
  case Op::kXor:
    return a == Tri::kEmpty || b == Tri::kEmpty ? Tri::kEmpty : TriOf(a != b);
  default:  // implies
    return Combine(Op::kOr, Not(a), b);
  }
}

// The left side alone decides.
bool Decides(Op op, Tri left) {
  return (op == Op::kAnd && left == Tri::kFalse) || (op == Op::kOr && left == Tri::kTrue) ||
         (op == Op::kImplies && left == Tri::kFalse);
}

bool Holds(Op op, Order order) {
  switch (op) {
  case Op::kLess:
    return order == Order::kLess;
  case Op::kLessOrEqual:
    return order != Order::kGreater;
  case Op::kGreater:
    return order == Order::kGreater;
  default:
    return order != Order::kLess;
  }
}

}  // namespace

bool Machine::EvalBinary(const Node& node, const Frame& frame) {
  if (node.op == Op::kAnd || node.op == Op::kOr || node.op == Op::kXor || node.op == Op::kImplies) {
    return EvalLogic(node, frame);
  }
  Range left;
  Range right;
  if (!EvalChild(node, 0, frame, left) || !EvalChild(node, 1, frame, right)) return false;
  switch (node.op) {
  case Op::kUnion:
    return KeepDistinct(node, left.begin, left.begin);
  case Op::kEqual:
  case Op::kNotEqual:
  case Op::kEquivalent:
  case Op::kNotEquivalent:
    return EvalEquality(node, left, right);
  case Op::kLess:
  case Op::kLessOrEqual:
  case Op::kGreater:
  case Op::kGreaterOrEqual:
    return EvalOrder(node, left, right);
  case Op::kIn:
  case Op::kContains:
    return EvalMembership(node, left, right);
  default:
    return EvalArithmetic(node, left, right);
  }
}

bool Machine::EvalLogic(const Node& node, const Frame& frame) {
  Range range;
  Tri left = Tri::kEmpty;
  Tri right = Tri::kEmpty;
  if (!EvalChild(node, 0, frame, range) || !SingleTri(range, node, left)) return false;
  const std::size_t begin = range.begin;
  Drop(begin);
  if (!Decides(node.op, left)) {
    if (!EvalChild(node, 1, frame, range) || !SingleTri(range, node, right)) return false;
  }
  ReplaceTri(begin, Combine(node.op, left, right));
  return true;
}

bool Machine::EvalEquality(const Node& node, Range left, Range right) {
  if (!Step(node, left.size())) return false;
  const bool negate = node.op == Op::kNotEqual || node.op == Op::kNotEquivalent;
  Tri result = Tri::kEmpty;
  if (node.op == Op::kEqual || node.op == Op::kNotEqual) {
    result = EqualCollections(Items(left), Items(right));
  } else {
    // Every item is matched with every other in the worst case.
    if (!Step(node, left.size() == right.size() ? left.size() * right.size() : 0)) return false;
    result = TriOf(EquivalentCollections(Items(left), Items(right)));
  }
  ReplaceTri(left.begin, negate ? Not(result) : result);
  return true;
}

bool Machine::EvalOrder(const Node& node, Range left, Range right) {
  Item a;
  Item b;
  if (!Singleton(left, node, a) || !Singleton(right, node, b)) return false;
  if (left.empty() || right.empty()) {
    Drop(left.begin);
    return true;
  }
  const auto order = OrderItems(a, b);
  if (!order) return FailType(node, a.TypeName() + " and " + b.TypeName() + " have no order between them");
  ReplaceTri(left.begin, *order == Order::kUnknown ? Tri::kEmpty : TriOf(Holds(node.op, *order)));
  return true;
}

bool Machine::IsIn(const Node& node, const Item& item, Range range, bool& out) {
  if (!Step(node, range.size())) return false;
  out = false;
  for (std::size_t i = range.begin; i < range.end && !out; ++i) out = EqualItems(item, stack[i]) == Tri::kTrue;
  return true;
}

bool Machine::EvalMembership(const Node& node, Range left, Range right) {
  const Range one = node.op == Op::kIn ? left : right;
  const Range many = node.op == Op::kIn ? right : left;
  Item item;
  if (!Singleton(one, node, item)) return false;
  if (one.empty()) {
    Drop(left.begin);
    return true;
  }
  bool found = false;
  if (!IsIn(node, item, many, found)) return false;
  Replace(left.begin, Item::Boolean(found));
  return true;
}

bool Machine::KeepDistinct(const Node& node, std::size_t begin, std::size_t from) {
  std::size_t kept = from;
  for (std::size_t i = from; i < Top(); ++i) {
    bool known = false;
    if (!IsIn(node, stack[i], {begin, kept}, known)) return false;
    if (!known) stack[kept++] = stack[i];
  }
  Drop(kept);
  return true;
}

bool Matches(const Item& item, const TypeSpec& type, bool exact_primitives) {
  if (!item.is_node()) return type.system != ItemKind::kNone && type.system == item.kind();
  if (type.fhir == fhir::TypeId::kUnknown || !fhir::IsA(item.fhir_type(), type.fhir)) return false;
  // R4: `gender as string` is {}, `gender is string` is true; a choice names its type exactly.
  return !exact_primitives || item.fhir_type() == type.fhir || !fhir::IsPrimitive(item.fhir_type());
}

bool Machine::EvalType(const Node& node, const Frame& frame) {
  Range range;
  Item item;
  if (!EvalChild(node, 0, frame, range) || !Singleton(range, node, item)) return false;
  if (range.empty()) return true;
  if (node.op == Op::kIs) {
    Replace(range.begin, Item::Boolean(Matches(item, node.type, false)));
  } else if (!Matches(item, node.type, true)) {
    Drop(range.begin);
  }
  return true;
}

}  // namespace facet::fhirpath
