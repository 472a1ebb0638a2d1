// The judgement of a session (clinical specification, section 3): which instruments are judged, what is missing where
// none can be, and the two cases in which a failure is not believed.
#include "adapter/clinical/judge.hpp"

#include "adapter/clinical/settings.hpp"

#include <algorithm>

namespace facet::clinical {
namespace {

using AllSeries = std::vector<Series>;

bool HasPair(const Series& series) { return !series.baselines.empty() && !series.readings.empty(); }

template <class Predicate>
bool AnyPain(const AllSeries& all, Predicate predicate) {
  return std::any_of(all.begin(), all.end(), [&](const Series& s) { return IsPain(s.instrument) && predicate(s); });
}

bool HasReadings(const Series& series) { return !series.readings.empty(); }
bool HasBaseline(const Series& series) { return !series.baselines.empty(); }

// Which series decide: explicit relief a block; pain scores with their own baseline; explicit relief where no pain
// score has one; function where there is no follow-up of pain at all.
std::vector<std::size_t> Judged(const Episode& episode, const AllSeries& all) {
  std::vector<std::size_t> pain;
  std::vector<std::size_t> relief;
  std::vector<std::size_t> function;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const Series& series = all[i];
    if (series.instrument == Instrument::kPercentRelief) {
      if (HasReadings(series)) relief.push_back(i);
    } else if (HasPair(series)) {
      (IsPain(series.instrument) ? pain : function).push_back(i);
    }
  }
  if (episode.diagnostic()) return relief.empty() ? pain : relief;
  if (AnyPain(all, HasBaseline)) {
    if (!pain.empty()) return pain;
  } else if (!relief.empty()) {
    return relief;
  }
  const bool pain_followed = !relief.empty() || AnyPain(all, HasReadings);
  return pain_followed ? std::vector<std::size_t>{} : function;
}

bool Counted(const Episode& episode, const AllSeries& all) {
  return std::any_of(all.begin(), all.end(), [&](const Series& series) {
    return HasReadings(series) && !(episode.diagnostic() && IsFunction(series.instrument));
  });
}

// Why nothing can be judged, by precedence of the reasons.
Outcome Missing(const Episode& episode, const AllSeries& all) {
  const bool date_only_block = episode.diagnostic() && episode.session->start.date_only();
  if (date_only_block && !Counted(episode, all) && AnyPain(all, [](const Series& s) { return s.same_day_score; })) {
    return Indeterminate(episode, Reason::kImpreciseTime);
  }
  const bool function_baseline = !episode.diagnostic() && std::any_of(all.begin(), all.end(), [](const Series& series) {
    return IsFunction(series.instrument) && HasBaseline(series);
  });
  const bool pain_baseline = AnyPain(all, HasBaseline);
  const bool pain_followed = AnyPain(all, HasReadings);
  if (!pain_baseline && (pain_followed || !function_baseline)) return Indeterminate(episode, Reason::kNoBaseline);
  const bool adequate = AnyPain(all, [&](const Series& series) {
    return HasBaseline(series) &&
           series.baselines.front().value >= ScaleOf(series.instrument, *episode.policy).min_baseline;
  });
  if (pain_baseline && !adequate) return Indeterminate(episode, Reason::kLowBaseline);
  if (pain_baseline && pain_followed) return Indeterminate(episode, Reason::kMixedInstruments);
  return Indeterminate(episode, episode.ended ? Reason::kConfounded : Reason::kNoFollowUp);
}

// A follow-up that would have answered exists, but in an instrument that has no baseline.
bool AnsweredElsewhere(const Episode& episode, const AllSeries& all) {
  const auto answers = [&](const Sample& reading) {
    if (!episode.diagnostic()) return episode.policy->early_days.holds(reading.first_day);
    return reading.at.hi <= episode.end.lo.PlusMs(episode.policy->peak_hours * UtcInstant::kMsPerHour);
  };
  const auto has_answer = [&](const Series& series) {
    return std::any_of(series.readings.begin(), series.readings.end(), answers);
  };
  return AnyPain(all, [&](const Series& s) { return !HasBaseline(s) && has_answer(s); }) &&
         !AnyPain(all, [&](const Series& s) { return HasBaseline(s) && has_answer(s); });
}

bool WithinHoursOfBlock(const Episode& episode, const Sample& reading) {
  const std::int64_t hours = episode.policy->diagnostic_window_hours.last;
  if (reading.at.hi <= episode.end.lo.PlusMs(hours * UtcInstant::kMsPerHour)) return true;
  return reading.instrument == Instrument::kPercentRelief && reading.last_day == 0;
}

// Intent only by default, great relief within hours, gone at the next reading: it may have been a positive block.
bool MayHaveBeenBlock(const Episode& episode, const AllSeries& all, const Series& judged) {
  if (episode.diagnostic() || episode.session->intent_reason != IntentReason::kDefault) return false;
  const bool relieved = std::any_of(all.begin(), all.end(), [&](const Series& series) {
    const bool relief = series.instrument == Instrument::kPercentRelief;
    if (!relief && !(IsPain(series.instrument) && HasBaseline(series))) return false;
    const Sample* baseline = relief ? nullptr : &series.baselines.front();
    return std::any_of(series.readings.begin(), series.readings.end(), [&](const Sample& reading) {
      return WithinHoursOfBlock(episode, reading) && ReachesPositive(episode, baseline, reading);
    });
  });
  if (!relieved) return false;
  const auto next = std::find_if(judged.readings.begin(), judged.readings.end(), [&](const Sample& reading) {
    return !WithinHoursOfBlock(episode, reading) && reading.at.lo > episode.WindowEnd();
  });
  const Sample* baseline = judged.baselines.empty() ? nullptr : &judged.baselines.front();
  return next != judged.readings.end() && !IsSuccess(episode, baseline, *next);
}

bool IntentUnknown(const Episode& episode) {
  return episode.policy->approach_and_intent_required && episode.session->approach == Approach::kUnknown &&
         episode.session->intent_reason == IntentReason::kDefault;
}

void Judge(Assessment& result) {
  const Episode& episode = result.episode;
  const std::vector<std::size_t> judged = Judged(episode, result.series);
  if (judged.empty()) {
    result.outcome = Missing(episode, result.series);
    return;
  }
  std::vector<Outcome> outcomes;
  for (const std::size_t i : judged) outcomes.push_back(JudgeSeries(episode, result.series[i]));
  result.outcome = Combine(episode, outcomes);
  const auto same = std::find(outcomes.begin(), outcomes.end(), result.outcome);
  result.shown = judged[same == outcomes.end() ? 0 : static_cast<std::size_t>(same - outcomes.begin())];
  const bool no_follow_up = result.outcome.reason == Reason::kNoFollowUp;
  const bool pain = !IsFunction(result.series[*result.shown].instrument);
  // Stated relief needs no baseline, so it was answered; only a score can lack one.
  const bool confounded =
      result.outcome.reason == Reason::kConfounded && IsPain(result.series[*result.shown].instrument);
  if (((no_follow_up && pain) || confounded) && AnsweredElsewhere(episode, result.series)) {
    result.outcome = Indeterminate(episode, Reason::kMixedInstruments);
  } else if ((Failed(result.outcome) || no_follow_up) && pain &&
             MayHaveBeenBlock(episode, result.series, result.series[*result.shown])) {
    result.outcome = Indeterminate(episode, Reason::kContradictory);
  }
}

}  // namespace

bool IsPain(Instrument instrument) noexcept { return instrument < Instrument::kPercentRelief; }

Assessment Assess(const Case& item, const Clock& clock) {
  Assessment result;
  result.episode = MakeEpisode(*item.facts, *item.sessions, item.index, *item.policy, *item.zone, clock);
  const Episode& episode = result.episode;
  if (episode.month_or_year()) {
    result.outcome = Indeterminate(episode, Reason::kImpreciseTime);
    return result;
  }
  result.series = Collect(episode, item.samples, item.limits, clock.known);
  if (episode.ended && !Counted(episode, result.series)) {
    result.outcome = Indeterminate(episode, Reason::kConfounded);
    return result;
  }
  Judge(result);
  const bool doubtful = Failed(result.outcome) || result.outcome.verdict == Verdict::kIndeterminate;
  if (doubtful && IntentUnknown(episode)) result.outcome = Indeterminate(episode, Reason::kIntentUnknown);
  return result;
}

std::vector<Judgement> JudgePatient(const PatientFacts& facts, const Policy& policy, const TimeZone& zone,
                                    UtcInstant now) {
  const std::vector<Session> sessions = GroupSessions(facts, zone, now);
  std::vector<Judgement> judgements;
  if (sessions.empty()) return judgements;
  const Settings settings(facts, zone, now);
  for (std::size_t i = 0; i < sessions.size(); ++i) {
    Case item{&facts, &sessions, i, &policy, &zone, {}, {}};
    item.samples = Gather(facts, settings, sessions[i], policy, zone);
    item.limits = LimitsOf(facts, sessions, i, policy, zone);
    const Assessment assessment = Assess(item, Clock{now, now});
    Judgement judgement = Explain(item, assessment);
    AddTimes(item, assessment, now, judgement);
    judgements.push_back(std::move(judgement));
  }
  return judgements;
}

}  // namespace facet::clinical
