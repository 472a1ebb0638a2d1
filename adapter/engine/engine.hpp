#pragma once
// The engine: the one door for everything that can change a decision. Single-threaded; its thread, the workers and the
// listener are app's.
//
//   engine.Start(now);
//   loop: engine.Accept(hint, now, ack) / engine.Deliver(answer) for whatever arrived;
//         report = engine.Turn(now, budget); wait until report.wake_at or the next arrival.
//
// Turn commits all waiting accepts first (durable before acknowledged), then runs at most a budget of steps, commits
// their state, rows and timers in one transaction, and only then hands the effects to the World.
// Thread: one. Owns: nothing of Store, World, rules. Errors: a failed commit drops everything that is in flight and
// starts again from the store, exactly as a new process would.
#include "adapter/base/result.hpp"
#include "adapter/engine/rules.hpp"
#include "adapter/engine/settings.hpp"
#include "adapter/engine/store.hpp"
#include "adapter/engine/world.hpp"
#include "adapter/intake/exchange.hpp"
#include "adapter/intake/notification.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace facet::engine {

// How much one Turn may do after the accepts. `spent` (may be empty) is asked between steps; app looks at a clock.
struct Budget {
  std::size_t steps_max = 200;
  std::function<bool()> spent;
};

struct TurnReport {
  bool more = false;                  // work is waiting: call Turn again at once
  std::optional<UtcInstant> wake_at;  // else when time alone gives it work
  bool store_failed = false;          // the store refused; Turn tries again at wake_at
  std::size_t steps = 0;
};

// For readiness and metrics.
struct EngineState {
  bool capability_known = false;
  std::size_t in_flight = 0;  // requests handed to the World and not answered
  std::size_t unsent = 0;     // requests that wait for a free place
  std::size_t subscriptions_active = 0;
  std::size_t subscriptions_wanted = 0;
};

class Engine {
 public:
  // Called once, on the engine thread: ok = durable; store.write = not kept (answer 503).
  using Ack = std::function<void(const Status&)>;

  Engine(Store& store, World& world, const ClinicalRules& rules, Settings settings, std::uint64_t seed);
  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  // Loads the state and takes up everything that is unfinished. Errors: store.read, store.write.
  Status Start(UtcInstant now);
  void Accept(intake::Hint hint, UtcInstant now, Ack ack);
  void Deliver(intake::Answer answer);
  // `steady_ms`: the same moment on a clock that is never set; without it steps of `now` forward are not noticed.
  TurnReport Turn(UtcInstant now, const Budget& budget, std::optional<std::int64_t> steady_ms = std::nullopt);
  // No further request is handed to the World; what is in flight may still be delivered.
  void Drain();

  EngineState state() const;
  // The keys of our hooks: the listener serves <public_url>/hooks/<key>[/Type/id] for these only.
  const std::vector<std::string>& hook_keys() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace facet::engine
