#pragma once
// The engine's World: worker threads that run its requests against the FHIR server, each with an HTTP client of its
// own.
//
// In the flow: Engine -> Send -> queue -> worker: HTTP, parse -> Answer -> the sink (EngineLoop::Deliver).
// Thread: Send and Log on the engine thread; workers are ours. Owns: its threads and clients.
// Errors: none; whatever happens to a request becomes its Answer, exactly one.
#include "adapter/engine/world.hpp"
#include "adapter/net/http_client.hpp"

#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace facet::telemetry {
class Health;
class Log;
class Metrics;
}  // namespace facet::telemetry

namespace facet::app {

struct ServerOptions {
  std::string base_url;       // without a trailing slash
  std::string authorization;  // "Bearer ..." or ""; sent to the base's origin only; never logged
  net::HttpClientOptions client;
  std::int64_t connect_timeout_ms = 5'000;
  std::size_t workers = 4;
};

class ServerWorkers final : public engine::World {
 public:
  using Sink = std::function<void(intake::Answer)>;  // called on a worker thread

  ServerWorkers(ServerOptions options, telemetry::Log& log, telemetry::Metrics& metrics, telemetry::Health& health);
  ~ServerWorkers() override;
  void Start(Sink sink);
  // Cancels what runs and joins; every request that was taken has been answered when it returns.
  void Stop();

  void Send(intake::Request request) override;
  void Log(Event event) override;
  void StoreWritable(bool writable) override;

 private:
  void Work();
  intake::Answer Run(net::HttpClient& client, const intake::Request& request) const;

  ServerOptions options_;
  telemetry::Log& log_;
  telemetry::Metrics& metrics_;
  telemetry::Health& health_;
  Sink sink_;
  std::atomic<bool> cancel_{false};
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::deque<intake::Request> queue_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

// One request, run now on the calling thread; for `check --online`.
intake::Answer PerformOnce(const ServerOptions& options, net::HttpClient& client, const intake::Request& request);

}  // namespace facet::app
