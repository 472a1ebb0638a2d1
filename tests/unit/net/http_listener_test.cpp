// The listener against raw sockets: limits on both sides, time-outs, the connection cap, drain.
#include "sockets.hpp"

#include "adapter/net/http_listener.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <condition_variable>
#include <deque>
#include <mutex>
#include <sys/resource.h>

namespace facet::net {
namespace {

using std::chrono::milliseconds;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::Peer;
using ::testing::StartsWith;

std::string Post(std::string_view target, std::string_view body, std::string_view more = {}) {
  return "POST " + std::string(target) + " HTTP/1.1\r\nHost: x\r\nContent-Length: " + std::to_string(body.size()) +
         "\r\n" + std::string(more) + "\r\n" + std::string(body);
}

class HttpListenerTest : public ::testing::Test {
 protected:
  ~HttpListenerTest() override { Stop(); }

  void Start(const ListenerOptions& options = {}, HttpListener::Gate gate = {}) {
    auto opened = HttpListener::Open(
        options, [this](HttpIncoming incoming, Responder responder) { Handle(std::move(incoming), responder); },
        [this](Refusal refusal) {
          const std::lock_guard lock(mutex_);
          refusals_.emplace_back(refusal.code, refusal.status);
          changed_.notify_all();
        },
        std::move(gate));
    ASSERT_TRUE(opened.ok()) << opened.error().ToString();
    listener_ = std::move(*opened);
    thread_ = std::thread([this] { listener_->Run(); });
  }
  void Stop() {
    if (!thread_.joinable()) return;
    listener_->BeginDrain(milliseconds(0));
    thread_.join();
  }
  Peer Connect() { return Peer(listener_->Port()); }

  void Handle(HttpIncoming incoming, const Responder& responder) {
    if (incoming.target == "/throw") throw std::runtime_error("defect");
    if (incoming.target == "/drop") return;
    if (incoming.target == "/hold") {
      const std::lock_guard lock(mutex_);
      held_.push_back(responder);
      changed_.notify_all();
      return;
    }
    if (incoming.target == "/busy") {
      return responder(
          {.status = 503, .body = "{}", .content_type = "application/json", .retry_after_s = 7, .headers = {}});
    }
    responder({.status = 200,
               .body = incoming.method + " " + incoming.target + " " + std::to_string(incoming.body.size()) + " " +
                       std::string(incoming.Header("authorization")),
               .content_type = "text/plain",
               .retry_after_s = 0,
               .headers = {}});
  }
  Responder AwaitHeld() {
    std::unique_lock lock(mutex_);
    EXPECT_TRUE(changed_.wait_for(lock, std::chrono::seconds(10), [this] { return !held_.empty(); }));
    Responder responder = held_.front();
    held_.pop_front();
    return responder;
  }
  bool AwaitRefusal(ErrorCode code, unsigned status) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(10), [&] {
      for (const auto& [seen_code, seen_status] : refusals_) {
        if (seen_code == code && seen_status == status) return true;
      }
      return false;
    });
  }

  std::unique_ptr<HttpListener> listener_;
  std::thread thread_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Responder> held_;
  std::vector<std::pair<ErrorCode, unsigned>> refusals_;
};

TEST_F(HttpListenerTest, KeepsAConnectionForSeveralRequests) {
  Start();
  Peer peer = Connect();
  peer.Send(Post("/a", "xy", "Authorization: Bearer s\r\n"));
  EXPECT_THAT(peer.ReadAnswer(), HasSubstr("POST /a 2 Bearer s"));
  peer.Send(Post("/b", ""));
  EXPECT_THAT(peer.ReadAnswer(), HasSubstr("POST /b 0 "));
}

TEST_F(HttpListenerTest, AnswersPipelinedRequestsInOrder) {
  Start();
  Peer peer = Connect();
  peer.Send(Post("/a", "1") + Post("/b", "22"));
  EXPECT_THAT(peer.ReadAnswer(), HasSubstr("/a 1"));
  EXPECT_THAT(peer.ReadAnswer(), HasSubstr("/b 2"));
}

TEST_F(HttpListenerTest, ClosesWhereThePeerAsksForIt) {
  Start();
  Peer peer = Connect();
  peer.Send(Post("/a", "", "Connection: close\r\n"));
  EXPECT_THAT(peer.ReadAnswer(), HasSubstr("Connection: close"));
  EXPECT_TRUE(peer.AtEnd());
}

TEST_F(HttpListenerTest, TakesAChunkedBody) {
  Start();
  Peer peer = Connect();
  peer.Send("PUT /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n");
  EXPECT_THAT(peer.ReadAnswer(), HasSubstr("PUT /a 5"));
}

TEST_F(HttpListenerTest, HeadHasNoBody) {
  Start();
  Peer peer = Connect();
  peer.Send("HEAD /a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  const std::string answer = peer.ReadAll();
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200"));
  EXPECT_THAT(answer, ::testing::EndsWith("\r\n\r\n"));
}

TEST_F(HttpListenerTest, BodyLimitOnBothSides) {
  ListenerOptions options;
  options.body_bytes_max = 1000;
  Start(options);
  Peer fits = Connect();
  fits.Send(Post("/a", std::string(1000, 'z')));
  EXPECT_THAT(fits.ReadAnswer(), HasSubstr("/a 1000"));
  Peer exceeds = Connect();
  exceeds.Send(Post("/a", std::string(1001, 'z')));
  EXPECT_THAT(exceeds.ReadAnswer(), StartsWith("HTTP/1.1 413"));
  EXPECT_TRUE(exceeds.AtEnd());
  EXPECT_TRUE(AwaitRefusal(ErrorCode::kHookTooLarge, 413));
}

TEST_F(HttpListenerTest, ChunkedBodyMeetsTheSameLimit) {
  ListenerOptions options;
  options.body_bytes_max = 1000;
  Start(options);
  Peer peer = Connect();
  peer.Send("PUT /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
  for (int i = 0; i < 3; ++i) peer.Send("190\r\n" + std::string(0x190, 'z') + "\r\n");
  EXPECT_THAT(peer.ReadAnswer(), StartsWith("HTTP/1.1 413"));
}

TEST_F(HttpListenerTest, ARefusedBodyThatIsStillBeingSentDoesNotHideTheAnswer) {
  ListenerOptions options;
  options.body_bytes_max = 1000;
  Start(options);
  Peer peer = Connect();
  peer.Send(Post("/a", std::string(100'000, 'z')));
  EXPECT_THAT(peer.ReadAnswer(), StartsWith("HTTP/1.1 413"));
}

TEST_F(HttpListenerTest, HeaderLimit) {
  Start();
  Peer fits = Connect();
  fits.Send(Post("/a", "", "X: " + std::string(7000, 'a') + "\r\n"));
  EXPECT_THAT(fits.ReadAnswer(), StartsWith("HTTP/1.1 200"));
  Peer exceeds = Connect();
  exceeds.Send(Post("/a", "", "X: " + std::string(9000, 'a') + "\r\n"));
  EXPECT_THAT(exceeds.ReadAnswer(), StartsWith("HTTP/1.1 431"));
  EXPECT_TRUE(AwaitRefusal(ErrorCode::kHookTooLarge, 431));
}

TEST_F(HttpListenerTest, GarbageIs400) {
  Start();
  for (const char* garbage : {"GARBAGE\r\n\r\n", "\x16\x03\x01\x02", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
                              "POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n"}) {
    Peer peer = Connect();
    peer.Send(std::string(garbage) + std::string(64, ' '));
    EXPECT_THAT(peer.ReadAnswer(), StartsWith("HTTP/1.1 400")) << garbage;
    EXPECT_TRUE(peer.AtEnd());
  }
  EXPECT_TRUE(AwaitRefusal(ErrorCode::kHookInvalid, 400));
}

TEST_F(HttpListenerTest, AnExpectingSenderIsToldToContinue) {
  Start();
  Peer peer = Connect();
  peer.Send("PUT /a HTTP/1.1\r\nHost: x\r\nExpect: 100-Continue\r\nContent-Length: 3\r\n\r\n");
  EXPECT_THAT(peer.ReadUntil("\r\n\r\n"), StartsWith("HTTP/1.1 100 Continue"));
  peer.Send("abc");
  EXPECT_THAT(peer.ReadAnswer(), HasSubstr("PUT /a 3"));
}

TEST_F(HttpListenerTest, AnExpectingSenderIsSparedTheTransferOfWhatIsTooLarge) {
  Start();
  Peer peer = Connect();
  peer.Send("PUT /a HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 99999999\r\n\r\n");
  EXPECT_THAT(peer.ReadAnswer(), StartsWith("HTTP/1.1 413"));
  Peer other = Connect();
  other.Send("PUT /a HTTP/1.1\r\nHost: x\r\nExpect: tea\r\nContent-Length: 3\r\n\r\n");
  EXPECT_THAT(other.ReadAnswer(), StartsWith("HTTP/1.1 417"));
}

TEST_F(HttpListenerTest, SlowBodyIsDisconnected) {
  ListenerOptions options;
  options.read_timeout = milliseconds(50);
  Start(options);
  Peer peer = Connect();
  peer.Send("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc");
  EXPECT_TRUE(peer.AtEnd());
  EXPECT_TRUE(AwaitRefusal(ErrorCode::kHookSlow, 0));
}

TEST_F(HttpListenerTest, SlowHeaderIsDisconnectedAndCounted) {
  ListenerOptions options;
  options.idle_timeout = milliseconds(1000);  // the first bytes must arrive before
  Start(options);
  Peer peer = Connect();
  peer.Send("POST /a HT");
  EXPECT_TRUE(peer.AtEnd());
  EXPECT_TRUE(AwaitRefusal(ErrorCode::kHookSlow, 0));
}

TEST_F(HttpListenerTest, IdleConnectionsEndWithoutFault) {
  ListenerOptions options;
  options.idle_timeout = milliseconds(500);  // the request must arrive before
  Start(options);
  Peer silent = Connect();
  EXPECT_TRUE(silent.AtEnd());
  Peer kept = Connect();
  kept.Send(Post("/a", ""));
  kept.ReadAnswer();
  EXPECT_TRUE(kept.AtEnd());
  Stop();
  EXPECT_THAT(refusals_, IsEmpty());
}

TEST_F(HttpListenerTest, OverTheCapOneWaitsAndIsClosedIfNobodyMakesRoom) {
  ListenerOptions options;
  options.connections_max = 2;
  options.room_timeout = milliseconds(50);
  Start(options);
  Peer first = Connect();
  first.Send(Post("/hold", ""));
  const Responder one = AwaitHeld();
  Peer second = Connect();
  second.Send(Post("/hold", ""));
  const Responder two = AwaitHeld();
  Peer third = Connect();
  EXPECT_TRUE(third.AtEnd());
  EXPECT_TRUE(AwaitRefusal(ErrorCode::kHookOverload, 0));
  one({.status = 204, .body = {}, .content_type = {}, .retry_after_s = 0, .headers = {}});
  two({.status = 204, .body = {}, .content_type = {}, .retry_after_s = 0, .headers = {}});
  EXPECT_THAT(first.ReadAnswer(), StartsWith("HTTP/1.1 204"));
  EXPECT_THAT(second.ReadAnswer(), StartsWith("HTTP/1.1 204"));
}

TEST_F(HttpListenerTest, OverTheCapOneIsServedOnceAnotherEnds) {
  ListenerOptions options;
  options.connections_max = 1;
  options.room_timeout = std::chrono::seconds(60);
  options.evict_idle_after = std::chrono::seconds(60);
  Start(options);
  Peer first = Connect();
  first.Send(Post("/hold", ""));
  const Responder responder = AwaitHeld();
  Peer second = Connect();
  second.Send(Post("/a", ""));
  responder({.status = 204, .body = {}, .content_type = {}, .retry_after_s = 0, .headers = {}});
  EXPECT_THAT(first.ReadAnswer(), StartsWith("HTTP/1.1 204"));
  first.Close();
  EXPECT_THAT(second.ReadAnswer(), StartsWith("HTTP/1.1 200"));
  Stop();
  EXPECT_THAT(refusals_, IsEmpty());
}

TEST_F(HttpListenerTest, ACrowdThatCameJustNowAndHalfHeadersMakeRoomToo) {
  ListenerOptions options;
  options.connections_max = 4;
  options.evict_idle_after = milliseconds(30);
  options.room_timeout = std::chrono::seconds(60);
  Start(options);
  std::deque<Peer> crowd;
  for (int i = 0; i < 20; ++i) {
    crowd.push_back(Connect());
    if (i % 2 == 0) crowd.back().Send("POST /a HT");
  }
  Peer sender = Connect();
  sender.Send(Post("/a", "xy"));
  EXPECT_THAT(sender.ReadAnswer(), StartsWith("HTTP/1.1 200"));
  EXPECT_TRUE(AwaitRefusal(ErrorCode::kHookOverload, 0));
}

std::optional<HttpReply> NeedSecret(const HttpIncoming& header) {
  if (header.Header("authorization") == "Bearer s") return std::nullopt;
  return HttpReply{.status = 401, .body = "no", .content_type = "text/plain", .retry_after_s = 0, .headers = {}};
}

TEST_F(HttpListenerTest, WhoMayNotSendIsAnsweredBeforeTheBody) {
  Start({}, NeedSecret);
  Peer wrong = Connect();
  wrong.Send("POST /throw HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\nabc");
  const std::string answer = wrong.ReadAnswer();
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 401"));
  EXPECT_THAT(answer, HasSubstr("Connection: close"));
  EXPECT_TRUE(wrong.AtEnd());
  Peer expecting = Connect();
  expecting.Send("POST /a HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n");
  EXPECT_THAT(expecting.ReadAnswer(), StartsWith("HTTP/1.1 401"));
  Peer right = Connect();
  for (int i = 0; i < 2; ++i) {
    right.Send(Post("/a", "xy", "Authorization: Bearer s\r\n"));
    EXPECT_THAT(right.ReadAnswer(), HasSubstr("POST /a 2 Bearer s"));
  }
}

TEST_F(HttpListenerTest, AGateThatThrowsLetsNobodyPass) {
  Start({}, [](const HttpIncoming&) -> std::optional<HttpReply> { throw std::runtime_error("defect"); });
  Peer peer = Connect();
  peer.Send(Post("/a", "xy"));
  EXPECT_THAT(peer.ReadAnswer(), StartsWith("HTTP/1.1 500"));
  EXPECT_TRUE(AwaitRefusal(ErrorCode::kInternal, 500));
}

TEST_F(HttpListenerTest, SlowBodiesOfThoseWhoMayNotSendHoldNoPlace) {
  ListenerOptions options;
  options.connections_max = 2;
  options.evict_idle_after = milliseconds(30);
  options.room_timeout = std::chrono::seconds(60);
  options.read_timeout = std::chrono::seconds(60);
  Start(options, NeedSecret);
  std::deque<Peer> crowd;
  for (int i = 0; i < 10; ++i) {
    crowd.push_back(Connect());
    crowd.back().Send("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc");
  }
  Peer slow = Connect();
  slow.Send("POST /a HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer s\r\nContent-Length: 4\r\n\r\nab");
  Peer sender = Connect();
  sender.Send(Post("/a", "xy", "Authorization: Bearer s\r\n"));
  EXPECT_THAT(sender.ReadAnswer(), StartsWith("HTTP/1.1 200"));
  slow.Send("cd");
  EXPECT_THAT(slow.ReadAnswer(), HasSubstr("POST /a 4")) << "one that may send is not sent away";
}

TEST_F(HttpListenerTest, DrainDoesNotWaitForOneThatWaitsForRoom) {
  ListenerOptions options;
  options.connections_max = 1;
  options.room_timeout = std::chrono::seconds(60);
  Start(options);
  Peer first = Connect();
  first.Send(Post("/hold", ""));
  const Responder responder = AwaitHeld();
  Peer second = Connect();
  second.Send(Post("/a", ""));
  responder({.status = 204, .body = {}, .content_type = {}, .retry_after_s = 0, .headers = {}});
  Stop();
  EXPECT_THAT(first.ReadAnswer(), StartsWith("HTTP/1.1 204"));
}

TEST_F(HttpListenerTest, AThousandIdleConnectionsDoNotShutOthersOut) {
  ListenerOptions options;
  options.connections_max = 16;
  options.evict_idle_after = milliseconds(0);
  Start(options);
  std::deque<Peer> crowd;
  for (int i = 0; i < 1000; ++i) {
    // The listener's backlog may be full for a moment; a refused connection is no less idle.
    crowd.push_back(Connect());
    if (crowd.size() > 200) crowd.pop_front();
  }
  Peer sender = Connect();
  sender.Send(Post("/a", "xy"));
  EXPECT_THAT(sender.ReadAnswer(), StartsWith("HTTP/1.1 200"));
}

TEST_F(HttpListenerTest, TheAnswerMayComeLaterFromAnotherThread) {
  Start();
  Peer peer = Connect();
  peer.Send(Post("/hold", ""));
  const Responder responder = AwaitHeld();
  std::thread([&] {
    responder({.status = 201,
               .body = "{}",
               .content_type = "application/fhir+json",
               .retry_after_s = 0,
               .headers = {{"X-A", "b"}}});
    responder({.status = 500, .body = {}, .content_type = {}, .retry_after_s = 0, .headers = {}});  // ignored
  }).join();
  const std::string answer = peer.ReadAnswer();
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 201"));
  EXPECT_THAT(answer, HasSubstr("X-A: b\r\n"));
  peer.Send(Post("/a", ""));
  EXPECT_THAT(peer.ReadAnswer(), StartsWith("HTTP/1.1 200"));
}

TEST_F(HttpListenerTest, ALateAnswerIs503AndTheLateOneIsNotMistakenForTheNext) {
  ListenerOptions options;
  options.answer_timeout = milliseconds(30);
  Start(options);
  Peer peer = Connect();
  peer.Send(Post("/hold", ""));
  const Responder late = AwaitHeld();
  const std::string answer = peer.ReadAnswer();
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 503"));
  EXPECT_THAT(answer, HasSubstr("Retry-After: 5"));
  late({.status = 418, .body = {}, .content_type = {}, .retry_after_s = 0, .headers = {}});
  peer.Send(Post("/a", ""));
  EXPECT_THAT(peer.ReadAnswer(), StartsWith("HTTP/1.1 200"));
  EXPECT_TRUE(AwaitRefusal(ErrorCode::kHookSlow, 503));
}

TEST_F(HttpListenerTest, ADroppedResponderIs503AndAThrowingHandler500) {
  Start();
  Peer peer = Connect();
  peer.Send(Post("/drop", ""));
  EXPECT_THAT(peer.ReadAnswer(), StartsWith("HTTP/1.1 503"));
  peer.Send(Post("/throw", ""));
  EXPECT_THAT(peer.ReadAnswer(), StartsWith("HTTP/1.1 500"));
  EXPECT_TRUE(AwaitRefusal(ErrorCode::kInternal, 500));
  peer.Send(Post("/busy", ""));
  EXPECT_THAT(peer.ReadAnswer(), HasSubstr("Retry-After: 7\r\n"));
}

TEST_F(HttpListenerTest, DrainFinishesWhatIsInFlightAndClosesTheRest) {
  Start();
  Peer idle = Connect();
  idle.Send(Post("/a", ""));
  idle.ReadAnswer();
  Peer busy = Connect();
  busy.Send(Post("/hold", ""));
  const Responder responder = AwaitHeld();
  listener_->BeginDrain(std::chrono::seconds(30));
  EXPECT_TRUE(idle.AtEnd());
  responder({.status = 200, .body = "{}", .content_type = "application/json", .retry_after_s = 0, .headers = {}});
  const std::string answer = busy.ReadAnswer();
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200"));
  EXPECT_THAT(answer, HasSubstr("Connection: close"));
  EXPECT_TRUE(busy.AtEnd());
  thread_.join();
  EXPECT_FALSE(Connect().connected());
}

TEST_F(HttpListenerTest, DrainEndsAtItsDeadlineAndAnswersThenAreHarmless) {
  Start();
  Peer busy = Connect();
  busy.Send(Post("/hold", ""));
  const Responder responder = AwaitHeld();
  listener_->BeginDrain(milliseconds(30));
  EXPECT_TRUE(busy.AtEnd());
  thread_.join();
  responder({});
  listener_.reset();
  responder({});
}

TEST_F(HttpListenerTest, ALostPeerDoesNotDisturbOthers) {
  Start();
  Peer lost = Connect();
  lost.Send(Post("/hold", ""));
  const Responder responder = AwaitHeld();
  lost.Reset();
  responder({});
  Peer peer = Connect();
  peer.Send(Post("/a", ""));
  EXPECT_THAT(peer.ReadAnswer(), StartsWith("HTTP/1.1 200"));
}

TEST_F(HttpListenerTest, SurvivesRunningOutOfFileDescriptors) {
  Start();
  std::vector<Peer> waiting;
  waiting.reserve(4);
  Peer warm = Connect();
  warm.Send(Post("/a", ""));
  warm.ReadAnswer();
  // Sockets of the peers must exist before the limit bites: connecting needs no new descriptor on our side then.
  const int next = ::dup(0);
  ::close(next);
  rlimit before{};
  ::getrlimit(RLIMIT_NOFILE, &before);
  rlimit tight = before;
  tight.rlim_cur = static_cast<rlim_t>(next) + 1;
  ::setrlimit(RLIMIT_NOFILE, &tight);
  waiting.push_back(Connect());  // takes the last descriptor; accept now fails
  EXPECT_TRUE(waiting.back().connected());
  waiting.back().Send(Post("/a", ""));
  warm.Send(Post("/b", ""));
  EXPECT_THAT(warm.ReadAnswer(), StartsWith("HTTP/1.1 200"));
  ::setrlimit(RLIMIT_NOFILE, &before);
  EXPECT_THAT(waiting.back().ReadAnswer(), StartsWith("HTTP/1.1 200"));
}

TEST_F(HttpListenerTest, AnAddressInUseOrNotNumericIsRefusedWithItsName) {
  Start();
  ListenerOptions taken;
  taken.port = listener_->Port();
  auto second = HttpListener::Open(taken, [](HttpIncoming, const Responder&) {});
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().code, ErrorCode::kNetListen);
  EXPECT_THAT(second.error().where, HasSubstr("127.0.0.1:"));
  ListenerOptions name;
  name.address = "no-such-name";
  EXPECT_FALSE(HttpListener::Open(name, [](HttpIncoming, const Responder&) {}).ok());
}

TEST_F(HttpListenerTest, CanBeDestroyedWithoutEverRunning) {
  auto opened = HttpListener::Open({}, [](HttpIncoming, const Responder&) {});
  ASSERT_TRUE(opened.ok());
  Peer peer((*opened)->Port());
  EXPECT_TRUE(peer.connected());
}

}  // namespace
}  // namespace facet::net
