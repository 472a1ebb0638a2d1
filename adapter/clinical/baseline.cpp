// Which score is the baseline (clinical specification, section 3, Baseline and Date-only session).
#include "adapter/clinical/evidence.hpp"

#include <algorithm>
#include <tuple>

namespace facet::clinical {
namespace {

bool Allowed(const Episode& episode, const BaselineLimits& limits, const Sample& sample) {
  if (sample.first_day < -episode.policy->baseline_max_age_days) return false;
  if (limits.after && sample.at.lo <= *limits.after) return false;
  return std::all_of(limits.quiet.begin(), limits.quiet.end(),
                     [&](const Moment& quiet) { return sample.at.hi <= quiet.lo || sample.at.lo > quiet.hi; });
}

// The latest of these, and whatever may be of the same time; the one to show first. Equal values are one choice.
std::vector<Sample> Latest(const std::vector<Sample>& candidates) {
  std::vector<Sample> latest;
  if (candidates.empty()) return latest;
  const Sample& last = *std::max_element(candidates.begin(), candidates.end(), [](const Sample& a, const Sample& b) {
    return std::tie(a.at.hi, a.at.lo, b.source->resource) < std::tie(b.at.hi, b.at.lo, a.source->resource);
  });
  latest.push_back(last);
  for (const Sample& sample : candidates) {
    const bool known_value =
        std::any_of(latest.begin(), latest.end(), [&](const Sample& other) { return other.value == sample.value; });
    if (!known_value && Overlap(sample.at, last.at)) latest.push_back(sample);
  }
  return latest;
}

}  // namespace

BaselineLimits LimitsOf(const PatientFacts& facts, const std::vector<Session>& sessions, std::size_t index,
                        const Policy& policy, const TimeZone& zone) {
  const Session& session = sessions[index];
  const Moment start = MomentOf(session.start);
  const std::int64_t start_day = LocalDay(start.lo, zone);
  BaselineLimits limits;
  const auto cut = [&](UtcInstant at) {
    if (!limits.after || *limits.after < at) limits.after = at;
  };
  for (std::size_t i = 0; i < sessions.size(); ++i) {
    const Session& other = sessions[i];
    const Moment other_start = MomentOf(other.start);
    if (i == index || other_start.lo > start.lo || !Compatible(PlaceOf(session), PlaceOf(other))) continue;
    const bool own_day = LocalDay(other_start.lo, zone) == start_day;
    if (own_day && other.region == Region::kUnknown) continue;
    if (!own_day && other.intent == Intent::kTherapeutic) cut(other_start.hi);
    const UtcInstant end = other.end ? MomentOf(*other.end).hi : other_start.hi;
    limits.quiet.push_back({other_start.lo, end.PlusMs(policy.baseline_quiet_hours * UtcInstant::kMsPerHour)});
  }
  for (const Intervention& intervention : facts.interventions) {
    if (intervention.order || !intervention.time || !Confounds(intervention.kind)) continue;
    const Moment at = MomentOf(*intervention.time);
    if (at.lo <= start.lo && Compatible(PlaceOf(session), PlaceOf(intervention))) cut(at.hi);
  }
  return limits;
}

void ChooseBaseline(const Episode& episode, const std::vector<Sample>& samples, const BaselineLimits& limits,
                    Series& series) {
  std::vector<Sample> before;  // surely not after the start
  std::vector<Sample> of_day;  // of the session's day, before or after it
  for (const Sample& sample : samples) {
    if (!Allowed(episode, limits, sample)) continue;
    if (SurelyNotAfter(sample.at, episode.start)) {
      before.push_back(sample);
    } else if (sample.first_day == 0 && sample.last_day == 0 && Overlap(sample.at, episode.start) &&
               !SurelyAfter(sample.at, episode.end)) {
      of_day.push_back(sample);
    }
  }
  series.baselines = Latest(before);
  series.choice = series.baselines.size() > 1 ? Choice::kTwoValues : Choice::kOne;
  if (of_day.empty()) return;
  if (episode.start.lo == episode.start.hi) {  // a date-only score of the day: only if there is nothing better
    if (series.baselines.empty()) series.baselines = Latest(of_day);
    if (series.baselines.size() > 1) series.choice = Choice::kTwoValues;
    return;
  }
  // A date-only session: any score of its day may be the baseline, or none of them.
  const auto later = [](const Sample& a, const Sample& b) {
    return std::tie(b.at.hi, b.at.lo, *a.source) < std::tie(a.at.hi, a.at.lo, *b.source);
  };
  std::sort(of_day.begin(), of_day.end(), later);
  series.baselines.insert(series.baselines.begin(), of_day.begin(), of_day.end());
  series.choice = series.baselines.size() > 1 ? Choice::kUndecided : Choice::kOne;
}

}  // namespace facet::clinical
