// The life of a proposal behind its first writing: corrections, deletions, and people.
#include "tests/integration/live_test.hpp"

#include "adapter/json/writer.hpp"

namespace facet::live {
namespace {

class CorrectionsTest : public LiveTest {
 protected:
  // A patient with its CarePlan on the server.
  struct Case {
    SyntheticPatient patient;
    std::string careplan;  // its id on the server
    std::string proposal;  // its name in the log
    std::size_t mark;      // in the log, behind all that
  };
  Case Proposed(AdapterProcess& adapter, Course course = Course::kNoResponse) {
    Case made{NewPatient(course), "", "", 0};
    Post(made.patient);
    made.careplan = AwaitCarePlan(made.patient);
    ExpectExactlyOne(made.patient);
    // The adapter must know it too, or what follows would race it.
    made.proposal = ProposalOf(adapter, made.careplan);
    adapter.Expect("delivery.write_applied", Has("proposal_id", made.proposal));
    EXPECT_TRUE(Eventually(kPatience, [&] { return Provenances(made.careplan).size() == 1; }));
    made.mark = adapter.log().size();
    return made;
  }
  std::string Read(const std::string& careplan) { return hapi_.Send("GET", "CarePlan/" + careplan).body; }
  // As a clinician's system would: read, change one word, write back.
  void Edit(const std::string& careplan, const std::string& from, const std::string& to) {
    std::string text = Read(careplan);
    const std::size_t at = text.find(from);
    ASSERT_NE(at, std::string::npos) << from;
    text.replace(at, from.size(), to);
    hapi_.Put({"CarePlan", careplan, text});
    LeaveOut(careplan);
  }
  std::size_t Versions(const std::string& careplan) { return hapi_.History("CarePlan/" + careplan).size(); }
};

TEST_F(CorrectionsTest, CorrectedScoreRevokes) {
  AdapterProcess& adapter = StartedAdapter();
  const Case made = Proposed(adapter);
  hapi_.Put(made.patient.Corrected(made.patient.scores().size() - 1, 0));
  EXPECT_TRUE(adapter.Expect("proposal.retracted", Has("proposal_id", made.proposal), made.mark));
  // The evidence itself was wrong.
  EXPECT_TRUE(AwaitStatus("CarePlan/" + made.careplan, "entered-in-error"));
  ExpectExactlyOne(made.patient, "entered-in-error");
}

TEST_F(CorrectionsTest, SuccessThatIsToldLateRevokes) {
  AdapterProcess& adapter = StartedAdapter();
  const Case made = Proposed(adapter);
  hapi_.Put(made.patient.Score(18, 0));  // undoes the failure; nothing was wrong before
  EXPECT_TRUE(adapter.Expect("proposal.retracted", Has("proposal_id", made.proposal), made.mark));
  EXPECT_TRUE(AwaitStatus("CarePlan/" + made.careplan, "revoked"));
  ExpectExactlyOne(made.patient, "revoked");
}

TEST_F(CorrectionsTest, ScoreEnteredInErrorTakesItBack) {
  AdapterProcess& adapter = StartedAdapter();
  const Case made = Proposed(adapter);
  hapi_.Put(made.patient.Corrected(0, 8, "entered-in-error"));  // the baseline: no verdict without it
  EXPECT_TRUE(adapter.Expect("proposal.retracted", Has("proposal_id", made.proposal), made.mark));
  std::string status;
  EXPECT_TRUE(Eventually(kPatience, [&] { return (status = FieldOf(Read(made.careplan), "status")) != "draft"; }));
  EXPECT_TRUE(status == "revoked" || status == "entered-in-error") << status;
  ExpectExactlyOne(made.patient, status);
}

TEST_F(CorrectionsTest, ProcedureEnteredInError) {
  AdapterProcess& adapter = StartedAdapter();
  const Case made = Proposed(adapter);
  for (const support::Resource& line : made.patient.ProceduresWithStatus("entered-in-error")) hapi_.Put(line);
  EXPECT_TRUE(AwaitStatus("CarePlan/" + made.careplan, "entered-in-error"));
  ExpectExactlyOne(made.patient, "entered-in-error");
}

TEST_F(CorrectionsTest, ProcedureDeleted) {
  AdapterProcess& adapter = StartedAdapter();
  const Case made = Proposed(adapter, Course::kShortLived);
  for (const support::Resource& line : made.patient.procedures()) hapi_.Delete(line.reference());
  std::string status;
  EXPECT_TRUE(Eventually(kPatience, [&] { return (status = FieldOf(Read(made.careplan), "status")) != "draft"; }))
      << adapter.log().Tail(20);
  EXPECT_TRUE(status == "revoked" || status == "entered-in-error") << status;
  ExpectExactlyOne(made.patient, status);
}

TEST_F(CorrectionsTest, NewEvidenceRefreshesTheSameProposal) {
  AdapterProcess& adapter = StartedAdapter();
  const Case made = Proposed(adapter);
  const std::string before = Read(made.careplan);
  // The latest score is part of what it says.
  hapi_.Put(made.patient.Score(31, 9));
  EXPECT_TRUE(Eventually(kPatience, [&] { return Versions(made.careplan) == 2; }))
      << Versions(made.careplan) << " versions\n"
      << adapter.log().Tail(20);
  ExpectExactlyOne(made.patient);
  EXPECT_NE(Read(made.careplan), before);
}

TEST_F(CorrectionsTest, WhatSaysTheSameIsNotWrittenAgain) {
  AdapterProcess& adapter = StartedAdapter();
  const Case made = Proposed(adapter);
  // The same resource again, without a change, by the server's own notification and by a forged one.
  const std::string endpoint = hapi_.Subscriptions(adapter.public_url()).at(0).endpoint;
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(Notify(endpoint, made.patient.deciding()).status, 200U);
  }
  EXPECT_TRUE(adapter.Expect("inbox.notification_processed", {}, made.mark));
  AwaitMarker();
  EXPECT_EQ(Versions(made.careplan), 1U);
  ExpectExactlyOne(made.patient);
}

TEST_F(CorrectionsTest, AcceptedByAHumanIsLeftAlone) {
  AdapterProcess& adapter = StartedAdapter();
  const Case made = Proposed(adapter);
  ASSERT_NO_FATAL_FAILURE(Edit(made.careplan, "\"draft\"", "\"active\""));
  const std::string theirs = Read(made.careplan);
  hapi_.Put(made.patient.Corrected(made.patient.scores().size() - 1, 0));  // would be revoked if it were still ours
  EXPECT_TRUE(adapter.Expect("proposal.feedback_recorded", Has("proposal_id", made.proposal), made.mark));
  AwaitMarker();
  EXPECT_EQ(Read(made.careplan), theirs);
  EXPECT_EQ(CarePlans(made.patient).size(), 1U);
}

TEST_F(CorrectionsTest, EditedByAHumanIsLeftAlone) {
  AdapterProcess& adapter = StartedAdapter();
  const Case made = Proposed(adapter);
  std::string text = Read(made.careplan);
  const std::size_t at = text.rfind('}');
  text.insert(at, R"(,"note":[{"text":"Discussed with the family."}])");
  hapi_.Put({"CarePlan", made.careplan, text});
  LeaveOut(made.careplan);
  const std::string theirs = Read(made.careplan);
  hapi_.Put(made.patient.Score(31, 9));  // would be refreshed if it were still ours
  EXPECT_TRUE(adapter.Expect("proposal.feedback_recorded", Has("proposal_id", made.proposal), made.mark));
  AwaitMarker();
  EXPECT_EQ(Read(made.careplan), theirs);
  EXPECT_EQ(Versions(made.careplan), 2U);
}

TEST_F(CorrectionsTest, DeletedByAHumanIsNotBroughtBack) {
  AdapterProcess& adapter = StartedAdapter();
  const Case made = Proposed(adapter);
  hapi_.Delete("CarePlan/" + made.careplan);
  LeaveOut(made.careplan);
  hapi_.Put(made.patient.Score(31, 9));
  EXPECT_TRUE(adapter.Expect("proposal.feedback_recorded", Has("proposal_id", made.proposal), made.mark));
  // Not by a restart either.
  adapter.Kill();
  ASSERT_TRUE(adapter.Start());
  AwaitMarker();
  EXPECT_EQ(hapi_.StatusOf("CarePlan/" + made.careplan), 410U);
  EXPECT_EQ(CarePlans(made.patient).size(), 0U);
}

}  // namespace
}  // namespace facet::live
