// An assessment as the operator's contract tells it: baseline, best, latest, relief (architecture, `replay`).
#include "adapter/clinical/judge.hpp"

#include <algorithm>

namespace facet::clinical {
namespace {

Reading MakeReading(const Series& series, const Sample& sample, const Policy& policy, bool with_relief) {
  Reading reading;
  reading.source = *sample.source;
  reading.instrument = series.instrument;
  reading.value = sample.value;
  reading.scale_low = 0;
  reading.scale_high = ScaleOf(series.instrument, policy).high;
  reading.time = *sample.time;
  reading.day = sample.first_day;
  if (with_relief) reading.relief_percent = ReliefOf(series, sample);
  reading.setting = sample.setting;
  reading.site_known = sample.site_known;
  return reading;
}

// The readings that a verdict can rest on: of a therapeutic session not those of its own day, where the anaesthetic
// still speaks, unless there are no others.
std::vector<const Sample*> Telling(const Episode& episode, const Series& series, bool or_all) {
  std::vector<const Sample*> telling;
  for (const Sample& reading : series.readings) {
    if (episode.diagnostic() || reading.first_day >= episode.policy->response_days.first) telling.push_back(&reading);
  }
  if (telling.empty() && or_all) {
    for (const Sample& reading : series.readings) telling.push_back(&reading);
  }
  return telling;
}

// The first of the readings with the greatest relief: the highest percentage, the lowest score.
const Sample* Best(const Series& series, const std::vector<const Sample*>& readings) {
  if (readings.empty()) return nullptr;
  const bool relief = series.instrument == Instrument::kPercentRelief;
  return *std::min_element(readings.begin(), readings.end(), [&](const Sample* a, const Sample* b) {
    return relief ? b->value < a->value : a->value < b->value;
  });
}

std::optional<Decimal> ReliefPercent(const Assessment& assessment, const Series& series, const Judgement& judgement) {
  switch (judgement.verdict) {
  case Verdict::kPositiveBlock:
  case Verdict::kNegativeBlock:
  case Verdict::kNoResponse:
    return judgement.best->relief_percent;
  case Verdict::kShortLived:
  case Verdict::kWoreOff:
    return judgement.latest->relief_percent;
  case Verdict::kDurableRelief: {
    std::optional<Decimal> relief;
    for (const Sample& reading : series.readings) {
      if (assessment.episode.policy->durable_window.holds(reading.first_day)) relief = ReliefOf(series, reading);
    }
    return relief;
  }
  case Verdict::kIndeterminate:
  case Verdict::kPending:
    return std::nullopt;
  }
  return std::nullopt;
}

// |100 (b - s) / b - e| > points, exactly.
bool Disagree(const Decimal& baseline, const Decimal& score, const Decimal& explicit_relief, int points) {
  const auto fall = Decimal::Subtract(baseline, score);
  const auto computed = fall ? Decimal::Multiply(*fall, 100) : std::nullopt;
  const auto stated = Decimal::Multiply(explicit_relief, baseline);
  const auto limit = Decimal::Multiply(baseline, points);
  if (!computed || !stated || !limit) return false;
  const auto apart = Decimal::Subtract(*computed, *stated);
  return apart && (*apart > *limit || -*apart > *limit);
}

// Computed and explicit relief side by side, where both exist. Answers whether they disagree.
bool CompareReliefs(const Assessment& assessment, Judgement& judgement) {
  const Sample* computed = nullptr;
  const Series* pain = nullptr;
  const Sample* stated = nullptr;
  for (const Series& series : assessment.series) {
    const std::vector<const Sample*> telling = Telling(assessment.episode, series, false);
    if (series.instrument == Instrument::kPercentRelief) {
      stated = Best(series, telling);
    } else if (pain == nullptr && IsPain(series.instrument) && !telling.empty() && !series.baselines.empty() &&
               !series.baselines.front().value.zero()) {
      pain = &series;
      computed = Best(series, telling);
    }
  }
  if (computed == nullptr || stated == nullptr) return false;
  judgement.computed_relief_percent = ReliefOf(*pain, *computed);
  judgement.explicit_relief_percent = stated->value.Rounded(1).Normalized();
  return Disagree(pain->baselines.front().value, computed->value, stated->value,
                  assessment.episode.policy->scores_disagree_points);
}

}  // namespace

Judgement Explain(const Case& item, const Assessment& assessment) {
  Judgement judgement;
  judgement.session = item.session();
  judgement.verdict = assessment.outcome.verdict;
  judgement.reason = assessment.outcome.reason;
  DoubtsInput doubts;
  doubts.patient_checked = item.facts->patient.present;
  // Where the order of scores and session is open, no number would be true.
  if (assessment.shown && judgement.reason != Reason::kImpreciseTime) {
    const Series& series = assessment.series[*assessment.shown];
    if (IsFunction(series.instrument)) judgement.measure = Measure::kFunction;
    if (!series.baselines.empty()) {
      judgement.baseline = MakeReading(series, series.baselines.front(), *item.policy, false);
    }
    const std::vector<const Sample*> telling = Telling(assessment.episode, series, true);
    if (const Sample* best = Best(series, telling)) {
      judgement.best = MakeReading(series, *best, *item.policy, true);
      judgement.latest = MakeReading(series, series.readings.back(), *item.policy, true);
    }
    judgement.relief_percent = ReliefPercent(assessment, series, judgement);
    doubts.single_reading = judgement.failed() && telling.size() == 1;
    doubts.scores_disagree = CompareReliefs(assessment, judgement);
  }
  AddDoubts(doubts, judgement);
  return judgement;
}

}  // namespace facet::clinical
