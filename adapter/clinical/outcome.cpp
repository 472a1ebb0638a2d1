#include "adapter/clinical/outcome.hpp"

#include <algorithm>

namespace facet::clinical {
namespace {

// Beyond this many times with values on both sides of the limit only the two extremes are tried.
constexpr std::size_t kConflictsMax = 6;

const Decimal kHundred = 100;

// Readings of one time, or of times whose order is undecided: [from, to) of the points.
struct Group {
  std::size_t from = 0;
  std::size_t to = 0;
  bool mixed = false;  // some reach success and some do not
};

std::vector<Group> GroupsOf(const std::vector<Point>& points) {
  std::vector<Group> groups;
  UtcInstant reach;
  for (std::size_t i = 0; i < points.size(); ++i) {
    if (groups.empty() || points[i].at.lo > reach) {
      groups.push_back({i, i + 1, false});
      reach = points[i].at.hi;
      continue;
    }
    Group& group = groups.back();
    group.to = i + 1;
    group.mixed = group.mixed || points[i].success != points[group.from].success;
    reach = std::max(reach, points[i].at.hi);
  }
  return groups;
}

Outcome JudgePoints(const Episode& episode, const std::vector<Point>& points) {
  return episode.diagnostic() ? JudgeDiagnostic(episode, points) : JudgeTherapeutic(episode, points);
}

// The points with, in the n-th mixed group, only those that reach success (bit n set) or only those that do not.
std::vector<Point> Pick(const std::vector<Point>& points, const std::vector<Group>& groups, std::size_t bits) {
  std::vector<Point> picked;
  std::size_t n = 0;
  for (const Group& group : groups) {
    const bool want = group.mixed && ((bits >> std::min(n, kConflictsMax)) & 1U) != 0;
    for (std::size_t i = group.from; i < group.to; ++i) {
      if (!group.mixed || points[i].success == want) picked.push_back(points[i]);
    }
    n += group.mixed ? 1 : 0;
  }
  return picked;
}

const Outcome& MostPressing(const std::vector<Outcome>& outcomes) {
  return *std::min_element(outcomes.begin(), outcomes.end(), [](const Outcome& a, const Outcome& b) {
    if (a.verdict != b.verdict) return a.verdict == Verdict::kPending;
    return a.reason < b.reason;
  });
}

// Two values of one time: different decided verdicts contradict each other, and a failed one is contradicted by
// anything else.
Outcome MergeValues(const Episode& episode, const std::vector<Outcome>& outcomes) {
  if (std::all_of(outcomes.begin(), outcomes.end(), [&](const Outcome& o) { return o == outcomes.front(); })) {
    return outcomes.front();
  }
  std::optional<Outcome> decided;
  bool undecided = false;
  for (const Outcome& outcome : outcomes) {
    if (!Decided(outcome)) {
      undecided = true;
    } else if (decided && decided->verdict != outcome.verdict) {
      return Indeterminate(episode, Reason::kContradictory);
    } else {
      decided = outcome;
    }
  }
  if (!decided) return MostPressing(outcomes);
  if (undecided && Failed(*decided)) return Indeterminate(episode, Reason::kContradictory);
  return *decided;
}

Outcome JudgeWith(const Episode& episode, const Sample* baseline, const Series& series) {
  const Policy& policy = *episode.policy;
  if (baseline != nullptr && baseline->value < ScaleOf(series.instrument, policy).min_baseline) {
    return Indeterminate(episode, Reason::kLowBaseline);
  }
  const UtcInstant peak_end = episode.end.lo.PlusMs(policy.peak_hours * UtcInstant::kMsPerHour);
  std::vector<Point> points;
  points.reserve(series.readings.size());
  for (const Sample& reading : series.readings) {
    Point point{reading.at, reading.first_day, reading.last_day, false, false};
    point.success =
        episode.diagnostic() ? ReachesPositive(episode, baseline, reading) : IsSuccess(episode, baseline, reading);
    point.at_peak = series.instrument == Instrument::kPercentRelief || reading.at.hi <= peak_end;
    points.push_back(point);
  }
  const std::vector<Group> groups = GroupsOf(points);
  const auto mixed = static_cast<std::size_t>(
      std::count_if(groups.begin(), groups.end(), [](const Group& group) { return group.mixed; }));
  // Of several percent reliefs of a block the best decides, so they never contradict each other.
  if (mixed == 0 || (episode.diagnostic() && series.instrument == Instrument::kPercentRelief)) {
    return JudgePoints(episode, points);
  }
  std::vector<Outcome> outcomes;
  const std::size_t all = (std::size_t{1} << std::min(mixed, kConflictsMax)) - 1;
  for (std::size_t bits = 0; bits <= all; ++bits) {
    const std::size_t beyond = bits == all ? std::size_t{1} << kConflictsMax : 0;
    outcomes.push_back(JudgePoints(episode, Pick(points, groups, bits | beyond)));
  }
  return MergeValues(episode, outcomes);
}

}  // namespace

Outcome Indeterminate(const Episode& episode, Reason reason) {
  if (!episode.ended && !Reached(episode.AssessmentEnd(), episode.now)) return {};
  return {Verdict::kIndeterminate, reason};
}

bool ReachesPercent(const Decimal& baseline, const Decimal& score, const Decimal& percent) {
  if (baseline.zero() || baseline.negative()) return false;
  const auto fall = Decimal::Subtract(baseline, score);
  const auto reached = fall ? Decimal::Multiply(*fall, kHundred) : std::nullopt;
  const auto asked = Decimal::Multiply(baseline, percent);
  return reached && asked && *reached >= *asked;
}

std::optional<Decimal> ReliefOf(const Series& series, const Sample& reading) {
  if (series.instrument == Instrument::kPercentRelief) return reading.value.Rounded(1).Normalized();
  if (series.baselines.empty()) return std::nullopt;
  const auto fall = Decimal::Subtract(series.baselines.front().value, reading.value);
  const auto scaled = fall ? Decimal::Multiply(*fall, kHundred) : std::nullopt;
  const auto relief = scaled ? Decimal::Divide(*scaled, series.baselines.front().value, 1) : std::nullopt;
  return relief ? std::optional(relief->Normalized()) : std::nullopt;
}

bool IsSuccess(const Episode& episode, const Sample* baseline, const Sample& reading) {
  const Policy& policy = *episode.policy;
  if (baseline == nullptr) return reading.value >= policy.success_percent;
  const auto fall = Decimal::Subtract(baseline->value, reading.value);
  return ReachesPercent(baseline->value, reading.value, policy.success_percent) && fall &&
         *fall >= ScaleOf(reading.instrument, policy).min_change;
}

bool ReachesPositive(const Episode& episode, const Sample* baseline, const Sample& reading) {
  const Decimal& percent = episode.policy->positive_percent;
  return baseline == nullptr ? reading.value >= percent : ReachesPercent(baseline->value, reading.value, percent);
}

Outcome JudgeSeries(const Episode& episode, const Series& series) {
  if (series.instrument == Instrument::kPercentRelief) return JudgeWith(episode, nullptr, series);
  std::vector<Outcome> outcomes;
  for (const Sample& baseline : series.baselines) outcomes.push_back(JudgeWith(episode, &baseline, series));
  if (series.choice != Choice::kUndecided) return MergeValues(episode, outcomes);
  const bool same = std::all_of(outcomes.begin(), outcomes.end(),
                                [&](const Outcome& o) { return o.verdict == outcomes.front().verdict; });
  return same ? MostPressing(outcomes) : Indeterminate(episode, Reason::kImpreciseTime);
}

Outcome Combine(const Episode& episode, const std::vector<Outcome>& outcomes) {
  std::optional<Outcome> decided;
  bool contradictory = false;
  for (const Outcome& outcome : outcomes) {
    contradictory = contradictory || outcome.reason == Reason::kContradictory;
    if (!Decided(outcome)) continue;
    if (decided && decided->verdict != outcome.verdict) return Indeterminate(episode, Reason::kContradictory);
    decided = outcome;
  }
  if (!decided) return MostPressing(outcomes);
  if (contradictory && Failed(*decided)) return Indeterminate(episode, Reason::kContradictory);
  return *decided;
}

}  // namespace facet::clinical
