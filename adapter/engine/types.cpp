#include "adapter/engine/types.hpp"

#include <array>

namespace facet::engine {
namespace {

constexpr std::array<std::string_view, 3> kInboxStates = {"new", "done", "dead"};
constexpr std::array<std::string_view, 2> kJudgementKinds = {"judgement", "proposal"};

template <class Enum, std::size_t N>
std::optional<Enum> Find(const std::array<std::string_view, N>& names, std::string_view name) noexcept {
  for (std::size_t i = 0; i < N; ++i) {
    if (names[i] == name) return static_cast<Enum>(i);
  }
  return std::nullopt;
}

}  // namespace

std::string_view NameOf(InboxState value) noexcept { return kInboxStates[static_cast<std::size_t>(value)]; }
std::string_view NameOf(JudgementKind value) noexcept { return kJudgementKinds[static_cast<std::size_t>(value)]; }
std::optional<InboxState> InboxStateFromName(std::string_view name) noexcept {
  return Find<InboxState>(kInboxStates, name);
}
std::optional<JudgementKind> JudgementKindFromName(std::string_view name) noexcept {
  return Find<JudgementKind>(kJudgementKinds, name);
}

}  // namespace facet::engine
