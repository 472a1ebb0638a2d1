// The notification endpoint, met by peers that are broken, slow, many or hostile. Each refusal has its status, its
// event and its count, and the next good notification goes through.
#include "tests/integration/live_test.hpp"
#include "tests/unit/net/sockets.hpp"

#include <deque>

namespace facet::live {
namespace {

using net::testing::Peer;

// A request as bytes, so that it can be wrong.
struct Bytes {
  std::string method = "PUT";
  std::string target{};
  std::string secret = kSecret;  // "" = no Authorization
  std::string headers{};         // further header lines, each with its CRLF
  std::string body{};
  long length = -1;  // Content-Length; -1: that of the body
  std::string Text() const {
    std::string text = method + " " + target + " HTTP/1.1\r\nHost: 127.0.0.1\r\n" + headers;
    if (!secret.empty()) text += "Authorization: Bearer " + secret + "\r\n";
    text += "Content-Type: application/fhir+json\r\n";
    if (headers.find("chunked") == std::string::npos) {
      text += "Content-Length: " + std::to_string(length < 0 ? static_cast<long>(body.size()) : length) + "\r\n";
    }
    return text + "\r\n" + body;
  }
};

struct Reply {
  int status = 0;  // 0: the connection ended without an answer
  std::string head;
  std::string body{};
};

Reply ReplyOf(Peer& peer) {
  const std::string text = peer.ReadAnswer();
  Reply reply;
  if (text.starts_with("HTTP/1.1 ")) reply.status = std::stoi(text.substr(9));
  const std::size_t end = text.find("\r\n\r\n");
  reply.head = text.substr(0, end);
  if (end != std::string::npos) reply.body = text.substr(end + 4);
  return reply;
}

class ListenerTest : public LiveTest {
 protected:
  void SetUp() override {
    adapter_ = &NewAdapter();
    adapter_->Set("intake.sweep_interval_secs", "300");
    ASSERT_TRUE(adapter_->Start());
    ASSERT_NO_FATAL_FAILURE(AwaitQuiet(*adapter_));
    for (const Hapi::Subscription& one : hapi_.Subscriptions(adapter_->public_url())) {
      if (!one.criteria.starts_with("Observation?")) continue;
      endpoint_ = one.endpoint;
      path_ = one.endpoint.substr(adapter_->public_url().size());
    }
    ASSERT_NE(path_, "");
  }

  Reply Ask(const Bytes& bytes) {
    Peer peer(adapter_->port());
    EXPECT_TRUE(peer.connected());
    // The answer may come before all of a huge body has been sent.
    peer.Send(bytes.Text());
    Reply reply = ReplyOf(peer);
    also_clean_.push_back(reply.head + reply.body);
    return reply;
  }

  // An Observation that could matter, of a patient whom nobody follows.
  support::Resource Score(const std::string& id) const {
    return {
        "Observation", id,
        R"({"resourceType":"Observation","id":")" + id +
            R"(","status":"final","code":{"coding":[{"system":"http://loinc.org","code":"72514-3"}]},)"
            R"("subject":{"reference":"Patient/nobody"},"effectiveDateTime":"2026-01-01T10:00:00Z","valueInteger":7})"};
  }
  Bytes Good(const std::string& id) const {
    const support::Resource score = Score(id);
    return {.target = path_ + "/" + score.reference(), .body = score.json};
  }

  void ExpectOutcome(const std::string& body, const std::string& severity) {
    const auto parsed = json::Parse(body);
    ASSERT_TRUE(parsed.ok()) << body;
    EXPECT_EQ(parsed->root()["resourceType"].string(), "OperationOutcome") << body;
    EXPECT_EQ(parsed->root()["issue"].at(0)["severity"].string(), severity) << body;
    EXPECT_FALSE(parsed->root()["issue"].at(0)["code"].string().empty()) << body;
  }

  void ExpectGoodPasses(const std::string& id) {
    const Reply reply = Ask(Good(id));
    EXPECT_EQ(reply.status, 200);
    ExpectOutcome(reply.body, "information");
  }

  AdapterProcess* adapter_ = nullptr;
  std::string endpoint_;
  std::string path_;  // /hooks/KEY
};

struct Bad {
  const char* name;
  int status;
  const char* code;  // of net.request_refused
  Bytes bytes;
};

std::string Deep(int depth) {
  return R"({"resourceType":"Observation","id":"a","x":)" + std::string(static_cast<std::size_t>(depth), '[') +
         std::string(static_cast<std::size_t>(depth), ']') + "}";
}

std::vector<Bad> BadRequests(const std::string& hook, const std::string& good) {
  const std::string at = hook + "/Observation/a";
  const std::string wrong_key = hook.substr(0, hook.size() - 1) + (hook.back() == 'a' ? "b" : "a");
  return {
      {"wrong secret", 401, "hook.unauthorized", {.target = at, .secret = "wrong", .body = good}},
      {"no secret", 401, "hook.unauthorized", {.target = at, .secret = "", .body = good}},
      {"half the secret", 401, "hook.unauthorized", {.target = at, .secret = "Zcanarysecret", .body = good}},
      {"secret and more", 401, "hook.unauthorized", {.target = at, .secret = std::string(kSecret) + "x", .body = good}},
      {"root", 404, "hook.unknown_path", {.target = "/", .body = good}},
      {"no key", 404, "hook.unknown_path", {.target = "/hooks", .body = good}},
      {"wrong key", 404, "hook.unknown_path", {.target = wrong_key + "/Observation/a", .body = good}},
      {"metrics are not here", 404, "hook.unknown_path", {.method = "GET", .target = "/metrics"}},
      {"path tricks", 404, "hook.unknown_path", {.target = "/hooks/../hooks/x", .body = good}},
      {"method", 405, "hook.invalid", {.method = "GET", .target = at}},
      {"PATCH", 405, "hook.invalid", {.method = "PATCH", .target = at, .body = "[]"}},
      {"no JSON", 400, "hook.invalid", {.target = at, .body = "this is not JSON"}},
      {"truncated", 400, "hook.invalid", {.target = at, .body = good.substr(0, good.size() / 2)}},
      {"two documents", 400, "hook.invalid", {.target = at, .body = good + good}},
      {"no resource", 400, "hook.invalid", {.target = at, .body = "{}"}},
      {"an array", 400, "hook.invalid", {.target = at, .body = "[1,2]"}},
      {"a number", 400, "hook.invalid", {.target = at, .body = "42"}},
      {"deep", 400, "hook.invalid", {.target = at, .body = Deep(2000)}},
      {"duplicate key",
       400,
       "hook.invalid",
       {.target = at, .body = R"({"resourceType":"Observation","id":"a","id":"a"})"}},
      {"NUL", 400, "hook.invalid", {.target = at, .body = R"({"resourceType":"Observation","id":"a","x":"\u0000"})"}},
      {"no UTF-8",
       400,
       "hook.invalid",
       {.target = at, .body = "{\"resourceType\":\"Observation\",\"id\":\"a\",\"x\":\"\xff\"}"}},
      {"wrong type", 400, "hook.invalid", {.target = hook + "/Procedure/a", .body = good}},
      {"wrong id", 400, "hook.invalid", {.target = hook + "/Observation/b", .body = good}},
      {"impossible id", 400, "hook.invalid", {.target = hook + "/Observation/a%20b", .body = good}},
      {"huge by its length", 413, "hook.too_large", {.target = at, .length = 500'000'000}},
      {"header overflow",
       431,
       "hook.too_large",
       {.target = at, .headers = "X-Long: " + std::string(20'000, 'h') + "\r\n", .body = good}},
      {"no HTTP", 400, "hook.invalid", {.method = "\x16\x03\x01", .target = "\x02", .body = ""}},
  };
}

TEST_F(ListenerTest, EachBadRequestIsRefusedCountedAndForgotten) {
  int number = 0;
  for (const Bad& bad : BadRequests(path_, Score("a").json)) {
    SCOPED_TRACE(bad.name);
    const std::size_t mark = adapter_->log().size();
    const Reply reply = Ask(bad.bytes);
    EXPECT_EQ(reply.status, bad.status);
    if (reply.status != 431 && reply.status != 413 && std::string(bad.name) != "no HTTP") {
      ExpectOutcome(reply.body, "error");
    }
    const auto refusal = [&](const support::LogLine& line) {
      return line.Text("code") == bad.code && line.Number("status") == bad.status;
    };
    // Equal lines beyond ten in ten seconds are only counted; the count is looked at below.
    if (adapter_->log().Count("net.request_refused", refusal) < 10) {
      EXPECT_TRUE(adapter_->Expect("net.request_refused", refusal, mark));
    }
    ExpectGoodPasses("g" + std::to_string(++number));
  }
  const std::string metrics = Admin(*adapter_, "/metrics").body;
  for (const char* code : {"hook.unauthorized", "hook.unknown_path", "hook.invalid", "hook.too_large"}) {
    EXPECT_NE(metrics.find(code), std::string::npos) << code << " is not counted\n" << metrics;
  }
  // And after all that the real thing.
  const SyntheticPatient patient = NewPatient(FailedCourse());
  Post(patient);
  AwaitCarePlan(patient);
  ExpectExactlyOne(patient);
}

TEST_F(ListenerTest, HugeBodyWithoutALength) {
  Peer peer(adapter_->port());
  Bytes bytes{.target = path_ + "/Observation/a", .headers = "Transfer-Encoding: chunked\r\n"};
  ASSERT_TRUE(peer.Send(bytes.Text()));
  const std::string chunk = "10000\r\n" + std::string(0x10000, ' ') + "\r\n";
  int sent = 0;
  while (sent < 200 && peer.Send(chunk)) ++sent;  // 13 MB unless it is told to stop
  EXPECT_EQ(ReplyOf(peer).status, 413) << sent << " chunks were taken";
  EXPECT_TRUE(adapter_->Expect("net.request_refused", Has("code", "hook.too_large")));
  ExpectGoodPasses("g1");
}

TEST_F(ListenerTest, PeersThatGoAwayInTheMiddle) {
  const std::string whole = Good("a").Text();
  for (const std::size_t part : {std::size_t{1}, std::size_t{20}, whole.size() / 2, whole.size() - 1}) {
    Peer ends(adapter_->port());
    ends.Send(whole.substr(0, part));
    ends.Close();
    Peer aborts(adapter_->port());
    aborts.Send(whole.substr(0, part));
    aborts.Reset();
  }
  // One that does not wait for its answer: it was accepted all the same.
  Peer impatient(adapter_->port());
  impatient.Send(whole);
  impatient.Close();
  ExpectGoodPasses("g1");
  EXPECT_TRUE(adapter_->running());
}

TEST_F(ListenerTest, SlowBodyIsGivenUpAndKeepsNobodyWaiting) {
  Peer slow(adapter_->port());
  const std::string whole = Good("a").Text();
  ASSERT_TRUE(slow.Send(whole.substr(0, whole.size() - 10)));
  ExpectGoodPasses("g1");
  // Ten seconds from the end of the header to the end of the body.
  EXPECT_TRUE(adapter_->Expect("net.request_refused", Has("code", "hook.slow")));
  EXPECT_TRUE(slow.AtEnd()) << "disconnected";
  ExpectGoodPasses("g2");
}

TEST_F(ListenerTest, AThousandIdleConnections) {
  std::deque<Peer> idle;
  for (int i = 0; i < 1000; ++i) {
    idle.emplace_back(adapter_->port());
    ASSERT_TRUE(idle.back().connected()) << i;
  }
  for (int i = 0; i < 20; ++i) {
    const net::HttpAnswer answer = Notify(endpoint_, Score("g" + std::to_string(i)));
    EXPECT_EQ(answer.status, 200U) << i << " behind a thousand idle connections";
  }
  const SyntheticPatient patient = NewPatient(FailedCourse());
  Post(patient);
  AwaitCarePlan(patient);
  ExpectExactlyOne(patient);
  EXPECT_TRUE(adapter_->Expect("net.request_refused", Has("code", "hook.overload")));
}

TEST_F(ListenerTest, RepliesAreWhatServersParse) {
  // PUT with a payload, POST without one, DELETE: HAPI counts an OperationOutcome as delivered.
  for (const Bytes& good :
       {Good("a"), Bytes{.method = "POST", .target = path_},
        Bytes{.method = "DELETE", .target = path_ + "/Observation/a"}, Bytes{.target = path_ + "/Observation/a"}}) {
    SCOPED_TRACE(good.method + " " + std::to_string(good.body.size()));
    const Reply reply = Ask(good);
    EXPECT_EQ(reply.status, 200);
    EXPECT_NE(reply.head.find("application/fhir+json"), std::string::npos) << reply.head;
    ExpectOutcome(reply.body, "information");
  }
  // A Bundle wants a transaction-response.
  const Reply bundle =
      Ask({.method = "POST", .target = path_, .body = R"({"resourceType":"Bundle","type":"history","entry":[]})"});
  EXPECT_EQ(bundle.status, 200);
  const auto parsed = json::Parse(bundle.body);
  ASSERT_TRUE(parsed.ok()) << bundle.body;
  EXPECT_EQ(parsed->root()["resourceType"].string(), "Bundle");
  EXPECT_EQ(parsed->root()["type"].string(), "transaction-response");
}

TEST_F(ListenerTest, KeepsConnectionsAndAnswersInOrder) {
  Peer peer(adapter_->port());
  for (int i = 0; i < 5; ++i) {
    ASSERT_TRUE(peer.Send(Good("k" + std::to_string(i)).Text()));
    EXPECT_EQ(ReplyOf(peer).status, 200) << i;
  }
  // Two requests in one packet.
  ASSERT_TRUE(peer.Send(Good("k5").Text() + Good("k6").Text()));
  EXPECT_EQ(ReplyOf(peer).status, 200);
  EXPECT_EQ(ReplyOf(peer).status, 200);
}

}  // namespace
}  // namespace facet::live
