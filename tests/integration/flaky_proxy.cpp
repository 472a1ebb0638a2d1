#include "tests/integration/flaky_proxy.hpp"

#include "tests/unit/net/sockets.hpp"

#include <algorithm>
#include <cctype>
#include <utility>

namespace facet::live {
namespace {

using net::testing::Peer;

std::string Answer(const std::string& status, const std::string& type, const std::string& body) {
  return "HTTP/1.1 " + status + "\r\nContent-Type: " + type + "\r\nContent-Length: " + std::to_string(body.size()) +
         "\r\nConnection: close\r\n\r\n" + body;
}

std::size_t ContentLength(std::string head) {
  std::transform(head.begin(), head.end(), head.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  const std::size_t at = head.find("\r\ncontent-length:");
  return at == std::string::npos ? 0 : std::stoul(head.substr(at + 17));
}

void Drop(std::string& head, const std::string& header) {
  const std::size_t at = head.find("\r\n" + header);
  if (at == std::string::npos) return;
  head.erase(at, head.find("\r\n", at + 2) - at);
}

// The body of a complete answer, chunks joined.
std::string BodyOf(const std::string& answer) {
  const std::size_t end = answer.find("\r\n\r\n");
  if (end == std::string::npos) return "";
  if (answer.substr(0, end).find("chunked") == std::string::npos) return answer.substr(end + 4);
  std::string body;
  for (std::size_t at = end + 4; at < answer.size();) {
    const std::size_t line = answer.find("\r\n", at);
    if (line == std::string::npos) break;
    const std::size_t size = std::stoul(answer.substr(at, line - at), nullptr, 16);
    if (size == 0) break;
    body += answer.substr(line + 2, size);
    at = line + 2 + size + 2;
  }
  return body;
}

std::string WithUpdateCreate(std::string statement) {
  const std::string mark = "\"conditionalCreate\"";
  const std::string claim = "\"updateCreate\":true,";
  for (std::size_t at = 0; (at = statement.find(mark, at)) != std::string::npos; at += claim.size() + mark.size()) {
    statement.insert(at, claim);
  }
  return statement;
}

void SendHuge(Peer& peer) {
  if (!peer.Send("HTTP/1.1 200 OK\r\nContent-Type: application/fhir+json\r\nConnection: close\r\n\r\n"
                 "{\"resourceType\":\"Bundle\",\"x\":\"")) {
    return;
  }
  const std::string block(1U << 20U, 'x');
  for (int i = 0; i < 100 && peer.Send(block); ++i) {
  }
}

void Misbehave(Behaviour behaviour, Peer& peer) {
  const std::string fhir = "application/fhir+json";
  switch (behaviour) {
  case Behaviour::kHtml:
    peer.Send(Answer("200 OK", "text/html", "<!DOCTYPE html><html><body>Please log in</body></html>"));
    return;
  case Behaviour::kGarbage:
    peer.Send("\x16\x03\x01 this is no HTTP\r\n\r\n\x00\xff\xfe");
    return;
  case Behaviour::kNotJson:
    peer.Send(Answer("200 OK", fhir, "{\"resourceType\":\"Bundle\",,,"));
    return;
  case Behaviour::kTruncated:
    peer.Send("HTTP/1.1 200 OK\r\nContent-Type: " + fhir + "\r\nContent-Length: 5000\r\n\r\n{\"resourceType\":\"Bun");
    return;
  case Behaviour::kOtherType:
    peer.Send(Answer("200 OK", fhir, R"({"resourceType":"Basic","id":"x"})"));
    return;
  case Behaviour::kUnauthorized:
    peer.Send(Answer("401 Unauthorized", fhir, R"({"resourceType":"OperationOutcome"})"));
    return;
  case Behaviour::kForbidden:
    peer.Send(Answer("403 Forbidden", fhir, R"({"resourceType":"OperationOutcome"})"));
    return;
  case Behaviour::kFailing:
    peer.Send(
        Answer("500 Internal Server Error", "text/plain", "java.lang.NullPointerException: null\n\tat x.y(Z.java:1)"));
    return;
  case Behaviour::kHuge:
    SendHuge(peer);
    return;
  case Behaviour::kNothing:
  case Behaviour::kPass:
    return;
  }
}

}  // namespace

FlakyProxy::FlakyProxy(std::uint16_t target_port)
    : target_port_(target_port),
      server_(std::make_unique<net::testing::ScriptedServer>([this](Peer& peer) { Serve(peer); })) {}

FlakyProxy::~FlakyProxy() = default;

void FlakyProxy::Behave(Behaviour behaviour, const std::string& only) {
  const std::lock_guard lock(mutex_);
  behaviour_ = behaviour;
  only_ = only;
}

std::vector<std::string> FlakyProxy::Lines() const {
  const std::lock_guard lock(mutex_);
  return lines_;
}

std::string FlakyProxy::base() const { return server_->Url("/fhir"); }

void FlakyProxy::Serve(Peer& peer) {
  const std::string head = peer.ReadUntil("\r\n\r\n");
  if (!head.ends_with("\r\n\r\n")) return;
  const std::string body = peer.Read(ContentLength(head));
  const std::string line = head.substr(0, head.find(" HTTP/1.1"));
  Behaviour behaviour = Behaviour::kPass;
  {
    const std::lock_guard lock(mutex_);
    lines_.push_back(line);
    if (line.find(only_) != std::string::npos) behaviour = behaviour_;
  }
  if (behaviour != Behaviour::kPass) {
    ++refused_;
    Misbehave(behaviour, peer);
    return;
  }
  Pass(peer, head, body);
}

void FlakyProxy::Pass(Peer& peer, const std::string& head, const std::string& body) const {
  Peer server(target_port_);
  if (!server.connected()) return;
  // One request a connection to the server, so that the end of its answer is the end of the connection.
  const std::size_t line = head.find("\r\n");
  std::string request = head.substr(0, line) + "\r\nConnection: close" + head.substr(line);
  const bool rewrite = claim_update_create_ && head.starts_with("GET /fhir/metadata");
  if (rewrite) Drop(request, "Accept-Encoding:");
  if (!server.Send(request + body)) return;
  if (rewrite) {
    std::string answer;
    for (std::string part; !(part = server.ReadSome(1U << 16U)).empty();) answer += part;
    const std::size_t end = answer.find("\r\n\r\n");
    const std::string said = BodyOf(answer);
    if (end == std::string::npos || said.empty()) return;
    peer.Send(Answer("200 OK", "application/fhir+json", WithUpdateCreate(said)));
    return;
  }
  for (std::string part; !(part = server.ReadSome(1U << 16U)).empty();) {
    if (!peer.Send(part)) return;
  }
}

}  // namespace facet::live
