// Verdicts on diagnostic blocks, and what a stated percent relief decides.
#include "chart.hpp"

namespace facet::clinical {
namespace {

class Block : public testing::Test, public Chart {
 protected:
  Block() {
    Chart::Block();
    Baseline("8");
  }
};

TEST_F(Block, SeventyPercentIsPositive) {
  Score("f", "2.4", "2026-03-05T12:00:00Z");
  EXPECT_EQ(Says("2026-03-05T12:00:00Z"), "positive-block");
  EXPECT_EQ(Text(One().decided_at), "2026-03-05T12:00:00Z");
  EXPECT_EQ(Text(One().relief_percent), "70");
  EXPECT_EQ(Text(One().next_look_at), "none");
  facts.scores.back().value = Dec("2.41");
  EXPECT_EQ(Says("2026-03-06T09:59:59Z"), "pending");
  EXPECT_EQ(Says("2026-03-06T10:00:00Z"), "negative-block");
  EXPECT_EQ(Text(One().decided_at), "2026-03-06T10:00:00Z");
}

TEST_F(Block, WearingOffWithinHoursIsPositive) {
  Score("f", "1", "2026-03-05T11:00:00Z");
  Score("g", "8", "2026-03-05T18:00:00Z");
  EXPECT_EQ(Says(), "positive-block");
  EXPECT_EQ(Text(One().relief_percent), "87.5");
}

TEST_F(Block, TheWindowIsTwentyFourHours) {
  Score("f", "1", "2026-03-06T10:00:00Z");
  EXPECT_EQ(Says(), "positive-block");
  facts.scores.back().time = Time("2026-03-06T10:00:01Z");
  EXPECT_EQ(Says(), "indeterminate: no-follow-up");
}

TEST_F(Block, TheWindowBeginsWithTheEnd) {
  facts.procedures[0].end = Time("2026-03-05T10:30:00Z");
  Score("f", "1", "2026-03-05T10:30:00Z");  // neither baseline nor follow-up
  EXPECT_EQ(Says(), "indeterminate: no-follow-up");
  facts.scores.back().time = Time("2026-03-06T10:30:00Z");
  EXPECT_EQ(Says(), "positive-block");
}

TEST_F(Block, NegativeNeedsAReadingWithinEightHours) {
  Score("f", "7", "2026-03-05T18:00:00Z");
  EXPECT_EQ(Says(), "negative-block");
  facts.scores.back().time = Time("2026-03-05T18:00:01Z");
  EXPECT_EQ(Says(), "indeterminate: no-follow-up");
}

TEST_F(Block, AChangeOfTheClocksAddsNothing) {
  // Clocks go forward one hour at 2026-03-05T12:00Z: 24 elapsed hours end at 11:00 by the old clock.
  zone = TimeZone("test", 0, {{Time("2026-03-05T12:00:00Z").earliest.ms / 1000, 3600}});
  Score("f", "1", "2026-03-06T10:00:00Z");
  EXPECT_EQ(Says(), "positive-block");
  facts.scores.back().time = Time("2026-03-06T10:30:00Z");
  EXPECT_EQ(Says(), "indeterminate: no-follow-up");
}

TEST_F(Block, NothingIsSaidBeforeTheWindowCloses) {
  facts.scores.clear();
  EXPECT_EQ(Says("2026-03-06T09:59:59Z"), "pending");
  EXPECT_EQ(Text(One("2026-03-05T10:00:00Z").next_look_at), "2026-03-06T10:00:00Z");
  EXPECT_EQ(Says("2026-03-06T10:00:00Z"), "indeterminate: no-baseline");
}

TEST_F(Block, LowBaselineDecidesNothing) {
  facts.scores[0].value = Dec("3");
  Score("f", "0", "2026-03-05T11:00:00Z");
  EXPECT_EQ(Says(), "indeterminate: low-baseline");
}

TEST_F(Block, TwoValuesThatDecideDifferently) {
  Score("f", "1", "2026-03-05T11:00:00Z");
  Score("g", "7", "2026-03-05T11:00:00Z");
  EXPECT_EQ(Says("2026-03-05T12:00:00Z"), "positive-block");
  EXPECT_EQ(Says(), "indeterminate: contradictory");
  Score("h", "1", "2026-03-05T12:00:00Z");
  EXPECT_EQ(Says(), "positive-block");
}

TEST_F(Block, TwoInstrumentsThatDecideDifferently) {
  Score("f", "1", "2026-03-05T11:00:00Z");
  Baseline("80", Instrument::kVas100);
  Score("g", "70", "2026-03-05T11:00:00Z", Instrument::kVas100);
  EXPECT_EQ(Says(), "indeterminate: contradictory");
}

TEST_F(Block, StatedReliefDecides) {
  facts.scores.clear();
  Relief("r", "70", "2026-03-05T14:00:00Z");
  const Judgement judgement = One();
  EXPECT_EQ(Word(judgement), "positive-block");
  EXPECT_EQ(Id(judgement.baseline), "none");
  EXPECT_EQ(judgement.best->instrument, Instrument::kPercentRelief);
  EXPECT_EQ(judgement.best->scale_high, 100);
  EXPECT_EQ(Text(judgement.relief_percent), "70");
  EXPECT_EQ(Doubts(judgement), "intent-unknown side-unknown");
  facts.reliefs[0].percent = Dec("69.9");
  EXPECT_EQ(Says("2026-03-06T09:00:00Z"), "pending");
  EXPECT_EQ(Says(), "negative-block");
}

TEST_F(Block, TheBestOfSeveralStatedReliefsDecides) {
  Relief("r", "20", "2026-03-05T14:00:00Z");
  Relief("s", "90", "2026-03-05T14:00:00Z");
  EXPECT_EQ(Says(), "positive-block");
}

TEST_F(Block, StatedReliefGoesBeforeScoresAndTheDifferenceIsADoubt) {
  Score("f", "7", "2026-03-05T11:00:00Z");  // 12.5 %
  Relief("r", "80", "2026-03-05T14:00:00Z");
  Judgement judgement = One();
  EXPECT_EQ(Word(judgement), "positive-block");
  EXPECT_EQ(Text(judgement.explicit_relief_percent), "80");
  EXPECT_EQ(Text(judgement.computed_relief_percent), "12.5");
  EXPECT_EQ(Doubts(judgement), "intent-unknown side-unknown scores-disagree");
  facts.scores.back().value = Dec("3.2");  // 60 %: 20 points apart
  EXPECT_EQ(Doubts(One()), "intent-unknown side-unknown");
  facts.scores.back().value = Dec("3.21");
  EXPECT_EQ(Doubts(One()), "intent-unknown side-unknown scores-disagree");
  facts.scores.back().value = Dec("1");
  facts.reliefs.back().percent = Dec("30");
  EXPECT_EQ(Says(), "negative-block");
}

TEST_F(Block, UnlinkedReliefCountsInTheWindowOrOnTheDay) {
  facts.scores.clear();
  PercentRelief& relief = Relief("r", "80", "2026-03-06T10:00:00Z");
  EXPECT_EQ(Says(), "positive-block");
  relief.time = Time("2026-03-06T10:00:01Z");
  EXPECT_EQ(Says(), "indeterminate: no-baseline");
  relief.time = Time("2026-03-05");
  EXPECT_EQ(Says(), "positive-block");
  relief.time = Time("2026-03-06");  // within 24 hours, or not
  EXPECT_EQ(Says(), "indeterminate: no-baseline");
  relief.time = Time("2026-03-05T09:00:00Z");
  EXPECT_EQ(Says(), "indeterminate: no-baseline");
}

TEST_F(Block, LinkedReliefCountsUntilTheEpisodeEnds) {
  facts.scores.clear();
  PercentRelief& relief = Relief("r", "80", Day(14));
  relief.linked = {"Procedure/p"};
  EXPECT_EQ(Says(Day(13)), "indeterminate: no-baseline");
  EXPECT_EQ(Says(Day(14)), "positive-block");
  EXPECT_EQ(Text(One().decided_at), Day(14));
  Intervene(InterventionKind::kRfa, Day(14));
  EXPECT_EQ(Says(), "positive-block");
  facts.interventions[0].time = Time(Day(13));
  EXPECT_EQ(Says(), "indeterminate: no-baseline");
  facts.interventions.clear();
  relief.time = Time(Day(120));
  EXPECT_EQ(Says(), "positive-block");
  relief.time = Time(Day(121));
  EXPECT_EQ(Says(), "indeterminate: no-baseline");
}

TEST_F(Block, ReliefOfAnotherProcedureIsNotOurs) {
  Relief("r", "80", "2026-03-05T14:00:00Z").linked = {"Procedure/knee"};
  EXPECT_EQ(Says(), "indeterminate: no-follow-up");
}

TEST_F(Block, PreliminaryReliefDecidesNothing) {
  Relief("r", "80", "2026-03-05T14:00:00Z").preliminary = true;
  EXPECT_EQ(Says(), "indeterminate: no-follow-up");
}

TEST_F(Block, DateOnlyBlock) {
  facts.procedures[0].start = Time("2026-03-05");
  EXPECT_EQ(Says(), "indeterminate: imprecise-time");  // a score of the day
  EXPECT_EQ(Doubts(One()), "intent-unknown side-unknown date-only");
  EXPECT_EQ(Says("2026-03-06T23:59:00Z"), "pending");
  EXPECT_EQ(Says("2026-03-07T00:00:00Z"), "indeterminate: imprecise-time");
  facts.scores.clear();
  EXPECT_EQ(Says(), "indeterminate: no-baseline");
  Score("earlier", "8", "2026-03-01T09:00:00Z");
  EXPECT_EQ(Says(), "indeterminate: no-follow-up");
  Score("next", "1", "2026-03-06T09:00:00Z");
  EXPECT_EQ(Says(), "indeterminate: no-follow-up");
}

TEST_F(Block, ADateOnlyBlockIsDecidedByStatedRelief) {
  facts.procedures[0].start = Time("2026-03-05");
  PercentRelief& relief = Relief("r", "80", "2026-03-05");
  EXPECT_EQ(Says(), "positive-block");
  relief.time = Time("2026-03-06");
  EXPECT_EQ(Says(), "positive-block");
  relief.time = Time("2026-03-06T23:00:00Z");
  EXPECT_EQ(Says(), "positive-block");
  relief.time = Time("2026-03-07");
  EXPECT_EQ(Says(), "indeterminate: imprecise-time");
}

TEST_F(Block, EndedInsideItsWindowWithoutAnAnswerIsConfounded) {
  Score("f", "7", "2026-03-05T11:00:00Z");
  Intervene(InterventionKind::kSiInjection, "2026-03-05T14:00:00Z");
  EXPECT_EQ(Says("2026-03-05T13:00:00Z"), "pending");
  EXPECT_EQ(Says("2026-03-05T14:00:00Z"), "indeterminate: confounded");
  EXPECT_EQ(Says(), "indeterminate: confounded");
  facts.scores.back().value = Dec("1");
  EXPECT_EQ(Says(), "positive-block");
}

TEST_F(Block, WhatComesAfterTheWindowDoesNotEndABlock) {
  Score("f", "7", "2026-03-05T11:00:00Z");
  Intervene(InterventionKind::kRfa, "2026-03-06T10:00:00Z");
  EXPECT_EQ(Says(), "indeterminate: confounded");
  facts.interventions[0].time = Time("2026-03-06T10:00:01Z");
  EXPECT_EQ(Says(), "negative-block");
}

TEST_F(Block, WindowsAndThresholdsArePolicy) {
  policy.positive_percent = 80;
  policy.peak_hours = 2;
  policy.diagnostic_window_hours = {1, 6};
  Score("f", "1.6", "2026-03-05T10:59:00Z");
  EXPECT_EQ(Says(), "indeterminate: no-follow-up");
  facts.scores.back().time = Time("2026-03-05T11:00:00Z");
  EXPECT_EQ(Says(), "positive-block");
  facts.scores.back().value = Dec("1.7");
  EXPECT_EQ(Says("2026-03-05T16:00:00Z"), "negative-block");
  facts.scores.back().time = Time("2026-03-05T12:01:00Z");
  EXPECT_EQ(Says(), "indeterminate: no-follow-up");
}

class Treated : public testing::Test, public Chart {
 protected:
  Treated() { Chart::Procedure("p").steroid_used = true; }
};

TEST_F(Treated, StatedReliefIsAReadingWhereThereIsNoBaseline) {
  Relief("r", "50", Day(21));
  Relief("s", "40", Day(30));
  EXPECT_EQ(Says(), "short-lived");
  EXPECT_EQ(Text(One().relief_percent), "40");
  Score("b", "8", "2026-03-05T09:00:00Z");
  EXPECT_EQ(Says(), "indeterminate: no-follow-up");
}

TEST_F(Treated, StatedReliefBelowSuccessIsNoResponse) {
  Relief("r", "49.9", Day(21, ""));
  const Judgement judgement = One();
  EXPECT_EQ(Word(judgement), "no-response");
  EXPECT_EQ(Text(judgement.relief_percent), "49.9");
  EXPECT_EQ(Doubts(judgement), "side-unknown single-reading date-only");
}

TEST_F(Treated, ALowBaselineIsABaseline) {
  Score("b", "3", "2026-03-05T09:00:00Z");
  Relief("r", "20", Day(21));
  EXPECT_EQ(Says(), "indeterminate: low-baseline");
}

TEST_F(Treated, ComputedAndStatedReliefAreCompared) {
  Score("b", "8", "2026-03-05T09:00:00Z");
  On(21, "7");
  Relief("r", "60", Day(21));
  const Judgement judgement = One();
  EXPECT_EQ(Word(judgement), "no-response");
  EXPECT_EQ(Doubts(judgement), "setting-unknown site-unknown side-unknown single-reading scores-disagree");
}

}  // namespace
}  // namespace facet::clinical
