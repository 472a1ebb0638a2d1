#include "adapter/engine/engine_impl.hpp"

#include <algorithm>
#include <cstdlib>

namespace facet::engine {

void Engine::Impl::LogFirstStart(UtcInstant known) const {
  if (known.ms != 0 && feed.first_start != known) world.Log(events::engine_first_start_refused(known));
}

// By how much the wall clock was set since the turn before; 0 within the tolerance. Beside a clock that is never set
// every step shows. Alone it shows a step back only, as a turn before the last one; of the process before, what it
// stored last tells (every minute, by the watch over Subscriptions).
std::int64_t Engine::Impl::ClockStepMs(UtcInstant now, std::optional<std::int64_t> steady_ms) const {
  const std::int64_t step_ms = steady_ms && clock_ahead ? now.ms - *steady_ms - *clock_ahead : 0;
  if (std::abs(step_ms) > kClockStepMs) return step_ms;
  return turned_at > now.PlusMs(kClockStepMs) ? now.ms - turned_at.ms : 0;
}

Status Engine::Impl::CheckClock(UtcInstant now, std::optional<std::int64_t> steady_ms) {
  const std::int64_t step_ms = ClockStepMs(now, steady_ms);
  if (step_ms != 0) ADAPTER_TRY_STATUS(TakeClockStep(now, step_ms));
  if (steady_ms && (step_ms != 0 || !clock_ahead)) clock_ahead = now.ms - *steady_ms;
  turned_at = now;
  return {};
}

// Set back: everything that waits for a time is made due; a patient learns it by its own next step. Set forward: what
// is due too early does no harm, but a write that may still be applied must not be made a second time.
Status Engine::Impl::TakeClockStep(UtcInstant now, std::int64_t step_ms) {
  Batch batch;
  batch.clock_step = ClockStep{now, step_ms, SettlesBy(now)};
  const UtcInstant first_start = feed.first_start;
  if (step_ms < 0) {
    batch.wake_all_at = now;
    feed = CorrectFirstStart(HurryFeed(std::move(feed), now), plan, now);
    for (auto& [resource, read] : reads) read.next_at = std::min(read.next_at, now);
  }
  feed.seen_at = now;
  batch.feed = SaveFeedState(feed);
  ADAPTER_TRY_STATUS(store.Commit(batch));
  feed_stored = feed;
  world.Log(step_ms < 0 ? events::engine_clock_set_back(-step_ms) : events::engine_clock_set_forward(step_ms));
  LogFirstStart(first_start);
  return {};
}

}  // namespace facet::engine
