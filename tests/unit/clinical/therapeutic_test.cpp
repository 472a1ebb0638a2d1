// Verdicts on therapeutic sessions: every row of the table, both sides of every day.
#include "chart.hpp"

namespace facet::clinical {
namespace {

TEST_F(Therapeutic, NoResponseWithOneReadingIsSettledWhenDay59IsOver) {
  On(21, "7");
  EXPECT_EQ(BeforeEndOf(59), "pending");
  EXPECT_EQ(AtEndOf(59), "no-response");
  const Judgement judgement = One();
  EXPECT_EQ(Text(judgement.decided_at), "2026-05-04T00:00:00Z");
  EXPECT_EQ(Text(judgement.relief_percent), "12.5");
  EXPECT_EQ(Doubts(judgement), "setting-unknown site-unknown side-unknown single-reading");
}

TEST_F(Therapeutic, TwoReadingsSevenDaysApartSettleAtOnce) {
  On(14, "7");
  On(21, "7");
  EXPECT_EQ(Says(Day(21)), "no-response");
  EXPECT_EQ(Text(One().decided_at), Day(21));
  facts.scores.back().time = Time(Day(20));
  EXPECT_EQ(Says(Day(22)), "pending");
}

TEST_F(Therapeutic, Day13IsTooEarlyAndDay14IsNot) {
  On(13, "7");
  EXPECT_EQ(AtEndOf(42), "indeterminate: no-follow-up");
  facts.scores.back().time = Time(Day(14));
  EXPECT_EQ(AtEndOf(59), "no-response");
}

// Where nothing lies in early_days the first success after the own day counts, whatever a site calls a response.
TEST_F(Therapeutic, WithoutAnEarlyReadingTheFirstSuccessAtAllCounts) {
  policy.response_days = {3, 59};
  On(2, "3");
  EXPECT_EQ(AtEndOf(43), "pending");
  On(90, "7");
  EXPECT_EQ(AtEndOf(120), "wore-off");
  On(21, "7");
  EXPECT_EQ(AtEndOf(120), "no-response");
}

TEST_F(Therapeutic, Day59IsEarlyAndDay60IsNot) {
  On(59, "7");
  EXPECT_EQ(AtEndOf(59), "no-response");
  facts.scores.back().time = Time(Day(60));
  EXPECT_EQ(AtEndOf(60), "indeterminate: no-follow-up");
}

TEST_F(Therapeutic, NoFollowUpFromDay43) {
  EXPECT_EQ(BeforeEndOf(42), "pending");
  EXPECT_EQ(AtEndOf(42), "indeterminate: no-follow-up");
  EXPECT_EQ(Text(One().decided_at), "2026-04-17T00:00:00Z");
  EXPECT_EQ(Id(One().baseline), "none");
}

TEST_F(Therapeutic, SuccessNeedsFiftyPercent) {
  On(21, "4");
  On(90, "4");
  EXPECT_EQ(Says(), "durable-relief");
  facts.scores[1].value = Dec("4.1");
  facts.scores[2].value = Dec("4.1");
  EXPECT_EQ(Says(), "no-response");
}

TEST_F(Therapeutic, SuccessNeedsTwoPointsWhereTheSiteLowersThePercentage) {
  policy.success_percent = 20;
  On(21, "6");
  On(90, "6");
  EXPECT_EQ(Says(), "durable-relief");
  facts.scores[1].value = Dec("6.1");
  EXPECT_EQ(Says(), "indeterminate: contradictory");  // day 90 alone succeeds
  facts.scores[2].value = Dec("6.1");
  EXPECT_EQ(Says(), "no-response");
}

TEST_F(Therapeutic, TheAbsoluteChangeIsScaled) {
  policy.success_percent = 20;
  facts.scores.clear();
  Baseline("80", Instrument::kVas100);
  On(21, "61", Instrument::kVas100);
  EXPECT_EQ(Says(), "no-response");
  facts.scores.back().value = Dec("60");
  EXPECT_EQ(Says(), "indeterminate: no-follow-up");
}

TEST_F(Therapeutic, DurableFromDay60To120) {
  On(60, "3");
  EXPECT_EQ(Says(Day(60)), "durable-relief");
  EXPECT_EQ(Text(One().decided_at), Day(60));
  EXPECT_EQ(Text(One().relief_percent), "62.5");
  facts.scores.back().time = Time(Day(59));
  EXPECT_EQ(BeforeEndOf(120), "pending");
  EXPECT_EQ(AtEndOf(120), "indeterminate: no-follow-up");
  facts.scores.back().time = Time(Day(120));
  EXPECT_EQ(Says(), "durable-relief");
  facts.scores.back().time = Time(Day(121));
  EXPECT_EQ(Says(), "indeterminate: no-follow-up");
}

TEST_F(Therapeutic, DurableReliefTakesItsPercentageFromTheLatestReadingInItsWindow) {
  On(21, "2");
  On(70, "4");
  On(100, "3");
  const Judgement judgement = One();
  EXPECT_EQ(Word(judgement), "durable-relief");
  EXPECT_EQ(Text(judgement.relief_percent), "62.5");
  EXPECT_EQ(Id(judgement.best), "Observation/d21nrs");
  EXPECT_EQ(Id(judgement.latest), "Observation/d100nrs");
}

TEST_F(Therapeutic, ShortLivedSettlesWhenDay90IsOver) {
  On(14, "3");
  On(45, "7");
  EXPECT_EQ(BeforeEndOf(90), "pending");
  EXPECT_EQ(AtEndOf(90), "short-lived");
  EXPECT_EQ(Text(One().relief_percent), "12.5");
  EXPECT_EQ(Doubts(One()), "setting-unknown site-unknown side-unknown");
}

TEST_F(Therapeutic, ShortLivedSettlesWithTwoReadingsAfterTheSuccess) {
  On(14, "3");
  On(45, "7");
  On(48, "3");  // a success between them does not matter
  On(52, "7");
  EXPECT_EQ(Says(Day(52)), "short-lived");
  facts.scores.back().time = Time(Day(51));
  EXPECT_EQ(Says(Day(53)), "pending");
}

TEST_F(Therapeutic, AReadingBelowSuccessBeforeTheFirstSuccessDoesNotSettleShortLived) {
  On(14, "7");
  On(21, "3");
  On(28, "7");
  EXPECT_EQ(Says(Day(60)), "pending");
  EXPECT_EQ(AtEndOf(90), "short-lived");
}

TEST_F(Therapeutic, Day89IsShortLivedAndDay90WoreOff) {
  On(21, "3");
  On(89, "7");
  EXPECT_EQ(AtEndOf(90), "short-lived");
  facts.scores.back().time = Time(Day(90));
  EXPECT_EQ(Says(Day(90)), "wore-off");
  EXPECT_EQ(Text(One().relief_percent), "12.5");
  EXPECT_FALSE(One().failed());
}

TEST_F(Therapeutic, OneLossBeforeDay90MakesALateLossShortLived) {
  On(21, "3");
  On(40, "7");
  On(60, "3");
  EXPECT_EQ(Says(Day(60)), "durable-relief");  // the latest speaks
  On(100, "7");
  EXPECT_EQ(Says(), "short-lived");
}

TEST_F(Therapeutic, LostBeforeDay14IsNoFollowUp) {
  On(3, "2");
  On(13, "7");
  EXPECT_EQ(BeforeEndOf(42), "pending");
  EXPECT_EQ(AtEndOf(42), "indeterminate: no-follow-up");
  EXPECT_EQ(Id(One().best), "Observation/d3nrs");
  On(14, "7");
  EXPECT_EQ(AtEndOf(90), "short-lived");
}

TEST_F(Therapeutic, TheSessionsOwnDayIsNoResponse) {
  Score("recovery", "1", "2026-03-05T12:00:00Z");
  EXPECT_EQ(AtEndOf(42), "indeterminate: no-follow-up");
  On(21, "7");
  const Judgement judgement = One();
  EXPECT_EQ(Word(judgement), "no-response");
  EXPECT_EQ(Id(judgement.best), "Observation/d21nrs");
  EXPECT_EQ(Text(judgement.relief_percent), "12.5");
}

TEST_F(Therapeutic, DayOneIsAResponse) {
  On(1, "1");
  On(21, "7");
  EXPECT_EQ(AtEndOf(90), "short-lived");
}

TEST_F(Therapeutic, AThreeMonthVisitAloneShowsDurableRelief) {
  On(90, "3");
  EXPECT_EQ(Says(), "durable-relief");
}

TEST_F(Therapeutic, ALateImprovementAfterAFailureIsContradictory) {
  On(21, "7");
  EXPECT_EQ(AtEndOf(59), "no-response");
  On(75, "3");
  EXPECT_EQ(Says(Day(75)), "indeterminate: contradictory");
  EXPECT_EQ(Text(One().decided_at), Day(75));
}

TEST_F(Therapeutic, ALaterSuccessInsideTheWindowUndoesNoResponse) {
  On(14, "7");
  On(21, "7");
  EXPECT_EQ(Says(Day(30)), "no-response");
  On(59, "3");
  EXPECT_EQ(Says(Day(60)), "pending");
  EXPECT_EQ(AtEndOf(120), "indeterminate: no-follow-up");
}

TEST_F(Therapeutic, ConfirmFirst) {
  policy.confirm = Confirm::kFirst;
  On(14, "7");
  EXPECT_EQ(Says(Day(14)), "no-response");
  On(20, "3");
  EXPECT_EQ(Says(Day(20)), "pending");
  On(30, "7");
  EXPECT_EQ(Says(Day(30)), "short-lived");
  EXPECT_EQ(Text(One().decided_at), Day(30));
}

TEST_F(Therapeutic, ConfirmTwoReadings) {
  policy.confirm = Confirm::kTwoReadings;
  On(20, "7");
  Score("same-day", "7", Day(20, "T18:00:00Z"));
  EXPECT_EQ(BeforeEndOf(59), "pending");
  EXPECT_EQ(AtEndOf(59), "indeterminate: no-follow-up");
  On(21, "7");
  EXPECT_EQ(Says(Day(21)), "no-response");
}

TEST_F(Therapeutic, ConfirmTwoReadingsShortLived) {
  policy.confirm = Confirm::kTwoReadings;
  On(20, "2");
  On(30, "7");
  EXPECT_EQ(BeforeEndOf(90), "pending");
  EXPECT_EQ(AtEndOf(90), "indeterminate: no-follow-up");
  On(31, "7");
  EXPECT_EQ(Says(Day(31)), "short-lived");
}

TEST_F(Therapeutic, ConfirmWindowEnd) {
  policy.confirm = Confirm::kWindowEnd;
  On(14, "7");
  On(28, "7");
  EXPECT_EQ(BeforeEndOf(59), "pending");
  EXPECT_EQ(AtEndOf(59), "no-response");
}

TEST_F(Therapeutic, ConfirmTwoReadingsEndedWithOneIsConfounded) {
  policy.confirm = Confirm::kTwoReadings;
  On(20, "7");
  Intervene(InterventionKind::kEpidural, Day(30));
  EXPECT_EQ(Says(Day(30)), "indeterminate: confounded");
}

}  // namespace
}  // namespace facet::clinical
