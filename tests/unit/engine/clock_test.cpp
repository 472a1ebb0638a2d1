// The wall clock is set, forward and back, while the engine runs and while it is down.
#include "tests/unit/engine/engine_fixture.hpp"

namespace facet::engine {

namespace {
constexpr std::int64_t kMinute = 60'000;
constexpr std::int64_t kHour = 60 * kMinute;
}  // namespace

class ClockTest : public EngineTest {
 protected:
  // The first write gets no answer, and is not applied yet.
  void LoseFirstWrite() {
    answer_ = [this](const intake::Request& request) {
      if (request.purpose != intake::Purpose::kDeliveryWrite || lost_) return server_.Handle(request, now_);
      lost_ = request;
      intake::Answer answer;
      answer.error = ErrorCode::kNetBroken;
      return answer;
    };
    Start();
    WriteFailure();
    while (!lost_) RunFor(1000);
  }
  // A server that offers no way to write once for certain.
  void UsePlainServer() {
    testing::ModelServer::Options options;
    options.update_create = false;
    options.conditional_create = false;
    server_ = testing::ModelServer(options);
  }
  std::optional<intake::Request> lost_;
};

TEST_F(ClockTest, ASetBackClockDoesNotProlongTheWaitForALostWrite) {
  LoseFirstWrite();
  SetClock(-24 * kHour);
  server_.ActivateSubscriptions(now_);
  RunFor(10 * kMinute);
  EXPECT_EQ(Find("CarePlan", "draft").size(), 1U);
}

TEST_F(ClockTest, AClockSetBackWithoutASteadyOneDoesNotProlongItEither) {
  LoseFirstWrite();
  now_ = now_.PlusMs(-24 * kHour);
  server_.ActivateSubscriptions(now_);
  RunFor(10 * kMinute);
  EXPECT_EQ(Find("CarePlan", "draft").size(), 1U);
}

TEST_F(ClockTest, ASetForwardClockDoesNotShortenTheWaitForALostWrite) {
  UsePlainServer();
  LoseFirstWrite();
  RunFor(5000);
  SetClock(10 * kMinute);
  RunFor(5000);
  EXPECT_EQ(Seen(EventKind::engine_clock_set_forward), 1);
  EXPECT_TRUE(Find("CarePlan", "").empty());
  server_.Handle(*lost_, now_);
  RunFor(kHour);
  EXPECT_EQ(Find("CarePlan", "").size(), 1U);
  EXPECT_EQ(Seen(EventKind::proposal_feedback_recorded), 0);
}

TEST_F(ClockTest, AClockSetWhileTheProcessIsDownDoesNotShortenIt) {
  for (const std::int64_t by_ms : {10 * kMinute, -kHour}) {
    UsePlainServer();
    store_ = *store::SqliteStore::OpenInMemory();
    lost_.reset();
    LoseFirstWrite();
    SetClock(by_ms);
    Start();
    RunFor(5000);
    EXPECT_TRUE(Find("CarePlan", "").empty()) << by_ms;
    server_.Handle(*lost_, now_);
    RunFor(kHour);
    EXPECT_EQ(Find("CarePlan", "").size(), 1U) << by_ms;
  }
}

TEST_F(ClockTest, ASmallStepForwardIsNone) {
  Start();
  RunFor(kMinute);
  SetClock(kClockStepMs);
  RunFor(kMinute);
  EXPECT_EQ(Seen(EventKind::engine_clock_set_forward), 0);
  SetClock(1);
  RunFor(kMinute);
  EXPECT_EQ(Seen(EventKind::engine_clock_set_forward), 1);
  RunFor(kHour);
  EXPECT_EQ(Seen(EventKind::engine_clock_set_forward), 1);
}

TEST_F(ClockTest, OurOwnRefreshIsOursWhateverTheClockWasSetTo) {
  for (const std::int64_t by_ms : {-kMinute, -kHour, kHour}) {
    bool drop = false;
    answer_ = [&](const intake::Request& request) {
      intake::Answer answer = server_.Handle(request, now_.PlusMs(-set_ms_));
      if (!drop || request.purpose != intake::Purpose::kDeliveryWrite) return answer;
      drop = false;
      answer = {};
      answer.error = ErrorCode::kNetBroken;
      return answer;
    };
    if (engine_ == nullptr) {
      Start();
      WriteFailure();
      RunFor(10 * kMinute);
    }
    ASSERT_EQ(Find("CarePlan", "draft").size(), 1U);
    drop = true;
    WriteScore("p1-f3", static_cast<int>(7 + (by_ms > 0) + 2 * (by_ms == -kHour)), "2026-03-08T10:00:00Z");
    Notify("Observation", "p1-f3", "Patient/p1");
    Settle();
    EXPECT_FALSE(drop);
    SetClock(by_ms);
    RunFor(10 * kMinute);
    EXPECT_EQ(Seen(EventKind::proposal_feedback_recorded), 0) << by_ms;
  }
}

TEST_F(ClockTest, AStoreThatFailsAndAClockSetBackDoNotStopTheEngine) {
  Start();
  WriteFailure();
  RunFor(10 * kMinute);
  store_->SetFaultForTest([](std::uint64_t) { return store::CommitFault::kFail; });
  RunFor(10 * kMinute);
  ASSERT_GT(Seen(EventKind::engine_state_reloaded), 0);
  store_->SetFaultForTest({});
  SetClock(-kHour);
  EXPECT_FALSE(TurnOnce().store_failed);
}

class FirstStartTest : public ClockTest {
 protected:
  // From when on observations are swept.
  std::string SweptFrom() {
    const std::string wanted = "GET Observation?_lastUpdated=ge";
    for (const std::string& path : paths_) {
      if (path.starts_with(wanted)) return path.substr(wanted.size(), 10);
    }
    return "";
  }
  // Starts with a clock of the year 2036 that is then set right, with or without a restart.
  void StartInTheFuture(bool restart) {
    const std::int64_t ahead_ms = 3653 * UtcInstant::kMsPerDay;
    SetClock(ahead_ms);
    Start();
    RunFor(kMinute);
    SetClock(-ahead_ms);
    server_.ActivateSubscriptions(now_);
    paths_.clear();
    if (restart) Start();
    RunFor(kHour);
  }
};

TEST_F(FirstStartTest, InTheFutureCountsFromWhenTheClockIsSetRight) {
  StartInTheFuture(false);
  EXPECT_TRUE(SweptFrom().starts_with("2026-04-19")) << SweptFrom();
  EXPECT_EQ(Seen(EventKind::engine_first_start_refused), 1);
  EXPECT_GT(Seen(EventKind::sweep_watermark_refused), 0);
}

TEST_F(FirstStartTest, InTheFutureIsRefusedByTheNextStart) {
  StartInTheFuture(true);
  EXPECT_TRUE(SweptFrom().starts_with("2026-04-19")) << SweptFrom();
  EXPECT_EQ(Seen(EventKind::engine_first_start_refused), 1);
}

TEST_F(FirstStartTest, WithoutNotBeforeTheSessionsFromNowOnAreFollowed) {
  settings_.not_before.reset();
  SlowDown();
  StartInTheFuture(false);
  server_.Write("Patient", "p2", R"({"resourceType":"Patient"})", now_);
  WriteProcedure("p2-inj", "2026-04-21T10:00:00Z", "p2");
  WriteScore("p2-base", 7, "2026-04-19T10:00:00Z", "final", "p2");
  WriteScore("p2-f1", 7, "2026-05-10T10:00:00Z", "final", "p2");
  WriteScore("p2-f2", 8, "2026-05-25T10:00:00Z", "final", "p2");
  RunUntil(Instant("2026-07-20T10:00:00Z"));
  EXPECT_EQ(Find("CarePlan", "draft").size(), 1U);
}

TEST_F(FirstStartTest, AClockThatForgotTheTimeChangesNothing) {
  Start();
  RunFor(kMinute);
  SetClock(Instant("1970-01-02T00:00:00Z").ms - now_.ms);
  server_.ActivateSubscriptions(now_);
  RunFor(kMinute);
  EXPECT_EQ(Seen(EventKind::engine_first_start_refused), 0);
}

}  // namespace facet::engine
