#include "adapter/engine/types.hpp"

#include "adapter/base/names.hpp"

#include <array>

namespace facet::engine {
namespace {

constexpr std::array<std::string_view, 3> kInboxStates = {"new", "done", "dead"};
constexpr std::array<std::string_view, 2> kJudgementKinds = {"judgement", "proposal"};

}  // namespace

std::string_view NameOf(InboxState value) noexcept { return NameIn(kInboxStates, value); }
std::string_view NameOf(JudgementKind value) noexcept { return NameIn(kJudgementKinds, value); }
std::optional<InboxState> InboxStateFromName(std::string_view name) noexcept {
  return EnumIn<InboxState>(kInboxStates, name);
}
std::optional<JudgementKind> JudgementKindFromName(std::string_view name) noexcept {
  return EnumIn<JudgementKind>(kJudgementKinds, name);
}

}  // namespace facet::engine
