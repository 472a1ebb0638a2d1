#include "adapter/net/http_listener.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>

#include <array>
#include <atomic>
#include <list>
#include <optional>
#include <utility>

namespace facet::net {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using tcp = asio::ip::tcp;
using Clock = std::chrono::steady_clock;
using beast::error_code;

namespace {

constexpr std::chrono::milliseconds kAcceptPause{100};
constexpr std::chrono::milliseconds kRoomPause{20};
constexpr std::chrono::milliseconds kLingerTimeout{1'000};
constexpr std::size_t kLingerBytesMax = 256U << 10U;
constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

bool IsParseError(const error_code& error) {
  return error.category() == make_error_code(http::error::bad_method).category() &&
         error != http::error::end_of_stream && error != http::error::partial_message;
}

bool IsTimeout(const error_code& error) { return error == beast::error::timeout; }

template <class Message>
HttpIncoming HeadOf(const Message& message) {
  HttpIncoming incoming;
  incoming.method = std::string(message.method_string());
  incoming.target = std::string(message.target());
  for (const auto& field : message) {
    incoming.headers.push_back({std::string(field.name_string()), std::string(field.value())});
  }
  return incoming;
}

}  // namespace

struct Session;

// State of one listener. `sessions` is declared before `io`: destroying `io` drops pending handlers and with them the
// last sessions, which take themselves off the list.
struct HttpListener::Core : std::enable_shared_from_this<HttpListener::Core> {
  Core(const ListenerOptions& listener_options, Handler request_handler, Observer refusal_observer, Gate request_gate)
      : options(listener_options), handler(std::move(request_handler)), observer(std::move(refusal_observer)),
        gate(std::move(request_gate)), acceptor(io), newcomer(io), pause(io), drain_timer(io) {}
  ~Core() { draining = false; }  // sessions that end now must not touch the timers, which are gone already

  error_code Listen();
  void Accept();
  void Admit();
  void Pause(std::chrono::milliseconds duration, void (Core::*then)());
  bool MakeRoom();
  void Drain(std::chrono::milliseconds deadline);
  void StopIfDrained();
  void Refuse(ErrorCode code, unsigned status) {
    if (observer) observer({code, status});
  }

  const ListenerOptions options;
  const Handler handler;
  const Observer observer;
  const Gate gate;
  std::list<Session*> sessions;
  asio::io_context io{1};
  tcp::acceptor acceptor;
  tcp::socket newcomer;  // accepted, waits for room; those behind it wait in the kernel's backlog
  Clock::time_point newcomer_since{};
  asio::steady_timer pause;
  asio::steady_timer drain_timer;
  std::uint16_t port = 0;
  bool draining = false;
};

using Core = HttpListener::Core;

// One connection. Lifetime: every pending operation holds a shared_ptr; when none is pending the session ends.
// States follow one another: read header -> gate -> (100 Continue) -> read body -> wait for the Responder -> write ->
// again.
struct Session : std::enable_shared_from_this<Session> {
  Session(Core& listener, tcp::socket socket)
      : core(listener), stream(std::move(socket)), answer_timer(listener.io),
        buffer(listener.options.header_bytes_max + listener.options.body_bytes_max) {
    place = core.sessions.insert(core.sessions.end(), this);
  }
  ~Session() {
    core.sessions.erase(place);
    core.StopIfDrained();
  }

  bool idle() const { return reading_header && buffer.size() == 0; }
  void Close();
  void ReadHeader();
  void OnHeader(error_code error);
  bool PassGate();
  void SendContinue();
  void ReadBody();
  void OnReadError(error_code error);
  void Dispatch();
  void Answer(HttpReply reply);
  void Fail(ErrorCode code, unsigned status);
  void OnWritten(error_code error);
  void Linger(std::size_t bytes);

  Core& core;
  std::list<Session*>::iterator place;
  beast::tcp_stream stream;
  asio::steady_timer answer_timer;
  beast::flat_buffer buffer;
  std::optional<http::request_parser<http::string_body>> parser;
  http::response<http::string_body> response;
  std::array<char, 4096> scrap{};
  Clock::time_point idle_since{};
  unsigned request_number = 0;  // tells a late answer from one to the current request
  bool reading_header = false;
  bool waiting = false;   // for the Responder
  bool admitted = false;  // past the gate; where there is none, read to its end
  bool refused = false;   // the rest of the request is not read; linger before closing
  bool head = false;
};

// ---- Responder

struct Responder::State {
  State(std::weak_ptr<Core> owner, std::weak_ptr<Session> asker, unsigned request)
      : core(std::move(owner)), session(std::move(asker)), request_number(request) {}
  ~State() {
    if (!answered.test_and_set())
      Post({.status = 503, .body = {}, .content_type = {}, .retry_after_s = 1, .headers = {}});
  }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  void Post(HttpReply reply) {
    const std::shared_ptr<Core> alive = core.lock();  // keeps `io` alive while posting to it
    if (!alive) return;
    asio::post(alive->io, [asker = session, number = request_number, reply = std::move(reply)]() mutable {
      const std::shared_ptr<Session> target = asker.lock();
      if (target && target->waiting && target->request_number == number) target->Answer(std::move(reply));
    });
  }

  std::weak_ptr<Core> core;
  std::weak_ptr<Session> session;
  unsigned request_number;
  std::atomic_flag answered;
};

void Responder::operator()(HttpReply reply) const {
  if (state_ && !state_->answered.test_and_set()) state_->Post(std::move(reply));
}

// ---- Session

void Session::Close() {
  waiting = false;
  answer_timer.cancel();
  error_code ignored;
  stream.socket().close(ignored);  // completes what is pending with operation_aborted
}

void Session::ReadHeader() {
  parser.emplace();
  parser->header_limit(static_cast<std::uint32_t>(core.options.header_bytes_max));
  parser->body_limit(core.options.body_bytes_max);
  reading_header = true;
  refused = false;
  admitted = false;
  idle_since = Clock::now();
  stream.expires_after(core.options.idle_timeout);
  http::async_read_header(stream, buffer, *parser,
                          [self = shared_from_this()](error_code error, std::size_t) { self->OnHeader(error); });
}

void Session::OnHeader(error_code error) {
  const bool was_idle = idle();
  reading_header = false;
  // A connection that was opened or kept for nothing is no fault: it just ends.
  if (IsTimeout(error) && was_idle) return;
  if (error) return OnReadError(error);
  if (!PassGate()) return;
  const std::string_view expect = parser->get()[http::field::expect];
  if (expect.empty() || parser->get().version() < 11) return ReadBody();
  if (!EqualsIgnoringCase(expect, "100-continue")) return Fail(ErrorCode::kHookInvalid, 417);
  SendContinue();
}

// Whoever may not send is answered before the body: none of it is kept, and nobody holds a place by sending it slowly.
bool Session::PassGate() {
  if (!core.gate) return true;
  std::optional<HttpReply> refusal;
  try {
    refusal = core.gate(HeadOf(parser->get()));
  } catch (...) {
    core.Refuse(ErrorCode::kInternal, 500);
    refusal = HttpReply{.status = 500, .body = {}, .content_type = {}, .retry_after_s = 0, .headers = {}};
  }
  admitted = !refusal;
  if (admitted) return true;
  refused = true;
  head = parser->get().method() == http::verb::head;
  response = {};
  response.keep_alive(false);
  Answer(*std::move(refusal));
  return false;
}

void Session::SendContinue() {
  stream.expires_after(core.options.write_timeout);
  asio::async_write(stream, asio::buffer(kContinue), [self = shared_from_this()](error_code error, std::size_t) {
    if (!error) self->ReadBody();
  });
}

void Session::ReadBody() {
  stream.expires_after(core.options.read_timeout);
  http::async_read(stream, buffer, *parser, [self = shared_from_this()](error_code error, std::size_t) {
    if (error) return self->OnReadError(error);
    self->Dispatch();
  });
}

void Session::OnReadError(error_code error) {
  // A Content-Length above the limit fails in the header already (Beast 1.81).
  if (error == http::error::body_limit) return Fail(ErrorCode::kHookTooLarge, 413);
  if (error == http::error::header_limit) return Fail(ErrorCode::kHookTooLarge, 431);
  if (error == http::error::buffer_overflow) return Fail(ErrorCode::kHookTooLarge, 413);
  if (IsParseError(error)) return Fail(ErrorCode::kHookInvalid, 400);
  if (IsTimeout(error)) core.Refuse(ErrorCode::kHookSlow, 0);
  // Reset, end of stream, closed by us: nobody is there to be answered.
}

void Session::Dispatch() {
  stream.expires_never();
  auto message = parser->release();
  HttpIncoming incoming = HeadOf(message);
  incoming.body = std::move(message.body());
  response = {};
  response.version(message.version());
  response.keep_alive(message.keep_alive());
  head = message.method() == http::verb::head;
  waiting = true;
  admitted = true;
  ++request_number;
  // The pending wait also keeps this session and `io` alive while the answer is made elsewhere.
  answer_timer.expires_after(core.options.answer_timeout);
  answer_timer.async_wait([self = shared_from_this(), number = request_number](error_code error) {
    if (error || !self->waiting || self->request_number != number) return;
    self->core.Refuse(ErrorCode::kHookSlow, 503);
    self->Answer({.status = 503, .body = {}, .content_type = {}, .retry_after_s = 5, .headers = {}});
  });
  Responder responder(std::make_shared<Responder::State>(core.weak_from_this(), weak_from_this(), request_number));
  try {
    core.handler(std::move(incoming), responder);
  } catch (...) {  // a handler's exception must not take the process down, nor leave the sender without an answer
    core.Refuse(ErrorCode::kInternal, 500);
    responder({.status = 500, .body = {}, .content_type = {}, .retry_after_s = 0, .headers = {}});
  }
}

void Session::Fail(ErrorCode code, unsigned status) {
  core.Refuse(code, status);
  refused = true;
  head = false;
  response = {};
  response.keep_alive(false);
  Answer({.status = status, .body = {}, .content_type = {}, .retry_after_s = 0, .headers = {}});
}

void Session::Answer(HttpReply reply) {
  waiting = false;
  answer_timer.cancel();
  if (core.draining) response.keep_alive(false);
  response.result(reply.status);
  for (const HttpHeader& header : reply.headers) response.set(header.name, header.value);
  if (!reply.content_type.empty()) response.set(http::field::content_type, reply.content_type);
  if (reply.retry_after_s > 0) response.set(http::field::retry_after, std::to_string(reply.retry_after_s));
  response.body() = std::move(reply.body);
  response.prepare_payload();
  if (head) response.body().clear();  // Content-Length stays that of a GET (RFC 9110 §9.3.2)
  stream.expires_after(core.options.write_timeout);
  http::async_write(stream, response,
                    [self = shared_from_this()](error_code error, std::size_t) { self->OnWritten(error); });
}

void Session::OnWritten(error_code error) {
  if (error) {
    if (IsTimeout(error)) core.Refuse(ErrorCode::kHookSlow, 0);
    return;
  }
  if (response.keep_alive() && !core.draining) return ReadHeader();
  error_code ignored;
  stream.socket().shutdown(tcp::socket::shutdown_send, ignored);
  if (!refused) return;
  // Closing with unread input would reset the connection, and the peer might never see why it was refused.
  stream.expires_after(kLingerTimeout);
  Linger(0);
}

void Session::Linger(std::size_t bytes) {
  stream.async_read_some(asio::buffer(scrap), [self = shared_from_this(), bytes](error_code error, std::size_t read) {
    if (!error && bytes + read < kLingerBytesMax) self->Linger(bytes + read);
  });
}

// ---- Core

error_code Core::Listen() {
  error_code error;
  const asio::ip::address address = asio::ip::make_address(options.address, error);
  if (error) return error;
  const tcp::endpoint endpoint(address, options.port);
  acceptor.open(endpoint.protocol(), error);
  if (!error) acceptor.set_option(asio::socket_base::reuse_address(true), error);
  if (!error) acceptor.bind(endpoint, error);
  if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
  if (!error) port = acceptor.local_endpoint(error).port();
  return error;
}

void Core::Accept() {
  acceptor.async_accept(newcomer, [this](error_code error) {
    if (draining || error == asio::error::operation_aborted) return;
    // Out of file descriptors or buffers: existing connections will free some.
    if (error) return Pause(kAcceptPause, &Core::Accept);
    newcomer_since = Clock::now();
    Admit();
  });
}

void Core::Pause(std::chrono::milliseconds duration, void (Core::*then)()) {
  pause.expires_after(duration);
  pause.async_wait([this, then](error_code cancelled) {
    if (!cancelled && !draining) (this->*then)();
  });
}

// Who asks for nothing, or may not ask, makes room for the newcomer. A crowd that has come just now is given its time
// first, and the newcomer waits that long: a server that is refused would not say the same again.
void Core::Admit() {
  error_code ignored;
  if (sessions.size() >= options.connections_max && !MakeRoom()) {
    if (Clock::now() - newcomer_since < options.room_timeout) return Pause(kRoomPause, &Core::Admit);
    Refuse(ErrorCode::kHookOverload, 0);
    newcomer.close(ignored);
    return Accept();
  }
  newcomer.set_option(tcp::no_delay(true), ignored);
  std::make_shared<Session>(*this, std::exchange(newcomer, tcp::socket(io)))->ReadHeader();
  Accept();
}

bool Core::MakeRoom() {
  const auto rank = [](const Session& one) { return std::pair(!one.idle(), one.idle_since); };  // idle ones first
  const Clock::time_point latest = Clock::now() - options.evict_idle_after;
  Session* first = nullptr;
  for (Session* session : sessions) {
    if (session->admitted || session->idle_since > latest || !session->stream.socket().is_open()) continue;
    if (first == nullptr || rank(*session) < rank(*first)) first = session;
  }
  if (first == nullptr) return false;
  Refuse(ErrorCode::kHookOverload, 0);
  first->Close();
  return true;
}

void Core::Drain(std::chrono::milliseconds deadline) {
  if (draining) return;
  draining = true;
  error_code ignored;
  acceptor.close(ignored);
  newcomer.close(ignored);
  pause.cancel();
  for (Session* session : sessions) {
    if (session->idle()) session->Close();
  }
  if (sessions.empty()) return;
  drain_timer.expires_after(deadline);
  drain_timer.async_wait([this](error_code cancelled) {
    if (cancelled) return;
    for (Session* session : sessions) session->Close();
  });
}

void Core::StopIfDrained() {
  if (draining && sessions.empty()) drain_timer.cancel();
}

// ---- HttpListener

Result<std::unique_ptr<HttpListener>> HttpListener::Open(const ListenerOptions& options, Handler handler,
                                                         Observer observer, Gate gate) {
  auto core = std::make_shared<Core>(options, std::move(handler), std::move(observer), std::move(gate));
  if (const error_code error = core->Listen()) {
    return MakeError(ErrorCode::kNetListen, options.address + ":" + std::to_string(options.port), error.message());
  }
  return std::unique_ptr<HttpListener>(new HttpListener(std::move(core)));
}

HttpListener::HttpListener(std::shared_ptr<Core> core) : core_(std::move(core)) {}
HttpListener::~HttpListener() = default;

std::uint16_t HttpListener::Port() const noexcept { return core_->port; }

void HttpListener::Run() {
  core_->Accept();
  core_->io.run();
}

void HttpListener::BeginDrain(std::chrono::milliseconds deadline) {
  asio::post(core_->io, [core = core_.get(), deadline] { core->Drain(deadline); });
}

}  // namespace facet::net
