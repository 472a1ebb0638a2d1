// Reasons why a therapeutic session is not decided, and what decides nothing.
#include "chart.hpp"

namespace facet::clinical {
namespace {

TEST_F(Therapeutic, NoBaseline) {
  facts.scores.clear();
  On(21, "7");
  EXPECT_EQ(BeforeEndOf(42), "pending");
  EXPECT_EQ(AtEndOf(42), "indeterminate: no-baseline");
  EXPECT_EQ(Id(One().best), "none");
}

TEST_F(Therapeutic, LowBaselineBelowFour) {
  On(21, "3.9");
  facts.scores[0].value = Dec("3.9");
  EXPECT_EQ(BeforeEndOf(42), "pending");
  EXPECT_EQ(AtEndOf(42), "indeterminate: low-baseline");
  EXPECT_EQ(Id(One().baseline), "Observation/bnrs");
  facts.scores[0].value = Dec("4.0");
  EXPECT_EQ(Says(), "no-response");
}

TEST_F(Therapeutic, LowBaselineIsScaled) {
  facts.scores.clear();
  Baseline("39", Instrument::kVas100);
  On(21, "39", Instrument::kVas100);
  EXPECT_EQ(Says(), "indeterminate: low-baseline");
  facts.scores[0].value = Dec("40");
  EXPECT_EQ(Says(), "no-response");
}

TEST_F(Therapeutic, ZeroBaselineIsLowAndHasNoRelief) {
  facts.scores[0].value = Dec("0");
  On(21, "0");
  const Judgement judgement = One();
  EXPECT_EQ(Word(judgement), "indeterminate: low-baseline");
  EXPECT_EQ(Text(judgement.best->relief_percent), "none");
}

TEST_F(Therapeutic, MixedInstruments) {
  On(21, "70", Instrument::kVas100);
  EXPECT_EQ(BeforeEndOf(42), "pending");
  EXPECT_EQ(AtEndOf(42), "indeterminate: mixed-instruments");
  EXPECT_EQ(Id(One().baseline), "none");
}

TEST_F(Therapeutic, MixedInstrumentsWhereTheOwnFollowUpIsTooEarly) {
  On(5, "7");
  EXPECT_EQ(Says(), "indeterminate: no-follow-up");
  On(21, "70", Instrument::kVas100);
  EXPECT_EQ(Says(), "indeterminate: mixed-instruments");
}

TEST_F(Therapeutic, CentimetresAndMillimetresAreTwoInstruments) {
  facts.scores.clear();
  Baseline("8", Instrument::kVas10);
  On(21, "70", Instrument::kVas100);
  EXPECT_EQ(Says(), "indeterminate: mixed-instruments");
}

TEST_F(Therapeutic, SeveralInstrumentsOfOneVerdictShowTheFirstInTableOrder) {
  Baseline("80", Instrument::kVas100);
  On(21, "75", Instrument::kVas100);
  On(21, "6");
  const Judgement judgement = One();
  EXPECT_EQ(Word(judgement), "no-response");
  EXPECT_EQ(judgement.best->instrument, Instrument::kNrs);
}

TEST_F(Therapeutic, TheDecidedInstrumentIsShown) {
  On(5, "7");
  Baseline("80", Instrument::kVas100);
  On(21, "75", Instrument::kVas100);
  const Judgement judgement = One();
  EXPECT_EQ(Word(judgement), "no-response");
  EXPECT_EQ(judgement.best->instrument, Instrument::kVas100);
  EXPECT_EQ(judgement.best->scale_high, 100);
}

TEST_F(Therapeutic, InstrumentsWithDifferentVerdictsAreContradictory) {
  Baseline("80", Instrument::kVas100);
  On(90, "20", Instrument::kVas100);
  On(21, "7");
  EXPECT_EQ(Says(), "indeterminate: contradictory");
}

TEST_F(Therapeutic, TwoValuesOfOneTimeThatMatterAreContradictory) {
  On(21, "7");
  Score("other", "3", Day(21));
  EXPECT_EQ(BeforeEndOf(42), "pending");
  EXPECT_EQ(Says(), "indeterminate: contradictory");
  facts.scores.back().value = Dec("6");
  EXPECT_EQ(Says(), "no-response");
}

TEST_F(Therapeutic, TwoValuesNeverReplaceDurableReliefUnlessBothDecide) {
  On(90, "3");
  Score("other", "7", Day(90));
  // Alone, 7 on day 90 decides nothing.
  EXPECT_EQ(Says(), "durable-relief");
  On(21, "3");
  EXPECT_EQ(Says(), "indeterminate: contradictory");  // wore-off or durable-relief
}

TEST_F(Therapeutic, TwoBaselinesOfOneTimeThatMatterAreContradictory) {
  Score("second", "6", "2026-03-05T09:00:00Z");
  On(21, "4");
  EXPECT_EQ(Says(), "indeterminate: contradictory");
  facts.scores.back().value = Dec("5");
  EXPECT_EQ(Says(), "no-response");
}

TEST_F(Therapeutic, ADateAndATimeOfOneDayAreOneTime) {
  Score("date", "3", Day(21, ""));
  On(21, "7");
  EXPECT_EQ(Says(), "indeterminate: contradictory");
}

TEST_F(Therapeutic, PreliminaryScoresDecideNothing) {
  On(21, "7").preliminary = true;
  EXPECT_EQ(Says(), "indeterminate: no-follow-up");
  facts.scores[0].preliminary = true;
  EXPECT_EQ(Says(), "indeterminate: no-baseline");
}

TEST_F(Therapeutic, ReliefIsRoundedHalfAwayFromZero) {
  facts.scores[0].value = Dec("8");
  On(21, "7.9960");  // 0.05 %
  EXPECT_EQ(Text(One().relief_percent), "0.1");
  facts.scores[1].value = Dec("8.0040");
  EXPECT_EQ(Text(One().relief_percent), "-0.1");
  facts.scores[0].value = Dec("6");
  facts.scores[1].value = Dec("4");
  EXPECT_EQ(Text(One().relief_percent), "33.3");
}

TEST_F(Therapeutic, MonthPrecisionCountsOnlyWhereEveryLimitIsDecided) {
  Score("april", "7", "2026-04");  // days 27 to 56: inside early_days
  EXPECT_EQ(AtEndOf(59), "no-response");
  facts.scores.back().time = Time("2026-03");  // on both sides of the session
  EXPECT_EQ(AtEndOf(59), "indeterminate: no-follow-up");
  facts.scores.back().time = Time("2026-05");  // days 57 to 87: on both sides of day 59
  EXPECT_EQ(AtEndOf(100), "indeterminate: no-follow-up");
}

TEST_F(Therapeutic, FutureScoresAreNotKnown) {
  On(14, "7");
  On(21, "7");
  EXPECT_EQ(Says(Day(20)), "pending");
  EXPECT_EQ(Text(One(Day(20)).next_look_at), Day(21));
}

TEST_F(Therapeutic, UsCmsAsksForApproachOrIntent) {
  facts.procedures[0].intent = std::nullopt;
  policy.approach_and_intent_required = true;
  On(21, "7");
  EXPECT_EQ(BeforeEndOf(42), "pending");
  EXPECT_EQ(Says(), "indeterminate: intent-unknown");
  facts.procedures[0].approach = Approach::kIntraArticular;
  EXPECT_EQ(Says(), "no-response");
  facts.procedures[0].approach = Approach::kUnknown;
  facts.procedures[0].steroid_used = true;
  EXPECT_EQ(Says(), "no-response");
  facts.procedures[0].steroid_used = false;
  facts.scores.pop_back();
  EXPECT_EQ(Says(), "indeterminate: intent-unknown");
  On(90, "2");
  EXPECT_EQ(Says(), "durable-relief");
}

class Defaulted : public Therapeutic {
 protected:
  Defaulted() { facts.procedures[0].intent = std::nullopt; }
};

TEST_F(Defaulted, GreatReliefWithinADayMayHaveBeenABlock) {
  Score("recovery", "2.4", "2026-03-05T12:00:00Z");  // 70 %
  On(14, "7");
  On(21, "7");
  EXPECT_EQ(Says(Day(30)), "pending");
  EXPECT_EQ(AtEndOf(42), "indeterminate: contradictory");
  facts.scores[1].value = Dec("2.5");
  EXPECT_EQ(AtEndOf(42), "no-response");
}

TEST_F(Defaulted, ReliefAfterADayIsNoBlock) {
  Score("next", "1", "2026-03-06T10:00:00Z");
  On(21, "7");
  EXPECT_EQ(Says(), "indeterminate: contradictory");
  facts.scores[1].time = Time("2026-03-06T10:00:01Z");
  EXPECT_EQ(Says(), "short-lived");
}

TEST_F(Defaulted, GreatReliefWithinADayThatHeldIsAResponse) {
  Score("recovery", "1", "2026-03-05T12:00:00Z");
  On(14, "3");
  On(30, "7");
  EXPECT_EQ(Says(), "short-lived");
}

TEST_F(Defaulted, ExplicitReliefWithinADayCountsForTheBlock) {
  Relief("r", "70", "2026-03-05");
  On(21, "7");
  EXPECT_EQ(Says(), "indeterminate: contradictory");
  facts.reliefs[0].percent = Dec("69.9");
  EXPECT_EQ(Says(), "no-response");
}

TEST_F(Defaulted, AMaybeBlockReplacesNoFollowUpButNotConfounded) {
  Score("recovery", "1", "2026-03-05T12:00:00Z");
  EXPECT_EQ(Says(), "indeterminate: no-follow-up");
  On(5, "7");
  EXPECT_EQ(Says(), "indeterminate: contradictory");
  Intervene(InterventionKind::kRfa, Day(10));
  EXPECT_EQ(Says(), "indeterminate: confounded");
}

}  // namespace
}  // namespace facet::clinical
