#pragma once
// The sweep of one resource type: a regular search by _lastUpdated with a durable watermark. It is the source of truth
// for what notifications only hint at. The watermark moves only after a whole sweep, and never beyond the server's own
// time minus the window in which a commit may still become visible (servers stamp lastUpdated before they commit).
//
// In the flow: StepFeed -> StepSweep -> Ask -> Answer -> StepSweep; the resources of a page go to the patients.
// Thread: values. Errors: failures of the server stay in the state; the watermark is kept and the sweep starts again.
#include "adapter/base/events.hpp"
#include "adapter/base/random.hpp"
#include "adapter/base/time.hpp"
#include "adapter/intake/exchange.hpp"
#include "adapter/intake/search.hpp"
#include "adapter/json/writer.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace facet::intake {

struct SweepState {
  std::string type;
  UtcInstant watermark;  // everything changed before this has been seen
  UtcInstant first;      // where the first sweep began: a watermark that cannot be is taken back to it
  UtcInstant next_at;
  // One sweep under way.
  std::uint64_t asked_run = 0;  // run of the process that waits for a page; 0: none
  bool active = false;
  bool again = false;     // asked for while it was active
  std::size_t chunk = 0;  // which list of codes
  std::string next_path;  // page to ask for; "" for the first
  int pages = 0;
  int reached = 0;   // most pages that any try of this sweep has taken
  int failures = 0;  // since it came further than ever
  std::int64_t resources = 0;
  UtcInstant server_now;   // of the first answer, the earlier of the server's clock and ours; 0: none yet
  UtcInstant max_updated;  // latest lastUpdated seen; 0: none
  friend bool operator==(const SweepState&, const SweepState&) = default;
};
void WriteSweep(json::Writer& writer, const SweepState& state);
SweepState LoadSweep(json::Value stored);

struct SweepPlan {
  std::vector<std::string> code_lists;  // joined codes; several searches a sweep where they are long
  std::string server_base;
  std::int64_t interval_ms = 300'000;
  std::int64_t overlap_ms = 300'000;
  std::int64_t commit_window_ms = 125'000;
  int page_size = 50;
  int pages_max = 10'000;  // a server that ignores _lastUpdated would answer everything it has
  int timeout_ms = 30'000;
  RetryPace retry;
};

struct SweepStep {
  SweepState state;
  std::vector<Ask> asks;  // topic: the type
  std::vector<Event> events;
  std::vector<json::Value> resources;  // of the page that was taken; borrowed from the answer
};

// Starts a sweep, or takes up the page that is due; for the timer, and after a start.
SweepStep BeginSweep(SweepState state, const SweepPlan& plan, UtcInstant now, std::uint64_t run);
SweepStep TakeSweep(SweepState state, const Answer& answer, const SweepPlan& plan, UtcInstant now, std::uint64_t run,
                    Prng& prng);
// A sweep as soon as possible (a notification without content, a Subscription that became active).
SweepState HurrySweep(SweepState state, UtcInstant now);

}  // namespace facet::intake
