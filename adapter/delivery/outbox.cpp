#include "adapter/delivery/outbox.hpp"

#include <array>

namespace facet::delivery {
namespace {

constexpr std::array<std::string_view, 3> kKinds = {"careplan", "provenance", "revoke"};
constexpr std::array<std::string_view, 6> kStates = {"due", "in-flight", "unknown", "done", "held", "dead"};
constexpr std::array<std::string_view, 5> kOutcomes = {"none", "written", "changed", "removed", "discarded"};

template <class Enum, std::size_t N>
std::optional<Enum> Find(const std::array<std::string_view, N>& names, std::string_view name) noexcept {
  for (std::size_t i = 0; i < N; ++i) {
    if (names[i] == name) return static_cast<Enum>(i);
  }
  return std::nullopt;
}

}  // namespace

std::string_view NameOf(OutboxKind value) noexcept { return kKinds[static_cast<std::size_t>(value)]; }
std::string_view NameOf(OutboxState value) noexcept { return kStates[static_cast<std::size_t>(value)]; }
std::string_view NameOf(Outcome value) noexcept { return kOutcomes[static_cast<std::size_t>(value)]; }
std::optional<OutboxKind> OutboxKindFromName(std::string_view name) noexcept { return Find<OutboxKind>(kKinds, name); }
std::optional<OutboxState> OutboxStateFromName(std::string_view name) noexcept {
  return Find<OutboxState>(kStates, name);
}
std::optional<Outcome> OutcomeFromName(std::string_view name) noexcept { return Find<Outcome>(kOutcomes, name); }

}  // namespace facet::delivery
