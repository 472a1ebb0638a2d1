#pragma once
// The evidence for one session: which scores could be its baseline and its follow-up, and when the episode ended.
//
// In the flow: sessions -> Episode (its times and what ended it) -> Collect -> one Series an instrument -> therapeutic,
// diagnostic. Inside this room only.
// Thread: pure. Owns: samples and episodes borrow from PatientFacts, Session, Policy and TimeZone, which must outlive
// them. Units: days are site-local calendar days after the session's start; hours are elapsed time.
#include "adapter/clinical/judgement.hpp"
#include "adapter/clinical/moment.hpp"

#include <optional>
#include <string_view>
#include <vector>

namespace facet::clinical {

// The two meanings of time while judging: what is known, and how late it is. They differ only when asking what time
// alone would change.
struct Clock {
  UtcInstant known;
  UtcInstant now;
};

// One session and its follow-up, as it stands at some moment.
struct Episode {
  const Session* session = nullptr;
  const Policy* policy = nullptr;
  const TimeZone* zone = nullptr;
  UtcInstant now;
  Moment start;
  Moment end;                  // of the session; its start where no end is known
  std::int64_t start_day = 0;  // days since 1970-01-01
  std::optional<UtcInstant>
      cut;             // the first facet session or confounding intervention: only what is surely before it counts
  bool ended = false;  // by that one, where it lies within what this kind of session asks for

  bool diagnostic() const noexcept { return session->intent == Intent::kDiagnostic; }
  bool month_or_year() const noexcept { return session->start.written.precision < Precision::kDay; }
  std::int64_t DayOf(UtcInstant at) const noexcept { return LocalDay(at, *zone) - start_day; }
  UtcInstant EndOfDay(std::int64_t day) const noexcept {
    return zone->EndOfDay(CivilDate::FromDays(LocalDay(start.hi, *zone) + day));
  }
  UtcInstant WindowEnd() const noexcept {  // of a diagnostic block
    const UtcInstant from = end.hi == end.lo ? end.hi : end.hi.PlusMs(1);
    return from.PlusMs(policy->diagnostic_window_hours.last * UtcInstant::kMsPerHour);
  }
  // When a missing answer may be called missing: the end of the block's window, of the day a visit is overdue.
  UtcInstant AssessmentEnd() const noexcept { return diagnostic() ? WindowEnd() : EndOfDay(policy->overdue_after_day); }
  int last_day() const noexcept { return policy->durable_window.last; }  // the follow-up ends with it
};

Episode MakeEpisode(const PatientFacts& facts, const std::vector<Session>& sessions, std::size_t index,
                    const Policy& policy, const TimeZone& zone, const Clock& clock);
bool Confounds(InterventionKind kind) noexcept;

// A score in the form in which all kinds are judged.
struct Sample {
  const Source* source = nullptr;
  const ClinicalTime* time = nullptr;
  Instrument instrument = Instrument::kNrs;
  std::string_view unit;  // of a function score
  Decimal value;
  Moment at;
  std::int64_t first_day = 0;
  std::int64_t last_day = 0;  // differs from first_day only where the date is coarser than a day
  Setting setting = Setting::kUnknown;
  bool site_known = false;
  bool linked = false;  // a percent relief that names this session
};

// The scale of an instrument and what it needs.
struct Scale {
  int high = 10;
  Decimal min_change;    // absolute change that success needs, in its own points
  Decimal min_baseline;  // below it a baseline is low
};
Scale ScaleOf(Instrument instrument, const Policy& policy);
bool IsFunction(Instrument instrument) noexcept;

// Everything of the patient that may be evidence for this session by section 1, ordered by instrument, time, source:
// valid, of a compatible region, not unrelated, not preliminary. What is not known yet is still in it.
// Scores too old or too late for this session are left out.
class Settings;
std::vector<Sample> Gather(const PatientFacts& facts, const Settings& settings, const Session& session,
                           const Policy& policy, const TimeZone& zone);

// Before when, and around what, no score is a baseline.
struct BaselineLimits {
  std::optional<UtcInstant> after;  // later than this: a confounding intervention, an earlier therapeutic session
  std::vector<Moment> quiet;        // (lo, hi]: the hours after an earlier facet session
};
BaselineLimits LimitsOf(const PatientFacts& facts, const std::vector<Session>& sessions, std::size_t index,
                        const Policy& policy, const TimeZone& zone);

enum class Choice : std::uint8_t {
  kOne,        // one score, or several of one value
  kTwoValues,  // different values of one instrument at one time
  kUndecided,  // a date-only session: a score of its day may lie before or after it
};

// One instrument (one unit): the possible baselines, the one to show first, and the counted readings in order of time.
struct Series {
  Instrument instrument = Instrument::kNrs;
  std::string_view unit;
  std::vector<Sample> baselines;
  Choice choice = Choice::kOne;
  std::vector<Sample> readings;
  bool same_day_score = false;  // any valid score of the session's day
};

std::vector<Series> Collect(const Episode& episode, const std::vector<Sample>& samples, const BaselineLimits& limits,
                            UtcInstant known);
// baseline.cpp: fills `baselines` and `choice` from the samples of one instrument that are known.
void ChooseBaseline(const Episode& episode, const std::vector<Sample>& samples, const BaselineLimits& limits,
                    Series& series);
// readings.cpp: whether this sample is a counted reading of the episode.
bool Counts(const Episode& episode, const Sample& sample);

}  // namespace facet::clinical
