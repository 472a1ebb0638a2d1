// The verdict on a therapeutic session from the readings of one instrument (clinical specification, section 3, table
// and `confirm`).
#include "adapter/clinical/outcome.hpp"

#include <algorithm>

namespace facet::clinical {
namespace {

using Points = std::vector<Point>;

// Windows hold whole readings: a date coarser than a day that a limit runs through is no reading at all.
bool In(const Window& window, const Point& point) { return window.holds(point.first_day); }

// Whether readings below success suffice for a failed verdict, by the policy's way to confirm it.
Outcome Confirmed(const Episode& episode, Verdict verdict, const Points& below, std::int64_t window_last_day) {
  const Outcome failed{verdict, std::nullopt};
  const Outcome pending{Verdict::kPending, std::nullopt};
  const bool over = episode.ended || Reached(episode.EndOfDay(window_last_day), episode.now);
  std::int64_t apart = 0;
  if (!below.empty()) apart = below.back().first_day - below.front().last_day;
  switch (episode.policy->confirm) {
  case Confirm::kFirst:
    return below.empty() ? pending : failed;
  case Confirm::kSettled:
    if (below.size() > 1 && apart >= episode.policy->settle_days) return failed;
    return over && !below.empty() ? failed : pending;
  case Confirm::kTwoReadings:
    if (below.size() > 1 && apart > 0) return failed;
    if (!over) return pending;
    return Indeterminate(episode, episode.ended ? Reason::kConfounded : Reason::kNoFollowUp);
  case Confirm::kWindowEnd:
    return over && !below.empty() ? failed : pending;
  }
  return pending;
}

// No failure and no lasting success: what time will say, unless the episode was cut short.
Outcome Unanswered(const Episode& episode, std::int64_t until_day) {
  if (episode.ended) return Indeterminate(episode, Reason::kConfounded);
  if (!Reached(episode.EndOfDay(until_day), episode.now)) return {};
  return Indeterminate(episode, Reason::kNoFollowUp);
}

// F is the first success; `after` are the readings later than it.
Outcome AfterSuccess(const Episode& episode, const Point& first, const Points& after) {
  const Policy& policy = *episode.policy;
  const bool lost = !after.empty() && !after.back().success;
  if (!lost) {
    const bool durable = In(policy.durable_window, first) ||
                         std::any_of(after.begin(), after.end(),
                                     [&](const Point& p) { return p.success && In(policy.durable_window, p); });
    if (durable) return {Verdict::kDurableRelief, std::nullopt};
    return Unanswered(episode, episode.last_day());
  }
  Points below;
  bool early_loss = false;
  for (const Point& point : after) {
    if (point.success) continue;
    early_loss = early_loss || point.first_day < policy.durable_days;
    if (point.first_day >= policy.early_days.first) below.push_back(point);
  }
  if (!early_loss) return {Verdict::kWoreOff, std::nullopt};
  if (after.back().first_day < policy.early_days.first) return Unanswered(episode, policy.overdue_after_day);
  return Confirmed(episode, Verdict::kShortLived, below, policy.durable_days);
}

}  // namespace

Outcome JudgeTherapeutic(const Episode& episode, const Points& points) {
  const Policy& policy = *episode.policy;
  const bool early =
      std::any_of(points.begin(), points.end(), [&](const Point& p) { return In(policy.early_days, p); });
  const auto first = std::find_if(points.begin(), points.end(), [&](const Point& p) {
    return p.success && (In(policy.response_days, p) || (!early && p.first_day > 0));
  });
  if (first != points.end()) return AfterSuccess(episode, *first, Points(std::next(first), points.end()));
  if (!early) return Unanswered(episode, policy.overdue_after_day);
  Points below;
  bool late_success = false;
  for (const Point& point : points) {
    late_success = late_success || (point.success && point.first_day > policy.response_days.last);
    if (!point.success && point.first_day >= policy.early_days.first) below.push_back(point);
  }
  if (late_success) return Indeterminate(episode, Reason::kContradictory);
  return Confirmed(episode, Verdict::kNoResponse, below, policy.response_days.last);
}

}  // namespace facet::clinical
