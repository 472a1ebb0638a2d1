#pragma once
// The engine thread: takes accepts and answers from other threads through one bounded queue, and turns the engine.
//
// In the flow: listener -> Accept -> Engine -> commit -> ack -> listener; workers -> Deliver -> Engine.
// Thread: Run() owns the engine thread. Accept, Deliver, BeginStop and Healthy from any.
// Owns: the Engine. Errors: a full queue makes Accept answer false (the listener says 503).
#include "adapter/engine/engine.hpp"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <utility>

namespace facet::telemetry {
class Health;
class Metrics;
}  // namespace facet::telemetry

namespace facet::app {

class EngineLoop {
 public:
  EngineLoop(engine::Store& store, engine::World& world, const engine::ClinicalRules& rules, engine::Settings settings,
             std::uint64_t seed, std::size_t accepts_max);

  // Loads the state. Before Run.
  Status Start();
  // `health` hears of each turn, `metrics` of its duration.
  void Run(telemetry::Health* health, telemetry::Metrics* metrics);
  // Run() returns when nothing is in flight any more, or at the deadline.
  void BeginStop(std::int64_t deadline_ms);

  bool Accept(intake::Hint hint, engine::Engine::Ack ack);
  void Deliver(intake::Answer answer);

  engine::EngineState state() const;
  engine::StoreCounts counts() const;  // as of the last second
  std::size_t queue_depth() const;
  const std::vector<std::string>& hook_keys() const { return engine_.hook_keys(); }

 private:
  struct Arrival {
    intake::Hint hint;
    engine::Engine::Ack ack;
  };
  void TakeArrivals();
  void CountStore();
  // How long to wait for the next arrival, given the report of the last turn.
  std::int64_t WaitMs(const engine::TurnReport& report) const;
  bool Finished() const;

  engine::Store& store_;
  const std::size_t accepts_max_;
  engine::Engine engine_;
  mutable std::mutex mutex_;
  std::condition_variable arrived_;
  std::deque<Arrival> accepts_;
  std::deque<intake::Answer> answers_;
  engine::EngineState state_;   // copy of the engine's, under the mutex
  engine::StoreCounts counts_;  // likewise of the store's
  std::int64_t counted_ms_ = 0;
  bool stopping_ = false;
  std::int64_t stop_at_ms_ = 0;
};

}  // namespace facet::app
