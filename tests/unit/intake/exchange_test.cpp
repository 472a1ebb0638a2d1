#include "tests/unit/intake/answers.hpp"

#include "adapter/intake/capability.hpp"
#include "adapter/intake/exchange.hpp"
#include "adapter/intake/search.hpp"

#include <gtest/gtest.h>

namespace facet::intake {
namespace {

TEST(Answers, EachHasOneMeaning) {
  const std::pair<int, AnswerClass> statuses[] = {
      {200, AnswerClass::kOk},       {201, AnswerClass::kOk},       {204, AnswerClass::kOk},
      {302, AnswerClass::kGarbage},  {400, AnswerClass::kRejected}, {401, AnswerClass::kRefused},
      {403, AnswerClass::kRefused},  {404, AnswerClass::kNotFound}, {405, AnswerClass::kRejected},
      {408, AnswerClass::kFailed},   {409, AnswerClass::kConflict}, {410, AnswerClass::kGone},
      {412, AnswerClass::kConflict}, {422, AnswerClass::kRejected}, {429, AnswerClass::kThrottled},
      {500, AnswerClass::kFailed},   {501, AnswerClass::kRejected}, {503, AnswerClass::kFailed},
  };
  for (const auto& [status, kind] : statuses) EXPECT_EQ(Classify(Reply(status)), kind) << status;
  EXPECT_EQ(Classify(NoReply(ErrorCode::kNetConnect)), AnswerClass::kUnsent);
  EXPECT_EQ(Classify(NoReply(ErrorCode::kNetTimeout)), AnswerClass::kFailed);
  EXPECT_EQ(Classify(NoReply(ErrorCode::kNetBroken)), AnswerClass::kFailed);
  EXPECT_EQ(Classify(Reply(200, "<html>")), AnswerClass::kGarbage);
  EXPECT_EQ(CodeOf(Reply(200, "<html>")), ErrorCode::kServerGarbage);
  for (const int status : {404, 410}) {
    const AnswerClass said = status == 404 ? AnswerClass::kNotFound : AnswerClass::kGone;
    EXPECT_EQ(Classify(Reply(status, R"({"resourceType":"OperationOutcome"})")), said);
    EXPECT_EQ(Classify(Reply(status, "default backend - 404")), AnswerClass::kGarbage);
    EXPECT_EQ(Classify(Reply(status, R"({"error":"no such route"})")), AnswerClass::kGarbage);
    EXPECT_EQ(CodeOf(Reply(status, "<html>")), ErrorCode::kServerGarbage);
  }
  // FHIR, but not what was asked for: who asks for the code could not use it.
  EXPECT_EQ(CodeOf(Reply(200, R"({"resourceType":"Basic"})")), ErrorCode::kServerGarbage);
}

TEST(Retry, GrowsWithJitterUpToItsLimit) {
  Prng prng(1);
  const RetryPace pace{1000, 60'000};
  for (int attempt = 1; attempt < 40; ++attempt) {
    const std::int64_t ceiling = attempt > 6 ? 60'000 : 1000LL << (attempt - 1);
    const std::int64_t delay = RetryDelayMs(attempt, pace, Reply(500), prng);
    EXPECT_GE(delay, ceiling / 4);
    EXPECT_LE(delay, ceiling);
  }
}

TEST(Failing, OutagesDoNotCount) {
  for (const int status : {401, 408, 429, 502, 503, 504}) EXPECT_TRUE(IsOutage(Reply(status))) << status;
  for (const int status : {200, 400, 403, 404, 500, 501}) EXPECT_FALSE(IsOutage(Reply(status))) << status;
  EXPECT_TRUE(IsOutage(NoReply(ErrorCode::kNetConnect)));
  EXPECT_TRUE(IsOutage(NoReply(ErrorCode::kNetTimeout)));
  const UtcInstant start = Instant("2026-03-01T10:00:00Z");
  const UtcInstant never;
  Failing failing;
  for (int i = 0; i < 100; ++i) failing.Add(Reply(503), start, never);
  EXPECT_EQ(failing.tries, 100);
  failing.Add(Reply(500), start, never);
  failing.Add(Reply(500), start.PlusMs(1000), never);
  EXPECT_FALSE(failing.Lasts(3, 1000, start.PlusMs(1000)));
  EXPECT_TRUE(failing.Lasts(2, 1000, start.PlusMs(1000)));
  EXPECT_FALSE(failing.Lasts(2, 1001, start.PlusMs(1000)));
  failing.Add(NoReply(ErrorCode::kNetConnect), start.PlusMs(2000), never);
  failing.Add(Reply(500), start.PlusMs(3000), never);
  EXPECT_FALSE(failing.Lasts(2, 0, start.PlusMs(3000)));
}

TEST(Failing, AServerThatAnswersOthersIsNotOut) {
  const UtcInstant start = Instant("2026-03-01T10:00:00Z");
  for (const int status : {504, 503, 0}) {
    Failing failing;
    for (int i = 1; i <= 8; ++i) failing.Add(Reply(status), start.PlusMs(i * 1000), start.PlusMs(i * 1000 - 500));
    EXPECT_TRUE(failing.Lasts(8, 7000, start.PlusMs(8000))) << status;
    // Then nothing is answered any more.
    failing.Add(Reply(status), start.PlusMs(9000), start.PlusMs(7500));
    EXPECT_TRUE(failing.Lasts(8, 7000, start.PlusMs(9000))) << status << ": no proof yet";
    failing.Add(Reply(status), start.PlusMs(700'000), start.PlusMs(7500));
    EXPECT_FALSE(failing.Lasts(1, 0, start.PlusMs(700'000))) << status;
  }
  // It asks for patience, whoever else is served.
  Failing throttled;
  for (int i = 1; i <= 20; ++i) throttled.Add(Reply(429), start.PlusMs(i * 1000), start.PlusMs(i * 1000 - 500));
  EXPECT_FALSE(throttled.Lasts(1, 0, start.PlusMs(20'000)));
}

TEST(Retry, RetryAfterWins) {
  Prng prng(1);
  Answer answer = Reply(503);
  answer.retry_after = "30";
  EXPECT_EQ(RetryDelayMs(1, {1000, 60'000}, answer, prng), 30'000);
  answer.retry_after = "3600";
  EXPECT_EQ(RetryDelayMs(1, {1000, 60'000}, answer, prng), 60'000);
}

TEST(Search, CodesAreSplitAtTheLimit) {
  const std::vector<std::string> codes = {"http://a|1", "http://a|2", "http://a|3"};
  EXPECT_EQ(JoinCodes(codes, 1000, true), std::vector<std::string>{"http://a|1,http://a|2,http://a|3"});
  EXPECT_EQ(JoinCodes(codes, 21, true), (std::vector<std::string>{"http://a|1,http://a|2", "http://a|3"}));
  EXPECT_EQ(JoinCodes(codes, 20, true).size(), 3U);
  EXPECT_EQ(JoinCodes({"http://a|x,y"}, 100, false), std::vector<std::string>{"http://a%7Cx%5C,y"});
  EXPECT_TRUE(JoinCodes({}, 100, true).empty());
}

TEST(Search, APageGivesMatchesNextLinkAndTheServersTime) {
  Answer answer = Reply(200, R"({"resourceType":"Bundle","link":[{"relation":"self","url":"x"},
    {"relation":"next","url":"http://h/fhir?_getpages=7"}],"entry":[
    {"resource":{"resourceType":"Procedure","id":"1"},"search":{"mode":"match"}},
    {"resource":{"resourceType":"OperationOutcome"},"search":{"mode":"outcome"}}]})");
  answer.date = "Sun, 06 Nov 1994 08:49:37 GMT";
  const auto page = ReadSearchPage(answer, "http://h/fhir");
  ASSERT_TRUE(page.ok());
  EXPECT_EQ(page->resources.size(), 1U);
  EXPECT_EQ(page->next, "?_getpages=7");
  EXPECT_EQ(page->server_now, Instant("1994-11-06T08:49:37Z"));
  EXPECT_FALSE(ReadSearchPage(Reply(200, R"({"resourceType":"Procedure"})"), "").ok());
  EXPECT_FALSE(ReadSearchPage(Reply(200), "").ok());
}

TEST(Capability, WhatIsSaidOfATypeIsKept) {
  const auto read = ReadCapability(json::Parse(R"({"resourceType":"CapabilityStatement","rest":[{"mode":"server",
    "resource":[{"type":"CarePlan","updateCreate":true},{"type":"Patient","conditionalCreate":true}]}]})")
                                       ->root());
  ASSERT_TRUE(read.ok());
  EXPECT_TRUE(read->Of("CarePlan").update_create);
  EXPECT_FALSE(read->Of("CarePlan").conditional_create);
  EXPECT_TRUE(read->Lists("Patient"));
  EXPECT_FALSE(read->Lists("Device"));
  json::Writer writer;
  WriteCapability(writer, *read);
  EXPECT_EQ(LoadCapability(json::Parse(writer.text())->root()), *read);
  EXPECT_FALSE(ReadCapability(json::Parse("{}")->root()).ok());
}

}  // namespace
}  // namespace facet::intake
