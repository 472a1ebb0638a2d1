#include "adapter/app/hooks.hpp"

#include "adapter/app/engine_loop.hpp"
#include "adapter/base/digest.hpp"
#include "adapter/base/events.hpp"
#include "adapter/telemetry/log.hpp"
#include "adapter/telemetry/metrics.hpp"

#include <algorithm>

namespace facet::app {
namespace {

constexpr unsigned kRetryAfterSeconds = 5;

// HAPI parses the reply: a Bundle POST wants a transaction-response, everything else is content with an
// OperationOutcome.
constexpr std::string_view kBundleReply = R"({"resourceType":"Bundle","type":"transaction-response"})";
constexpr std::string_view kReceived =
    R"({"resourceType":"OperationOutcome","issue":[{"severity":"information","code":"informational",)"
    R"("diagnostics":"received"}]})";

std::string Outcome(unsigned status) {
  const char* code = "processing";
  const char* text = "not accepted";
  if (status == 400) code = "invalid", text = "not understood";
  if (status == 401) code = "login", text = "not authorized";
  if (status == 404) code = "not-found", text = "not found";
  if (status == 405) code = "not-supported", text = "method not supported";
  if (status == 503) code = "transient", text = "not stored; send again later";
  return std::string(R"({"resourceType":"OperationOutcome","issue":[{"severity":"error","code":")") + code +
         R"(","diagnostics":")" + text + "\"}]}";
}

bool IsBundle(const net::HttpIncoming& request) {
  return request.method == "POST" && request.body.find("\"Bundle\"") != std::string::npos;
}

}  // namespace

Hooks::Hooks(HookOptions options, EngineLoop& loop, telemetry::Log& log, telemetry::Metrics& metrics)
    : options_(std::move(options)), loop_(loop), log_(log), metrics_(metrics) {}

std::optional<std::string_view> Hooks::TailOf(std::string_view target) const {
  target = target.substr(0, target.find('?'));
  const std::string prefix = options_.path_prefix + "/hooks/";
  if (target.substr(0, prefix.size()) != prefix) return std::nullopt;
  target.remove_prefix(prefix.size());
  const std::string_view key = target.substr(0, target.find('/'));
  const bool known = std::any_of(options_.keys.begin(), options_.keys.end(),
                                 [key](const std::string& ours) { return ConstantTimeEqual(ours, key); });
  if (!known) return std::nullopt;
  target.remove_prefix(key.size());
  if (!target.empty()) target.remove_prefix(1);
  if (!target.empty() && target.back() == '/') target.remove_suffix(1);
  return target;
}

net::HttpReply Hooks::Refusal(ErrorCode code, unsigned status, unsigned retry_after_s) const {
  log_.Write(events::net_request_refused(code, static_cast<int>(status)));
  metrics_.Add(telemetry::Metric::kNotifications, Token::OfName(NameOf(code)));
  net::HttpReply reply;
  reply.status = status;
  reply.body = Outcome(status);
  reply.retry_after_s = retry_after_s;
  if (status == 401) reply.headers.push_back({"WWW-Authenticate", "Bearer"});
  return reply;
}

void Hooks::Refused(const net::Refusal& refusal) const {
  log_.Write(events::net_request_refused(refusal.code, static_cast<int>(refusal.status)));
  metrics_.Add(telemetry::Metric::kNotifications, Token::OfName(NameOf(refusal.code)));
}

std::optional<net::HttpReply> Hooks::Check(const net::HttpIncoming& header) const {
  if (!TailOf(header.target)) return Refusal(ErrorCode::kHookUnknownPath, 404);
  if (!ConstantTimeEqual(header.Header("Authorization"), options_.authorization)) {
    return Refusal(ErrorCode::kHookUnauthorized, 401);
  }
  if (header.method != "POST" && header.method != "PUT" && header.method != "DELETE") {
    return Refusal(ErrorCode::kHookInvalid, 405);
  }
  return std::nullopt;
}

void Hooks::Handle(net::HttpIncoming request, net::Responder respond) const {
  if (auto refusal = Check(request)) return respond(*std::move(refusal));
  const auto tail = TailOf(request.target);
  auto hint = intake::ParseNotification(request.method, *tail, request.body, options_.server_base, options_.is_facet);
  if (!hint.ok()) return respond(Refusal(hint.error().code, 400));

  const bool bundle = IsBundle(request);
  auto ack = [this, respond, bundle](const Status& stored) {
    if (!stored.ok()) {
      log_.Write(events::inbox_store_refused(stored.error().code));
      return respond(Refusal(stored.error().code, 503, kRetryAfterSeconds));
    }
    metrics_.Add(telemetry::Metric::kNotifications, "accepted");
    net::HttpReply reply;
    reply.body = std::string(bundle ? kBundleReply : kReceived);
    respond(std::move(reply));
  };
  if (!loop_.Accept(std::move(hint).value(), std::move(ack))) {
    log_.Write(events::net_overload_shed(static_cast<std::int64_t>(loop_.queue_depth())));
    respond(Refusal(ErrorCode::kHookOverload, 503, kRetryAfterSeconds));
  }
}

}  // namespace facet::app
