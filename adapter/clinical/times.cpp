// When a judgement was decided, and when to look again (clinical specification, section 3: a verdict can change only
// because a fact changed or a window closed).
#include "adapter/clinical/judge.hpp"

#include <algorithm>

namespace facet::clinical {
namespace {

// The ends of the windows at which time alone may change the outcome.
std::vector<UtcInstant> Boundaries(const Episode& episode) {
  const Policy& policy = *episode.policy;
  if (episode.diagnostic()) return {episode.WindowEnd()};
  std::vector<UtcInstant> ends{
      episode.EndOfDay(policy.overdue_after_day),
      episode.EndOfDay(policy.response_days.last),
      episode.EndOfDay(policy.durable_days),
      episode.EndOfDay(episode.last_day()),
  };
  std::sort(ends.begin(), ends.end());
  return ends;
}

// The times of everything that has a say.
std::vector<UtcInstant> FactTimes(const Case& item) {
  std::vector<UtcInstant> times;
  for (const Sample& sample : item.samples) times.push_back(sample.at.lo);
  for (const FacetProcedure& line : item.facts->procedures) {
    times.push_back(line.start.earliest);
    if (line.end) times.push_back(line.end->earliest);
  }
  for (const Intervention& intervention : item.facts->interventions) {
    if (intervention.time && !intervention.order && Confounds(intervention.kind)) {
      times.push_back(intervention.time->earliest);
    }
  }
  return times;
}

// What settles approach, intent and setting from its time on; what was decided before it came is no matter of these.
std::vector<UtcInstant> ContextTimes(const PatientFacts& facts) {
  std::vector<UtcInstant> times;
  for (const NerveBlockGuidance& guidance : facts.nerve_blocks) times.push_back(guidance.time.earliest);
  for (const OtherProcedure& other : facts.other_procedures) times.push_back(other.start.earliest);
  return times;
}

}  // namespace

void AddTimes(const Case& item, const Assessment& assessment, UtcInstant now, Judgement& judgement) {
  const Episode& episode = assessment.episode;
  std::vector<UtcInstant> past{episode.start.lo};
  const auto look_at = [&](UtcInstant at) {
    if (!judgement.next_look_at || at < *judgement.next_look_at) judgement.next_look_at = at;
  };
  for (const UtcInstant at : FactTimes(item)) {
    if (at > now) {
      look_at(at);  // dated in the future: it becomes known then
    } else if (at > episode.start.lo) {
      past.push_back(at);
    }
  }
  for (const UtcInstant at : ContextTimes(*item.facts)) {
    if (at > now) look_at(at);
  }
  bool changes = false;
  for (const UtcInstant end : Boundaries(episode)) {
    if (Reached(end, now)) {
      past.push_back(end);
    } else if (!changes && Assess(item, Clock{now, end}).outcome != assessment.outcome) {
      changes = true;
      look_at(end);
    }
  }
  if (judgement.verdict == Verdict::kPending) return;
  // Back through everything that happened, as long as the answer was the same.
  std::sort(past.begin(), past.end());
  past.erase(std::unique(past.begin(), past.end()), past.end());
  judgement.decided_at = past.back();
  for (auto at = past.rbegin(); at != past.rend(); ++at) {
    if (Assess(item, Clock{std::min(*at, now), *at}).outcome != assessment.outcome) break;
    judgement.decided_at = *at;
  }
}

}  // namespace facet::clinical
