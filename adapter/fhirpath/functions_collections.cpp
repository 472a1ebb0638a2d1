// Functions on collections: existence, filtering, subsetting, combining, aggregates, sorting, the tree.
#include "adapter/fhirpath/machine.hpp"
#include "adapter/fhirpath/scalar.hpp"
#include "adapter/fhirpath/units.hpp"

#include <algorithm>

namespace facet::fhirpath {
namespace {

Frame ItemFrame(const Frame& outer, const Item& self, std::size_t index) {
  Frame frame = outer;
  frame.self = self;
  frame.many = {};
  frame.index = static_cast<std::int64_t>(index);
  return frame;
}

}  // namespace

bool Machine::CallExistence(const Node& node, const Frame& frame, Range input) {
  const bool has_criterion = node.child_count > 0;
  switch (node.function) {
  case Function::kEmpty:
    Replace(input.begin, Item::Boolean(input.empty()));
    return true;
  case Function::kCount:
    Replace(input.begin, Item::Integer(static_cast<std::int64_t>(input.size())));
    return true;
  case Function::kNot: {
    Tri value = Tri::kEmpty;
    if (!SingleTri(input, node, value)) return false;
    ReplaceTri(input.begin, value == Tri::kEmpty ? value : TriOf(value == Tri::kFalse));
    return true;
  }
  case Function::kExists:
  case Function::kAll: {
    // all() looks for an item that fails, exists() for one that holds.
    const bool all = node.function == Function::kAll;
    bool found = !all && !has_criterion && !input.empty();
    for (std::size_t i = input.begin; has_criterion && i < input.end && !found; ++i) {
      Range range;
      Tri holds = Tri::kEmpty;
      if (!EvalChild(node, 0, ItemFrame(frame, stack[i], i - input.begin), range) || !SingleTri(range, node, holds)) {
        return false;
      }
      Drop(range.begin);
      found = all ? holds != Tri::kTrue : holds == Tri::kTrue;
    }
    Replace(input.begin, Item::Boolean(all != found));
    return true;
  }
  default: {  // allTrue, anyTrue, allFalse, anyFalse
    const bool wanted = node.function == Function::kAllTrue || node.function == Function::kAnyTrue;
    const bool any = node.function == Function::kAnyTrue || node.function == Function::kAnyFalse;
    bool result = !any;
    for (std::size_t i = input.begin; i < input.end; ++i) {
      const auto value = stack[i].AsBoolean();
      if (!value) return FailType(node, "Booleans are expected here, not " + stack[i].TypeName());
      if ((*value == wanted) == any) result = any;
    }
    Replace(input.begin, Item::Boolean(result));
    return true;
  }
  }
}

bool Machine::CallFiltering(const Node& node, const Frame& frame, Range input) {
  if (node.function == Function::kRepeat) return CallRepeat(node, frame, input, true);
  if (node.function == Function::kRepeatAll) return CallRepeat(node, frame, input, false);
  std::size_t kept = input.begin;
  for (std::size_t i = input.begin; i < input.end; ++i) {
    Range range;
    const Item item = stack[i];
    if (!EvalChild(node, 0, ItemFrame(frame, item, i - input.begin), range)) return false;
    if (node.function == Function::kSelect) continue;  // results pile up above the input
    Tri holds = Tri::kEmpty;
    if (!SingleTri(range, node, holds)) return false;
    Drop(range.begin);
    if (holds == Tri::kTrue) stack[kept++] = item;
  }
  if (node.function == Function::kSelect) {
    Close(input.begin, input.end);
  } else {
    Drop(kept);
  }
  return true;
}

// Results lie above the input and are themselves visited once each.
bool Machine::CallRepeat(const Node& node, const Frame& frame, Range input, bool distinct) {
  const std::size_t results = input.end;
  for (std::size_t i = input.begin; i < Top(); ++i) {
    if (!Step(node)) return false;
    const std::size_t before = Top();
    Range range;
    const std::size_t index = i < results ? i - input.begin : i - results;
    if (!EvalChild(node, 0, ItemFrame(frame, stack[i], index), range)) return false;
    if (!distinct) continue;
    std::size_t kept = before;
    for (std::size_t k = before; k < Top(); ++k) {
      bool known = false;
      if (!IsIn(node, stack[k], {results, kept}, known)) return false;
      if (!known) stack[kept++] = stack[k];
    }
    Drop(kept);
  }
  Close(input.begin, results);
  return true;
}

bool Machine::CallSubsetting(const Node& node, const Frame& frame, Range input) {
  std::size_t first = input.begin;
  std::size_t last = input.end;
  switch (node.function) {
  case Function::kSingle: {
    Item item;
    return Singleton(input, node, item);
  }
  case Function::kFirst:
    last = std::min(last, first + 1);
    break;
  case Function::kLast:
    first = last == first ? first : last - 1;
    break;
  case Function::kTail:
    first = std::min(last, first + 1);
    break;
  default: {  // skip, take
    Range range;
    std::optional<std::int64_t> count;
    if (!EvalChild(node, 0, frame, range) || !SingleInteger(range, node, count)) return false;
    if (!count) return FailType(node, "a number of items is expected here");
    const std::size_t n = *count < 0 ? 0 : static_cast<std::size_t>(*count);
    if (node.function == Function::kSkip) first = n > input.size() ? last : first + n;
    if (node.function == Function::kTake) last = n > input.size() ? last : first + n;
    break;
  }
  }
  Drop(last);
  Close(input.begin, first);
  return true;
}

bool Machine::CallCombining(const Node& node, const Frame& frame, Range input) {
  Range other;
  if (node.function == Function::kCoalesce) {
    Drop(input.begin);
    for (std::size_t i = 0; i < node.child_count; ++i) {
      if (!EvalChild(node, i, frame, other)) return false;
      if (!other.empty()) return true;
    }
    return true;
  }
  if (node.child_count > 0 && !EvalChild(node, 0, frame, other)) return false;
  bool found = false;
  switch (node.function) {
  case Function::kCombine:
    return true;
  case Function::kDistinct:
  case Function::kUnion:
    return KeepDistinct(node, input.begin, input.begin);
  case Function::kIsDistinct:
    if (!KeepDistinct(node, input.begin, input.begin)) return false;
    Replace(input.begin, Item::Boolean(Top() - input.begin == input.size()));
    return true;
  case Function::kSubsetOf:
  case Function::kSupersetOf: {
    const Range inner = node.function == Function::kSubsetOf ? input : other;
    const Range outer = node.function == Function::kSubsetOf ? other : input;
    found = true;
    for (std::size_t i = inner.begin; i < inner.end && found; ++i) {
      if (!IsIn(node, stack[i], outer, found)) return false;
    }
    Replace(input.begin, Item::Boolean(found));
    return true;
  }
  default: {  // intersect, exclude
    std::size_t kept = input.begin;
    for (std::size_t i = input.begin; i < input.end; ++i) {
      if (!IsIn(node, stack[i], other, found)) return false;
      if (found == (node.function == Function::kIntersect)) stack[kept++] = stack[i];
    }
    Drop(kept);
    return node.function == Function::kExclude || KeepDistinct(node, input.begin, input.begin);
  }
  }
}

bool Machine::CallAggregate(const Node& node, const Frame& frame, Range input) {
  if (node.function == Function::kAggregate) {
    Frame inner = frame;
    inner.has_total = true;
    if (node.child_count > 1) {
      if (!EvalChild(node, 1, frame, inner.total)) return false;
    } else {
      inner.total = From(Top());
    }
    for (std::size_t i = input.begin; i < input.end; ++i) {
      Frame each = ItemFrame(inner, stack[i], i - input.begin);
      Range result;
      if (!Step(node) || !EvalChild(node, 0, each, result)) return false;
      Close(inner.total.begin, result.begin);
      inner.total = From(inner.total.begin);
    }
    Close(input.begin, inner.total.begin);
    return true;
  }
  // sum, min, max, avg of the items, or of an expression on each.
  if (node.child_count > 0) {
    for (std::size_t i = input.begin; i < input.end; ++i) {
      Range range;
      if (!EvalChild(node, 0, ItemFrame(frame, stack[i], i - input.begin), range)) return false;
    }
    Close(input.begin, input.end);
    input = From(input.begin);
  }
  if (input.empty()) {
    if (node.function == Function::kSum) Push(Item::Integer(0));
    return true;
  }
  const std::size_t count = input.size();
  Item best = ToSystem(stack[input.begin]);
  const Node add{.op = Op::kAdd, .begin = node.begin, .end = node.end};
  for (std::size_t i = input.begin + 1; i < input.end; ++i) {
    const Item next = ToSystem(stack[i]);
    if (node.function == Function::kMin || node.function == Function::kMax) {
      const auto order = OrderItems(next, best);
      if (!order) return FailType(node, best.TypeName() + " and " + next.TypeName() + " have no order between them");
      if (*order == (node.function == Function::kMin ? Order::kLess : Order::kGreater)) best = next;
      continue;
    }
    const std::size_t top = Top();
    Push(best);
    Push(next);
    if (!EvalArithmetic(add, {top, top + 1}, {top + 1, top + 2})) return false;
    if (Top() == top) {  // does not fit, or units do not agree
      Drop(input.begin);
      return true;
    }
    best = stack.back();
    Drop(top);
  }
  Replace(input.begin, best);
  if (node.function != Function::kAvg) return true;
  const Node divide{.op = Op::kDivide, .begin = node.begin, .end = node.end};
  Push(Item::Integer(static_cast<std::int64_t>(count)));
  return EvalArithmetic(divide, {input.begin, input.begin + 1}, {input.begin + 1, input.begin + 2});
}

// sort(key, -key, ...): a minus before a key turns its order round.
bool Machine::CallSort(const Node& node, const Frame& frame, Range input) {
  struct Row {
    Item item;
    std::vector<Item> keys;
  };
  std::vector<Row> rows;
  std::vector<bool> descending;
  for (const NodeId child : program.ChildrenOf(node)) descending.push_back(program.nodes[child].op == Op::kNegate);
  if (descending.empty()) descending.push_back(false);
  for (std::size_t i = input.begin; i < input.end; ++i) {
    Row row{.item = stack[i], .keys = {}};
    if (node.child_count == 0) row.keys.push_back(stack[i]);
    for (const NodeId child : program.ChildrenOf(node)) {
      const Node& key = program.nodes[child];
      const NodeId plain = key.op == Op::kNegate ? program.ChildrenOf(key)[0] : child;
      Range range;
      Item value;
      if (!EvalScoped(plain, ItemFrame(frame, stack[i], i - input.begin), range) || !Singleton(range, node, value)) {
        return false;
      }
      Drop(range.begin);
      row.keys.push_back(value);
    }
    rows.push_back(std::move(row));
  }
  if (!Step(node, rows.size() * 16)) return false;
  bool comparable = true;
  const auto before = [&](const Row& a, const Row& b) {
    for (std::size_t k = 0; k < descending.size(); ++k) {
      const bool a_empty = a.keys[k].kind() == ItemKind::kNone;
      const bool b_empty = b.keys[k].kind() == ItemKind::kNone;
      if (a_empty != b_empty) return a_empty;  // what has no key comes first, in either direction
      Order order = Order::kEqual;
      if (!a_empty) {
        const auto found = OrderItems(a.keys[k], b.keys[k]);
        comparable = comparable && found.has_value();
        order = found.value_or(Order::kEqual);
      }
      if (order == Order::kLess) return !descending[k];
      if (order == Order::kGreater) return static_cast<bool>(descending[k]);
    }
    return false;
  };
  // An order with unknowns is no strict weak order; a merge is harmless whatever the comparison says.
  std::stable_sort(rows.begin(), rows.end(), before);
  if (!comparable) return FailType(node, "the items have keys without an order between them");
  for (std::size_t i = 0; i < rows.size(); ++i) stack[input.begin + i] = rows[i].item;
  return true;
}

bool Machine::CallTree(const Node& node, const Frame&, Range input) {
  for (std::size_t i = input.begin; i < input.end; ++i) {
    const Item item = stack[i];
    PushChildren(item);
  }
  if (node.function == Function::kDescendants) {
    for (std::size_t i = input.end; i < Top(); ++i) {
      if (!Step(node)) return false;
      const Item item = stack[i];
      PushChildren(item);
    }
  }
  Close(input.begin, input.end);
  return Step(node, Top() - input.begin);
}

}  // namespace facet::fhirpath
