// What fails, or is too much, must not stop the rest.
#include "tests/unit/engine/engine_fixture.hpp"

namespace facet::engine {
namespace {

constexpr std::int64_t kDay = UtcInstant::kMsPerDay;

TEST_F(EngineTest, AReadThatFailsForEverIsDeadAndSaysSo) {
  SlowDown();
  Start();
  RunFor(0);
  int status = 500;
  answer_ = [this, &status](const intake::Request& request) {
    if (request.path != "Observation/o1") return server_.Handle(request, now_);
    intake::Answer answer;
    answer.status = status;
    return answer;
  };
  Notify("Observation", "o1", "");
  RunFor(7'200'000);
  EXPECT_EQ(store_->Count()->inbox_dead, 1);
  EXPECT_EQ(Seen(EventKind::inbox_notification_given_up), 1);
  EXPECT_EQ(std::count(paths_.begin(), paths_.end(), "GET Observation/o1"), 12);
  // A server that refuses everybody is no reason.
  status = 401;
  Notify("Observation", "o1", "");
  RunFor(kDay);
  EXPECT_EQ(store_->Count()->inbox_new, 1);
}

TEST_F(EngineTest, WithoutASweepAReadIsNotGivenUp) {
  SlowDown();
  settings_.follow_sweep = false;
  Start();
  RunFor(0);
  answer_ = [this](const intake::Request& request) {
    if (request.path != "Observation/o1") return server_.Handle(request, now_);
    intake::Answer answer;
    answer.status = 500;
    return answer;
  };
  Notify("Observation", "o1", "");
  RunFor(kDay);
  EXPECT_EQ(store_->Count()->inbox_new, 1);
  answer_ = {};
  RunFor(3'600'000);
  EXPECT_EQ(store_->Count()->inbox_new, 0);
}

TEST_F(EngineTest, ReadsThatFailDoNotBlockTheInbox) {
  SlowDown();
  Start();
  RunFor(0);
  answer_ = [this](const intake::Request& request) {
    if (!request.path.starts_with("Observation/bad")) return server_.Handle(request, now_);
    intake::Answer answer;
    answer.status = 500;
    return answer;
  };
  for (int i = 0; i < 1100; ++i) Notify("Observation", "bad" + std::to_string(i), "");
  Notify("Observation", "good", "");
  RunFor(10'000);
  EXPECT_TRUE(Asked("GET Observation/good"));
}

TEST_F(EngineTest, AFloodOfNotificationsStopsNothingElse) {
  Start();
  RunFor(60'000);
  const std::int64_t swept = Seen(EventKind::sweep_finished);
  for (int i = 0; i < 5000; ++i) Notify("Observation", "o" + std::to_string(i), "Patient/stranger");
  now_ = now_.PlusMs(600'000);
  // As many steps as there are kinds of work.
  Budget few;
  few.steps_max = 4;
  sent_.clear();
  engine_->Turn(now_, few);
  EXPECT_EQ(std::count_if(sent_.begin(), sent_.end(),
                          [](const auto& request) { return request.purpose == intake::Purpose::kSweep; }),
            2);
  EXPECT_GT(store_->Count()->inbox_new, 4990);
  RunFor(0);
  EXPECT_GT(Seen(EventKind::sweep_finished), swept);
  EXPECT_EQ(store_->Count()->inbox_new, 0);
}

TEST_F(EngineTest, AClockThatIsSetBackStopsNothing) {
  settings_.recheck_secs = 365 * 86'400;
  bool fails = true;
  answer_ = [this, &fails](const intake::Request& request) {
    const bool write = request.purpose == intake::Purpose::kDeliveryWrite;
    const bool gather = request.path.starts_with("Condition?");
    if (!fails || (!write && !gather)) return server_.Handle(request, now_);
    intake::Answer answer;
    answer.status = write ? 503 : 429;
    return answer;
  };
  Start();
  WriteFailure();
  RunFor(600'000);  // its conditions are waited for
  EXPECT_TRUE(Find("CarePlan", "").empty());
  now_ = now_.PlusMs(-10 * kDay);
  const std::int64_t swept = Seen(EventKind::sweep_finished);
  fails = false;
  RunFor(10'000);
  EXPECT_EQ(Seen(EventKind::engine_clock_set_back), 1);
  EXPECT_EQ(Find("CarePlan", "draft").size(), 1U);
  EXPECT_GT(Seen(EventKind::sweep_finished), swept);
}

TEST_F(EngineTest, AWriteThatWaitsIsMadeWhenTheClockIsSetBack) {
  settings_.recheck_secs = 365 * 86'400;
  bool fails = true;
  answer_ = [this, &fails](const intake::Request& request) {
    if (!fails || request.purpose != intake::Purpose::kDeliveryWrite) return server_.Handle(request, now_);
    intake::Answer answer;
    answer.status = 429;
    return answer;
  };
  Start();
  WriteFailure();
  RunFor(600'000);
  EXPECT_FALSE(Rows().empty());
  EXPECT_TRUE(Find("CarePlan", "").empty());
  now_ = now_.PlusMs(-10 * kDay);
  fails = false;
  RunFor(10'000);
  EXPECT_EQ(Find("CarePlan", "draft").size(), 1U);
}

TEST_F(EngineTest, AClockThatIsSetBackWhileTheProcessIsDownStopsNothing) {
  settings_.recheck_secs = 365 * 86'400;
  bool fails = true;
  answer_ = [this, &fails](const intake::Request& request) {
    const bool write = request.purpose == intake::Purpose::kDeliveryWrite;
    const bool gather = request.path.starts_with("Condition?");
    if (!fails || (!write && !gather)) return server_.Handle(request, now_);
    intake::Answer answer;
    answer.status = write ? 503 : 429;
    return answer;
  };
  Start();
  WriteFailure();
  RunFor(600'000);
  WriteFailure("p2");
  RunFor(600'000);
  EXPECT_TRUE(Find("CarePlan", "").empty());
  engine_.reset();
  now_ = now_.PlusMs(-10 * kDay);
  fails = false;
  Start();
  const std::int64_t swept = Seen(EventKind::sweep_finished);
  RunFor(10'000);
  EXPECT_EQ(Seen(EventKind::engine_clock_set_back), 1);
  EXPECT_EQ(Find("CarePlan", "draft").size(), 2U);
  EXPECT_GT(Seen(EventKind::sweep_finished), swept);
  Start();
  RunFor(10'000);
  EXPECT_EQ(Seen(EventKind::engine_clock_set_back), 1);  // said once
}

TEST_F(EngineTest, AWriteThatIsOwedIsMadeAfterARestartWithAnEarlierClock) {
  settings_.recheck_secs = 365 * 86'400;
  bool fails = true;
  answer_ = [this, &fails](const intake::Request& request) {
    if (!fails || request.purpose != intake::Purpose::kDeliveryWrite) return server_.Handle(request, now_);
    intake::Answer answer;
    answer.status = 429;
    return answer;
  };
  Start();
  WriteFailure();
  RunFor(600'000);
  EXPECT_FALSE(Rows().empty());
  engine_.reset();
  now_ = now_.PlusMs(-10 * kDay);
  fails = false;
  Start();
  RunFor(10'000);
  EXPECT_EQ(Find("CarePlan", "draft").size(), 1U);
}

TEST_F(EngineTest, FactsAreQuietAgainAfterTheClockWasSetBack) {
  rules_.policy().stable_age_secs = 3600;
  settings_.recheck_secs = 365 * 86'400;
  Start();
  WriteFailure();
  RunFor(600'000);
  now_ = now_.PlusMs(-10 * kDay);
  RunFor(3'600'000);
  EXPECT_EQ(Find("CarePlan", "draft").size(), 1U);
}

TEST_F(EngineTest, AClockThatIsCorrectedALittleIsNotSetBack) {
  Start();
  RunFor(60'000);
  now_ = now_.PlusMs(-5'000);
  Turn();
  EXPECT_EQ(Seen(EventKind::engine_clock_set_back), 0);
  now_ = now_.PlusMs(-5'001);
  Turn();
  EXPECT_EQ(Seen(EventKind::engine_clock_set_back), 1);
}

TEST_F(EngineTest, SubscriptionsThatAreNotWantedAnyMoreAreSwitchedOff) {
  Start();
  RunFor(60'000);
  ASSERT_EQ(Find("Subscription", "active").size(), 2U);
  settings_.follow_subscription = false;
  Start();
  RunFor(60'000);
  EXPECT_EQ(Find("Subscription", "off").size(), 2U);
  EXPECT_EQ(Find("Subscription", "").size(), 2U);
  paths_.clear();
  Start();
  RunFor(60'000);
  EXPECT_TRUE(std::none_of(paths_.begin(), paths_.end(),
                           [](const std::string& path) { return path.find("Subscription") != std::string::npos; }));
  settings_.follow_subscription = true;
  Start();
  RunFor(60'000);
  EXPECT_EQ(Find("Subscription", "active").size(), 2U);
}

TEST_F(EngineTest, OneThatIsRetiredSurvivesARestart) {
  Start();
  RunFor(60'000);
  settings_.follow_subscription = false;
  answer_ = [](const intake::Request&) {
    intake::Answer down;
    down.error = ErrorCode::kNetConnect;
    return down;
  };
  Start();
  RunFor(60'000);
  answer_ = {};
  Start();
  RunFor(60'000);
  EXPECT_EQ(Find("Subscription", "off").size(), 2U);
}

// A notification that does not say what has changed is looked into, whether sweeps are configured or not.
TEST_F(EngineTest, WithoutASweepANotificationWithoutContentIsOneSearch) {
  SlowDown();
  settings_.follow_sweep = false;
  Start();
  WriteFailure();
  RunFor(2 * kDay);
  const auto searches = [this] {
    return std::count_if(paths_.begin(), paths_.end(),
                         [](const std::string& path) { return path.find("_lastUpdated") != std::string::npos; });
  };
  EXPECT_EQ(searches(), 0);
  EXPECT_TRUE(Find("CarePlan", "").empty());
  engine_->Accept(intake::Hint{}, now_, [](const Status&) {});
  RunFor(60'000);
  EXPECT_EQ(searches(), 2);  // procedures, observations
  EXPECT_EQ(Find("CarePlan", "draft").size(), 1U);
  RunFor(5 * kDay);
  Start();
  RunFor(kDay);
  EXPECT_EQ(searches(), 2);
}

TEST_F(EngineTest, WithoutASweepTheOneSearchSurvivesARestart) {
  SlowDown();
  settings_.follow_sweep = false;
  Start();
  WriteFailure();
  RunFor(kDay);
  answer_ = [this](const intake::Request& request) {
    if (request.path.find("_lastUpdated") == std::string::npos) return server_.Handle(request, now_);
    intake::Answer down;
    down.error = ErrorCode::kNetConnect;
    return down;
  };
  engine_->Accept(intake::Hint{}, now_, [](const Status&) {});
  RunFor(60'000);
  answer_ = {};
  Start();
  RunFor(60'000);
  EXPECT_EQ(Find("CarePlan", "draft").size(), 1U);
}

// A drain between the read and the write of a delivery.
TEST_F(EngineTest, ADrainLeavesNoWriteThatWasNeverSent) {
  bool drained = false;
  answer_ = [this, &drained](const intake::Request& request) {
    intake::Answer answer = server_.Handle(request, now_);
    if (request.purpose == intake::Purpose::kDeliveryRead && !drained) {
      drained = true;
      engine_->Drain();
    }
    return answer;
  };
  Start();
  WriteFailure();
  while (!drained) RunFor(1000);
  Settle();
  EXPECT_EQ(engine_->state().in_flight, 0U);
  EXPECT_EQ(engine_->state().unsent, 0U);
  for (const auto& row : Rows()) EXPECT_NE(row.state, delivery::OutboxState::kInFlight);
  Start();
  RunFor(5000);
  EXPECT_EQ(Find("CarePlan", "draft").size(), 1U);
}

// The same for writes that waited for a free place.
TEST_F(EngineTest, ADrainTakesBackWritesThatWait) {
  settings_.requests_max = 2;
  SlowDown();
  Start();
  for (int i = 0; i < 8; ++i) WriteFailure("p" + std::to_string(i));
  // Requests are answered, two at a time, until a write waits.
  for (int i = 0; i < 10'000 && !(engine_->state().unsent > 0 && HasInFlight()); ++i) {
    now_ = now_.PlusMs(100);
    server_.ActivateSubscriptions(now_);
    Turn();
    std::deque<intake::Request> requests = std::move(sent_);
    sent_.clear();
    for (const intake::Request& request : requests) {
      intake::Answer answer = server_.Handle(request, now_);
      answer.request = request.id;
      engine_->Deliver(std::move(answer));
    }
    engine_->Turn(now_, Budget{});
  }
  ASSERT_GT(engine_->state().unsent, 0U);
  engine_->Drain();
  Settle();
  EXPECT_EQ(engine_->state().in_flight, 0U);
  EXPECT_FALSE(HasInFlight());
  Start();
  RunFor(1'000'000);
  EXPECT_EQ(Find("CarePlan", "draft").size(), 8U);
}

}  // namespace
}  // namespace facet::engine
