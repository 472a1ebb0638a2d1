#pragma once
// Events: the log as the user interface. An event is declared once in events.def with its fields; the call
//
//   events::inbox_notification_accepted(id, Token("Observation"), bytes)
//
// makes an Event value. Pure rooms return Events as data; `telemetry` writes them as JSON lines.
// PHI cannot become a field: every field has one type (event_fields.def), none of them takes a PatientRef, a
// ResourceRef or plain text, and SafeText is made explicitly where the text is known to be ours. Thread: values.
// Errors: none; a wrong field is a compile error.
#include "adapter/base/result.hpp"
#include "adapter/base/strong.hpp"
#include "adapter/base/time.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace facet {

// A word of a closed set: a literal, or what a NameOf() answers.
class Token {
 public:
  consteval Token(const char* literal) : text_(literal) {}  // NOLINT: a literal is a token
  static Token OfName(std::string_view closed_name) { return Token(closed_name, 0); }
  std::string_view get() const noexcept { return text_; }

 private:
  Token(std::string_view text, int) : text_(text) {}
  std::string_view text_;  // static storage: literals and NameOf tables
};

// Text that comes from the operator's configuration or from ourselves, never from a resource or a request.
using SafeText = Strong<struct SafeTextTag, std::string, LogClass::kSafe>;
using PatientKey = Strong<struct PatientKeyTag, std::string, LogClass::kPseudonymous>;

enum class Level : std::uint8_t { kDebug, kInfo, kWarn, kError };
std::string_view NameOf(Level level) noexcept;

enum class EventKind : std::uint16_t {
#define EVENT(area, name, ...) area##_##name,
#include "adapter/base/events.def"
#undef EVENT
};

enum class EventField : std::uint8_t {
#define FIELD(name, type, meaning) name,
#include "adapter/base/event_fields.def"
#undef FIELD
};

struct EventInfo {
  std::string_view area;
  std::string_view name;  // "inbox.notification_accepted"
  Level level;
  std::string_view doc;
  std::string_view action;  // "" where there is nothing to do
  std::span<const EventField> fields;
};
const EventInfo& InfoOf(EventKind kind) noexcept;
std::span<const EventInfo> EventCatalogue() noexcept;
struct EventFieldInfo {
  std::string_view name;
  std::string_view type;
  std::string_view meaning;
};
std::span<const EventFieldInfo> EventFieldCatalogue() noexcept;

struct Event {
  using Value = std::variant<std::int64_t, std::string>;
  EventKind kind{};
  std::vector<std::pair<EventField, Value>> fields;
};

namespace events {
namespace impl {

inline Event::Value ToValue(int value) { return std::int64_t{value}; }
inline Event::Value ToValue(std::int64_t value) { return value; }
inline Event::Value ToValue(Token value) { return std::string(value.get()); }
inline Event::Value ToValue(ErrorCode value) { return std::string(NameOf(value)); }
inline Event::Value ToValue(UtcInstant value) { return value.ToString(); }
template <class Tag, class T, LogClass Class>
Event::Value ToValue(const Strong<Tag, T, Class>& value) {
  static_assert(Class != LogClass::kPhi, "PHI cannot be logged");
  if constexpr (std::is_integral_v<T>) {
    return static_cast<std::int64_t>(value.get());
  } else {
    return value.get();
  }
}

}  // namespace impl

namespace field {
#define FIELD(name_, type_, meaning)                                                                                   \
  struct name_ {                                                                                                       \
    using Type = type_;                                                                                                \
    static constexpr EventField kId = EventField::name_;                                                               \
  };
#include "adapter/base/event_fields.def"
#undef FIELD
}  // namespace field

template <EventKind Kind, class... Fields>
struct Builder {
  static constexpr EventField kFields[sizeof...(Fields) + 1] = {Fields::kId..., EventField{}};
  Event operator()(const typename Fields::Type&... values) const {
    Event event{Kind, {}};
    event.fields.reserve(sizeof...(Fields));
    (event.fields.emplace_back(Fields::kId, impl::ToValue(values)), ...);
    return event;
  }
};

namespace impl {
using namespace field;  // the field names of events.def are looked up here
#define EVENT(area, name, level, doc, action, ...)                                                                     \
  using area##_##name##_type = Builder<EventKind::area##_##name __VA_OPT__(, ) __VA_ARGS__>;
#include "adapter/base/events.def"
#undef EVENT
}  // namespace impl

#define EVENT(area, name, ...) inline constexpr impl::area##_##name##_type area##_##name{};
#include "adapter/base/events.def"
#undef EVENT

}  // namespace events
}  // namespace facet
