// How episodes end, function scores, and when to look again.
#include "chart.hpp"

namespace facet::clinical {
namespace {

class EpisodeEnd : public testing::Test, public Chart {
 protected:
  EpisodeEnd() {
    Chart::Procedure("p").steroid_used = true;
    Baseline("8");
  }
};

TEST_F(EpisodeEnd, OneReadingAndTheEndIsAFailure) {
  On(20, "7");
  Intervene(InterventionKind::kRfa, Day(30));
  EXPECT_EQ(Says(Day(29)), "pending");
  EXPECT_EQ(Says(Day(30)), "no-response");
  EXPECT_EQ(Text(One().decided_at), Day(30));
}

TEST_F(EpisodeEnd, SuccessSoFarIsConfoundedAtOnce) {
  On(20, "2");
  Intervene(InterventionKind::kEpidural, Day(30));
  EXPECT_EQ(Says(Day(30)), "indeterminate: confounded");
  EXPECT_EQ(Text(One().decided_at), Day(30));
  EXPECT_EQ(Id(One().best), "Observation/d20nrs");
}

TEST_F(EpisodeEnd, LostBeforeTheEndIsShortLived) {
  On(10, "2");
  On(20, "7");
  Intervene(InterventionKind::kEpidural, Day(30));
  EXPECT_EQ(Says(Day(30)), "short-lived");
  facts.scores.back().time = Time(Day(13));
  EXPECT_EQ(Says(Day(30)), "indeterminate: confounded");
}

TEST_F(EpisodeEnd, DurableBeforeTheEndStays) {
  On(70, "2");
  Intervene(InterventionKind::kRfa, Day(80));
  EXPECT_EQ(Says(), "durable-relief");
}

TEST_F(EpisodeEnd, EveryConfoundingKindEndsAndTheOthersDoNot) {
  On(20, "7");
  On(40, "7");
  Intervene(InterventionKind::kRfa, Day(15));
  for (int i = 0; i <= static_cast<int>(InterventionKind::kFacetSession); ++i) {
    const auto kind = static_cast<InterventionKind>(i);
    facts.interventions[0].kind = kind;
    const bool harmless = kind == InterventionKind::kTriggerPoint || kind >= InterventionKind::kMri;
    EXPECT_EQ(Says(), harmless ? "no-response" : "indeterminate: confounded") << NameOf(kind);
  }
}

TEST_F(EpisodeEnd, OrdersAndOtherRegionsDoNotEnd) {
  On(20, "7");
  Intervene(InterventionKind::kRfa, Day(15)).order = true;
  EXPECT_EQ(Says(), "no-response");
  facts.interventions[0].order = false;
  facts.interventions[0].region = Region::kCervical;
  EXPECT_EQ(Says(), "no-response");
  facts.interventions[0].region = Region::kUnknown;
  EXPECT_EQ(Says(), "indeterminate: confounded");
}

TEST_F(EpisodeEnd, TheSacroiliacJointIsLumbar) {
  facts.procedures[0].region = Region::kCervical;
  On(20, "7");
  Intervene(InterventionKind::kSiInjection, Day(15), Region::kUnknown);
  EXPECT_EQ(Says(), "no-response");
}

TEST_F(EpisodeEnd, AReadingAtTheInterventionIsBeforeItAndAnOpenOrderDoesNotCount) {
  On(20, "7");
  Intervene(InterventionKind::kRfa, Day(20));
  EXPECT_EQ(Says(), "no-response");
  facts.interventions[0].time = Time(Day(20, "T09:59:59Z"));
  EXPECT_EQ(Says(), "indeterminate: confounded");
  facts.interventions[0].time = Time(Day(20, ""));
  EXPECT_EQ(Says(), "indeterminate: confounded");
  facts.interventions[0].time = Time("2026-04");  // later than day 20
  EXPECT_EQ(Says(), "no-response");
}

TEST_F(EpisodeEnd, OneOnTheOwnDayConfoundsEverythingAfterIt) {
  On(20, "7");
  On(30, "7");
  Intervene(InterventionKind::kEpidural, "2026-03-05T08:00:00Z");
  EXPECT_EQ(Says(), "indeterminate: confounded");
  facts.interventions[0].time = Time("2026-03-05");
  EXPECT_EQ(Says(), "indeterminate: confounded");
  facts.interventions[0].time = Time("2026-03-04T08:00:00Z");
  EXPECT_EQ(Says(), "no-response");
}

TEST_F(EpisodeEnd, TheNextSessionEndsTheOneBefore) {
  On(20, "7");
  Chart::Procedure("q", Day(30)).steroid_used = true;
  On(60, "7");
  EXPECT_EQ(Says(Day(30)), "no-response");
  EXPECT_EQ(Says(Day(120), 1), "no-response");  // the score of day 20 is its baseline
  EXPECT_EQ(One(Day(120), 1).baseline->day, -10);
}

TEST_F(EpisodeEnd, ASessionOfUnknownRegionEndsNoOtherOnItsOwnDay) {
  Chart::Procedure("c", "2026-03-05T11:00:00Z", Region::kCervical).steroid_used = true;
  Chart::Procedure("u", "2026-03-05T12:00:00Z", Region::kUnknown).steroid_used = true;
  On(20, "7");
  On(30, "7");
  EXPECT_EQ(Says("2026-12-01T00:00:00Z", 0), "no-response");
  EXPECT_EQ(Says("2026-12-01T00:00:00Z", 1), "no-response");
  EXPECT_EQ(Says("2026-12-01T00:00:00Z", 2), "indeterminate: confounded");
}

TEST_F(EpisodeEnd, ASessionOfUnknownRegionEndsOthersLater) {
  Chart::Procedure("u", Day(10), Region::kUnknown);
  On(20, "7");
  EXPECT_EQ(Says(), "indeterminate: confounded");
}

TEST_F(EpisodeEnd, AfterDay120NothingEndsIt) {
  Intervene(InterventionKind::kRfa, Day(120));
  EXPECT_EQ(Says(), "indeterminate: confounded");
  facts.interventions[0].time = Time(Day(121));
  EXPECT_EQ(Says(), "indeterminate: no-follow-up");
}

TEST_F(EpisodeEnd, WithoutAnyFollowUpConfoundedComesBeforeEverything) {
  facts.scores.clear();
  Intervene(InterventionKind::kRfa, Day(10));
  EXPECT_EQ(Says(), "indeterminate: confounded");
  On(5, "7");
  EXPECT_EQ(Says(), "indeterminate: no-baseline");
  EXPECT_EQ(Says(Day(10)), "indeterminate: no-baseline");  // at once
  Baseline("3");
  EXPECT_EQ(Says(), "indeterminate: low-baseline");
  facts.scores[1] = facts.scores[0];
  facts.scores[1].source.resource = "Observation/other";
  facts.scores[1].instrument = Instrument::kFaces;
  facts.scores[1].time = Time(Day(-1));
  EXPECT_EQ(Says(), "indeterminate: mixed-instruments");
}

TEST_F(EpisodeEnd, AFutureInterventionIsNotKnown) {
  On(20, "7");
  Intervene(InterventionKind::kRfa, Day(30));
  EXPECT_EQ(Text(One(Day(25)).next_look_at), Day(30));
}

class Function : public testing::Test, public Chart {
 protected:
  Function() {
    Chart::Procedure("p").steroid_used = true;
    Chart::Function("b", Instrument::kOdi, "40", "percent", "2026-03-05T09:00:00Z");
    Chart::Function("f", Instrument::kOdi, "36", "percent", Day(30));
  }
};

TEST_F(Function, DecidesWhereNoPainWasFollowed) {
  Baseline("8");
  const Judgement judgement = One();
  EXPECT_EQ(Word(judgement), "no-response");
  EXPECT_EQ(judgement.measure, Measure::kFunction);
  EXPECT_EQ(judgement.baseline->scale_high, 100);
  EXPECT_EQ(Doubts(judgement), "side-unknown single-reading");
  EXPECT_EQ(Text(judgement.relief_percent), "10");
}

TEST_F(Function, IsSilentBesidePainOrReliefFollowUp) {
  Relief("r", "80", Day(30));
  EXPECT_EQ(One().measure, Measure::kPain);
  facts.reliefs.clear();
  On(30, "3");
  EXPECT_EQ(Says(), "indeterminate: no-baseline");
  Baseline("8");
  EXPECT_EQ(One().measure, Measure::kPain);
}

TEST_F(Function, NeverDecidesABlock) {
  facts.procedures[0].steroid_used = false;
  facts.procedures[0].approach = Approach::kMedialBranch;
  Chart::Function("g", Instrument::kOdi, "4", "percent", "2026-03-05T12:00:00Z");
  EXPECT_EQ(Says(), "indeterminate: no-baseline");
}

TEST_F(Function, SuccessNeedsPercentAndTheInstrumentsOwnChange) {
  facts.functions[1].value = Dec("20");
  Chart::Function("g", Instrument::kOdi, "20", "percent", Day(90));
  EXPECT_EQ(Says(), "durable-relief");
  policy.success_percent = 10;
  facts.functions[0].value = Dec("30");
  EXPECT_EQ(Says(), "durable-relief");
  facts.functions[1].value = Dec("20.1");
  facts.functions[2].value = Dec("20.1");
  EXPECT_EQ(Says(), "no-response");
}

TEST_F(Function, ABaselineBelowAFifthOfTheScaleIsLow) {
  facts.functions[0].value = Dec("19.9");
  EXPECT_EQ(Says(), "indeterminate: low-baseline");
  facts.functions[0].value = Dec("20");
  EXPECT_EQ(Says(), "no-response");
}

TEST_F(Function, UnitsAreNeverCompared) {
  facts.functions[1].unit = "score";
  EXPECT_EQ(Says(), "indeterminate: no-follow-up");
}

TEST_F(Function, IndicesSpeakOfTheirRegion) {
  facts.procedures[0].region = Region::kCervical;
  EXPECT_EQ(Says(), "indeterminate: no-baseline");
  for (FunctionScore& score : facts.functions) score.instrument = Instrument::kNdi;
  EXPECT_EQ(Says(), "no-response");
  facts.procedures[0].region = Region::kLumbar;
  EXPECT_EQ(Says(), "indeterminate: no-baseline");
}

TEST_F(Function, PegAndBpi) {
  for (const Instrument instrument : {Instrument::kPeg, Instrument::kBpi}) {
    facts.functions.clear();
    Chart::Function("b", instrument, "6", "score", Day(-1));
    Chart::Function("f", instrument, "5", "score", Day(30));
    EXPECT_EQ(Says(), "no-response");
    facts.functions[0].value = Dec("1.9");
    EXPECT_EQ(Says(), "indeterminate: low-baseline");
  }
}

// Guidance of the day makes it a medial branch block, and what happened in another visit sets a score aside: from then
// on the answer is another.
TEST(NextLook, WhatSettlesTheContextIsLookedAtWhenItIsKnown) {
  Chart chart;
  chart.Procedure("pr1", "2026-03-05T10:00:00Z");
  chart.facts.nerve_blocks.push_back(
      {{"DiagnosticReport/r", ""}, chart.Time("2026-03-05T18:00:00Z"), Region::kUnknown});
  EXPECT_EQ(Chart::Text(chart.One("2026-03-05T12:00:00Z").next_look_at), "2026-03-05T18:00:00Z");
  EXPECT_NE(Chart::Text(chart.One("2026-03-05T18:00:00Z").next_look_at), "2026-03-05T18:00:00Z");
  chart.facts.other_procedures.push_back({{"Procedure/x", ""}, chart.Time("2026-03-05T14:00:00Z"), "Encounter/e"});
  EXPECT_EQ(Chart::Text(chart.One("2026-03-05T12:00:00Z").next_look_at), "2026-03-05T14:00:00Z");
}

TEST(NextLook, IsTheNextInstantThatChangesTheAnswer) {
  Chart chart;
  chart.Procedure("p").steroid_used = true;
  EXPECT_EQ(Chart::Text(chart.One("2026-03-06T00:00:00Z").next_look_at), "2026-04-17T00:00:00Z");
  chart.Baseline("8");
  chart.On(20, "7");
  EXPECT_EQ(Chart::Text(chart.One(Chart::Day(25)).next_look_at), "2026-05-04T00:00:00Z");
  EXPECT_EQ(Chart::Text(chart.One().next_look_at), "none");
  chart.facts.scores.back().value = Dec("2");
  EXPECT_EQ(Chart::Text(chart.One(Chart::Day(25)).next_look_at), "2026-07-04T00:00:00Z");
  chart.On(50, "7");
  EXPECT_EQ(Chart::Text(chart.One(Chart::Day(55)).next_look_at), "2026-06-04T00:00:00Z");
}

TEST(NextLook, EndsOfDaysAreTheSites) {
  Chart chart(TimeZone::Fixed(-5 * 3600));
  chart.Procedure("p").steroid_used = true;
  chart.Baseline("8");
  EXPECT_EQ(Chart::Text(chart.One("2026-03-06T00:00:00Z").next_look_at), "2026-04-17T05:00:00Z");
  EXPECT_EQ(chart.Says("2026-04-17T04:59:59Z"), "pending");
  EXPECT_EQ(chart.Says("2026-04-17T04:59:59.999Z"), "indeterminate: no-follow-up");  // the end of that day
}

TEST(NextLook, ADayOfTwentyThreeHoursIsADay) {
  const Chart utc;
  // New York, 2026-03-08: 07:00Z is where EST becomes EDT.
  Chart chart(TimeZone("test", -5 * 3600, {{utc.Time("2026-03-08T07:00:00Z").earliest.ms / 1000, -4 * 3600}}));
  chart.Procedure("p", "2026-03-07T23:30:00").steroid_used = true;
  chart.Score("b", "8", "2026-03-07T22:00:00");
  chart.Score("f", "7", "2026-03-21T00:30:00");  // fewer than 14 * 24 hours later, and day 14
  EXPECT_EQ(chart.One().best->day, 14);
  EXPECT_EQ(chart.Says(), "no-response");
  EXPECT_EQ(Chart::Text(chart.One().decided_at), "2026-05-06T04:00:00Z");
}

}  // namespace
}  // namespace facet::clinical
