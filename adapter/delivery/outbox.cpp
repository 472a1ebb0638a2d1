#include "adapter/delivery/outbox.hpp"

#include "adapter/base/names.hpp"

#include <array>

namespace facet::delivery {
namespace {

constexpr std::array<std::string_view, 3> kKinds = {"careplan", "provenance", "revoke"};
constexpr std::array<std::string_view, 6> kStates = {"due", "in-flight", "unknown", "done", "held", "dead"};
constexpr std::array<std::string_view, 5> kOutcomes = {"none", "written", "changed", "removed", "discarded"};

}  // namespace

std::string_view NameOf(OutboxKind value) noexcept { return NameIn(kKinds, value); }
std::string_view NameOf(OutboxState value) noexcept { return NameIn(kStates, value); }
std::string_view NameOf(Outcome value) noexcept { return NameIn(kOutcomes, value); }
std::optional<OutboxKind> OutboxKindFromName(std::string_view name) noexcept {
  return EnumIn<OutboxKind>(kKinds, name);
}
std::optional<OutboxState> OutboxStateFromName(std::string_view name) noexcept {
  return EnumIn<OutboxState>(kStates, name);
}
std::optional<Outcome> OutcomeFromName(std::string_view name) noexcept { return EnumIn<Outcome>(kOutcomes, name); }

}  // namespace facet::delivery
