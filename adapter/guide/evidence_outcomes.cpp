// What RFA, SI injection and trial stimulation achieved (clinical specification, section 4).
#include "adapter/guide/episode_view.hpp"
#include "adapter/guide/scores.hpp"

#include <algorithm>

namespace facet::guide {

using clinical::Intervention;
using clinical::InterventionKind;
using clinical::Region;

namespace {

constexpr std::int64_t kRfaFirstDay = 30;
constexpr std::int64_t kTrialLastDay = 14;

// Effective: a reading between day 30 and the end of the expected months reached success; recurred: the latest is
// below it.
std::string_view RfaEffect(const EpisodeView& view, const Intervention& rfa, References& references) {
  const Region region = rfa.region == Region::kUnknown ? view.failed.session.region : rfa.region;
  const ReliefCourse course = FollowIntervention(view, rfa, region);
  const CivilDate start = view.FirstDate(*rfa.time);
  const CivilDate last_date = MonthsBefore(start, -view.policy.rfa_expected_months.last);
  const std::int64_t last_day = last_date.ToDays() - start.ToDays();
  const ReliefReading* success = nullptr;
  const ReliefReading* latest = nullptr;
  bool read = false;
  for (const ReliefReading& reading : course.readings) {
    if (reading.day < kRfaFirstDay || !reading.linked) continue;
    latest = &reading;
    if (reading.day > last_day) continue;
    read = true;
    if (reading.success) success = &reading;
  }
  if (!read) return "unknown";
  Merge(references, {VersionedReference(latest->source)});
  if (success == nullptr) return "ineffective";
  Merge(references, {VersionedReference(success->source)});
  return latest->success ? "lasting" : "recurred";
}

void AddRfa(const EpisodeView& view, Evidence& evidence) {
  const Interventions done = view.Done({InterventionKind::kRfa});
  const Interventions expected = view.SinceDate(done, view.MonthsAgo(view.policy.rfa_expected_months.last));
  evidence.AddFlag("rfaWithinExpected", !expected.empty(), ReferencesOf(expected));
  // Lines of one day are one ablation.
  const bool twice = std::any_of(done.begin(), done.end(), [&](const Intervention* i) {
    return view.FirstDate(*i->time) > view.LastDate(*done.front()->time);
  });
  evidence.AddFlag("rfaTwice", twice, ReferencesOf(done));
  References references = ReferencesOf(done);
  const std::string_view effect = done.empty() ? "none" : RfaEffect(view, *done.back(), references);
  evidence.AddCode("rfaEffect", effect, references);
}

// Judged like a therapeutic lumbar session: success in response_days and not failed; or a linked percent relief.
std::optional<bool> Succeeded(const EpisodeView& view, const Intervention& injection, References& references) {
  const ReliefCourse course = FollowIntervention(view, injection, Region::kLumbar);
  if (course.linked_percent && *course.linked_percent >= view.policy.sij_positive_percent) {
    Merge(references, course.linked_references);
    return true;
  }
  if (!course.judgement) return std::nullopt;
  // A facet session of the same day cannot be told apart from the injection.
  const bool alone = std::all_of(
      course.judgement->session.procedures.begin(), course.judgement->session.procedures.end(),
      [&](const clinical::Source& source) {
        return std::none_of(view.facts.procedures.begin(), view.facts.procedures.end(),
                            [&](const auto& procedure) { return procedure.source.resource == source.resource; });
      });
  if (!alone) return std::nullopt;
  if (course.judgement->failed()) return false;
  // Reported relief is a reading only where no valid baseline exists (section 3).
  const bool computed = !course.baselines.empty();
  for (const ReliefReading& reading : course.readings) {
    if (!reading.success || !reading.linked || reading.computed != computed ||
        !view.policy.response_days.holds(reading.day))
      continue;
    Merge(references, {VersionedReference(reading.source)});
    return true;
  }
  return std::nullopt;
}

// Of several injections the latest that can be judged speaks.
void AddSiInjection(const EpisodeView& view, Evidence& evidence) {
  const Interventions done = view.Done({InterventionKind::kSiInjection});
  for (auto injection = done.rbegin(); injection != done.rend(); ++injection) {
    References references = ReferencesOf(Interventions{*injection});
    const std::optional<bool> succeeded = Succeeded(view, **injection, references);
    if (!succeeded) continue;
    return evidence.AddFlag("siInjectionSucceeded", *succeeded, references);
  }
  evidence.AddFlag("siInjectionSucceeded", false);
}

// Percent relief linked to the trial, or the best relief in days 1 to 14.
void AddTrialRelief(const EpisodeView& view, Evidence& evidence) {
  std::optional<Decimal> best;
  References references;
  const EvidenceItem* trials = evidence.Find("scsTrialEver");
  ADAPTER_CHECK(trials != nullptr);
  for (const Intervention* trial : view.Done({InterventionKind::kScsTrial, InterventionKind::kScsLead})) {
    const std::string reference = VersionedReference(trial->source);
    if (std::find(trials->references.begin(), trials->references.end(), reference) == trials->references.end()) {
      continue;
    }
    best.reset();  // of several trials the latest speaks
    references = {reference};
    const ReliefCourse course = FollowIntervention(view, *trial, view.failed.session.region);
    if (course.linked_percent) {
      best = course.linked_percent;
      Merge(references, course.linked_references);
      continue;
    }
    for (const ReliefReading& reading : course.readings) {
      if (reading.day < 1 || reading.day > kTrialLastDay || (best && reading.percent <= *best)) continue;
      best = reading.percent;
      references = {reference, VersionedReference(reading.source)};
    }
  }
  evidence.AddDecimal("scsTrialRelief", best, references);
}

}  // namespace

void AddOutcomes(const EpisodeView& view, Evidence& evidence) {
  AddRfa(view, evidence);
  AddSiInjection(view, evidence);
  AddTrialRelief(view, evidence);
}

}  // namespace facet::guide
