// The client against scripted servers and against our own listener.
#include "sockets.hpp"

#include "adapter/net/http_client.hpp"
#include "adapter/net/http_listener.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

namespace facet::net {
namespace {

using std::chrono::milliseconds;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::Peer;
using testing::ScriptedServer;

constexpr const char* kOk = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nETag: W/\"3\"\r\nContent-Type: a/b\r\n\r\n{}";

HttpRequest Get(std::string url) {
  HttpRequest request;
  request.url = std::move(url);
  return request;
}

HttpRequest Put(std::string url, std::string body) {
  HttpRequest request = Get(std::move(url));
  request.method = "PUT";
  request.body = std::move(body);
  request.headers = {{"Content-Type", "application/fhir+json"}, {"If-Match", "W/\"2\""}};
  return request;
}

TEST(HttpClient, ReadsStatusHeadersAndBody) {
  std::string seen;
  ScriptedServer server([&](Peer& peer) {
    seen = peer.ReadUntil("\r\n\r\n");
    peer.Send(kOk);
  });
  HttpClient client({});
  const HttpAnswer answer = client.Perform(Get(server.Url("/fhir/metadata?x=1")));
  ASSERT_FALSE(answer.failure);
  EXPECT_EQ(answer.status, 200U);
  EXPECT_EQ(answer.body, "{}");
  EXPECT_EQ(answer.etag(), "W/\"3\"");
  EXPECT_EQ(answer.Header("content-TYPE"), "a/b");
  EXPECT_THAT(seen, HasSubstr("GET /fhir/metadata?x=1 HTTP/1.1"));
  EXPECT_THAT(seen, HasSubstr("User-Agent: facet-adapter\r\n"));
}

TEST(HttpClient, SendsBodyAndHeadersOfAPutWithoutExpect) {
  std::string seen;
  ScriptedServer server([&](Peer& peer) {
    seen = peer.ReadUntil("\r\n\r\n");
    seen += peer.Read(7);
    peer.Send(kOk);
  });
  HttpClient client({});
  EXPECT_EQ(client.Perform(Put(server.Url(), R"({"a":1})")).status, 200U);
  EXPECT_THAT(seen, HasSubstr("PUT / HTTP/1.1"));
  EXPECT_THAT(seen, HasSubstr("If-Match: W/\"2\"\r\n"));
  EXPECT_THAT(seen, HasSubstr("Content-Type: application/fhir+json\r\n"));
  EXPECT_THAT(seen, HasSubstr(R"({"a":1})"));
  EXPECT_THAT(seen, Not(HasSubstr("Expect")));
}

TEST(HttpClient, ReusesAConnectionForReads) {
  ScriptedServer server([](Peer& peer) {
    while (!peer.ReadUntil("\r\n\r\n").empty()) peer.Send(kOk);
  });
  HttpClient client({});
  for (int i = 0; i < 5; ++i) EXPECT_EQ(client.Perform(Get(server.Url())).status, 200U);
  EXPECT_EQ(server.connections(), 1);
}

// libcurl sends a request again by itself when a reused connection dies before the first byte of the answer. For a
// write that would be a blind repeat of something that may have been applied.
TEST(HttpClient, NeverRepeatsAWriteByItself) {
  std::atomic<int> writes{0};
  ScriptedServer server([&](Peer& peer) {
    for (;;) {
      const std::string header = peer.ReadUntil("\r\n\r\n");
      if (header.empty()) return;
      if (header.starts_with("PUT")) {
        peer.Read(2);
        ++writes;
        return;  // applied, and no answer
      }
      peer.Send(kOk);
    }
  });
  HttpClient client({});
  EXPECT_EQ(client.Perform(Get(server.Url())).status, 200U);
  const HttpAnswer answer = client.Perform(Put(server.Url(), "{}"));
  ASSERT_TRUE(answer.failure);
  EXPECT_TRUE(answer.sent);
  EXPECT_EQ(writes, 1);
}

TEST(HttpClient, RefusedConnectionWasNotSent) {
  std::uint16_t port = 0;
  {
    port = ScriptedServer([](Peer&) {}).port();
  }
  HttpClient client({});
  const HttpAnswer answer =
      client.Perform(Put("http://127.0.0.1:" + std::to_string(port) + "/Patient/77?secret=1", "{}"));
  ASSERT_TRUE(answer.failure);
  EXPECT_EQ(answer.failure->code, ErrorCode::kNetConnect);
  EXPECT_EQ(answer.failure->retry, Retry::kLater);
  EXPECT_FALSE(answer.sent);
  EXPECT_THAT(answer.failure->ToString(), Not(HasSubstr("secret")));
  EXPECT_THAT(answer.failure->ToString(), Not(HasSubstr("77?")));
  EXPECT_THAT(answer.failure->where, HasSubstr("PUT http://127.0.0.1:"));
}

TEST(HttpClient, UnknownHostAndBadUrls) {
  HttpClient client({});
  const HttpAnswer unknown = client.Perform(Get("http://no-such-host.invalid/"));
  ASSERT_TRUE(unknown.failure);
  EXPECT_EQ(unknown.failure->code, ErrorCode::kNetResolve);
  EXPECT_FALSE(unknown.sent);
  const HttpAnswer file = client.Perform(Get("file:///etc/passwd"));
  ASSERT_TRUE(file.failure);
  EXPECT_EQ(file.failure->retry, Retry::kNever);
}

TEST(HttpClient, WhatCannotBeSentIsAnErrorAndWasNotSent) {
  HttpClient client({});
  HttpRequest request = Put("http://127.0.0.1:1/fhir/CarePlan/1", "{}");
  request.headers = {{"If-Match", "W/\"2\nX-Evil: 1\""}};
  for (const HttpRequest& unusable : {Get("http://127.0.0.1:1/fhir?page=" + std::string(std::size_t{9} << 20U, 'x')),
                                      Get("http://127.0.0.1:1/fhir?page=1\r\nX-Evil: 1"), request}) {
    const HttpAnswer answer = client.Perform(unusable);
    ASSERT_TRUE(answer.failure);
    EXPECT_EQ(answer.failure->code, ErrorCode::kNetRequest);
    EXPECT_EQ(answer.failure->retry, Retry::kNever);
    EXPECT_FALSE(answer.sent);
    EXPECT_THAT(answer.failure->ToString(), Not(HasSubstr("page")));
  }
}

TEST(HttpClient, SilenceAfterTheRequestIsATimeoutThatMayHaveBeenApplied) {
  ScriptedServer server([](Peer& peer) {
    peer.ReadUntil("\r\n\r\n");
    peer.Read(2);
    peer.AtEnd();  // until the client gives up
  });
  HttpClient client({});
  HttpRequest request = Put(server.Url(), "{}");
  request.total_timeout = milliseconds(1000);  // it must be sent before
  const HttpAnswer answer = client.Perform(request);
  ASSERT_TRUE(answer.failure);
  EXPECT_EQ(answer.failure->code, ErrorCode::kNetTimeout);
  EXPECT_TRUE(answer.sent);
}

TEST(HttpClient, ACloseBeforeOrInsideTheAnswerIsBroken) {
  for (const char* part : {"", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{", "SSH-2.0-garbage\r\n"}) {
    ScriptedServer server([part](Peer& peer) {
      peer.ReadUntil("\r\n\r\n");
      peer.Read(2);
      peer.Send(part);
    });
    HttpClient client({});
    const HttpAnswer answer = client.Perform(Put(server.Url(), "{}"));
    ASSERT_TRUE(answer.failure) << part;
    EXPECT_EQ(answer.failure->code, ErrorCode::kNetBroken) << answer.failure->ToString();
    EXPECT_TRUE(answer.sent);
    EXPECT_EQ(answer.status, 0U);
    EXPECT_EQ(answer.body, "");
  }
}

TEST(HttpClient, AnswerLimitOnBothSides) {
  ScriptedServer server([](Peer& peer) {
    peer.ReadUntil("\r\n\r\n");
    peer.Send("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + std::string(1000, 'x'));
  });
  HttpClient client({});
  HttpRequest request = Get(server.Url());
  request.body_bytes_max = 1000;
  EXPECT_EQ(client.Perform(request).body.size(), 1000U);
  request.body_bytes_max = 999;
  const HttpAnswer answer = client.Perform(request);
  ASSERT_TRUE(answer.failure);
  EXPECT_EQ(answer.failure->code, ErrorCode::kNetTooLarge);
  EXPECT_EQ(answer.failure->retry, Retry::kNever);
}

TEST(HttpClient, AnEndlessHeaderEnds) {
  ScriptedServer server([](Peer& peer) {
    peer.ReadUntil("\r\n\r\n");
    peer.Send("HTTP/1.1 200 OK\r\n");
    while (peer.Send("X-A: " + std::string(4000, 'a') + "\r\n")) {
    }
  });
  HttpClient client({});
  EXPECT_TRUE(client.Perform(Get(server.Url())).failure);
}

TEST(HttpClient, RedirectsAreAnswersNotFollowed) {
  ScriptedServer server([](Peer& peer) {
    peer.ReadUntil("\r\n\r\n");
    peer.Send("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n");
  });
  HttpClient client({});
  const HttpAnswer answer = client.Perform(Get(server.Url()));
  EXPECT_EQ(answer.status, 302U);
  EXPECT_EQ(answer.location(), "http://127.0.0.1:1/");
}

TEST(HttpClient, ProxiesOfTheEnvironmentAreIgnored) {
  ScriptedServer server([](Peer& peer) {
    peer.ReadUntil("\r\n\r\n");
    peer.Send(kOk);
  });
  ::setenv("http_proxy", "http://127.0.0.1:1", 1);
  ::setenv("ALL_PROXY", "http://127.0.0.1:1", 1);
  const HttpAnswer direct = HttpClient({}).Perform(Get(server.Url()));
  ::unsetenv("http_proxy");
  ::unsetenv("ALL_PROXY");
  EXPECT_EQ(direct.status, 200U);
}

TEST(HttpClient, AConfiguredProxyIsUsedAndNoProxyOfTheEnvironmentDoesNotBypassIt) {
  std::string seen;
  ScriptedServer proxy([&](Peer& peer) {
    seen = peer.ReadUntil("\r\n\r\n");
    peer.Send(kOk);
  });
  HttpClientOptions options;
  options.proxy = proxy.Url("");
  ::setenv("no_proxy", "*", 1);
  const HttpAnswer answer = HttpClient(options).Perform(Get("http://fhir.example/metadata"));
  ::unsetenv("no_proxy");
  EXPECT_EQ(answer.status, 200U);
  EXPECT_THAT(seen, HasSubstr("GET http://fhir.example/metadata HTTP/1.1"));
}

TEST(HttpClient, GivesUpWhenCancelled) {
  std::atomic<bool> cancel{false};
  ScriptedServer server([&](Peer& peer) {
    peer.ReadUntil("\r\n\r\n");
    cancel = true;
    peer.AtEnd();
  });
  HttpClientOptions options;
  options.cancel = &cancel;
  const HttpAnswer answer = HttpClient(options).Perform(Get(server.Url()));
  ASSERT_TRUE(answer.failure);
  EXPECT_EQ(answer.failure->code, ErrorCode::kNetCancelled);
  EXPECT_TRUE(answer.sent);
}

TEST(HttpClient, PlainTextWhereTlsIsExpectedIsATlsFailureThatWasNotSent) {
  ScriptedServer server([](Peer& peer) {
    peer.Read(5);
    peer.Send("HTTP/1.1 400 Bad Request\r\n\r\n");
  });
  HttpClient client({});
  const HttpAnswer answer = client.Perform(Put("https://127.0.0.1:" + std::to_string(server.port()) + "/", "{}"));
  ASSERT_TRUE(answer.failure);
  EXPECT_EQ(answer.failure->code, ErrorCode::kNetTls) << answer.failure->ToString();
  EXPECT_FALSE(answer.sent);
}

TEST(HttpClient, AgainstOurOwnListener) {
  auto opened = HttpListener::Open({}, [](HttpIncoming incoming, const Responder& responder) {
    responder({.status = 201,
               .body = incoming.body,
               .content_type = "application/fhir+json",
               .retry_after_s = 0,
               .headers = {}});
  });
  ASSERT_TRUE(opened.ok());
  std::thread io([&] { (*opened)->Run(); });
  HttpClient client({});
  const std::string url = "http://127.0.0.1:" + std::to_string((*opened)->Port()) + "/hooks/k/Observation/1";
  for (int i = 0; i < 3; ++i) {
    const HttpAnswer answer = client.Perform(Put(url, std::string(100'000, 'x')));
    EXPECT_EQ(answer.status, 201U);
    EXPECT_EQ(answer.body.size(), 100'000U);
  }
  (*opened)->BeginDrain(milliseconds(1000));
  io.join();
}

TEST(HttpClient, OriginNamesNoPathAndNoUser) {
  EXPECT_EQ(OriginOf("https://h.example:8443/r4/Patient/1?name=x"), "https://h.example:8443");
  EXPECT_EQ(OriginOf("https://user:pw@h.example?x"), "https://h.example");
  EXPECT_EQ(OriginOf("nonsense"), "");
}

}  // namespace
}  // namespace facet::net
