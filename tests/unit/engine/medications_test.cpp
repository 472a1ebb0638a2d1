// Drugs that stand in a Medication of their own: read by id, and never taken for absent (clinical specification,
// section 1).
#include "tests/unit/engine/engine_fixture.hpp"

namespace facet::engine {
namespace {

constexpr std::int64_t kDay = UtcInstant::kMsPerDay;

class MedicationsTest : public EngineTest {
 protected:
  MedicationsTest() { SlowDown(); }
  void WriteDrug(const std::string& id, const std::string& medication) {
    server_.Write("MedicationRequest", id,
                  R"({"resourceType":"MedicationRequest","status":"active","subject":{"reference":"Patient/p1"},)"
                  R"("medicationReference":{"reference":")" +
                      medication + "\"}}",
                  now_);
  }
  void WriteMedication(const std::string& id, const std::string& text) {
    server_.Write("Medication", id, R"({"resourceType":"Medication","code":{"text":")" + text + "\"}}", now_);
  }
  void Propose() {
    Start();
    WriteFailure();
    engine_->Accept(intake::Hint{}, now_, [](const Status&) {});
    RunFor(600'000);
  }
  // What the proposal says of drugs.
  std::string Drugs() {
    const auto drafts = Find("CarePlan", "draft");
    if (drafts.size() != 1) return "drafts: " + std::to_string(drafts.size());
    return std::string(server_.Current(drafts.front())->document.root()["drugs"].string());
  }
  std::int64_t Reads() const {
    return std::count_if(paths_.begin(), paths_.end(),
                         [](const std::string& path) { return path.starts_with("GET Medication/"); });
  }
  void Refuse(int status) {
    answer_ = [this, status](const intake::Request& request) {
      if (!request.path.starts_with("Medication/")) return server_.Handle(request, now_);
      intake::Answer answer;
      answer.status = status;
      return answer;
    };
  }
};

TEST_F(MedicationsTest, AreReadById) {
  WriteDrug("m1", "Medication/w");
  WriteDrug("m2", "Medication/w");
  WriteDrug("m3", "Medication/i");
  WriteMedication("w", "warfarin");
  WriteMedication("i", "ibuprofen");
  Propose();
  EXPECT_EQ(Drugs(), " warfarin warfarin ibuprofen");
  EXPECT_EQ(Reads(), 2);  // one each, in one gathering
}

TEST_F(MedicationsTest, OneThatIsNotThereIsNotAbsent) {
  WriteDrug("m1", "Medication/w");
  Propose();
  EXPECT_EQ(Drugs(), " ?");
  EXPECT_EQ(Reads(), 1);
  EXPECT_EQ(Seen(EventKind::server_evidence_unavailable), 1);
  WriteMedication("w", "warfarin");
  RunFor(2 * kDay);
  EXPECT_EQ(Drugs(), " warfarin");
}

TEST_F(MedicationsTest, ARefusalThatPassesIsAskedForAgain) {
  settings_.recheck_secs = 365 * 86'400;
  WriteDrug("m1", "Medication/w");
  WriteMedication("w", "warfarin");
  Refuse(403);
  Propose();
  EXPECT_EQ(Drugs(), " ?");
  answer_ = {};
  RunFor(settings_.feedback_secs * 1000 + 60'000);
  EXPECT_EQ(Drugs(), " warfarin");
  paths_.clear();
  RunFor(3 * kDay);  // it is complete: nothing to ask for any more
  EXPECT_EQ(Reads(), 0);
}

TEST_F(MedicationsTest, AServerThatFailsIsGivenUpOn) {
  WriteDrug("m1", "Medication/w");
  WriteMedication("w", "warfarin");
  Refuse(500);
  Propose();
  EXPECT_EQ(Drugs(), " ?");
  EXPECT_GE(Reads(), 8);
  EXPECT_LE(Reads(), 12);
}

TEST_F(MedicationsTest, AReferenceThatLeadsNowhereIsNotRead) {
  WriteDrug("m1", "");
  Propose();
  EXPECT_EQ(Drugs(), " ?");
  EXPECT_EQ(Reads(), 0);
}

TEST_F(MedicationsTest, AreReadUpToALimit) {
  for (int i = 10; i < 61; ++i) {
    const std::string number = std::to_string(i);
    WriteDrug("m" + number, "Medication/x" + number);
    WriteMedication("x" + number, "drug" + number);
  }
  Propose();
  EXPECT_EQ(Reads(), 50);
  EXPECT_TRUE(Drugs().ends_with(" drug58 drug59 ?"));
}

TEST_F(MedicationsTest, WhatIsNoLongerNamedIsForgotten) {
  WriteDrug("m1", "Medication/w");
  WriteMedication("w", "warfarin");
  Propose();
  EXPECT_EQ(Drugs(), " warfarin");
  server_.Delete("MedicationRequest", "m1", now_);
  WriteFailure();  // a change: gathered again
  RunFor(2 * kDay);
  WriteScore("p1-f3", 8, "2026-03-20T10:00:00Z");
  RunFor(2 * kDay);
  EXPECT_EQ(Drugs(), "");
}

// What could be read and no longer can is not known any more.
TEST_F(MedicationsTest, ARefusalIsNotAnsweredFromMemory) {
  WriteDrug("m1", "Medication/w");
  WriteMedication("w", "ibuprofen");
  Propose();
  EXPECT_EQ(Drugs(), " ibuprofen");
  Refuse(403);
  RunFor(2 * kDay);
  EXPECT_EQ(Drugs(), " ?");
}

}  // namespace
}  // namespace facet::engine
