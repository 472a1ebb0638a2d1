#include "tests/simulation/simulation.hpp"

namespace facet::testing {

std::string Swarm::ToString() const {
  const auto field = [](const char* name, auto value) { return std::string(" ") + name + "=" + std::to_string(value); };
  return std::string(write ? "write" : "shadow") + (live ? " live" : " history") + (update_create ? "" : " post") +
         (rechecks ? "" : " no-recheck") + field("lost", notification_lost) + field("doubled", notification_doubled) +
         field("late", notification_late) + field("request_lost", request_lost) + field("answer_lost", answer_lost) +
         field("applied_late", applied_late) + field("error", server_error) + field("throttled", throttled) +
         field("unauthorized", unauthorized) + field("commit_fails", commit_fails) + field("dies", dies) +
         field("restarts", server_restarts) + field("unsubscribed", subscription_deletions) +
         field("late_commit_ms", late_commit_ms) + field("ahead_ms", ahead_ms) + field("clock_steps", clock_steps);
}

Swarm DrawSwarm(Prng& prng) {
  Swarm swarm;
  // Each fault is on or off, then has a wild rate: most bugs need one fault often, not all of them a little.
  const auto rate = [&](std::uint32_t most) {
    return prng.Chance(500) ? 0U : static_cast<std::uint32_t>(prng.Below(most) + 1);
  };
  swarm.write = !prng.Chance(100);
  swarm.live = prng.Chance(300);
  swarm.update_create = !prng.Chance(200);
  swarm.notification_lost = rate(500);
  swarm.notification_doubled = rate(300);
  swarm.notification_late = rate(300);
  swarm.request_lost = rate(200);
  swarm.answer_lost = rate(200);
  swarm.applied_late = rate(200);
  swarm.server_error = rate(200);
  swarm.throttled = rate(100);
  swarm.unauthorized = rate(50);
  swarm.commit_fails = rate(30);
  swarm.dies = rate(60);
  swarm.server_restarts = prng.Chance(300) ? static_cast<int>(prng.Between(1, 3)) : 0;
  swarm.subscription_deletions = prng.Chance(300) ? static_cast<int>(prng.Between(1, 3)) : 0;
  swarm.rechecks = prng.Chance(500);
  swarm.late_commit_ms = prng.Chance(300) ? prng.Between(1, prng.Chance(500) ? 1200 : 100'000) : 0;
  return swarm;
}

}  // namespace facet::testing
