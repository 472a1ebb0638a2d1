#include "adapter/engine/engine_impl.hpp"

#include <algorithm>
#include <limits>

namespace facet::engine {
namespace {

constexpr std::size_t kRowsMax = 10'000;

}  // namespace

// Turns come every second, so that a step back of the wall clock shows as a turn before the last one; of the process
// before, what it stored last tells (every minute, by the watch over Subscriptions). Everything that waits for a time
// is made due; a patient learns it by its own next step.
Status Engine::Impl::CheckClock(UtcInstant now) {
  if (turned_at <= now.PlusMs(kClockStepMs)) {
    turned_at = now;
    return {};
  }
  Batch batch;
  batch.wake_all_at = now;
  feed = HurryFeed(std::move(feed), now);
  feed.seen_at = now;
  batch.feed = SaveFeedState(feed);
  ADAPTER_TRY(rows, store.LoadDueOutbox(UtcInstant{std::numeric_limits<std::int64_t>::max()}, kRowsMax));
  const delivery::DeliverySettings delivery = DeliverySettingsOf();
  const UtcInstant settled = now.PlusMs(delivery.timeout_ms + delivery.settle_ms);
  for (delivery::OutboxRow& row : rows) {
    row.next_attempt_at = std::min(row.next_attempt_at, now);
    if (row.settles_at) row.settles_at = std::min(*row.settles_at, settled);
    row.sent_at.reset();  // how long ago that was this clock cannot tell
    batch.outbox.push_back(std::move(row));
  }
  ADAPTER_TRY_STATUS(store.Commit(batch));
  feed_stored = feed;
  for (auto& [resource, read] : reads) read.next_at = std::min(read.next_at, now);
  world.Log(events::engine_clock_set_back(turned_at.ms - now.ms));
  turned_at = now;
  return {};
}

}  // namespace facet::engine
