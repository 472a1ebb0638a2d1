// Dispatch, and the functions about types, control and the surroundings.
#include "adapter/fhirpath/machine.hpp"
#include "adapter/fhirpath/scalar.hpp"

namespace facet::fhirpath {
namespace {

using Handler = bool (Machine::*)(const Node&, const Frame&, Range);
constexpr Handler kHandlers[] = {
#define FUNCTION(enumerator, name, fewest, most, kinds, yields, handler) &Machine::handler,
#include "adapter/fhirpath/functions.def"
#undef FUNCTION
};

}  // namespace

bool Machine::Call(const Node& node, const Frame& frame) {
  const std::size_t begin = Top();
  if (!EvalInput(node, frame)) return false;
  const Range input = From(begin);
  if (!Step(node, input.size())) return false;
  return (this->*kHandlers[static_cast<std::size_t>(node.function)])(node, frame, input);
}

bool Machine::CallIif(const Node& node, const Frame& frame, Range input) {
  Item self;
  if (!Singleton(input, node, self)) return false;
  Frame inner = frame;
  if (node.input != kNoNode) {
    inner.self = self;
    inner.many = {};
  }
  Range range;
  Item criterion;
  if (!EvalChild(node, 0, inner, range) || !Singleton(range, node, criterion)) return false;
  const auto holds = criterion.AsBoolean();
  if (!range.empty() && !holds)
    return FailType(node, "the criterion of iif() must be a Boolean, not " + criterion.TypeName());
  Drop(range.begin);
  const bool chosen = holds.value_or(false);
  if (chosen || node.child_count > 2) {
    if (!EvalChild(node, chosen ? 1 : 2, inner, range)) return false;
  }
  Close(input.begin, input.end);
  return true;
}

bool Machine::CallTypes(const Node& node, const Frame&, Range input) {
  if (node.function == Function::kOfType) {
    std::size_t kept = input.begin;
    for (std::size_t i = input.begin; i < input.end; ++i) {
      if (Matches(stack[i], node.type, true)) stack[kept++] = stack[i];
    }
    Drop(kept);
    return true;
  }
  if (node.function == Function::kType) {
    for (std::size_t i = input.begin; i < input.end; ++i) {
      const Item item = stack[i];
      TypeInfoValue info{"System", SystemNameOf(item.kind())};
      if (item.is_node()) {
        const std::string_view name = fhir::DeclaredNameOf(item.fhir_type());
        info = {"FHIR", name.empty() ? "Element" : name};
      }
      stack[i] = Item::TypeInfo(arena.Make(info));
    }
    return true;
  }
  Item item;
  if (!Singleton(input, node, item)) return false;
  if (input.empty()) return true;
  if (node.function == Function::kIs) {
    Replace(input.begin, Item::Boolean(Matches(item, node.type, false)));
  } else if (!Matches(item, node.type, true)) {
    Drop(input.begin);
  }
  return true;
}

bool Machine::CallUtility(const Node& node, const Frame& frame, Range input) {
  if (node.function == Function::kNow || node.function == Function::kToday || node.function == Function::kTimeOfDay) {
    Drop(input.begin);
    if (!context.now) return FailType(node, "no evaluation time is given");
    const TemporalValue now = FromInstant(*context.now, context.now_offset_s);
    if (node.function == Function::kNow) {
      Push(MakeTemporal(ItemKind::kDateTime, now));
    } else if (node.function == Function::kToday) {
      Push(MakeTemporal(ItemKind::kDate, DateOf(now)));
    } else {
      Push(MakeTemporal(ItemKind::kTime, TimeOf(now)));
    }
    return true;
  }
  // trace(name, projection), defineVariable(name, value): the second argument sees the whole input.
  Range range;
  std::optional<std::string_view> name;
  if (!EvalChild(node, 0, frame, range) || !SingleString(range, node, name)) return false;
  Drop(range.begin);
  if (!name) return FailType(node, "a name is expected here");
  Range value = input;
  if (node.child_count > 1) {
    Frame inner = frame;
    inner.self = input.size() == 1 ? stack[input.begin] : Item{};
    inner.many = input;
    if (!EvalChild(node, 1, inner, value)) return false;
  }
  if (node.function == Function::kTrace) {
    if (context.host != nullptr) context.host->Trace(*name, Items(value));
  } else {
    for (const DefinedVariable& known : state.defined) {
      if (known.name == *name) return FailType(node, "the variable is already defined");
    }
    const auto items = Items(value);
    state.defined.push_back({*name, {items.begin(), items.end()}});
  }
  Drop(input.end);
  return true;
}

json::Value Host::Resolve(std::string_view) { return {}; }
std::optional<bool> Host::MemberOf(std::string_view, std::string_view, std::string_view) { return std::nullopt; }
std::optional<bool> Host::Subsumes(std::string_view, std::string_view, std::string_view) { return std::nullopt; }
std::optional<bool> Host::ConformsTo(const Item&, std::string_view) { return std::nullopt; }
void Host::Trace(std::string_view, std::span<const Item>) {}
void Host::OnStep(std::string_view, std::string_view, std::span<const Item>) {}

}  // namespace facet::fhirpath
