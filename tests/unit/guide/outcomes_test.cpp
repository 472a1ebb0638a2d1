// What RFA, SI injection and trial stimulation achieved, from the scores around them.
#include "tests/unit/guide/fixture.hpp"

namespace facet::guide {
namespace {

// An ablation on 2025-06-01 with a baseline of 8 before it.
Case Ablated() {
  Case c;
  c.Done(InterventionKind::kRfa, "2025-06-01T10:00:00Z");
  c.Score("base", "8", "2025-05-30T10:00:00Z");
  return c;
}

TEST(Ablation, FollowUpWithinTheExpectedMonths) {
  Case none;
  EXPECT_EQ(State1(none, "G20"), "not-applicable");
  Case c = Ablated();
  EXPECT_EQ(State1(c, "G20"), "suggested");
  Case last_day;
  last_day.Done(InterventionKind::kRfa, "2024-12-01");
  EXPECT_EQ(State1(last_day, "G20"), "suggested");
  Case old;
  old.Done(InterventionKind::kRfa, "2024-11-30");
  EXPECT_EQ(State1(old, "G20"), "not-applicable");
}

TEST(Ablation, EffectDecidesTheRepeat) {
  Case none;
  EXPECT_EQ(State1(none, "G21"), "not-applicable");
  Case unknown = Ablated();
  EXPECT_EQ(State1(unknown, "G21"), "consider");
  Case early = Ablated();  // day 29 says nothing of an ablation
  early.Score("a", "2", "2025-06-30T10:00:00Z");
  EXPECT_EQ(State1(early, "G21"), "consider");
  Case lasting = Ablated();
  lasting.Score("a", "2", "2025-07-01T10:00:00Z");  // day 30
  EXPECT_EQ(State1(lasting, "G21"), "not-applicable");
  Case late = Ablated();  // nothing in the first 120 days
  late.Score("a", "2", "2026-05-01T10:00:00Z");
  EXPECT_EQ(State1(late, "G21"), "not-applicable");
  Case too_late;  // a reading after the expected months opens nothing
  too_late.Done(InterventionKind::kRfa, "2024-06-01T10:00:00Z");
  too_late.Score("base", "8", "2024-05-30T10:00:00Z");
  too_late.Score("a", "2", "2026-06-02T10:00:00Z");
  EXPECT_EQ(State1(too_late, "G21"), "consider");
  too_late.facts.scores.back().time = Time("2026-06-01T10:00:00Z");
  EXPECT_EQ(State1(too_late, "G21"), "not-applicable");
  Case recurred = lasting;
  recurred.Score("z", "7", "2026-02-01T10:00:00Z");
  EXPECT_EQ(State1(recurred, "G21"), "suggested");
  Case ineffective = Ablated();
  ineffective.Score("a", "6", "2025-09-01T10:00:00Z");
  EXPECT_EQ(State1(ineffective, "G21"), "not-applicable");
  recurred.Done(InterventionKind::kRfa, "2026-05-01T10:00:00Z");
  EXPECT_EQ(State1(recurred, "G21"), "done");
}

TEST(Ablation, LinesOfOneDayAreOneAblation) {
  Case c = Ablated();
  c.Done(InterventionKind::kRfa, "2025-06-01T10:20:00Z");
  c.Score("a", "2", "2025-07-01T10:00:00Z");
  c.Score("z", "7", "2026-02-01T10:00:00Z");
  EXPECT_EQ(State1(c, "G21"), "suggested");
}

TEST(Ablation, UnrelatedScoresDoNotCount) {
  Case c = Ablated();
  c.Score("a", "2", "2025-07-01T10:00:00Z");
  c.Score("z", "9", "2026-02-01T10:00:00Z");
  c.facts.scores.back().encounter = "Encounter/er";
  clinical::EncounterFact emergency;
  emergency.source = {"Encounter/er", "1"};
  emergency.class_code = "EMER";
  emergency.setting = clinical::Setting::kUnrelated;
  c.facts.encounters = {emergency};
  EXPECT_EQ(State1(c, "G21"), "not-applicable");
}

// An SI injection on 2026-05-01 with a baseline of 8 before it.
Case Injected() {
  Case c;
  c.Done(InterventionKind::kSiInjection, "2026-05-01T10:00:00Z", Region::kLumbar);
  c.Score("base", "8", "2026-04-30T10:00:00Z");
  return c;
}

TEST(SiInjection, SuccessOpensItsTherapy) {
  Case silent = Injected();
  EXPECT_EQ(State1(silent, "G11"), "not-applicable");
  Case success = Injected();
  success.Score("a", "3", "2026-05-20T10:00:00Z");
  EXPECT_EQ(State1(success, "G11"), "suggested");
  EXPECT_EQ(State1(success, "G12"), "consider");
  Case failure = Injected();
  failure.Score("a", "7", "2026-05-20T10:00:00Z");
  EXPECT_EQ(State1(failure, "G11"), "not-applicable");
  success.Done(InterventionKind::kSiFusion, "2020-05-01");
  EXPECT_EQ(State1(success, "G12"), "done");
}

TEST(SiInjection, ALinkedPercentReliefSpeaks) {
  Case c = Injected();
  clinical::PercentRelief relief;
  relief.source = {"Observation/relief", "1"};
  relief.percent = 49;
  relief.time = Time("2026-05-02T10:00:00Z");
  relief.linked = {"Procedure/i1"};
  c.facts.reliefs = {relief};
  EXPECT_EQ(State1(c, "G11"), "not-applicable");
  c.facts.reliefs[0].percent = 50;
  EXPECT_EQ(State1(c, "G11"), "suggested");
  c.policy.sij_positive_percent = 75;
  EXPECT_EQ(State1(c, "G11"), "not-applicable");
}

TEST(Trial, BestReliefOfTheFirstFourteenDays) {
  const auto with = [](const std::string& value, const std::string& time) {
    Case c;
    c.Done(InterventionKind::kScsTrial, "2026-08-01T10:00:00Z");
    c.Score("base", "8", "2026-07-30T10:00:00Z");
    c.Score("trial", value, time);
    return State1(c, "G25");
  };
  EXPECT_EQ(with("4", "2026-08-02T10:00:00Z"), "suggested");
  EXPECT_EQ(with("4", "2026-08-15T10:00:00Z"), "suggested");
  EXPECT_EQ(with("4", "2026-08-16T10:00:00Z"), "consider");
  EXPECT_EQ(with("4", "2026-08-01T12:00:00Z"), "consider");  // day 0
  EXPECT_EQ(with("5", "2026-08-05T10:00:00Z"), "withheld by trial-relief");
}

}  // namespace
}  // namespace facet::guide
