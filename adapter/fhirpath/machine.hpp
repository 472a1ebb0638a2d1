#pragma once
// The evaluator's inside: a stack of items on which every node of a program replaces its input by its result.
//
// A collection is a Range of the stack. A function finds its input on top, evaluates its arguments above it and leaves
// the result where the input began. `false` means that error_ is set and the evaluation ends.
//
// Thread: one. Owns: nothing beyond Evaluator::State (stack, arena, variables of defineVariable()).
#include "adapter/fhirpath/arena.hpp"
#include "adapter/fhirpath/evaluator.hpp"
#include "adapter/fhirpath/item_stack.hpp"
#include "adapter/fhirpath/program.hpp"
#include "adapter/fhirpath/regex.hpp"
#include "adapter/fhirpath/temporal.hpp"

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace facet::fhirpath {

enum class Tri : std::uint8_t { kFalse, kTrue, kEmpty };
inline Tri TriOf(bool value) { return value ? Tri::kTrue : Tri::kFalse; }

struct DefinedVariable {
  std::string_view name;
  std::vector<Item> items;
};

struct CompiledPattern {
  std::string pattern;
  std::string flags;
  Regex regex;
};

struct Evaluator::State {
  ItemStack stack;
  Arena arena;
  std::deque<CompiledPattern> patterns;  // a deque: adding one keeps the others in place
  std::vector<DefinedVariable> defined;
};

struct Range {
  std::size_t begin = 0;
  std::size_t end = 0;
  std::size_t size() const { return end - begin; }
  bool empty() const { return begin == end; }
};

// What $this, $index and $total mean at one place.
struct Frame {
  Item self;   // kNone: {} or, where `many` is set, a range of the stack
  Range many;  // defineVariable() and trace() see their whole input
  std::int64_t index = -1;
  Range total;
  bool has_total = false;
};

struct Machine {
  Machine(Evaluator::State& state, const Program& program, const Context& context);
  Status Run();  // leaves the result as the whole stack

  // evaluate.cpp
  bool Eval(NodeId id, const Frame& frame);
  bool EvalNode(const Node& node, const Frame& frame);
  bool EvalInput(const Node& node, const Frame& frame);  // the input, or $this
  bool EvalChild(const Node& node, std::size_t child, const Frame& frame, Range& out);
  // As EvalChild, and variables defined inside end there.
  bool EvalScoped(NodeId id, const Frame& frame, Range& out);
  bool EvalVariable(const Node& node);
  bool EvalIndexer(const Node& node, const Frame& frame);
  bool EvalNegate(const Node& node, const Frame& frame);
  bool Call(const Node& node, const Frame& frame);
  void PushThis(const Frame& frame);
  bool Fail(ErrorCode code, const Node& node, std::string detail);
  bool FailType(const Node& node, std::string detail) {
    return Fail(ErrorCode::kPathEvaluation, node, std::move(detail));
  }
  bool Step(const Node& node, std::size_t count = 1) {
    steps += count + 1;
    const EvaluationLimits& limits = context.limits;
    return (steps <= limits.steps_max && stack.size() <= limits.items_max &&
            arena.used() - bytes_before <= limits.bytes_max) ||
           FailLimit(node);
  }
  bool FailLimit(const Node& node);

  // The stack.
  std::size_t Top() const { return stack.size(); }
  Range From(std::size_t begin) const { return {begin, stack.size()}; }
  void Push(const Item& item) { stack.push_back(item); }
  void Drop(std::size_t to) { stack.Shrink(to); }
  void Replace(std::size_t begin, const Item& item);
  void ReplaceTri(std::size_t begin, Tri value);
  void Close(std::size_t begin, std::size_t from);  // removes [begin, from), what is above moves down
  std::span<const Item> Items(Range range) const { return stack.items().subspan(range.begin, range.size()); }

  // One item or none out of a range; several are an error.
  bool Singleton(Range range, const Node& node, Item& out);
  bool SingleString(Range range, const Node& node, std::optional<std::string_view>& out);
  bool SingleInteger(Range range, const Node& node, std::optional<std::int64_t>& out);
  bool SingleTri(Range range, const Node& node, Tri& out);

  // navigate.cpp
  bool PushMember(const Item& from, const Node& node);
  void PushElement(json::Value object, const fhir::ElementRow& element);
  bool CheckSpelling(fhir::TypeId type, std::string_view name, const Node& node);
  void PushChildren(const Item& from);
  void PushNamed(const Item& from, std::string_view name);
  void PushValue(json::Value value, json::Value extra, fhir::TypeId type);
  bool PushMembers(const Node& node, const Frame& frame);

  // operators.cpp, arithmetic.cpp
  bool EvalBinary(const Node& node, const Frame& frame);
  bool EvalLogic(const Node& node, const Frame& frame);
  bool EvalEquality(const Node& node, Range left, Range right);
  bool EvalOrder(const Node& node, Range left, Range right);
  bool EvalMembership(const Node& node, Range left, Range right);
  bool EvalArithmetic(const Node& node, Range left, Range right);
  bool EvalType(const Node& node, const Frame& frame);

  // functions_*.cpp; each gets its input on top of the stack.
  bool CallExistence(const Node& node, const Frame& frame, Range input);
  bool CallFiltering(const Node& node, const Frame& frame, Range input);
  bool CallSubsetting(const Node& node, const Frame& frame, Range input);
  bool CallCombining(const Node& node, const Frame& frame, Range input);
  bool CallConversion(const Node& node, const Frame& frame, Range input);
  bool CallString(const Node& node, const Frame& frame, Range input);
  bool CallJoin(const Node& node, const Frame& frame, Range input);
  bool PushParts(const Node& node, std::string_view text, std::string_view separator);
  bool CallMatch(const Node& node, const Frame& frame, Range input);
  const Regex* FindRegex(const Node& node, std::string_view pattern, std::string_view flags);
  bool CallMath(const Node& node, const Frame& frame, Range input);
  bool CallAggregate(const Node& node, const Frame& frame, Range input);
  bool CallSort(const Node& node, const Frame& frame, Range input);
  bool CallTree(const Node& node, const Frame& frame, Range input);
  bool CallUtility(const Node& node, const Frame& frame, Range input);
  bool CallBoundary(const Node& node, const Frame& frame, Range input);
  bool CallTypes(const Node& node, const Frame& frame, Range input);
  bool CallFhir(const Node& node, const Frame& frame, Range input);
  bool CallSubsumes(const Node& node, const Frame& frame, Range input);
  bool CallProfile(const Node& node, const Frame& frame, Range input, std::string_view argument);
  bool CallRepeat(const Node& node, const Frame& frame, Range input, bool distinct);
  bool CallIif(const Node& node, const Frame& frame, Range input);

  // Distinct items of [from, top) that are not yet in [begin, from) stay; costs steps.
  bool KeepDistinct(const Node& node, std::size_t begin, std::size_t from);
  bool IsIn(const Node& node, const Item& item, Range range, bool& out);

  // Computed values, in the arena.
  Item MakeString(std::string_view text) { return Item::String(arena.Copy(text)); }
  Item MakeDecimal(const Decimal& value) { return Item::OfDecimal(arena.Make(value)); }
  Item MakeTemporal(ItemKind kind, const TemporalValue& value) { return Item::Temporal(kind, arena.Make(value)); }
  Item MakeQuantity(const Decimal& value, std::string_view unit, bool calendar);
  // The System value of a FHIR primitive or Quantity; other items as they are.
  Item ToSystem(const Item& item);

  Evaluator::State& state;
  ItemStack& stack;
  Arena& arena;
  const Program& program;
  const Context& context;
  std::size_t steps = 0;
  std::size_t bytes_before = 0;  // of values that earlier evaluations still hold
  Error error;
};

bool Matches(const Item& item, const TypeSpec& type, bool exact_primitives);

}  // namespace facet::fhirpath
