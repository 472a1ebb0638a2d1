#include "adapter/config/time_zone.hpp"

#include <cctz/time_zone.h>

#include <chrono>
#include <utility>
#include <vector>

namespace facet::config {
namespace {

std::int64_t ToSeconds(const cctz::time_point<cctz::seconds>& at) { return at.time_since_epoch().count(); }

}  // namespace

Result<TimeZone> LoadTimeZone(const std::string& name) {
  cctz::time_zone zone;
  if (name.empty() || !cctz::load_time_zone(name, &zone)) {
    return MakeError(ErrorCode::kConfigInvalid, "time zone", "the time zone database has no \"" + name + "\"");
  }
  const auto first = cctz::convert(cctz::civil_second(1900, 1, 1), cctz::utc_time_zone());
  const auto last = cctz::convert(cctz::civil_second(2100, 1, 1), cctz::utc_time_zone());
  std::vector<TimeZone::Transition> transitions;
  std::int32_t offset = zone.lookup(first).offset;
  const std::int32_t first_offset = offset;
  cctz::time_zone::civil_transition transition;
  for (auto at = first; at < last && zone.next_transition(at, &transition);) {
    at = zone.lookup(transition.to).trans;
    const std::int32_t after = zone.lookup(at).offset;
    if (after == offset) continue;  // only the name or the DST flag changed
    offset = after;
    transitions.push_back({ToSeconds(at), after});
  }
  return TimeZone(name, first_offset, std::move(transitions));
}

}  // namespace facet::config
