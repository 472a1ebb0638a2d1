#pragma once
// What one instrument says of a session, and how several answers become one (clinical specification, section 3).
//
// In the flow: Series -> JudgeSeries -> Outcome -> Combine -> judge.cpp. Inside this room only.
// Thread: pure. Errors: none; what cannot be decided is `indeterminate` with its reason, or `pending`.
#include "adapter/clinical/evidence.hpp"

#include <optional>
#include <vector>

namespace facet::clinical {

struct Outcome {
  Verdict verdict = Verdict::kPending;
  std::optional<Reason> reason;
  friend bool operator==(const Outcome&, const Outcome&) = default;
};
inline bool Decided(const Outcome& outcome) noexcept { return outcome.verdict < Verdict::kIndeterminate; }
inline bool Failed(const Outcome& outcome) noexcept {
  return outcome.verdict == Verdict::kNegativeBlock || outcome.verdict == Verdict::kShortLived ||
         outcome.verdict == Verdict::kNoResponse;
}

// A counted reading, as far as a verdict needs it.
struct Point {
  Moment at;
  std::int64_t first_day = 0;
  std::int64_t last_day = 0;
  bool success = false;  // reached what this kind of session asks for
  bool at_peak = false;  // says of a block how it was while the anaesthetic worked
};

// `indeterminate` for this reason, but never before the assessment window closes or the episode is ended.
Outcome Indeterminate(const Episode& episode, Reason reason);
// The points are in order of time.
Outcome JudgeTherapeutic(const Episode& episode, const std::vector<Point>& points);
Outcome JudgeDiagnostic(const Episode& episode, const std::vector<Point>& points);

// 100 * (b - s) / b >= percent, exactly; never for b = 0.
bool ReachesPercent(const Decimal& baseline, const Decimal& score, const Decimal& percent);
// The relief that a reading shows, rounded for print; none for a baseline of 0.
std::optional<Decimal> ReliefOf(const Series& series, const Sample& reading);
// Whether the reading reaches the percentage, and for success of a therapeutic session the absolute change.
bool IsSuccess(const Episode& episode, const Sample* baseline, const Sample& reading);
bool ReachesPositive(const Episode& episode, const Sample* baseline, const Sample& reading);

// Every choice of baseline and of two values at one time, judged and made one.
Outcome JudgeSeries(const Episode& episode, const Series& series);
// Several instruments: those that are decided must agree.
Outcome Combine(const Episode& episode, const std::vector<Outcome>& outcomes);

}  // namespace facet::clinical
