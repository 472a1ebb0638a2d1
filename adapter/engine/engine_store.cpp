#include "adapter/engine/engine_impl.hpp"

#include <algorithm>

namespace facet::engine {
namespace {

// Long enough to look into what happened over a holiday; what notifications led to stays with the history.
constexpr int kInboxKeepDays = 7;
// A transaction of some milliseconds: accepts wait no longer for it than for a turn.
constexpr std::size_t kPruneRowsMax = 1000;

}  // namespace

void Engine::Impl::SetStoreWritable(bool writable, UtcInstant now) {
  if (!writable) probe_at = now.PlusMs(kStoreRetryMs);
  if (writable == store_writable) return;
  store_writable = writable;
  world.StoreWritable(writable);
}

// An engine without work writes nothing, and would never learn that there is room again.
void Engine::Impl::ProbeStore(UtcInstant now) {
  if (store_writable || !IsStoreRetryDue(probe_at, now)) return;
  SetStoreWritable(store.Probe().ok(), now);
}

bool Engine::Impl::PruneStore(UtcInstant now) {
  if (feed.prune_at > now) return false;
  const auto days_ago = [now](int days) { return now.PlusMs(-days * UtcInstant::kMsPerDay); };
  const auto more = store.Prune({.accepted_before = days_ago(std::min(kInboxKeepDays, settings.store_keep_days)),
                                 .before = days_ago(settings.store_keep_days),
                                 .rows_max = kPruneRowsMax});
  if (more.ok() && *more) return true;  // the next turn goes on, after what has arrived
  // Ageing is no part of the work: when it fails it is tried with the next day's.
  feed.prune_at = now.PlusMs(UtcInstant::kMsPerDay);
  if (!more.ok()) world.Log(events::store_prune_failed(more.error().code));
  return false;
}

}  // namespace facet::engine
