#include "adapter/guide/scores.hpp"

#include "adapter/clinical/judge.hpp"

#include <algorithm>

namespace facet::guide {

using clinical::FacetProcedure;
using clinical::Instrument;
using clinical::Intervention;
using clinical::Judgement;
using clinical::PainScore;
using clinical::PercentRelief;

namespace {

constexpr int kPercentPlaces = 10;

bool Contains(const std::vector<std::string>& list, const std::string& value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

// The lines of one intervention: same kind, same site-local day (left and right, several levels).
bool SameDay(const EpisodeView& view, const Intervention& a, const Intervention& b) {
  return !b.order && b.time && a.kind == b.kind && view.FirstDate(*a.time) == view.FirstDate(*b.time);
}

// The facts as they would be if the intervention were a therapeutic facet session.
clinical::PatientFacts AsSession(const EpisodeView& view, const Intervention& intervention, clinical::Region region) {
  clinical::PatientFacts facts = view.facts;
  std::erase_if(facts.interventions, [&](const Intervention& other) { return SameDay(view, intervention, other); });
  FacetProcedure procedure;
  procedure.source = intervention.source;
  procedure.start = *intervention.time;
  procedure.region = region;
  procedure.side = intervention.side;
  procedure.intent = clinical::Intent::kTherapeutic;
  procedure.intent_reason = clinical::IntentReason::kText;
  procedure.encounter = intervention.encounter;
  facts.procedures.push_back(procedure);
  std::stable_sort(facts.procedures.begin(), facts.procedures.end(),
                   [](const FacetProcedure& a, const FacetProcedure& b) { return a.source < b.source; });
  return facts;
}

bool IsLineOf(const clinical::Session& session, const Intervention& intervention) {
  return std::find(session.procedures.begin(), session.procedures.end(), intervention.source) !=
         session.procedures.end();
}

// A Judgement tells its baseline only where something followed in time; an ablation is looked at for years. So the
// valid baselines are asked for themselves; where two scores could be one, there is none.
std::vector<BaselineScore> BaselinesOf(const EpisodeView& view, const Intervention& intervention,
                                       const clinical::PatientFacts& facts) {
  std::vector<BaselineScore> baselines;
  const UtcInstant now = view.request.now;
  const std::vector<clinical::Session> sessions = clinical::GroupSessions(facts, view.zone, now);
  const clinical::Settings score_settings(facts, view.zone, now);
  for (std::size_t i = 0; i < sessions.size(); ++i) {
    if (!IsLineOf(sessions[i], intervention)) continue;
    const auto samples = clinical::Gather(facts, score_settings, sessions[i], view.policy, view.zone);
    const auto limits = clinical::LimitsOf(facts, sessions, i, view.policy, view.zone);
    const auto episode = clinical::MakeEpisode(facts, sessions, i, view.policy, view.zone, {now, now});
    for (const clinical::Series& series : clinical::Collect(episode, samples, limits, now)) {
      if (series.baselines.empty() || series.choice != clinical::Choice::kOne) continue;
      if (!clinical::IsPain(series.instrument)) continue;
      baselines.push_back({series.instrument, series.baselines.front().value});
    }
  }
  return baselines;
}

std::optional<Judgement> JudgeAsSession(const EpisodeView& view, const Intervention& intervention,
                                        const clinical::PatientFacts& facts) {
  for (Judgement& judgement : clinical::JudgePatient(facts, view.policy, view.zone, view.request.now)) {
    if (IsLineOf(judgement.session, intervention)) return std::move(judgement);
  }
  return std::nullopt;
}

// A score that belongs to the intervention, by link or encounter, is about the spine wherever it was taken.
bool CountsForSpine(const EpisodeView& view, const Intervention& intervention, const PainScore& score) {
  if (score.preliminary || score.limb_site || !view.CompatiblePlace(PlaceOf(score))) return false;
  const bool linked = Contains(score.linked, intervention.source.resource) ||
                      (!score.encounter.empty() && score.encounter == intervention.encounter);
  return linked || !IsUnrelated(view, score);
}

// Relief against the baseline, and whether it is a success (section 3).
std::optional<ReliefReading> Measure(const EpisodeView& view, const Intervention& intervention,
                                     const BaselineScore& baseline, const PainScore& score) {
  if (score.instrument != baseline.instrument || baseline.value.zero() || !view.Visible(score.time)) return {};
  if (!DecidedAfter(score.time, *intervention.time) || !CountsForSpine(view, intervention, score)) return {};
  const auto change = Decimal::Subtract(baseline.value, score.value);
  const auto hundredfold = change ? Decimal::Multiply(*change, Decimal(100)) : std::nullopt;
  const auto percent = hundredfold ? Decimal::Divide(*hundredfold, baseline.value, kPercentPlaces) : std::nullopt;
  if (!percent) return {};
  ReliefReading reading;
  reading.source = score.source;
  reading.at = score.time.earliest;
  reading.day = view.FirstDate(score.time).ToDays() - view.FirstDate(*intervention.time).ToDays();
  reading.percent = *percent;
  reading.success =
      *percent >= view.policy.success_percent && *change >= Scaled(view.policy.min_absolute_change, score.instrument);
  return reading;
}

// Percent relief that names the intervention, and such as names nothing and lies after it.
void AddPercentRelief(const EpisodeView& view, const Intervention& intervention, ReliefCourse& course) {
  for (const PercentRelief& relief : view.facts.reliefs) {
    if (relief.preliminary || !view.Visible(relief.time)) continue;
    const bool linked = Contains(relief.linked, intervention.source.resource);
    if (!linked && !relief.linked.empty()) continue;
    if (!linked && !DecidedAfter(relief.time, *intervention.time)) continue;
    if (linked && (!course.linked_percent || relief.percent > *course.linked_percent)) {
      course.linked_percent = relief.percent;
      course.linked_references = {VersionedReference(relief.source)};
    }
    ReliefReading reading;
    reading.source = relief.source;
    reading.at = relief.time.earliest;
    reading.day = view.FirstDate(relief.time).ToDays() - view.FirstDate(*intervention.time).ToDays();
    reading.percent = relief.percent;
    reading.computed = false;
    reading.linked = linked;
    reading.success = relief.percent >= view.policy.success_percent;
    course.readings.push_back(reading);
  }
}

}  // namespace

Decimal Scaled(const Decimal& of_ten, Instrument instrument) {
  const bool hundred = instrument == Instrument::kVas100;
  return hundred ? Decimal::Multiply(of_ten, Decimal(10)).value_or(of_ten) : of_ten;
}

bool IsUnrelated(const EpisodeView& view, const PainScore& score) {
  return view.score_settings.Of(score) == clinical::Setting::kUnrelated;
}

ReliefCourse FollowIntervention(const EpisodeView& view, const Intervention& intervention, clinical::Region region) {
  const clinical::PatientFacts facts = AsSession(view, intervention, region);
  ReliefCourse course;
  course.judgement = JudgeAsSession(view, intervention, facts);
  course.baselines = BaselinesOf(view, intervention, facts);
  AddPercentRelief(view, intervention, course);
  for (const BaselineScore& baseline : course.baselines) {
    for (const PainScore& score : view.facts.scores) {
      if (auto reading = Measure(view, intervention, baseline, score)) course.readings.push_back(*reading);
    }
  }
  std::stable_sort(course.readings.begin(), course.readings.end(), [](const ReliefReading& a, const ReliefReading& b) {
    return a.at != b.at ? a.at < b.at : a.source < b.source;
  });
  return course;
}

}  // namespace facet::guide
