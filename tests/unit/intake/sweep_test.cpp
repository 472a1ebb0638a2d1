#include "tests/unit/intake/answers.hpp"

#include "adapter/intake/sweep.hpp"

#include <gtest/gtest.h>

namespace facet::intake {
namespace {

class SweepTest : public ::testing::Test {
 protected:
  SweepTest() {
    plan_.code_lists = {"a%7C1"};
    plan_.server_base = "http://h/fhir";
    plan_.retry = {1000, 60'000};
    state_.type = "Procedure";
    state_.watermark = Instant("2026-03-01T00:00:00Z");
    state_.next_at = now_;
  }

  std::string Begin(std::uint64_t run = 1) {
    SweepStep step = BeginSweep(state_, plan_, now_, run);
    state_ = step.state;
    return step.asks.empty() ? "" : step.asks.front().request.path;
  }
  // The path of the next page, "" at the end.
  std::string Take(Answer answer) {
    answer.date = "Sun, 01 Mar 2026 12:00:00 GMT";
    return TakeAsIs(answer);
  }
  std::string TakeAsIs(const Answer& answer) {
    SweepStep step = TakeSweep(state_, answer, plan_, now_, 1, prng_);
    state_ = step.state;
    resources_ = step.resources.size();
    return step.asks.empty() ? "" : step.asks.front().request.path;
  }
  static std::string PageJson(const std::string& next, const std::string& updated) {
    return R"({"resourceType":"Bundle","link":[)" +
           (next.empty() ? "" : R"({"relation":"next","url":")" + next + "\"}") +
           R"(],"entry":[{"resource":{"resourceType":"Procedure","id":"1","meta":{"lastUpdated":")" + updated +
           R"("}}}]})";
  }

  SweepPlan plan_;
  SweepState state_;
  std::size_t resources_ = 0;
  UtcInstant now_ = Instant("2026-03-01T12:00:03Z");
  Prng prng_{3};
};

TEST_F(SweepTest, AsksFromTheWatermarkWithItsOverlap) {
  EXPECT_EQ(Begin(), "Procedure?_lastUpdated=ge2026-02-28T23:55:00Z&code=a%7C1&_sort=_lastUpdated&_count=50");
}

TEST_F(SweepTest, FollowsPagesAndMovesTheWatermarkOnlyAtTheEnd) {
  const UtcInstant before = state_.watermark;
  Begin();
  EXPECT_EQ(Take(Reply(200, PageJson("http://h/fhir?_getpages=1", "2026-03-01T11:00:00Z"))), "?_getpages=1");
  EXPECT_EQ(resources_, 1U);
  EXPECT_EQ(state_.watermark, before);
  EXPECT_EQ(Take(Reply(200, PageJson("", "2026-03-01T11:59:59Z"))), "");
  // Never beyond the server's time less the window in which a commit may still become visible.
  EXPECT_EQ(state_.watermark, Instant("2026-03-01T11:57:55Z"));
  EXPECT_EQ(state_.next_at, now_.PlusMs(300'000));
}

TEST_F(SweepTest, SeveralCodeListsAreOneSweep) {
  plan_.code_lists = {"a%7C1", "a%7C2"};
  const UtcInstant before = state_.watermark;
  Begin();
  EXPECT_NE(Take(Reply(200, PageJson("", "2026-03-01T11:00:00Z"))).find("code=a%7C2"), std::string::npos);
  EXPECT_EQ(state_.watermark, before);
  EXPECT_EQ(Take(Reply(200, PageJson("", "2026-03-01T11:00:00Z"))), "");
  EXPECT_GT(state_.watermark, before);
}

TEST_F(SweepTest, WithoutAServerTimeTheLatestResourceIsTheAnchor) {
  Begin();
  TakeAsIs(Reply(200, PageJson("", "2026-03-01T11:00:00Z")));
  EXPECT_EQ(state_.watermark, Instant("2026-03-01T10:57:55Z"));
}

TEST_F(SweepTest, AnExpiredPageBeginsAgainFromTheWatermark) {
  const UtcInstant before = state_.watermark;
  for (const int status : {404, 410}) {
    state_.next_at = now_;
    const std::string first = Begin();
    Take(Reply(200, PageJson("http://h/fhir?_getpages=1", "2026-03-01T11:00:00Z")));
    Take(Reply(status));
    EXPECT_EQ(state_.watermark, before);
    EXPECT_GT(state_.next_at, now_);
    EXPECT_EQ(Begin(), first);
  }
}

TEST_F(SweepTest, GarbageAndForeignLinksMoveNothing) {
  const UtcInstant before = state_.watermark;
  Begin();
  Take(Reply(200, "<html>"));
  Begin();
  Take(Reply(200, R"({"resourceType":"OperationOutcome"})"));
  Begin();
  Take(Reply(200, PageJson("http://h/other?_getpages=1", "2026-03-01T11:00:00Z")));
  EXPECT_EQ(state_.watermark, before);
  EXPECT_EQ(state_.failures, 3);
}

TEST_F(SweepTest, AServerThatIgnoresTheFilterIsNotReadForEver) {
  plan_.pages_max = 3;
  Begin();
  std::string next = "x";
  int pages = 0;
  while (!next.empty() && pages < 10) {
    next = Take(Reply(200, PageJson("http://h/fhir?_getpages=1", "2026-03-01T11:00:00Z")));
    ++pages;
  }
  EXPECT_EQ(pages, 4);
  EXPECT_EQ(state_.failures, 1);
}

TEST_F(SweepTest, APageThatFailsIsAskedForAgain) {
  const UtcInstant before = state_.watermark;
  Begin();
  Take(Reply(200, PageJson("http://h/fhir?_getpages=1", "2026-03-01T11:00:00Z")));
  Take(Reply(500));
  EXPECT_EQ(state_.watermark, before);
  EXPECT_GT(state_.next_at, now_);
  EXPECT_EQ(Begin(), "?_getpages=1");
  Take(Reply(200, PageJson("", "2026-03-01T11:00:00Z")));
  EXPECT_GT(state_.watermark, before);
  EXPECT_EQ(state_.failures, 0);
}

TEST_F(SweepTest, APageThatAlwaysFailsSlowsTheSweepDown) {
  std::vector<std::int64_t> pauses;
  int begun = 0;
  for (int i = 0; i < 12; ++i) {
    const std::string asked = Begin();
    if (asked != "?_getpages=1") {
      ++begun;
      EXPECT_EQ(Take(Reply(200, PageJson("http://h/fhir?_getpages=1", "2026-03-01T11:00:00Z"))), "?_getpages=1");
    }
    Take(Reply(500));
    pauses.push_back(state_.next_at.ms - now_.ms);
    now_ = state_.next_at;
  }
  EXPECT_EQ(begun, 4);  // three tries of the page, then from the watermark
  EXPECT_EQ(state_.failures, 12);
  for (std::size_t i = 7; i < pauses.size(); ++i) EXPECT_GE(pauses[i], 15'000) << i;
}

TEST_F(SweepTest, FailuresOfALongSweepThatComesOnDoNotAddUp) {
  Begin();
  for (int i = 0; i < 20; ++i) {
    Take(Reply(200, PageJson("http://h/fhir?_getpages=1", "2026-03-01T11:00:00Z")));
    Take(Reply(503));
    EXPECT_EQ(state_.failures, 1);
    now_ = state_.next_at;
    Begin();
  }
}

TEST_F(SweepTest, AServerClockThatRunsAheadDoesNotMoveTheWatermarkAhead) {
  Begin();
  Answer answer = Reply(200, PageJson("", "2026-03-01T11:00:00Z"));
  answer.date = "Tue, 01 Jan 2036 12:00:00 GMT";
  TakeAsIs(answer);
  EXPECT_EQ(state_.watermark, now_.PlusMs(-plan_.commit_window_ms));
}

TEST_F(SweepTest, TheServersOwnDateOfTheBundleCountsWhereItIsEarlier) {
  Begin();
  Take(Reply(200, R"({"resourceType":"Bundle","meta":{"lastUpdated":"2026-03-01T11:50:00Z"}})"));
  EXPECT_EQ(state_.watermark, Instant("2026-03-01T11:50:00Z").PlusMs(-plan_.commit_window_ms));
}

TEST_F(SweepTest, AResourceOfTheFutureDoesNotMoveTheWatermarkThere) {
  Begin();
  TakeAsIs(Reply(200, PageJson("", "2036-03-01T11:00:00Z")));
  EXPECT_EQ(state_.watermark, now_.PlusMs(-plan_.commit_window_ms));
}

TEST_F(SweepTest, AWatermarkOfTheFutureIsTakenBackAndSaid) {
  state_.first = Instant("2026-01-31T00:05:00Z");
  state_.watermark = Instant("2036-01-01T00:00:00Z");
  const SweepStep step = BeginSweep(state_, plan_, now_, 1);
  ASSERT_EQ(step.events.size(), 1U);
  EXPECT_EQ(step.events.front().kind, EventKind::sweep_watermark_refused);
  EXPECT_NE(step.asks.front().request.path.find("_lastUpdated=ge2026-01-31T00:00:00Z"), std::string::npos);
  // A clock that was set a little is no reason to begin anew.
  state_.watermark = now_.PlusMs(UtcInstant::kMsPerHour);
  EXPECT_TRUE(BeginSweep(state_, plan_, now_, 1).events.empty());
  state_.watermark = now_.PlusMs(UtcInstant::kMsPerHour + 1);
  EXPECT_EQ(BeginSweep(state_, plan_, now_, 1).state.watermark, state_.first);
}

TEST_F(SweepTest, HurryDuringASweepMakesAnother) {
  Begin();
  state_ = HurrySweep(state_, now_);
  Take(Reply(200, PageJson("", "2026-03-01T11:00:00Z")));
  EXPECT_EQ(state_.next_at, now_);
  state_.next_at = now_.PlusMs(1000);
  state_ = HurrySweep(state_, now_);
  EXPECT_EQ(state_.next_at, now_);
}

TEST_F(SweepTest, PagesOfAnotherProcessAreNotTakenUp) {
  const std::string first = Begin(1);
  state_.next_path = "?_getpages=1";
  EXPECT_EQ(Begin(2), first);
}

TEST_F(SweepTest, IsStored) {
  Begin();
  Take(Reply(200, PageJson("http://h/fhir?_getpages=1", "2026-03-01T11:00:00Z")));
  json::Writer writer;
  WriteSweep(writer, state_);
  EXPECT_EQ(LoadSweep(json::Parse(writer.text())->root()), state_);
}

}  // namespace
}  // namespace facet::intake
