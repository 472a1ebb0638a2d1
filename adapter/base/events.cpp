#include "adapter/base/events.hpp"

#include <array>

namespace facet {
namespace {

constexpr EventInfo kEvents[] = {
#define EVENT(area, name, level, doc, action, ...)                                                                     \
  {#area,                                                                                                              \
   #area "." #name,                                                                                                    \
   Level::level,                                                                                                       \
   doc,                                                                                                                \
   action,                                                                                                             \
   std::span<const EventField>(decltype(events::area##_##name)::kFields,                                               \
                               std::size(decltype(events::area##_##name)::kFields) - 1)},
#include "adapter/base/events.def"
#undef EVENT
};

constexpr EventFieldInfo kFields[] = {
#define FIELD(name, type, meaning) {#name, #type, meaning},
#include "adapter/base/event_fields.def"
#undef FIELD
};

}  // namespace

std::string_view NameOf(Level level) noexcept {
  static constexpr std::array<std::string_view, 4> kNames = {"debug", "info", "warn", "error"};
  return kNames[static_cast<std::size_t>(level)];
}

const EventInfo& InfoOf(EventKind kind) noexcept { return kEvents[static_cast<std::size_t>(kind)]; }
std::span<const EventInfo> EventCatalogue() noexcept { return kEvents; }
std::span<const EventFieldInfo> EventFieldCatalogue() noexcept { return kFields; }

}  // namespace facet
