#pragma once
// Scores around an intervention that is no facet session (RFA, SI injection, trial stimulation): what it changed.
// Internal to the room. Thread: pure. Errors: none; what cannot be told has no value.
#include "adapter/guide/episode_view.hpp"

#include <optional>
#include <string>
#include <vector>

namespace facet::guide {

// One reading after an intervention, in percent relief against the baseline before it.
struct ReliefReading {
  clinical::Source source;
  UtcInstant at;
  std::int64_t day = 0;  // site-local calendar days after the intervention
  Decimal percent;
  bool computed = true;  // from two scores; else a reported percent relief
  bool linked = true;    // a percent relief that names no procedure counts for a trial only
  bool success = false;  // reaches therapeutic.success_percent and min_absolute_change
};

// The score before the intervention, one an instrument.
struct BaselineScore {
  clinical::Instrument instrument = clinical::Instrument::kNrs;
  Decimal value;
};

struct ReliefCourse {
  std::optional<clinical::Judgement> judgement;  // the intervention judged like a therapeutic session
  std::vector<BaselineScore> baselines;          // valid ones, by section 3
  std::vector<ReliefReading> readings;           // by time; after the intervention, percent relief included
  std::optional<Decimal> linked_percent;         // the best percent relief that names the intervention
  References linked_references;
};

// Judges the intervention as if it were a therapeutic facet session, and collects what was measured after it.
ReliefCourse FollowIntervention(const EpisodeView& view, const clinical::Intervention& intervention,
                                clinical::Region region);

// Setting `unrelated` (clinical specification, section 1, Setting).
bool IsUnrelated(const EpisodeView& view, const clinical::PainScore& score);
// A threshold of 10 points on the instrument's own scale.
Decimal Scaled(const Decimal& of_ten, clinical::Instrument instrument);

}  // namespace facet::guide
