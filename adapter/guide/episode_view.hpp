#pragma once
// One failed episode with everything that is asked about it: which facts are visible, in a compatible region, before
// or after the failed session. Internal to the room.
//
// Thread: borrows from the Request. Errors: none; a comparison that the precision of a time cannot decide is undecided,
// and an undecided fact is not evidence (clinical specification, section 1, Time).
#include "adapter/clinical/judgement.hpp"
#include "adapter/clinical/moment.hpp"
#include "adapter/clinical/settings.hpp"
#include "adapter/guide/evidence.hpp"
#include "adapter/guide/proposal.hpp"

#include <initializer_list>
#include <optional>
#include <vector>

namespace facet::guide {

using Interventions = std::vector<const clinical::Intervention*>;

struct EpisodeView {
  EpisodeView(const Request& request_in, const clinical::Policy& policy_in, const Settings& settings);

  const Request& request;
  const clinical::Policy& policy;
  const clinical::PatientFacts& facts;
  const std::vector<clinical::Judgement>& judgements;
  const clinical::Judgement& failed;
  const TimeZone& zone;
  Availability availability;  // AvailabilityOf
  CivilDate today;            // site-local date of now
  clinical::Settings score_settings;

  bool Visible(const clinical::ClinicalTime& time) const noexcept { return time.earliest <= request.now; }
  bool CompatibleRegion(clinical::Region region) const noexcept;
  bool CompatiblePlace(const clinical::Place& place) const noexcept;
  CivilDate FirstDate(const clinical::ClinicalTime& time) const noexcept;  // site-local
  CivilDate LastDate(const clinical::ClinicalTime& time) const noexcept;
  // On or after a site-local date; nullopt: undecided.
  std::optional<bool> Since(const clinical::ClinicalTime& time, CivilDate date) const noexcept;
  CivilDate MonthsAgo(int months) const noexcept;

  // What was done: visible, of a compatible region, no order; in the order of time, then of facts.
  Interventions Done(std::initializer_list<clinical::InterventionKind> kinds) const;
  // Of these, what is known to lie after the failed session's start.
  Interventions AfterFailed(Interventions done) const;
  // Of these, what is known to lie on or after that date.
  Interventions SinceDate(Interventions done, CivilDate date) const;
  // Active orders of the last six months.
  Interventions Orders(std::initializer_list<clinical::InterventionKind> kinds) const;
};

// Strictly later, whatever the two times mean within their precision.
bool DecidedAfter(const clinical::ClinicalTime& later, const clinical::ClinicalTime& earlier) noexcept;
CivilDate MonthsBefore(CivilDate date, int months) noexcept;
References ReferencesOf(const Interventions& interventions);
References ReferencesOf(const std::vector<clinical::Source>& sources);

// Parts of GatherEvidence, one a kind of evidence.
void AddEpisode(const EpisodeView& view, Evidence& evidence);
void AddBlocks(const EpisodeView& view, Evidence& evidence);
void AddInterventions(const EpisodeView& view, Evidence& evidence);
void AddOutcomes(const EpisodeView& view, Evidence& evidence);
void AddFindings(const EpisodeView& view, Evidence& evidence);

// A block counts as confirming: positive, and of the medial branch or by explicit percent relief.
bool Qualifies(const clinical::Judgement& judgement, const clinical::Policy& policy) noexcept;

}  // namespace facet::guide
