#pragma once
// Evaluates compiled expressions over JSON cursors. One Evaluator a thread: its value stack and arena are reused, so
// that the common path allocates nothing.
//
//   Evaluator evaluator;                         // per thread
//   Context context{.focus = Item::Node(resource)};
//   std::vector<Item> out;                       // reused by the caller
//   ADAPTER_TRY_STATUS(evaluator.Evaluate(expression, context, out));
//   evaluator.Reset();                           // when the items of this resource are no longer needed
//
// Thread: an Evaluator belongs to one thread. Owns: computed values, until Reset().
// Errors: fhirpath.evaluation (wrong kind or number of items), fhirpath.limit, fhirpath.unknown (variable not given);
//         `where` is "line:column" in the expression. `detail` never holds a value of the data.
#include "adapter/base/result.hpp"
#include "adapter/base/time.hpp"
#include "adapter/fhirpath/expression.hpp"
#include "adapter/fhirpath/item.hpp"

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace facet::fhirpath {

// What an expression may ask its surroundings. Every answer must be a function of the arguments.
class Host {
 public:
  virtual ~Host() = default;
  // A reference that neither contained resources nor the Bundle at %rootResource resolve; missing if unknown.
  virtual json::Value Resolve(std::string_view reference);
  // memberOf(): is the code (system "" for a bare code) in the value set? nullopt: not known, the result is {}.
  virtual std::optional<bool> MemberOf(std::string_view value_set, std::string_view system, std::string_view code);
  // subsumes(): is `general` the same as `special` or an ancestor of it in the code system? nullopt: not known.
  virtual std::optional<bool> Subsumes(std::string_view system, std::string_view general, std::string_view special);
  // conformsTo() of a profile that is no base R4 type. nullopt: it cannot be decided, an error.
  virtual std::optional<bool> ConformsTo(const Item& item, std::string_view profile);
  virtual void Trace(std::string_view name, std::span<const Item> items);
  // After each step when Context::trace_steps is set: the step's text and its place in the expression.
  virtual void OnStep(std::string_view step, std::string_view where, std::span<const Item> items);
};

struct Variable {
  std::string_view name;  // without '%'
  std::span<const Item> items;
};

struct EvaluationLimits {
  std::size_t steps_max = 1'000'000;   // evaluated nodes and visited items
  std::size_t items_max = 100'000;     // items alive at one moment
  std::size_t bytes_max = 32U << 20U;  // of computed values
};

struct Context {
  Item focus = {};            // %context, the first $this; kNone evaluates on {}
  json::Value resource = {};  // %resource; default: the focus if it is a node
  json::Value root = {};      // %rootResource; default: resource
  std::span<const Variable> variables = {};
  std::optional<UtcInstant> now = {};  // now(), today(), timeOfDay(); an error where it is not given
  std::int32_t now_offset_s = 0;       // zone of the site at that instant, seconds east of UTC
  Host* host = nullptr;
  bool trace_steps = false;
  EvaluationLimits limits = {};
};

class Evaluator {
 public:
  Evaluator();
  ~Evaluator();
  Evaluator(Evaluator&&) noexcept;
  Evaluator& operator=(Evaluator&&) noexcept;

  // Replaces the content of `out`. Computed values in it live until Reset(), literals as long as the expression.
  Status Evaluate(const Expression& expression, const Context& context, std::vector<Item>& out);
  // Singleton evaluation (FHIRPath N1 §4.5): {} is nullopt, one item that is no Boolean is true, several are an error.
  Result<std::optional<bool>> EvaluateBool(const Expression& expression, const Context& context);
  // As where() sees it: {} is false.
  Result<bool> Test(const Expression& expression, const Context& context);
  // The text of the one primitive item (Item::ToText); nullopt for {}; several items or a complex one are an error.
  Result<std::optional<std::string>> EvaluateText(const Expression& expression, const Context& context);

  void Reset();  // forgets computed values; keeps the memory

 private:
  friend struct Machine;
  struct State;
  std::unique_ptr<State> state_;
};

// A result that owns its computed values (nodes still borrow from their documents): for tools and tests.
class Collection {
 public:
  using const_iterator = std::vector<Item>::const_iterator;
  bool empty() const noexcept { return items_.empty(); }
  std::size_t size() const noexcept { return items_.size(); }
  const Item& operator[](std::size_t i) const noexcept { return items_[i]; }
  const_iterator begin() const noexcept { return items_.begin(); }
  const_iterator end() const noexcept { return items_.end(); }
  std::span<const Item> items() const noexcept { return items_; }

 private:
  friend Result<Collection> Evaluate(const Expression& expression, const Context& context);
  std::vector<Item> items_;
  Expression expression_;  // literals are part of it
  std::shared_ptr<Evaluator> owner_;
};

Result<Collection> Evaluate(const Expression& expression, const Context& context);

}  // namespace facet::fhirpath
