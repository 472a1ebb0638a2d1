#include "adapter/app/admin.hpp"

#include "adapter/app/clock.hpp"
#include "adapter/base/digest.hpp"

namespace facet::app {
namespace {

net::HttpReply Reply(unsigned status, std::string body, std::string content_type) {
  net::HttpReply reply;
  reply.status = status;
  reply.body = std::move(body);
  reply.content_type = std::move(content_type);
  return reply;
}

}  // namespace

void Admin::Handle(net::HttpIncoming request, net::Responder respond) const {
  const std::string path = request.target.substr(0, request.target.find('?'));
  if (!token_.empty() && !ConstantTimeEqual(request.Header("Authorization"), "Bearer " + token_)) {
    auto reply = Reply(401, "not authorized\n", "text/plain");
    reply.headers.push_back({"WWW-Authenticate", "Bearer"});
    return respond(std::move(reply));
  }
  if (request.method != "GET") return respond(Reply(405, "GET only\n", "text/plain"));
  if (path == "/livez") {
    const bool live = health_.Live(SteadyMs());
    return respond(Reply(live ? 200 : 503, live ? "live\n" : "the engine is stuck\n", "text/plain"));
  }
  if (path == "/readyz")
    return respond(Reply(health_.Ready() ? 200 : 503, health_.ToJson() + "\n", "application/json"));
  if (path == "/metrics") {
    refresh_();
    return respond(Reply(200, metrics_.Expose(), "text/plain; version=0.0.4; charset=utf-8"));
  }
  respond(Reply(404, "not found\n", "text/plain"));
}

}  // namespace facet::app
