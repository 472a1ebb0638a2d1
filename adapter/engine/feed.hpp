#pragma once
// StepFeed: everything that is not about one patient: capability of the server, Subscriptions, sweeps.
//
// In the flow: Engine::Turn -> StepFeed -> FeedStep: asks, events, and the resources of a sweep's page, which the
// engine gives to the patients in the same transaction that moves the sweep on. Thread: values. Errors: failures of the
// server stay in the state and are tried again.
#include "adapter/base/events.hpp"
#include "adapter/base/random.hpp"
#include "adapter/base/result.hpp"
#include "adapter/engine/settings.hpp"
#include "adapter/intake/capability.hpp"
#include "adapter/intake/exchange.hpp"
#include "adapter/intake/subscription.hpp"
#include "adapter/intake/sweep.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace facet::engine {

struct FeedState {
  std::uint64_t run = 0;   // counts the starts of the process
  UtcInstant first_start;  // 0: never started
  std::string rules_hash;  // mappings, policy and mode with which the patients were last looked at
  // What the first sweep of procedures rested on: other mappings, or an earlier not_before, sweep from the start again.
  std::string mapping_hash;
  UtcInstant not_before;
  intake::Capability capability;
  UtcInstant capability_at;  // when to read it
  int capability_failures = 0;
  std::uint64_t capability_run = 0;  // run that waits for it; 0: none
  std::vector<intake::SubscriptionState> subscriptions;
  std::vector<intake::SweepState> sweeps;
  UtcInstant seen_at;  // the clock when this was last stored
  UtcInstant prune_at;
  // write_back.per_day_max: proposals first sent on this site-local day.
  std::int64_t day = 0;
  std::int64_t day_count = 0;
  friend bool operator==(const FeedState&, const FeedState&) = default;
};
std::string SaveFeedState(const FeedState& state);
Result<FeedState> LoadFeedState(const std::string& document);

// What is wanted, built once from settings and mappings.
struct FeedPlan {
  std::vector<intake::WantedSubscription> subscriptions;
  std::string public_url;  // of those that are no longer wanted
  // Without follow.from sweep they are made only where a notification does not say what has changed.
  bool sweeps_on_demand = false;
  std::vector<intake::SweepPlan> sweeps;  // of the types below, in their order
  std::vector<std::string> sweep_types;
  std::optional<UtcInstant> not_before;
  std::int64_t capability_ms = 86'400'000;
  int timeout_ms = 30'000;
  intake::RetryPace retry;
  intake::SubscriptionPace subscription_pace;
};
FeedPlan PlanFeed(const Settings& settings, const std::vector<std::string>& procedure_codes,
                  const std::vector<std::string>& observation_codes);
// A new process: counts the run, takes up what the plan asks for and retires what it no longer does.
FeedState StartFeed(FeedState state, const FeedPlan& plan, const std::string& mapping_hash, UtcInstant now);

enum class FeedInputKind : std::uint8_t { kWake, kHurry, kAnswer };
struct FeedInput {
  FeedInputKind kind = FeedInputKind::kWake;
  std::string topic;                       // of the ask that is answered
  const intake::Answer* answer = nullptr;  // kAnswer
};
struct FeedStep {
  FeedState state;
  std::vector<intake::Ask> asks;
  std::vector<Event> events;
  std::vector<json::Value> resources;  // of a sweep; borrowed from the answer
};
FeedStep StepFeed(FeedState state, const FeedInput& input, UtcInstant now, const FeedPlan& plan, Prng& prng);
// After the clock was set back: nothing waits longer than from now on.
FeedState HurryFeed(FeedState state, UtcInstant now);
// A first start (and what goes by it: not_before, the beginning of sweeps) that is still to come was read from a wrong
// clock, and would hide everything until then: it was now.
FeedState CorrectFirstStart(FeedState state, const FeedPlan& plan, UtcInstant now);
// When it has to be woken; nullopt while it waits for answers only.
std::optional<UtcInstant> NextFeedWake(const FeedState& state);

}  // namespace facet::engine
