#include "adapter/guide/episode_view.hpp"

#include "adapter/guide/gates.hpp"

#include <algorithm>

namespace facet::guide {

using clinical::ClinicalTime;
using clinical::Intervention;
using clinical::InterventionKind;

namespace {

constexpr int kOrderMonths = 6;

bool IsOneOf(InterventionKind kind, std::initializer_list<InterventionKind> kinds) noexcept {
  return std::find(kinds.begin(), kinds.end(), kind) != kinds.end();
}

}  // namespace

EpisodeView::EpisodeView(const Request& request_in, const clinical::Policy& policy_in, const Settings& settings)
    : request(request_in), policy(policy_in), facts(*request_in.facts), judgements(*request_in.judgements),
      failed((*request_in.judgements)[request_in.session]), zone(*request_in.zone),
      availability(AvailabilityOf(request_in, settings)), today(request_in.zone->LocalDate(request_in.now)),
      score_settings(*request_in.facts, *request_in.zone, request_in.now) {}

bool EpisodeView::CompatibleRegion(clinical::Region region) const noexcept {
  return clinical::Compatible(region, failed.session.region);
}

bool EpisodeView::CompatiblePlace(const clinical::Place& place) const noexcept {
  return clinical::Compatible(place, clinical::PlaceOf(failed.session));
}

CivilDate EpisodeView::FirstDate(const ClinicalTime& time) const noexcept { return zone.LocalDate(time.earliest); }

CivilDate EpisodeView::LastDate(const ClinicalTime& time) const noexcept {
  return zone.LocalDate(time.latest.PlusMs(-1));
}

std::optional<bool> EpisodeView::Since(const ClinicalTime& time, CivilDate date) const noexcept {
  if (FirstDate(time) >= date) return true;
  if (LastDate(time) < date) return false;
  return std::nullopt;
}

CivilDate EpisodeView::MonthsAgo(int months) const noexcept { return MonthsBefore(today, months); }

Interventions EpisodeView::Done(std::initializer_list<InterventionKind> kinds) const {
  Interventions done;
  for (const Intervention& intervention : facts.interventions) {
    if (intervention.order || !IsOneOf(intervention.kind, kinds) || !CompatiblePlace(PlaceOf(intervention))) continue;
    if (intervention.time && Visible(*intervention.time)) done.push_back(&intervention);
  }
  std::stable_sort(done.begin(), done.end(),
                   [](const Intervention* a, const Intervention* b) { return a->time->earliest < b->time->earliest; });
  return done;
}

Interventions EpisodeView::AfterFailed(Interventions done) const {
  std::erase_if(done, [&](const Intervention* i) { return !DecidedAfter(*i->time, failed.session.start); });
  return done;
}

Interventions EpisodeView::SinceDate(Interventions done, CivilDate date) const {
  std::erase_if(done, [&](const Intervention* i) { return !Since(*i->time, date).value_or(false); });
  return done;
}

Interventions EpisodeView::Orders(std::initializer_list<InterventionKind> kinds) const {
  Interventions orders;
  const CivilDate first = MonthsAgo(kOrderMonths);
  for (const Intervention& intervention : facts.interventions) {
    if (!intervention.order || !IsOneOf(intervention.kind, kinds) || !CompatiblePlace(PlaceOf(intervention))) continue;
    if (!intervention.time || !Visible(*intervention.time)) continue;
    if (Since(*intervention.time, first).value_or(false)) orders.push_back(&intervention);
  }
  return orders;
}

bool DecidedAfter(const ClinicalTime& later, const ClinicalTime& earlier) noexcept {
  return clinical::SurelyAfter(clinical::MomentOf(later), clinical::MomentOf(earlier));
}

CivilDate MonthsBefore(CivilDate date, int months) noexcept {
  const int index = date.year * 12 + (date.month - 1) - months;
  CivilDate before{index / 12, index % 12 + 1, 1};
  before.day = std::min(date.day, DaysInMonth(before.year, before.month));
  return before;
}

References ReferencesOf(const Interventions& interventions) {
  References references;
  for (const Intervention* intervention : interventions) {
    Merge(references, {VersionedReference(intervention->source)});
  }
  return references;
}

References ReferencesOf(const std::vector<clinical::Source>& sources) {
  References references;
  for (const clinical::Source& source : sources) Merge(references, {VersionedReference(source)});
  return references;
}

Evidence GatherEvidence(const Request& request, const clinical::Policy& policy, const Settings& settings) {
  const EpisodeView view(request, policy, settings);
  Evidence evidence;
  AddEpisode(view, evidence);
  AddBlocks(view, evidence);
  AddInterventions(view, evidence);
  AddOutcomes(view, evidence);
  AddFindings(view, evidence);
  return evidence;
}

std::vector<std::string> EvidenceNames() {
  // The names do not depend on the patient, so an episode without any fact gives all of them.
  const clinical::PatientFacts facts;
  const std::vector<clinical::Judgement> judgements(1);
  const TimeZone zone;
  Request request;
  request.facts = &facts;
  request.judgements = &judgements;
  request.zone = &zone;
  std::vector<std::string> names;
  const Evidence evidence = GatherEvidence(request, {}, {});
  for (const EvidenceItem& item : evidence.items()) names.push_back(item.name);
  return names;
}

}  // namespace facet::guide
