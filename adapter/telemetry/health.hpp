#pragma once
// Whether the process lives (/livez) and is able to take notifications (/readyz).
//
// Live: the engine has turned lately. Ready: started, the store takes writes, not draining. A FHIR server that is down
// does not make us unready, or its notifications would stop as well.
// Thread: any. Errors: none. Units: milliseconds of a steady clock, handed in.
#include <atomic>
#include <cstdint>
#include <string>

namespace facet::telemetry {

class Health {
 public:
  explicit Health(std::int64_t stall_max_ms = 60'000) : stall_max_ms_(stall_max_ms) {}

  void EngineTurned(std::int64_t steady_ms) { turned_ms_ = steady_ms; }
  void SetStarted(bool started) { started_ = started; }
  void SetStoreWritable(bool writable) { store_writable_ = writable; }
  void SetDraining() { draining_ = true; }

  bool Live(std::int64_t steady_ms) const { return steady_ms - turned_ms_ <= stall_max_ms_; }
  bool Ready() const { return started_ && store_writable_ && !draining_; }
  // {"ready":false,"started":true,"store_writable":false,"draining":false}
  std::string ToJson() const;

 private:
  const std::int64_t stall_max_ms_;
  std::atomic<std::int64_t> turned_ms_{0};
  std::atomic<bool> started_{false};
  std::atomic<bool> store_writable_{true};
  std::atomic<bool> draining_{false};
};

}  // namespace facet::telemetry
