// The life of a proposal as people meet it (clinical specification, section 5).
#include "tests/unit/engine/engine_fixture.hpp"

namespace facet::engine {
namespace {

constexpr std::int64_t kDay = UtcInstant::kMsPerDay;

class ProposalLifeTest : public EngineTest {
 protected:
  ProposalLifeTest() { SlowDown(); }
  // The sweeps look now, and what they find has its effect.
  void Learn() {
    engine_->Accept(intake::Hint{}, now_, [](const Status&) {});
    RunFor(600'000);
  }
  void Propose() {
    Start();
    WriteFailure();
    Learn();
    ASSERT_EQ(Find("CarePlan", "draft").size(), 1U);
    careplan_ = Find("CarePlan", "draft").front();
  }
  std::string StatusOf(const std::string& reference) {
    return std::string(server_.Current(reference)->document.root()["status"].string());
  }
  void Edit(const std::string& status) {
    std::string content = server_.Current(careplan_)->content;
    content.replace(content.find(R"("draft")"), 7, "\"" + status + "\"");
    server_.Write("CarePlan", careplan_.substr(9), content, now_);
  }
  std::string careplan_;
};

TEST_F(ProposalLifeTest, TheSameEvidenceWritesNothingAgain) {
  Propose();
  const auto writes = server_.writes();
  RunFor(10 * kDay);
  EXPECT_EQ(server_.writes(), writes);
}

TEST_F(ProposalLifeTest, ANewScoreRefreshesIt) {
  Propose();
  WriteScore("p1-f3", 8, "2026-03-20T10:00:00Z");
  Learn();
  EXPECT_EQ(Find("CarePlan", "draft"), std::vector<std::string>{careplan_});
  EXPECT_EQ(server_.Current(careplan_)->version, 2);
}

TEST_F(ProposalLifeTest, ALateSuccessTakesItBack) {
  Propose();
  WriteScore("p1-f0", 1, "2026-02-10T10:00:00Z");
  WriteScore("p1-f9", 1, "2026-03-15T10:00:00Z");
  Learn();
  EXPECT_EQ(StatusOf(careplan_), "revoked");
}

TEST_F(ProposalLifeTest, CorrectedEvidenceWasWrong) {
  Propose();
  WriteScore("p1-f1", 1, "2026-02-20T10:00:00Z", "corrected");
  WriteScore("p1-f2", 1, "2026-03-05T10:00:00Z", "corrected");
  Learn();
  EXPECT_EQ(StatusOf(careplan_), "entered-in-error");
}

TEST_F(ProposalLifeTest, ADeletedInjectionIsFoundByItsReadAndTakesItBack) {
  Propose();
  server_.Delete("Procedure", "p1-inj", now_);
  RunFor(2 * kDay);  // nobody notified: the daily recheck finds it
  EXPECT_EQ(StatusOf(careplan_), "entered-in-error");
}

TEST_F(ProposalLifeTest, ADeleteNotificationIsOnlyAHint) {
  Propose();
  intake::Hint hint{intake::HintKind::kDeleted, "Procedure", "p1-inj", {}, false, 0};
  engine_->Accept(hint, now_, [](const Status&) {});
  Learn();
  EXPECT_EQ(StatusOf(careplan_), "draft");  // it was forged: the procedure is there
  server_.Delete("Procedure", "p1-inj", now_);
  engine_->Accept(hint, now_, [](const Status&) {});
  Learn();
  EXPECT_EQ(StatusOf(careplan_), "entered-in-error");
}

TEST_F(ProposalLifeTest, WhatFailsAgainIsProposedAnew) {
  Propose();
  WriteScore("p1-f0", 1, "2026-02-10T10:00:00Z");
  Learn();
  const std::string before = StatusOf(careplan_);
  WriteScore("p1-f0", 1, "2026-02-10T10:00:00Z", "entered-in-error");
  Learn();
  ASSERT_EQ(Find("CarePlan", "draft").size(), 1U);
  if (before != "draft") {
    EXPECT_NE(Find("CarePlan", "draft").front(), careplan_);
    EXPECT_EQ(
        server_.Current(Find("CarePlan", "draft").front())->document.root()["replaces"].at(0)["reference"].string(),
        careplan_);
  }
}

TEST_F(ProposalLifeTest, WhatAHumanTookUpIsLeftAlone) {
  Propose();
  now_ = now_.PlusMs(3'600'000);
  Edit("active");
  WriteScore("p1-f3", 8, "2026-03-20T10:00:00Z");
  RunFor(kDay);
  EXPECT_EQ(server_.Current(careplan_)->version, 2);
  EXPECT_EQ(StatusOf(careplan_), "active");
  EXPECT_EQ(Find("CarePlan", "").size(), 1U);
  EXPECT_EQ(Seen(EventKind::proposal_feedback_recorded), 1);
}

TEST_F(ProposalLifeTest, FeedbackIsLookedForWithoutAnyNews) {
  Propose();
  now_ = now_.PlusMs(3'600'000);
  Edit("active");
  RunFor(kDay);
  EXPECT_EQ(Seen(EventKind::proposal_feedback_recorded), 1);
}

TEST_F(ProposalLifeTest, WhatAHumanDeletedIsNotMadeAgain) {
  Propose();
  server_.Delete("CarePlan", careplan_.substr(9), now_);
  WriteScore("p1-f3", 8, "2026-03-20T10:00:00Z");
  RunFor(3 * kDay);
  EXPECT_TRUE(Find("CarePlan", "").empty());
}

TEST_F(ProposalLifeTest, ABlockDecidedSinceThenIsNewsForWhatWasTakenUp) {
  Propose();
  now_ = now_.PlusMs(3'600'000);
  Edit("active");
  RunFor(kDay);
  server_.Write("Procedure", "block",
                Coded("Procedure", testing::kFacetCode) +
                    R"("status":"completed","category":{"text":"diagnostic"},"subject":{"reference":"Patient/p1"},)"
                    R"("performedDateTime":"2026-04-18T08:00:00Z"})",
                now_);
  WriteScore("b0", 7, "2026-04-17T10:00:00Z");
  WriteScore("b1", 1, "2026-04-18T10:00:00Z");
  RunFor(2 * kDay);
  EXPECT_EQ(StatusOf(careplan_), "active");
  EXPECT_EQ(Find("CarePlan", "draft").size(), 1U);
}

TEST_F(ProposalLifeTest, ADraftThatNobodyTouchedExpires) {
  settings_.sweep_interval_secs = settings_.subscription_check_secs = 86'400;
  settings_.recheck_secs = settings_.feedback_secs = 10 * 86'400;
  Propose();
  RunFor(89 * kDay);
  EXPECT_EQ(StatusOf(careplan_), "draft");
  RunFor(2 * kDay);
  EXPECT_EQ(StatusOf(careplan_), "revoked");
  EXPECT_EQ(Find("CarePlan", "").size(), 1U);  // and is not made again
}

TEST_F(ProposalLifeTest, ALaterFailureOfTheCourseReplacesIt) {
  Propose();
  WriteProcedure("second", "2026-03-06T10:00:00Z");
  WriteScore("s1", 8, "2026-03-25T10:00:00Z");
  WriteScore("s2", 8, "2026-04-10T10:00:00Z");
  RunFor(kDay);
  EXPECT_EQ(StatusOf(careplan_), "revoked");
  ASSERT_EQ(Find("CarePlan", "draft").size(), 1U);
  EXPECT_EQ(server_.Current(Find("CarePlan", "draft").front())->document.root()["replaces"].at(0)["reference"].string(),
            careplan_);
}

TEST_F(ProposalLifeTest, AMergedPatientGetsItOnce) {
  Propose();
  server_.Write("Patient", "p2", R"({"resourceType":"Patient"})", now_);
  server_.Write("Patient", "p1",
                R"({"resourceType":"Patient","link":[{"type":"replaced-by","other":{"reference":"Patient/p2"}}]})",
                now_);
  WriteProcedure("p1-inj", "2026-02-01T10:00:00Z", "p2");
  WriteScore("p1-base", 7, "2026-01-30T10:00:00Z", "final", "p2");
  WriteScore("p1-f1", 7, "2026-02-20T10:00:00Z", "final", "p2");
  WriteScore("p1-f2", 8, "2026-03-05T10:00:00Z", "final", "p2");
  RunFor(2 * kDay);
  EXPECT_NE(StatusOf(careplan_), "draft");
  ASSERT_EQ(Find("CarePlan", "draft").size(), 1U);
  EXPECT_EQ(server_.Current(Find("CarePlan", "draft").front())->document.root()["subject"]["reference"].string(),
            "Patient/p2");
}

TEST_F(ProposalLifeTest, ARetractionOfWhatWasNeverSentSendsNothing) {
  Start();
  answer_ = [this](const intake::Request& request) {
    if (!request.path.starts_with("CarePlan")) return server_.Handle(request, now_);
    intake::Answer answer;
    answer.status = 403;
    return answer;
  };
  WriteFailure();
  Learn();
  WriteScore("p1-f1", 1, "2026-02-20T10:00:00Z", "corrected");
  WriteScore("p1-f2", 1, "2026-03-05T10:00:00Z", "corrected");
  Learn();
  answer_ = {};
  RunFor(kDay);
  EXPECT_TRUE(Find("CarePlan", "").empty());
  EXPECT_TRUE(Find("Provenance", "").empty());
}

TEST_F(ProposalLifeTest, EvidenceThatCannotBeReadIsNotAvailable) {
  answer_ = [this](const intake::Request& request) {
    if (!request.path.starts_with("Condition")) return server_.Handle(request, now_);
    intake::Answer answer;
    answer.status = 403;
    return answer;
  };
  Propose();
  EXPECT_EQ(Seen(EventKind::server_evidence_unavailable), 1);
  // When it can be read again, the proposal says so by itself.
  answer_ = {};
  RunFor(2 * kDay);
  EXPECT_EQ(server_.Current(careplan_)->version, 2);
}

TEST_F(ProposalLifeTest, EvidenceThatFailedOnceIsAskedForAgainBeforeTheRecheck) {
  settings_.recheck_secs = 365 * 86'400;
  answer_ = [this](const intake::Request& request) {
    if (!request.path.starts_with("Condition")) return server_.Handle(request, now_);
    intake::Answer answer;
    answer.status = 403;
    return answer;
  };
  Propose();
  const auto said = server_.Current(careplan_)->content;
  answer_ = {};
  RunFor(settings_.feedback_secs * 1000 + 60'000);
  EXPECT_EQ(server_.Current(careplan_)->version, 2);
  EXPECT_NE(server_.Current(careplan_)->content, said);
  paths_.clear();
  RunFor(3 * kDay);  // it is complete: nothing to ask for any more
  EXPECT_FALSE(Asked("GET Condition?patient=p1&_count=50"));
}

TEST_F(ProposalLifeTest, APatientWhoDiedHasNoDraft) {
  Propose();
  server_.Write("Patient", "p1", R"({"resourceType":"Patient","deceasedBoolean":true})", now_);
  RunFor(2 * kDay);
  EXPECT_EQ(StatusOf(careplan_), "revoked");
  EXPECT_GE(Seen(EventKind::proposal_held), 1);
  // The record was wrong: the failure is proposed, as another revision.
  server_.Write("Patient", "p1", R"({"resourceType":"Patient"})", now_);
  RunFor(2 * kDay);
  EXPECT_EQ(StatusOf(careplan_), "revoked");
  EXPECT_EQ(Find("CarePlan", "draft").size(), 1U);
}

TEST_F(ProposalLifeTest, APatientWhoOptsOutHasNoDraftFromTheNextStartOn) {
  Propose();
  rules_.opt_out() = {"Patient/p1"};
  settings_.site_hash = "with a list";
  Start();
  RunFor(3'600'000);
  EXPECT_EQ(StatusOf(careplan_), "revoked");
  EXPECT_TRUE(Find("CarePlan", "draft").empty());
}

TEST_F(ProposalLifeTest, WhatBelongsToAnotherPatientIsTakenBackAndSaidThere) {
  Propose();
  server_.Write("Patient", "p2", R"({"resourceType":"Patient"})", now_);
  WriteProcedure("p1-inj", "2026-02-01T10:00:00Z", "p2");
  WriteScore("p1-base", 7, "2026-01-30T10:00:00Z", "final", "p2");
  WriteScore("p1-f1", 7, "2026-02-20T10:00:00Z", "final", "p2");
  WriteScore("p1-f2", 8, "2026-03-05T10:00:00Z", "final", "p2");
  Learn();
  EXPECT_EQ(StatusOf(careplan_), "entered-in-error");
  EXPECT_EQ(server_.Current(careplan_)->document.root()["subject"]["reference"].string(), "Patient/p1");
  ASSERT_EQ(Find("CarePlan", "draft").size(), 1U);
  const auto there = server_.Current(Find("CarePlan", "draft").front())->document.root();
  EXPECT_EQ(there["subject"]["reference"].string(), "Patient/p2");
  EXPECT_EQ(there["replaces"].at(0)["reference"].string(), careplan_);
  EXPECT_EQ(Find("Provenance", "").size(), 2U);
}

TEST_F(ProposalLifeTest, AMergeThatIsUndoneIsProposedAgain) {
  Propose();
  server_.Write("Patient", "p2", R"({"resourceType":"Patient"})", now_);
  server_.Write("Patient", "p1",
                R"({"resourceType":"Patient","link":[{"type":"replaced-by","other":{"reference":"Patient/p2"}}]})",
                now_);
  WriteScore("p1-f3", 8, "2026-03-20T10:00:00Z");
  RunFor(kDay + 3'600'000);
  EXPECT_EQ(StatusOf(careplan_), "revoked");
  server_.Write("Patient", "p1", R"({"resourceType":"Patient"})", now_);
  WriteProcedure("p1-inj", "2026-02-01T10:00:00Z", "p1", "in-progress");
  WriteProcedure("p1-inj", "2026-02-01T10:00:00Z");
  RunFor(2 * kDay);
  EXPECT_EQ(StatusOf(careplan_), "revoked");
  EXPECT_EQ(Find("CarePlan", "draft").size(), 1U);
}

TEST_F(ProposalLifeTest, WhatExpiredIsNotSaidAgainByNewMappings) {
  settings_.sweep_interval_secs = settings_.subscription_check_secs = 5 * 86'400;
  settings_.recheck_secs = settings_.feedback_secs = 5 * 86'400;
  Propose();
  RunFor(300 * kDay);
  ASSERT_EQ(store_->Count()->patients, 0);
  rules_.mapping_hash() = "mapping-2";
  Start();
  RunFor(kDay);
  EXPECT_EQ(store_->Count()->patients, 1);  // the sweep began at the start again
  EXPECT_EQ(StatusOf(careplan_), "revoked");
  EXPECT_TRUE(Find("CarePlan", "draft").empty());
}

TEST_F(ProposalLifeTest, ARegionThatIsContradictedIsLoggedOnceAVersion) {
  Start();
  WriteFailure();
  server_.Write("Procedure", "p1-inj",
                Coded("Procedure", testing::kFacetCode) +
                    R"("status":"completed","subject":{"reference":"Patient/p1"},"bodySite":{"text":"contradiction"},)"
                    R"("performedDateTime":"2026-02-01T10:00:00Z"})",
                now_);
  RunFor(3 * kDay);
  EXPECT_EQ(Seen(EventKind::mapping_region_contradicted), 1);
}

TEST_F(ProposalLifeTest, AQuietPatientIsJudgedAfterItsTime) {
  rules_.policy().stable_age_secs = 60;
  Start();
  RunFor(60'000);
  WriteFailure();
  Notify("Procedure", "p1-inj", "Patient/p1", true);
  RunFor(59'000);
  EXPECT_EQ(Seen(EventKind::episode_judged), 0);
  RunFor(2'000);
  EXPECT_EQ(Seen(EventKind::episode_judged), 1);
}

TEST_F(ProposalLifeTest, AnEndedCourseIsForgotten) {
  settings_.sweep_interval_secs = settings_.subscription_check_secs = 5 * 86'400;
  settings_.recheck_secs = settings_.feedback_secs = 5 * 86'400;
  Propose();
  RunFor(300 * kDay);
  EXPECT_EQ(store_->Count()->patients, 0);
  EXPECT_EQ(Seen(EventKind::patient_unfollowed), 1);
}

TEST_F(ProposalLifeTest, OtherMappingsReadEverythingAgain) {
  Propose();
  paths_.clear();
  rules_.mapping_hash() = "mapping-2";
  Start();
  RunFor(60'000);
  EXPECT_TRUE(std::any_of(paths_.begin(), paths_.end(),
                          [](const std::string& path) { return path.starts_with("GET Procedure?patient=p1"); }));
}

}  // namespace
}  // namespace facet::engine
