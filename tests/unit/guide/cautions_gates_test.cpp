// Cautions by their table, annotations of a policy, and what holds a proposal back.
#include "tests/unit/guide/fixture.hpp"

namespace facet::guide {
namespace {

using clinical::CautionKind;
using Names = std::vector<std::string>;

std::string RulesWithCaution(CautionKind kind) {
  Case c;
  c.Caution(kind, "MedicationRequest/m1");
  std::string rules;
  const Proposal proposal = c.Propose();
  for (const Suggestion& suggestion : proposal.suggestions) {
    if (suggestion.cautions.empty()) continue;
    EXPECT_EQ(suggestion.cautions.size(), 1U);
    EXPECT_EQ(suggestion.cautions[0].kind, NameOf(kind));
    EXPECT_EQ(suggestion.cautions[0].evidence, "MedicationRequest/m1/_history/2");
    EXPECT_NE(suggestion.cautions[0].text.find("adapter's own"), std::string::npos);
    rules += (rules.empty() ? "" : " ") + suggestion.rule;
  }
  return rules;
}

TEST(Cautions, EachKindBearsOnItsRules) {
  const std::string needles = "G06 G07 G08 G09 G10 G13 G14 G16 G17 G21 G24 G25 G37";
  EXPECT_EQ(RulesWithCaution(CautionKind::kAnticoagulant), needles);
  EXPECT_EQ(RulesWithCaution(CautionKind::kCoagulopathy), needles);
  EXPECT_EQ(RulesWithCaution(CautionKind::kActiveInfection), needles);
  EXPECT_EQ(RulesWithCaution(CautionKind::kLocalAnaestheticAllergy), "G06 G07 G08 G09 G10 G13 G14 G16 G37");
  EXPECT_EQ(RulesWithCaution(CautionKind::kContrastAllergy), "G06 G08 G10 G13 G37");
  EXPECT_EQ(RulesWithCaution(CautionKind::kSteroidAllergy), "G10 G13 G37");
  EXPECT_EQ(RulesWithCaution(CautionKind::kCardiacImplant), "G03 G07 G09 G16 G17 G21 G22 G24 G25");
  EXPECT_EQ(RulesWithCaution(CautionKind::kNeurostimulator), "G03 G22 G23 G24 G25");
  EXPECT_EQ(RulesWithCaution(CautionKind::kPregnancy), "G04 G05 G06 G07 G08 G09 G10 G13 G16 G17 G21 G24 G25 G37");
  EXPECT_EQ(RulesWithCaution(CautionKind::kPriorFusion), "G06 G07 G08 G09 G16 G17 G37");
}

TEST(Cautions, OnlyActiveOnesCount) {
  Case c;
  c.Caution(CautionKind::kAnticoagulant, "MedicationRequest/m1", false);
  EXPECT_TRUE(Of(c.Propose(), "G10").cautions.empty());
}

TEST(Cautions, AFusionOnRecordIsPriorFusion) {
  Case c;
  c.Done(InterventionKind::kFusion, "2019-01-01");
  ASSERT_EQ(Of(c.Propose(), "G08").cautions.size(), 1U);
  EXPECT_EQ(Of(c.Propose(), "G08").cautions[0].kind, "prior-fusion");
}

TEST(Annotations, ComeFromThePolicy) {
  Case c;
  c.policy.annotations = {{"G14", "advised against by an example"}};
  EXPECT_EQ(Of(c.Propose(), "G14").annotations, (Names{"advised against by an example"}));
  EXPECT_TRUE(Of(c.Propose(), "G13").annotations.empty());
}

TEST(Gates, EachHoldsAndTheProposalIsStillThere) {
  Case open;
  EXPECT_FALSE(open.Propose().held.has_value());
  Case c;
  c.facts.patient.deceased = true;
  c.facts.patient.active = false;
  c.facts.patient.test_patient = true;
  c.facts.patient.restricted = true;
  c.settings.opt_out = {"Patient/p1"};
  const Proposal proposal = c.Propose();
  ASSERT_TRUE(proposal.held.has_value());
  EXPECT_EQ(*proposal.held, (Names{"deceased", "inactive", "test-patient", "restricted", "opt-out"}));
  EXPECT_EQ(proposal.suggestions.size(), 41U);
  EXPECT_FALSE(proposal.careplan_json.empty());
  c.policy.gates = {"restricted"};
  EXPECT_EQ(*c.Propose().held, (Names{"restricted"}));
}

TEST(Gates, TheEighteenthBirthday) {
  const auto held = [](const char* birth, bool offline = false) {
    Case c;
    c.settings.offline = offline;
    c.facts.patient.birth_date = FhirDateTime::Parse(birth);
    return c.Propose().held.has_value();
  };
  EXPECT_FALSE(held("2008-12-01"));
  EXPECT_TRUE(held("2008-12-02"));
  EXPECT_FALSE(held("2008-11"));
  EXPECT_TRUE(held("2008-12"));
  EXPECT_FALSE(held("2007"));
  EXPECT_TRUE(held("2008"));
  EXPECT_TRUE(held("2008-12-02", true));
}

TEST(Gates, AMissingBirthDateHoldsOnlineOnly) {
  Case c;
  c.facts.patient.birth_date.reset();
  EXPECT_EQ(*c.Propose().held, (Names{"under-18"}));
  c.settings.offline = true;
  EXPECT_FALSE(c.Propose().held.has_value());
}

TEST(Gates, AMissingPatientHoldsOnlineAndIsADoubtOffline) {
  Case c;
  c.facts.patient = {};
  EXPECT_EQ(*c.Propose().held, (Names{"not-checked"}));
  c.settings.offline = true;
  const Proposal proposal = c.Propose();
  EXPECT_FALSE(proposal.held.has_value());
  EXPECT_EQ(proposal.doubts, (Names{"intent-unknown", "single-reading", "not-checked"}));
}

TEST(Gates, DoubtsThatThePolicyNamesHold) {
  Case c;
  c.policy.hold_on = {"single-reading", "not-checked"};
  EXPECT_EQ(*c.Propose().held, (Names{"single-reading"}));
  c.request.availability.orders = false;
  EXPECT_EQ(*c.Propose().held, (Names{"single-reading", "not-checked"}));
}

}  // namespace
}  // namespace facet::guide
