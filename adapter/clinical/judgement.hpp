#pragma once
// Sessions and their judgement: functions of (facts, policy, zone, now); clinical specification, sections 2 and 3.
// Same input, same verdict, same explanation. Nothing here reads a clock.
//
// Thread: pure. Errors: none; what cannot be decided is `indeterminate` with a reason, or `pending`.
#include "adapter/base/decimal.hpp"
#include "adapter/base/time.hpp"
#include "adapter/clinical/facts.hpp"
#include "adapter/clinical/policy.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace facet::clinical {

// Procedures of one patient, compatible region and one calendar day (or one encounter within 24 h).
struct Session {
  std::vector<Source> procedures;  // ordered by start, then source; the first gives the episode its id
  ClinicalTime start;
  std::optional<ClinicalTime> end;
  Region region = Region::kUnknown;
  bool not_cervical = false;  // of unknown region, but the back
  Side side = Side::kUnknown;
  Approach approach = Approach::kUnknown;
  Intent intent = Intent::kTherapeutic;
  IntentReason intent_reason = IntentReason::kDefault;
  int joints = 1;
};

enum class Verdict : std::uint8_t {
  kPositiveBlock,
  kNegativeBlock,
  kShortLived,
  kWoreOff,
  kDurableRelief,
  kNoResponse,
  kIndeterminate,
  kPending,
};
enum class Reason : std::uint8_t {
  kIntentUnknown,
  kNoBaseline,
  kLowBaseline,
  kMixedInstruments,
  kContradictory,
  kImpreciseTime,
  kConfounded,
  kNoFollowUp,
};
enum class Measure : std::uint8_t { kPain, kFunction };
enum class Doubt : std::uint8_t {
  kIntentUnknown,
  kSettingUnknown,
  kSiteUnknown,
  kSideUnknown,
  kSingleReading,
  kDateOnly,
  kScoresDisagree,
  kNotChecked,
};

// A score as it was used.
struct Reading {
  Source source;
  Instrument instrument = Instrument::kNrs;
  Decimal value;
  int scale_low = 0;
  int scale_high = 10;
  ClinicalTime time;
  std::int64_t day = 0;                   // site-local calendar days after the session's start
  std::optional<Decimal> relief_percent;  // rounded half away from zero to one decimal; none for a baseline
  Setting setting = Setting::kUnknown;    // of a pain score; others have none
  bool site_known = false;                // a pain score with a body site
};

struct Judgement {
  Session session;
  Verdict verdict = Verdict::kPending;
  std::optional<Reason> reason;
  Measure measure = Measure::kPain;
  std::optional<Reading> baseline;
  std::optional<Reading> best;
  std::optional<Reading> latest;
  std::optional<Decimal> relief_percent;
  // Where computed and explicit relief both exist: the best of each, so that an explanation can show both.
  std::optional<Decimal> explicit_relief_percent;
  std::optional<Decimal> computed_relief_percent;
  std::vector<Doubt> doubts;               // in the order of the enum
  std::optional<UtcInstant> decided_at;    // null while pending; never the wall clock
  std::optional<UtcInstant> next_look_at;  // when the verdict may change only because time goes by
  bool failed() const noexcept {
    return verdict == Verdict::kNegativeBlock || verdict == Verdict::kShortLived || verdict == Verdict::kNoResponse;
  }
};

// Sessions ordered by start, then first procedure.
std::vector<Session> GroupSessions(const PatientFacts& facts, const TimeZone& zone, UtcInstant now);
// One judgement a session, in the order of GroupSessions. Facts later than `now` are invisible.
std::vector<Judgement> JudgePatient(const PatientFacts& facts, const Policy& policy, const TimeZone& zone,
                                    UtcInstant now);
// Indices into `sessions` of the course that session `index` belongs to, in order: a chain of sessions of compatible
// region, each at most policy.course_gap_days after the one before.
std::vector<std::size_t> CourseOf(const std::vector<Session>& sessions, std::size_t index, const Policy& policy,
                                  const TimeZone& zone);

// "positive-block", "no-follow-up", "pain", "setting-unknown", ... as the operator's contract names them.
std::string_view NameOf(Verdict value) noexcept;
std::string_view NameOf(Reason value) noexcept;
std::string_view NameOf(Measure value) noexcept;
std::string_view NameOf(Doubt value) noexcept;

}  // namespace facet::clinical
