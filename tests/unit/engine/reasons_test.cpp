// Conditions that a procedure names as its reasons: read by id before it is judged, for they may say where it was done
// (clinical specification, section 1, "Region").
#include "tests/unit/engine/engine_fixture.hpp"

namespace facet::engine {
namespace {

constexpr std::int64_t kDay = UtcInstant::kMsPerDay;

class ReasonsTest : public EngineTest {
 protected:
  ReasonsTest() { SlowDown(); }
  void WriteCondition(const std::string& text, const std::string& patient = "p1") {
    server_.Write("Condition", "c1",
                  R"({"resourceType":"Condition","subject":{"reference":"Patient/)" + patient +
                      R"("},"code":{"text":")" + text + "\"}}",
                  now_);
  }
  void Follow() {
    Start();
    WriteFailure();
    server_.Write("Procedure", "p1-inj",
                  Coded("Procedure", testing::kFacetCode) +
                      R"("status":"completed","subject":{"reference":"Patient/p1"},)"
                      R"("performedDateTime":"2026-02-01T10:00:00Z","reasonReference":[{"reference":"Condition/c1"}]})",
                  now_);
    engine_->Accept(intake::Hint{}, now_, [](const Status&) {});
    RunFor(600'000);
  }
  std::string Region() {
    std::string region = "none";
    const auto rows = store_->ListJudgements(EpisodeId(rules_.EpisodeIdFor("Procedure/p1-inj")));
    if (!rows.ok()) return "unreadable";
    for (const JudgementRow& row : *rows) {
      const auto document = json::Parse(row.document);
      if (!document.ok() || row.kind != JudgementKind::kJudgement) continue;
      region = document->root()["line"]["region"].string();
    }
    return region;
  }
  std::int64_t Reads() const { return std::count(paths_.begin(), paths_.end(), "GET Condition/c1"); }
  // Its search stays silent, as one does that is limited to what is active.
  void Answer(int status) {
    answer_ = [this, status](const intake::Request& request) {
      intake::Answer answer;
      if (request.path.starts_with("Condition?")) {
        intake::Request nobody = request;
        nobody.path = "Condition?patient=nobody";
        answer = server_.Handle(nobody, now_);
      } else if (status != 200 && request.path == "Condition/c1") {
        answer.status = status;
      } else {
        answer = server_.Handle(request, now_);
      }
      return answer;
    };
  }
};

TEST_F(ReasonsTest, AreReadByIdAndStay) {
  WriteCondition("neck pain");
  Answer(200);
  Follow();
  EXPECT_EQ(Region(), "cervical");
  EXPECT_GE(Reads(), 1);
  EXPECT_LE(Reads(), 2);  // once more where the gathering does not show it
  paths_.clear();
  RunFor(kDay / 2);
  EXPECT_EQ(Reads(), 0);
  WriteCondition("knee pain");
  RunFor(2 * kDay);  // the daily recheck
  EXPECT_EQ(Region(), "lumbar");
}

TEST_F(ReasonsTest, OneThatIsNotThereSaysNothing) {
  Follow();
  EXPECT_EQ(Region(), "lumbar");
  EXPECT_LE(Reads(), 1);
  WriteCondition("neck pain");
  RunFor(2 * kDay);
  EXPECT_EQ(Region(), "cervical");
}

TEST_F(ReasonsTest, OneOfAnotherPatientSaysNothing) {
  WriteCondition("neck pain", "p2");
  Follow();
  EXPECT_EQ(Region(), "lumbar");
}

TEST_F(ReasonsTest, ARefusalIsSaidAndDoesNotHoldTheJudgement) {
  WriteCondition("neck pain");
  Answer(403);
  Follow();
  EXPECT_EQ(Region(), "lumbar");
  EXPECT_EQ(Seen(EventKind::server_evidence_unavailable), 1);
  Answer(200);
  RunFor(2 * kDay);
  EXPECT_EQ(Region(), "cervical");
}

TEST_F(ReasonsTest, AFailureIsWaitedForAndThenAskedAgain) {
  WriteCondition("neck pain");
  Answer(500);
  Follow();
  EXPECT_EQ(Region(), "lumbar");
  EXPECT_GE(Reads(), 8);
  Answer(200);
  RunFor(settings_.retry_max_secs * 1000 + 60'000);
  EXPECT_EQ(Region(), "cervical");
}

TEST_F(ReasonsTest, SurviveARestart) {
  WriteCondition("neck pain");
  Answer(200);
  Follow();
  Start();
  RunFor(600'000);
  EXPECT_EQ(Region(), "cervical");
}

}  // namespace
}  // namespace facet::engine
