#include "adapter/app/engine_loop.hpp"

#include "adapter/app/clock.hpp"
#include "adapter/telemetry/health.hpp"
#include "adapter/telemetry/metrics.hpp"

#include <algorithm>
#include <chrono>

namespace facet::app {
namespace {

// A turn never starves acknowledgements: accepts are committed first, then steps for about this long.
constexpr std::int64_t kStepsMs = 10;
// The clock may be set: never sleep longer than this on a deadline of the wall clock.
constexpr std::int64_t kWaitMsMax = 1'000;
constexpr std::int64_t kDrainPollMs = 20;
constexpr std::int64_t kCountEveryMs = 1'000;

}  // namespace

EngineLoop::EngineLoop(engine::Store& store, engine::World& world, const engine::ClinicalRules& rules,
                       engine::Settings settings, std::uint64_t seed, std::size_t accepts_max)
    : store_(store), accepts_max_(accepts_max), engine_(store, world, rules, std::move(settings), seed) {}

Status EngineLoop::Start() { return engine_.Start(Now()); }

bool EngineLoop::Accept(intake::Hint hint, engine::Engine::Ack ack) {
  {
    const std::lock_guard lock(mutex_);
    if (stopping_ || accepts_.size() >= accepts_max_) return false;
    accepts_.push_back({std::move(hint), std::move(ack)});
  }
  arrived_.notify_one();
  return true;
}

void EngineLoop::Deliver(intake::Answer answer) {
  {
    const std::lock_guard lock(mutex_);
    answers_.push_back(std::move(answer));
  }
  arrived_.notify_one();
}

void EngineLoop::BeginStop(std::int64_t deadline_ms) {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    stop_at_ms_ = SteadyMs() + deadline_ms;
  }
  arrived_.notify_one();
}

void EngineLoop::TakeArrivals() {
  std::deque<Arrival> accepts;
  std::deque<intake::Answer> answers;
  {
    const std::lock_guard lock(mutex_);
    accepts.swap(accepts_);
    answers.swap(answers_);
  }
  const UtcInstant now = Now();
  for (auto& arrival : accepts) engine_.Accept(std::move(arrival.hint), now, std::move(arrival.ack));
  for (auto& answer : answers) engine_.Deliver(std::move(answer));
}

std::int64_t EngineLoop::WaitMs(const engine::TurnReport& report) const {
  if (report.more) return 0;
  if (!report.wake_at) return kWaitMsMax;
  return std::clamp<std::int64_t>(report.wake_at->ms - Now().ms, 1, kWaitMsMax);
}

bool EngineLoop::Finished() const {
  const std::lock_guard lock(mutex_);
  if (!stopping_) return false;
  const bool idle = accepts_.empty() && answers_.empty() && state_.in_flight == 0;
  return idle || SteadyMs() >= stop_at_ms_;
}

void EngineLoop::CountStore() {
  if (SteadyMs() - counted_ms_ < kCountEveryMs) return;
  counted_ms_ = SteadyMs();
  const auto counts = store_.Count();
  if (!counts.ok()) return;  // the turn has said that the store does not work
  const std::lock_guard lock(mutex_);
  counts_ = *counts;
}

void EngineLoop::Run(telemetry::Health* health, telemetry::Metrics* metrics) {
  bool draining = false;
  while (!Finished()) {
    TakeArrivals();
    const std::int64_t begun = SteadyMs();
    engine::Budget budget;
    budget.spent = [begun] { return SteadyMs() - begun >= kStepsMs; };
    const engine::TurnReport report = engine_.Turn(Now(), budget, begun);
    health->EngineTurned(SteadyMs());
    metrics->Observe(telemetry::Metric::kTurnSeconds, SteadyMs() - begun);
    CountStore();
    std::unique_lock lock(mutex_);
    state_ = engine_.state();
    if (stopping_ && !draining) {
      draining = true;
      engine_.Drain();
      continue;
    }
    const std::int64_t wait_ms = draining ? std::min(WaitMs(report), kDrainPollMs) : WaitMs(report);
    arrived_.wait_for(lock, std::chrono::milliseconds(wait_ms),
                      [this, draining] { return !accepts_.empty() || !answers_.empty() || (stopping_ && !draining); });
  }
}

engine::EngineState EngineLoop::state() const {
  const std::lock_guard lock(mutex_);
  return state_;
}

engine::StoreCounts EngineLoop::counts() const {
  const std::lock_guard lock(mutex_);
  return counts_;
}

std::size_t EngineLoop::queue_depth() const {
  const std::lock_guard lock(mutex_);
  return accepts_.size();
}

}  // namespace facet::app
