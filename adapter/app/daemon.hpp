#pragma once
// The daemon: wiring, threads, signals, drain.
//
//   thread      owns                                                    may block
//   main        signals (sigwait), lifecycle                            yes
//   engine      Store, all state; EngineLoop::Run                       on commits
//   http-io     the notification listener                               no
//   admin-io    the admin listener, where one is configured             no
//   workers     one HTTP client each                                    yes, with deadlines
//
// Order of start: store, rules, engine state, listener (a server may notify before it has answered our Subscription),
// workers, engine. Order of stop: listener (requests in flight are still acknowledged), engine, workers, store.
// Errors: everything that keeps it from starting is returned, with its place; nothing is half started.
#include "adapter/base/result.hpp"
#include "adapter/config/config.hpp"

namespace facet::telemetry {
class Log;
class Metrics;
}  // namespace facet::telemetry

namespace facet::app {

// Blocks SIGTERM, SIGINT and SIGHUP in the calling thread and all threads that it starts; before the first thread.
void BlockSignals();

// Runs until SIGTERM or SIGINT, then drains. Errors: what kept it from starting.
Status RunDaemon(const config::Config& config, telemetry::Log& log, telemetry::Metrics& metrics);

}  // namespace facet::app
