// Courses: chains of sessions of compatible region with no long gap (clinical specification, section 2).
#include "adapter/base/check.hpp"
#include "adapter/clinical/judgement.hpp"
#include "adapter/clinical/moment.hpp"

#include <algorithm>

namespace facet::clinical {
namespace {

// Whether `later` follows `earlier` within the gap, whatever a partial date stands for.
bool Follows(const Session& earlier, const Session& later, const Policy& policy, const TimeZone& zone) {
  const std::int64_t from = LocalDay(MomentOf(earlier.start).lo, zone);
  const std::int64_t to = LocalDay(MomentOf(later.start).hi, zone);
  return to - from <= policy.course_gap_days;
}

}  // namespace

// Compatibility is asked of session `index`, not along the chain: a cervical session and a thoracic one are never of
// one course because a cervicothoracic one lies between them.
std::vector<std::size_t> CourseOf(const std::vector<Session>& sessions, std::size_t index, const Policy& policy,
                                  const TimeZone& zone) {
  ADAPTER_CHECK(index < sessions.size());
  const Place place = PlaceOf(sessions[index]);
  std::vector<std::size_t> course;
  std::size_t link = index;
  for (std::size_t i = index; i-- > 0;) {
    if (!Compatible(place, PlaceOf(sessions[i]))) continue;
    if (!Follows(sessions[i], sessions[link], policy, zone)) break;
    course.push_back(i);
    link = i;
  }
  std::reverse(course.begin(), course.end());
  course.push_back(index);
  link = index;
  for (std::size_t i = index + 1; i < sessions.size(); ++i) {
    if (!Compatible(place, PlaceOf(sessions[i]))) continue;
    if (!Follows(sessions[link], sessions[i], policy, zone)) break;
    course.push_back(i);
    link = i;
  }
  return course;
}

}  // namespace facet::clinical
