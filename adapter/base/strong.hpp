#pragma once
// Strong types with a log class. A kPhi value has no way into a log event: the event functions take only
// types whose class is kSafe or kPseudonymous, and that is checked when the adapter is compiled
// (tests/unit/compile_fail).
#include <compare>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>

namespace facet {

enum class LogClass : std::uint8_t {
  kSafe,          // ours: sequence numbers, episode ids, versions
  kPseudonymous,  // a keyed digest of something that identifies a person
  kPhi,           // identifies or describes a person
};

template <class Tag, class T, LogClass Class>
class Strong {
 public:
  using Value = T;
  static constexpr LogClass kLogClass = Class;

  Strong() = default;
  explicit Strong(T value) : value_(std::move(value)) {}
  const T& get() const& noexcept { return value_; }
  T&& get() && noexcept { return std::move(value_); }
  friend auto operator<=>(const Strong&, const Strong&) = default;
  friend bool operator==(const Strong&, const Strong&) = default;

 private:
  T value_{};
};

// "Patient/123" on the configured server: identifies a person at that hospital.
using PatientRef = Strong<struct PatientRefTag, std::string, LogClass::kPhi>;
// "Observation/o1": leads to a person's record.
using ResourceRef = Strong<struct ResourceRefTag, std::string, LogClass::kPhi>;
using ResourceBody = Strong<struct ResourceBodyTag, std::string, LogClass::kPhi>;
// Minted once from the episode's first procedure with the site's system id (a digest): safe to log.
using EpisodeId = Strong<struct EpisodeIdTag, std::string, LogClass::kPseudonymous>;
using ProposalId = Strong<struct ProposalIdTag, std::string, LogClass::kPseudonymous>;
// Inbox sequence number.
using NotificationId = Strong<struct NotificationIdTag, std::uint64_t, LogClass::kSafe>;

}  // namespace facet

template <class Tag, class T, facet::LogClass Class>
struct std::hash<facet::Strong<Tag, T, Class>> {
  std::size_t operator()(const facet::Strong<Tag, T, Class>& value) const noexcept {
    return std::hash<T>{}(value.get());
  }
};
