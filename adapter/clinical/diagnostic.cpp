// The verdict on a diagnostic block from the readings of one instrument (clinical specification, section 3). A block
// that wears off within hours is a positive block: what counts is the best relief in its window.
#include "adapter/clinical/outcome.hpp"

#include <algorithm>

namespace facet::clinical {

Outcome JudgeDiagnostic(const Episode& episode, const std::vector<Point>& points) {
  if (std::any_of(points.begin(), points.end(), [](const Point& p) { return p.success; })) {
    return {Verdict::kPositiveBlock, std::nullopt};
  }
  // Ended inside its window, the window is never over: better relief may have been on its way.
  if (episode.ended) return Indeterminate(episode, Reason::kConfounded);
  if (!Reached(episode.WindowEnd(), episode.now)) return {};
  if (std::any_of(points.begin(), points.end(), [](const Point& p) { return p.at_peak; })) {
    return {Verdict::kNegativeBlock, std::nullopt};
  }
  return Indeterminate(episode, Reason::kNoFollowUp);
}

}  // namespace facet::clinical
