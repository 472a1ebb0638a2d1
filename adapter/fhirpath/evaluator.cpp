#include "adapter/fhirpath/evaluator.hpp"

#include "adapter/fhirpath/machine.hpp"

namespace facet::fhirpath {

Evaluator::Evaluator() : state_(std::make_unique<State>()) {}
Evaluator::~Evaluator() = default;
Evaluator::Evaluator(Evaluator&&) noexcept = default;
Evaluator& Evaluator::operator=(Evaluator&&) noexcept = default;

void Evaluator::Reset() { state_->arena.Reset(); }

Status Evaluator::Evaluate(const Expression& expression, const Context& context, std::vector<Item>& out) {
  out.clear();
  if (expression.program() == nullptr) return {};
  Machine machine(*state_, *expression.program(), context);
  ADAPTER_TRY_STATUS(machine.Run());
  const auto items = state_->stack.items();
  out.assign(items.begin(), items.end());
  return {};
}

Result<std::optional<bool>> Evaluator::EvaluateBool(const Expression& expression, const Context& context) {
  if (expression.program() == nullptr) return std::optional<bool>();
  const Arena::Mark mark = state_->arena.Here();
  Machine machine(*state_, *expression.program(), context);
  Status status = machine.Run();
  Tri value = Tri::kEmpty;
  const Program& program = *expression.program();
  if (status.ok() && !machine.SingleTri(machine.From(0), program.nodes[program.root], value)) status = machine.error;
  state_->arena.Rewind(mark);
  if (!status.ok()) return std::move(status).error();
  return value == Tri::kEmpty ? std::optional<bool>() : std::optional<bool>(value == Tri::kTrue);
}

Result<bool> Evaluator::Test(const Expression& expression, const Context& context) {
  ADAPTER_TRY(value, EvaluateBool(expression, context));
  return value.value_or(false);
}

Result<std::optional<std::string>> Evaluator::EvaluateText(const Expression& expression, const Context& context) {
  if (expression.program() == nullptr) return std::optional<std::string>();
  const Arena::Mark mark = state_->arena.Here();
  Machine machine(*state_, *expression.program(), context);
  Status status = machine.Run();
  const Program& program = *expression.program();
  const Node& root = program.nodes[program.root];
  Item item;
  std::optional<std::string> text;
  if (status.ok() && !machine.Singleton(machine.From(0), root, item)) status = machine.error;
  if (status.ok() && item.kind() != ItemKind::kNone) {
    text = item.ToText();
    if (!text && !(item.is_node() && item.node().missing())) {
      machine.FailType(root, "a primitive value is expected, not " + item.TypeName());
      status = machine.error;
    }
  }
  state_->arena.Rewind(mark);
  if (!status.ok()) return std::move(status).error();
  return text;
}

Result<Collection> Evaluate(const Expression& expression, const Context& context) {
  Collection out;
  out.expression_ = expression;
  out.owner_ = std::make_shared<Evaluator>();
  ADAPTER_TRY_STATUS(out.owner_->Evaluate(expression, context, out.items_));
  return out;
}

}  // namespace facet::fhirpath
