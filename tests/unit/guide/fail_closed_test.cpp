// What could not be looked up withholds or lowers; it never passes (clinical specification, section 4, Guards).
#include "tests/unit/guide/fixture.hpp"

namespace facet::guide {
namespace {

bool Mentions(const Suggestion& suggestion, const std::string& text) {
  return suggestion.reason.find(text) != std::string::npos;
}

TEST(FailClosed, WithoutConditionsNothingButTheReviewIsSuggested) {
  Case c;
  c.request.availability.conditions = false;
  const Proposal proposal = c.Propose();
  for (const Suggestion& suggestion : proposal.suggestions) {
    if (suggestion.rule != "G02") {
      EXPECT_NE(suggestion.state, State::kSuggested) << suggestion.rule;
    }
  }
  EXPECT_EQ(StateOf(proposal, "G32"), "consider");
  EXPECT_TRUE(Mentions(Of(proposal, "G32"), "could not check conditions"));
  EXPECT_EQ(StateOf(proposal, "G14"), "consider");
  EXPECT_EQ(StateOf(proposal, "G26"), "withheld by not-checked");
  EXPECT_EQ(StateOf(proposal, "G07"), "withheld by G18");
  EXPECT_EQ(StateOf(proposal, "G29"), "withheld by G31");
  EXPECT_EQ(proposal.doubts.back(), "not-checked");
}

TEST(FailClosed, WhatIsKnownToBeThereStillCounts) {
  Case c;
  c.request.availability.conditions = false;
  c.Finding(FindingKind::kRedFlag);
  EXPECT_EQ(State1(c, "G26"), "suggested");
  EXPECT_EQ(State1(c, "G32"), "withheld by red-flag");
}

TEST(FailClosed, WithoutImagingNothingIsTakenForNeverDone) {
  Case c;
  c.request.availability.imaging = false;
  Proposal proposal = c.Propose();
  EXPECT_EQ(StateOf(proposal, "G03"), "consider");
  EXPECT_TRUE(Mentions(Of(proposal, "G03"), "could not check imaging"));
  EXPECT_EQ(StateOf(proposal, "G32"), "suggested");
  c.Done(InterventionKind::kMri, "2026-06-01");
  EXPECT_EQ(State1(c, "G03"), "done");
}

TEST(FailClosed, WithoutOrdersWhatMayBeOrderedIsLowered) {
  Case c;
  c.request.availability.orders = false;
  const Proposal proposal = c.Propose();
  EXPECT_EQ(StateOf(proposal, "G10"), "consider");
  EXPECT_TRUE(Mentions(Of(proposal, "G10"), "could not check orders"));
  EXPECT_EQ(StateOf(proposal, "G08"), "consider");
  EXPECT_EQ(StateOf(proposal, "G33"), "suggested");  // no order can concern it
}

TEST(FailClosed, OfflineTheInputIsComplete) {
  Case c;
  c.request.availability = {false, false, false, false, false, false, false};
  c.settings.offline = true;
  Case complete;
  EXPECT_EQ(Grouped(c.Propose()), Grouped(complete.Propose()));
  EXPECT_FALSE(c.Propose().held.has_value());
}

TEST(FailClosed, CautionsThatCouldNotBeCheckedAreSaid) {
  Case c;
  c.request.availability.medications = false;
  const Proposal proposal = c.Propose();
  ASSERT_EQ(Of(proposal, "G10").cautions.size(), 1U);
  EXPECT_EQ(Of(proposal, "G10").cautions[0].kind, "not-checked");
  EXPECT_EQ(Of(proposal, "G10").cautions[0].text, "could not check medications");
  EXPECT_TRUE(Of(proposal, "G03").cautions.empty());
  EXPECT_EQ(StateOf(proposal, "G10"), "suggested");  // cautions are no guards
}

// Which drug is in force could not be looked up: online and offline alike, for the reference itself is evidence.
TEST(FailClosed, ADrugOfUnknownNameIsNotAbsent) {
  for (const bool offline : {false, true}) {
    Case c;
    c.settings.offline = offline;
    c.facts.drug_references = {{{"MedicationAdministration/a1", ""}, "Medication/x", {"Procedure/p1"}}};
    EXPECT_TRUE(Of(c.Propose(), "G10").cautions.empty());  // given once: not in force
    c.facts.drug_references.push_back({{"MedicationRequest/m1", ""}, "Medication/x", {}});
    const Proposal proposal = c.Propose();
    ASSERT_EQ(Of(proposal, "G10").cautions.size(), 1U);
    EXPECT_EQ(Of(proposal, "G10").cautions[0].text, "could not check medications");
    EXPECT_EQ(proposal.doubts.back(), "not-checked");
  }
}

}  // namespace
}  // namespace facet::guide
