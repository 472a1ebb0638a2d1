#include "tests/unit/engine/engine_fixture.hpp"

namespace facet::engine {
namespace {

constexpr std::int64_t kDay = UtcInstant::kMsPerDay;

TEST_F(EngineTest, AcceptsAreAcknowledgedAfterOneCommitForAll) {
  Start();
  RunFor(0);
  Turn();
  const std::uint64_t before = store_->commits();
  for (int i = 0; i < 100; ++i) Notify("Observation", "o" + std::to_string(i), "Patient/stranger");
  EXPECT_TRUE(acks_.empty());
  Budget nothing;
  nothing.steps_max = 0;
  engine_->Turn(now_, nothing);
  EXPECT_EQ(acks_, std::vector<bool>(100, true));
  EXPECT_EQ(store_->commits(), before + 1);
  EXPECT_EQ(store_->Count()->inbox_new, 100);
}

TEST_F(EngineTest, AnAcceptThatIsNotStoredIsRefused) {
  Start();
  Turn();
  store_->SetFaultForTest([](std::uint64_t) { return store::CommitFault::kFail; });
  Notify("Observation", "o1", "Patient/p1");
  const TurnReport report = engine_->Turn(now_, Budget{});
  EXPECT_TRUE(report.store_failed);
  EXPECT_EQ(acks_, std::vector<bool>{false});
  EXPECT_EQ(Seen(EventKind::inbox_store_refused), 1);
  store_->SetFaultForTest({});
  now_ = now_.PlusMs(2000);
  Notify("Observation", "o1", "Patient/p1");
  Turn();
  EXPECT_EQ(acks_.back(), true);
}

TEST_F(EngineTest, AStoreThatRefusesIsSaidBeforeTheRefusalAndUntilItHasWritten) {
  Start();
  RunFor(0);
  acks_.clear();
  store_->SetFaultForTest([](std::uint64_t) { return store::CommitFault::kFail; });
  Notify("Observation", "o1", "Patient/p1");
  engine_->Turn(now_, Budget{});
  EXPECT_EQ(acks_, std::vector<bool>{false});
  EXPECT_FALSE(writable_);
  EXPECT_EQ(acks_when_told_, 0U) << "who asks after its refusal must not hear that all is well";
  // A turn that has nothing to write proves nothing.
  engine_->Turn(now_, Budget{});
  EXPECT_FALSE(writable_);
  now_ = now_.PlusMs(2000);
  engine_->Turn(now_, Budget{});
  EXPECT_FALSE(writable_);
  // With room again an idle engine finds out by itself.
  store_->SetFaultForTest({});
  now_ = now_.PlusMs(500);
  const TurnReport report = engine_->Turn(now_, Budget{});
  EXPECT_FALSE(writable_) << "not more often than once a second";
  ASSERT_TRUE(report.wake_at);
  EXPECT_LE(*report.wake_at, now_.PlusMs(500));
  now_ = *report.wake_at;
  engine_->Turn(now_, Budget{});
  EXPECT_TRUE(writable_);
}

TEST_F(EngineTest, NothingLeavesBeforeItsCommit) {
  Start();
  store_->SetFaultForTest([](std::uint64_t) { return store::CommitFault::kFail; });
  EXPECT_TRUE(engine_->Turn(now_, Budget{}).store_failed);
  EXPECT_TRUE(sent_.empty());
  EXPECT_EQ(Seen(EventKind::engine_state_reloaded), 1);
  store_->SetFaultForTest({});
  now_ = now_.PlusMs(2000);
  Turn();
  EXPECT_FALSE(sent_.empty());
}

TEST_F(EngineTest, ScoresOfStrangersCostNoRequest) {
  Start();
  RunFor(0);
  paths_.clear();
  Notify("Observation", "o1", "Patient/stranger");
  Notify("Procedure", "p1", "Patient/stranger", false);
  Notify("Flag", "f1", "");
  RunFor(0);
  EXPECT_TRUE(paths_.empty());
  EXPECT_EQ(store_->Count()->inbox_new, 0);
}

TEST_F(EngineTest, AnUnknownSubjectIsRead) {
  Start();
  RunFor(0);
  Notify("Observation", "o1", "");
  RunFor(0);
  EXPECT_TRUE(Asked("GET Observation/o1"));
  EXPECT_EQ(store_->Count()->inbox_new, 0);
}

TEST_F(EngineTest, AFailedInjectionBecomesOneCarePlanAndItsProvenance) {
  Start();
  RunFor(60'000);
  WriteFailure();
  Notify("Procedure", "p1-inj", "Patient/p1", true);
  RunFor(60'000);
  ASSERT_EQ(Find("CarePlan", "draft").size(), 1U);
  EXPECT_EQ(Find("Provenance", "").size(), 1U);
  for (const auto& row : Rows()) EXPECT_EQ(row.state, delivery::OutboxState::kDone);
  EXPECT_EQ(Seen(EventKind::patient_followed), 1);
  EXPECT_EQ(Seen(EventKind::episode_judged), 1);
  EXPECT_EQ(Seen(EventKind::proposal_made), 1);
  const auto history = store_->ListJudgements(Rows().front().episode);
  ASSERT_EQ(history->size(), 2U);
  EXPECT_EQ(history->front().verdict, "no-response");
}

TEST_F(EngineTest, ASweepFindsWhatNobodyNotified) {
  Start();
  RunFor(60'000);
  WriteFailure();
  RunFor(600'000);
  EXPECT_EQ(Find("CarePlan", "draft").size(), 1U);
  EXPECT_TRUE(acks_.empty());
}

TEST_F(EngineTest, ANotificationWithoutContentSweepsNow) {
  settings_.sweep_interval_secs = 86'400;
  Start();
  RunFor(60'000);
  WriteFailure();
  engine_->Accept(intake::Hint{}, now_, [](const Status&) {});
  RunFor(10'000);
  EXPECT_EQ(Find("CarePlan", "draft").size(), 1U);
}

TEST_F(EngineTest, ShadowWritesNothingButSubscriptions) {
  SlowDown();
  settings_.write = false;
  Start();
  WriteFailure();
  RunFor(kDay);
  EXPECT_EQ(server_.writes(), 0);
  EXPECT_EQ(Find("Subscription", "active").size(), 2U);
  EXPECT_GE(Seen(EventKind::proposal_made), 1);
  EXPECT_TRUE(Rows().empty());
  // Switched on, what was found in shadow is written.
  settings_.write = true;
  Start();
  RunFor(60'000);
  EXPECT_EQ(Find("CarePlan", "draft").size(), 1U);
}

TEST_F(EngineTest, SessionsBeforeTheStartAreNotFollowed) {
  SlowDown();
  settings_.not_before = Instant("2026-02-01T10:00:01Z");
  Start();
  WriteFailure();
  RunFor(kDay);
  EXPECT_EQ(store_->Count()->patients, 0);
  settings_.not_before = Instant("2026-02-01T10:00:00Z");
  Start();
  RunFor(kDay);
  EXPECT_EQ(store_->Count()->patients, 1);
}

TEST_F(EngineTest, NothingIsWrittenBeforeTheServerSaidWhatItCan) {
  answer_ = [this](const intake::Request& request) {
    if (request.path != "metadata") return server_.Handle(request, now_);
    intake::Answer answer;
    answer.status = 200;
    answer.garbage = true;
    return answer;
  };
  Start();
  WriteFailure();
  RunFor(600'000);
  EXPECT_EQ(Rows().size(), 2U);
  EXPECT_EQ(server_.writes(), 0);
  answer_ = {};
  RunFor(1'200'000);
  EXPECT_EQ(Find("CarePlan", "draft").size(), 1U);
}

TEST_F(EngineTest, ARestartTakesUpWhatWasUnderWay) {
  Start();
  RunFor(60'000);
  WriteFailure();
  Notify("Procedure", "p1-inj", "Patient/p1", true);
  // A new process after each single turn; whatever was asked is never answered.
  for (int i = 0; i < 3; ++i) {
    engine_->Turn(now_, Budget{});
    Start();
  }
  RunFor(60'000);
  EXPECT_EQ(Find("CarePlan", "draft").size(), 1U);
  EXPECT_EQ(store_->Count()->inbox_new, 0);
}

TEST_F(EngineTest, AResourceThatChangesWhileItIsReadIsReadAgain) {
  Start();
  RunFor(60'000);
  paths_.clear();
  Notify("Observation", "o1", "");
  Turn();
  Notify("Observation", "o1", "");
  Notify("Observation", "o1", "");
  RunFor(0);
  EXPECT_EQ(std::count(paths_.begin(), paths_.end(), "GET Observation/o1"), 2);
  EXPECT_EQ(store_->Count()->inbox_new, 0);
}

TEST_F(EngineTest, AReadThatTheServerRejectsIsDeadAndSaysSo) {
  Start();
  RunFor(0);
  answer_ = [](const intake::Request&) {
    intake::Answer answer;
    answer.status = 400;
    return answer;
  };
  Notify("Observation", "o1", "");
  RunFor(0);
  EXPECT_EQ(store_->Count()->inbox_dead, 1);
}

TEST_F(EngineTest, HtmlInPlaceOfAResourceIsTriedAgain) {
  Start();
  RunFor(0);
  answer_ = [](const intake::Request&) {
    intake::Answer answer;
    answer.status = 200;
    answer.garbage = true;
    return answer;
  };
  Notify("Observation", "o1", "");
  RunFor(0);
  EXPECT_EQ(store_->Count()->inbox_new, 1);
  answer_ = {};
  RunFor(60'000);
  EXPECT_EQ(store_->Count()->inbox_new, 0);
}

TEST_F(EngineTest, AKindWhoseSecondPageAlwaysFailsIsNotAvailable) {
  SlowDown();
  answer_ = [this](const intake::Request& request) {
    if (request.path.starts_with("Condition?")) return PageBefore("second");
    if (request.path != "?_getpages=second") return server_.Handle(request, now_);
    intake::Answer answer;
    answer.status = 500;
    return answer;
  };
  Start();
  WriteFailure();
  RunFor(3'600'000);
  EXPECT_EQ(Find("CarePlan", "draft").size(), 1U);
  EXPECT_EQ(Seen(EventKind::server_evidence_unavailable), 1);
  const std::int64_t failed = Seen(EventKind::server_request_failed);
  EXPECT_GE(failed, 7);
  EXPECT_LE(failed, 12);  // within some minutes
  const auto asked = [](const std::string& path) { return path.starts_with("GET Condition?"); };
  EXPECT_EQ(std::count_if(paths_.begin(), paths_.end(), asked), failed + 1);
}

TEST_F(EngineTest, PagesWithoutEndAreGivenUp) {
  SlowDown();
  int pages = 0;
  answer_ = [this, &pages](const intake::Request& request) {
    if (!request.path.starts_with("Condition?") && request.path != "?_getpages=endless") {
      return server_.Handle(request, now_);
    }
    ++pages;
    return PageBefore("endless");
  };
  Start();
  WriteFailure();
  RunFor(3'600'000);
  EXPECT_EQ(Find("CarePlan", "draft").size(), 1U);
  EXPECT_EQ(Seen(EventKind::server_evidence_unavailable), 1);
  EXPECT_EQ(pages, 200);
}

TEST_F(EngineTest, AScoresEncounterIsReadAgainUntilTheServerIsBack) {
  SlowDown();
  WriteFailure();
  // At the emergency department the last score is another pain's.
  server_.Write("Encounter", "er", R"({"resourceType":"Encounter","class":{"code":"EMER"}})", now_);
  server_.Write("Observation", "p1-f2",
                Coded("Observation", testing::kPainCode) +
                    R"("status":"final","subject":{"reference":"Patient/p1"},"encounter":{"reference":"Encounter/er"},)"
                    R"("effectiveDateTime":"2026-03-05T10:00:00Z","valueInteger":8})",
                now_);
  int status = 401;
  answer_ = [this, &status](const intake::Request& request) {
    if (request.path != "Encounter/er" || status == 200) return server_.Handle(request, now_);
    intake::Answer answer;
    answer.status = status;
    return answer;
  };
  Start();
  // While the server refuses everybody nothing is judged, however long it takes.
  RunFor(7'200'000);
  EXPECT_EQ(Seen(EventKind::episode_judged), 0);
  EXPECT_EQ(Seen(EventKind::server_evidence_unavailable), 0);
  // It fails for this one: the episode is judged without it, and it is asked for again.
  status = 500;
  RunFor(7'200'000);
  EXPECT_EQ(Seen(EventKind::episode_judged), 1);
  EXPECT_GE(Seen(EventKind::server_evidence_unavailable), 7);  // every quarter of an hour
  EXPECT_LE(Seen(EventKind::server_evidence_unavailable), 9);
  status = 200;
  paths_.clear();
  RunFor(900'000);
  EXPECT_TRUE(Asked("GET Encounter/er"));
  paths_.clear();
  RunFor(7'200'000);
  EXPECT_FALSE(Asked("GET Encounter/er"));
}

TEST_F(EngineTest, ObservationsWithoutEndAreReadOnceADayAndNothingIsJudged) {
  SlowDown();
  int begun = 0;
  answer_ = [this, &begun](const intake::Request& request) {
    const bool first = request.path.starts_with("Observation?patient=");
    if (!first && request.path != "?_getpages=endless") return server_.Handle(request, now_);
    begun += first ? 1 : 0;
    return PageBefore("endless");
  };
  Start();
  WriteFailure();
  RunFor(2 * kDay);
  EXPECT_TRUE(Find("CarePlan", "").empty());
  EXPECT_GE(begun, 2);
  EXPECT_LE(begun, 3);
  EXPECT_EQ(Seen(EventKind::server_evidence_unavailable), begun);
}

TEST_F(EngineTest, DrainingSendsNothingNew) {
  Start();
  Turn();
  sent_.clear();
  engine_->Drain();
  Notify("Observation", "o1", "");
  Turn();
  EXPECT_TRUE(sent_.empty());
  EXPECT_EQ(acks_, std::vector<bool>{true});
}

TEST_F(EngineTest, ADayTakesNoMoreThanItsLimit) {
  SlowDown();
  settings_.per_day_max = 2;
  Start();
  for (int i = 1; i <= 3; ++i) WriteFailure("p" + std::to_string(i));
  RunFor(3'600'000);
  EXPECT_EQ(Find("CarePlan", "draft").size(), 2U);
  EXPECT_GE(Seen(EventKind::delivery_limit_reached), 1);
  RunFor(kDay);
  EXPECT_EQ(Find("CarePlan", "draft").size(), 3U);
}

TEST_F(EngineTest, NoLogLineShowsAPatient) {
  SlowDown();
  Start();
  WriteFailure("canary");
  RunFor(kDay);
  for (const Event& event : events_) {
    for (const auto& [field, value] : event.fields) {
      if (!std::holds_alternative<std::string>(value)) continue;
      EXPECT_EQ(std::get<std::string>(value).find("canary"), std::string::npos) << InfoOf(event.kind).name;
    }
  }
}

}  // namespace
}  // namespace facet::engine
