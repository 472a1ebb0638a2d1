#pragma once
// The notification endpoint: <public_url>/hooks/<key>[/Type/id]. Checks path, secret and envelope, hands the hint to
// the engine, and answers after the hint is durable.
//
// In the flow: net listener -> Hooks::Handle -> EngineLoop::Accept -> ack -> reply.
// Thread: Check and Handle on the listener's io thread; the reply is sent from the engine thread.
// Errors: 401 wrong secret, 404 unknown path, 405 method, 400 body, 503 full queue or store. Bodies say nothing about
//         what was expected (Backport IG, safety and security) and never echo input.
#include "adapter/intake/notification.hpp"
#include "adapter/net/http_listener.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace facet::telemetry {
class Log;
class Metrics;
}  // namespace facet::telemetry

namespace facet::app {

class EngineLoop;

struct HookOptions {
  std::string path_prefix;  // path part of public_url, "" or "/x"
  std::vector<std::string> keys;
  std::string authorization;  // "Bearer <secret>"
  std::string server_base;
  intake::FacetCheck is_facet;
};

class Hooks {
 public:
  Hooks(HookOptions options, EngineLoop& loop, telemetry::Log& log, telemetry::Metrics& metrics);
  // The gate of the listener: path, secret and method, before the body. The answer of a refusal, or nothing.
  std::optional<net::HttpReply> Check(const net::HttpIncoming& header) const;
  void Handle(net::HttpIncoming request, net::Responder respond) const;
  // What the listener refused by itself: counted and logged.
  void Refused(const net::Refusal& refusal) const;

 private:
  // The part behind "/hooks/<key>", or nullopt where the path is not ours.
  std::optional<std::string_view> TailOf(std::string_view target) const;
  net::HttpReply Refusal(ErrorCode code, unsigned status, unsigned retry_after_s = 0) const;  // counted and logged

  HookOptions options_;
  EngineLoop& loop_;
  telemetry::Log& log_;
  telemetry::Metrics& metrics_;
};

}  // namespace facet::app
