#pragma once
// HTTP/1.1 listener: takes notifications (and, in a second instance, serves the admin address).
//
// In the flow: server's notification -> Handler on the io thread -> inbox row committed elsewhere -> Responder.
// Thread: Run() owns the calling thread (the io thread); Handler and Observer run there and must be quick and not
//         block. A Responder and BeginDrain may be called from any thread.
// Owns: its sockets. A Responder may outlive the listener; it then does nothing.
// Errors: Open answers net.listen. Every peer's fault ends at that peer and is told to the Observer.
#include "adapter/base/result.hpp"
#include "adapter/net/http_message.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace facet::net {

struct HttpIncoming {
  std::string method;  // "PUT"
  std::string target;  // origin-form: path and query, as sent
  std::vector<HttpHeader> headers;
  std::string body;
  std::string_view Header(std::string_view name) const noexcept { return FindHeader(headers, name); }
};

struct HttpReply {
  unsigned status = 200;
  std::string body;
  std::string content_type = "application/fhir+json";  // "" where there is no body
  unsigned retry_after_s = 0;                          // 0: no Retry-After
  std::vector<HttpHeader> headers;
};

// Answers one request, later and from any thread. The first call counts, further calls do nothing. If every copy goes
// away unused the request is answered 503, so that a sender never hangs on work that was dropped.
class Responder {
 public:
  struct State;
  Responder() = default;
  explicit Responder(std::shared_ptr<State> state) : state_(std::move(state)) {}
  void operator()(HttpReply reply) const;

 private:
  std::shared_ptr<State> state_;
};

struct ListenerOptions {
  std::string address = "127.0.0.1";  // numeric, IPv4 or IPv6
  std::uint16_t port = 0;             // 0: any free one, see Port()
  std::size_t connections_max = 256;
  std::size_t header_bytes_max = 8192;
  std::size_t body_bytes_max = 1U << 20U;
  std::chrono::milliseconds read_timeout{10'000};    // from the end of the header to the end of the body
  std::chrono::milliseconds write_timeout{10'000};   // for one answer
  std::chrono::milliseconds idle_timeout{30'000};    // from connect, or the last answer, to the end of a header
  std::chrono::milliseconds answer_timeout{30'000};  // the Responder's; then 503
  // At the cap the connection that has not been let past the gate (without one: has not sent a whole request) longest,
  // and at least this long, makes room for a new one, which waits for it, then is closed.
  std::chrono::milliseconds evict_idle_after{1'000};
  std::chrono::milliseconds room_timeout{2'000};
};

// What the listener refused by itself; `status` is what the peer was told, 0 where it was only disconnected.
// hook.too_large (413, 431), hook.invalid (400, 417), hook.slow (0, or 503 for a late answer), hook.overload (0;
// at the cap: one that was closed to make room, or a newcomer for whom there was none).
struct Refusal {
  ErrorCode code;
  unsigned status;
};

class HttpListener {
 public:
  using Handler = std::function<void(HttpIncoming, Responder)>;
  using Observer = std::function<void(Refusal)>;  // may be empty

  // Asked with the header, before the body is read: an answer refuses the request and closes the connection. May be
  // empty. Runs like the Handler.
  using Gate = std::function<std::optional<HttpReply>(const HttpIncoming& header)>;

  // Binds and listens; peers are served once Run() is called.
  static Result<std::unique_ptr<HttpListener>> Open(const ListenerOptions& options, Handler handler,
                                                    Observer observer = {}, Gate gate = {});
  ~HttpListener();
  HttpListener(const HttpListener&) = delete;
  HttpListener& operator=(const HttpListener&) = delete;

  std::uint16_t Port() const noexcept;
  // Serves until drained. Must have returned before the listener is destroyed.
  void Run();
  // Stops accepting, closes idle connections, lets requests in flight finish, closes what is left at the deadline.
  // Then Run() returns. Further calls do nothing.
  void BeginDrain(std::chrono::milliseconds deadline);

  struct Core;

 private:
  explicit HttpListener(std::shared_ptr<Core> core);
  std::shared_ptr<Core> core_;
};

}  // namespace facet::net
