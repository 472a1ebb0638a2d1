#pragma once
// The admin address: GET /livez, /readyz, /metrics. Loopback by default; a token guards it where it is configured.
// Thread: Handle on the admin listener's io thread. Errors: 401, 404, 405; bodies hold no PHI.
#include "adapter/net/http_listener.hpp"
#include "adapter/telemetry/health.hpp"
#include "adapter/telemetry/metrics.hpp"

#include <cstdint>
#include <functional>
#include <string>

namespace facet::app {

class Admin {
 public:
  // `refresh` brings the gauges up to date before they are shown.
  Admin(std::string token, const telemetry::Health& health, telemetry::Metrics& metrics, std::function<void()> refresh)
      : token_(std::move(token)), health_(health), metrics_(metrics), refresh_(std::move(refresh)) {}
  void Handle(net::HttpIncoming request, net::Responder respond) const;

 private:
  std::string token_;  // "" = none
  const telemetry::Health& health_;
  telemetry::Metrics& metrics_;
  std::function<void()> refresh_;
};

}  // namespace facet::app
