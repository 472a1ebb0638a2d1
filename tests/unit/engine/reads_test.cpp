// What the answers to reads prove, and what they do not.
#include "tests/unit/engine/engine_fixture.hpp"

namespace facet::engine {
namespace {

constexpr std::int64_t kMinute = 60'000;
constexpr std::int64_t kHour = 3'600'000;

class ReadsTest : public EngineTest {
 protected:
  // A failed injection with its proposal on the server; no sweep or check in the next hours.
  void StartWithProposal() {
    SlowDown();
    answer_ = [this](const intake::Request& request) {
      if (instead_) return instead_(request);
      return server_.Handle(request, now_);
    };
    Start();
    WriteFailure();
    RunFor(kHour);
    ASSERT_EQ(Find("CarePlan", "draft").size(), 1U);
    paths_.clear();
  }
  void AnswerAll(int status, bool garbage = false) {
    instead_ = [status, garbage](const intake::Request&) {
      intake::Answer answer;
      answer.status = status;
      answer.garbage = garbage;
      return answer;
    };
  }
  void NotifyDeleted(const std::string& type, const std::string& id) {
    engine_->Accept(intake::Hint{intake::HintKind::kDeleted, type, id, PatientRef(""), false, 0}, now_,
                    [](const Status&) {});
  }
  std::int64_t Reads(const std::string& resource) const {
    return std::count(paths_.begin(), paths_.end(), "GET " + resource);
  }

  std::function<intake::Answer(const intake::Request&)> instead_;  // of the server
};

TEST_F(ReadsTest, APageOfAProxyDeletesNothing) {
  for (const int status : {404, 410}) {
    StartWithProposal();
    AnswerAll(status, true);  // "default backend - 404"
    Notify("Procedure", "p1-inj", "Patient/p1", true);
    RunFor(5000);
    instead_ = nullptr;
    RunFor(10 * kMinute);
    EXPECT_GT(Reads("Procedure/p1-inj"), 1);
    EXPECT_EQ(Seen(EventKind::proposal_retracted), 0);
    EXPECT_EQ(Find("CarePlan", "draft").size(), 1U);
  }
  // It is still ours: what was wrong in the chart takes it back.
  WriteScore("p1-f2", 0, "2026-03-05T10:00:00Z", "corrected");
  Notify("Observation", "p1-f2", "Patient/p1");
  RunFor(kHour);
  EXPECT_TRUE(Find("CarePlan", "draft").empty());
  EXPECT_EQ(Seen(EventKind::proposal_feedback_recorded), 0);
}

TEST_F(ReadsTest, OneEmpty404DeletesNothing) {
  StartWithProposal();
  AnswerAll(404);
  Notify("Procedure", "p1-inj", "Patient/p1", true);
  RunFor(5000);
  Notify("Procedure", "p1-inj", "Patient/p1", true);  // meanwhile: it is no second look
  RunFor(5000);
  EXPECT_EQ(Reads("Procedure/p1-inj"), 1);
  instead_ = nullptr;
  RunFor(10 * kMinute);
  EXPECT_EQ(Reads("Procedure/p1-inj"), 2);
  EXPECT_EQ(store_->Count()->inbox_new, 0);
  EXPECT_EQ(Seen(EventKind::proposal_retracted), 0);
  EXPECT_EQ(Find("CarePlan", "draft").size(), 1U);
}

TEST_F(ReadsTest, A404ThatLastsIsBelieved) {
  StartWithProposal();
  instead_ = [this](const intake::Request& request) {
    intake::Answer answer;
    answer.status = 404;
    return request.path == "Procedure/p1-inj" ? answer : server_.Handle(request, now_);
  };
  Notify("Procedure", "p1-inj", "Patient/p1", true);
  RunFor(kMinute - 1);
  EXPECT_EQ(Find("CarePlan", "draft").size(), 1U);
  RunFor(kMinute);
  EXPECT_EQ(Reads("Procedure/p1-inj"), 2);
  EXPECT_TRUE(Find("CarePlan", "draft").empty());
}

TEST_F(ReadsTest, WhatTheServerSaidItselfIsBelievedAtOnce) {
  StartWithProposal();
  server_.Delete("Procedure", "p1-inj", now_);  // 410
  Notify("Procedure", "p1-inj", "Patient/p1", true);
  RunFor(5000);
  EXPECT_TRUE(Find("CarePlan", "draft").empty());
}

TEST_F(ReadsTest, A404ForWhatWasSaidToBeDeletedIsBelievedAtOnce) {
  StartWithProposal();
  instead_ = [this](const intake::Request& request) {
    intake::Answer answer;
    answer.status = 404;
    return request.path == "Procedure/p1-inj" ? answer : server_.Handle(request, now_);
  };
  NotifyDeleted("Procedure", "p1-inj");
  RunFor(5000);
  EXPECT_EQ(Reads("Procedure/p1-inj"), 1);
  EXPECT_TRUE(Find("CarePlan", "draft").empty());
}

// A search need not show everything: what it does not show is read, and one 404 is no proof either.
TEST_F(ReadsTest, WhatASearchDoesNotShowIsMissingTwice) {
  settings_.recheck_secs = 6 * 3600;
  StartWithProposal();
  int missing = 1;
  instead_ = [this, &missing](const intake::Request& request) {
    intake::Answer answer;
    answer.status = 404;
    if (request.path == "Procedure/p1-inj") return missing-- > 0 ? answer : server_.Handle(request, now_);
    if (!request.path.starts_with("Procedure?")) return server_.Handle(request, now_);
    answer.status = 200;
    answer.body = *json::Parse(R"({"resourceType":"Bundle","type":"searchset"})");
    return answer;
  };
  RunFor(7 * kHour);
  EXPECT_EQ(Reads("Procedure/p1-inj"), 2);
  EXPECT_EQ(Find("CarePlan", "draft").size(), 1U);
  missing = 2;
  RunFor(7 * kHour);
  EXPECT_EQ(Reads("Procedure/p1-inj"), 4);
  EXPECT_TRUE(Find("CarePlan", "draft").empty());
}

TEST_F(ReadsTest, AProposalIsRemovedWhenItIsMissingTwice) {
  settings_.feedback_secs = 6 * 3600;
  StartWithProposal();
  const auto looks = [&] { return Reads(Find("CarePlan", "").front()); };
  // One look falls into a short outage.
  bool once = true;
  instead_ = [&](const intake::Request& request) {
    intake::Answer answer;
    answer.status = 404;
    if (!once || request.purpose != intake::Purpose::kFeedbackRead) return server_.Handle(request, now_);
    once = false;
    return answer;
  };
  const std::int64_t applied = Seen(EventKind::delivery_write_applied);
  RunFor(7 * kHour);
  EXPECT_FALSE(once);
  EXPECT_EQ(looks(), 2);
  EXPECT_EQ(Seen(EventKind::proposal_feedback_recorded), 0);
  EXPECT_EQ(Seen(EventKind::delivery_write_applied), applied) << "nothing was written";
  // Now it is gone.
  instead_ = [this](const intake::Request& request) {
    intake::Answer answer;
    answer.status = 404;
    return request.path.starts_with("CarePlan/") ? answer : server_.Handle(request, now_);
  };
  RunFor(7 * kHour);
  EXPECT_EQ(looks(), 4);
  EXPECT_EQ(Seen(EventKind::proposal_feedback_recorded), 1);
}

TEST_F(ReadsTest, AnOutageGivesNoNotificationUp) {
  for (const bool deleted : {false, true}) {
    StartWithProposal();
    // Of a patient who is not followed, and of one who is.
    instead_ = [](const intake::Request&) {
      intake::Answer answer;
      answer.error = ErrorCode::kNetConnect;
      return answer;
    };
    Notify("Procedure", "p2-inj", "Patient/p2", true);
    if (deleted) {
      server_.Delete("Procedure", "p1-inj", now_);
      NotifyDeleted("Procedure", "p1-inj");
    }
    RunFor(2 * kHour);
    // The server comes back with a few errors.
    for (const int status : {502, 503, 504, 500, 503}) {
      const auto before = paths_.size();
      AnswerAll(status);
      while (paths_.size() == before) RunFor(kMinute);
    }
    instead_ = nullptr;
    RunFor(kHour);
    EXPECT_EQ(Seen(EventKind::inbox_notification_given_up), 0);
    EXPECT_EQ(store_->Count()->inbox_new, 0);
    EXPECT_EQ(Find("CarePlan", "draft").size(), deleted ? 0U : 1U);
  }
}

TEST_F(ReadsTest, WhatIsKnownOfAPatientIsNeverGivenUp) {
  for (const int status : {500, 400}) {
    StartWithProposal();
    AnswerAll(status);
    Notify("Observation", "p1-f2", "Patient/p1");
    NotifyDeleted("Observation", "p1-f1");
    Notify("Observation", "o1", "");
    RunFor(6 * kHour);
    EXPECT_EQ(store_->Count()->inbox_new, 2);
    EXPECT_EQ(Seen(EventKind::inbox_notification_given_up), 1) << "o1 is nobody's";
    instead_ = nullptr;
    RunFor(kHour);
    EXPECT_EQ(store_->Count()->inbox_new, 0);
  }
}

TEST_F(ReadsTest, AnOutageMakesNoEvidenceUnavailable) {
  SlowDown();
  int mode = 0;
  answer_ = [this, &mode](const intake::Request& request) {
    intake::Answer answer;
    if (request.purpose != intake::Purpose::kGather || mode == 2) return server_.Handle(request, now_);
    if (mode == 0) {
      answer.error = ErrorCode::kNetConnect;
      return answer;
    }
    mode = 2;
    answer.status = 503;
    return answer;
  };
  Start();
  WriteFailure();
  RunFor(2 * kHour);
  EXPECT_TRUE(Find("CarePlan", "").empty());
  mode = 1;
  RunFor(kHour);
  EXPECT_EQ(mode, 2);
  EXPECT_EQ(Seen(EventKind::server_evidence_unavailable), 0);
  EXPECT_EQ(Find("CarePlan", "draft").size(), 1U);
}

TEST_F(ReadsTest, EvidenceThatAlwaysTimesOutKeepsNoProposalBack) {
  // The server answers all but this one search.
  answer_ = [this](const intake::Request& request) {
    if (!request.path.starts_with("Condition?")) return server_.Handle(request, now_);
    intake::Answer answer;
    answer.status = 504;
    return answer;
  };
  Start();
  WriteFailure();
  RunFor(2 * kHour);
  EXPECT_GE(Seen(EventKind::server_evidence_unavailable), 1);
  EXPECT_EQ(Find("CarePlan", "draft").size(), 1U);
}

TEST_F(ReadsTest, EvidenceThatFailsIsGivenUpAfterAWhile) {
  SlowDown();
  // A short pace: many tries in little time are no proof.
  settings_.retry_base_ms = 100;
  settings_.retry_max_secs = 1;
  answer_ = [this](const intake::Request& request) {
    if (!request.path.starts_with("Condition?")) return server_.Handle(request, now_);
    intake::Answer answer;
    answer.status = 500;
    return answer;
  };
  Start();
  WriteFailure();
  RunFor(4 * kMinute);
  EXPECT_EQ(Seen(EventKind::server_evidence_unavailable), 0);
  RunFor(2 * kMinute);
  EXPECT_EQ(Seen(EventKind::server_evidence_unavailable), 1);
  EXPECT_EQ(Find("CarePlan", "draft").size(), 1U);
}

}  // namespace
}  // namespace facet::engine
