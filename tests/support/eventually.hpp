#pragma once
// Waiting for what another process does: a condition, looked at until it holds or a deadline has passed. For states
// that nobody announces (a search on a server). What is announced is waited for where it is announced (event_log.hpp).
// Thread: any. Errors: false at the deadline.
#include <chrono>
#include <thread>

namespace facet::support {

template <class Condition>
bool Eventually(std::chrono::milliseconds patience, Condition&& condition,
                std::chrono::milliseconds pause = std::chrono::milliseconds(50)) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  for (;;) {
    if (condition()) return true;
    if (std::chrono::steady_clock::now() >= deadline) return false;
    std::this_thread::sleep_for(pause);
  }
}

}  // namespace facet::support
