// Which score is the baseline, which scores are evidence at all, and partial dates.
#include "chart.hpp"

namespace facet::clinical {
namespace {

class BaselineOf : public testing::Test, public Chart {
 protected:
  BaselineOf() {
    FacetProcedure& line = Chart::Procedure("p");
    line.intent = Intent::kTherapeutic;
    line.intent_reason = IntentReason::kText;
    On(21, "7");
  }
  std::string Chosen() const { return Id(One().baseline); }
};

TEST_F(BaselineOf, TheLatestNotAfterTheStart) {
  Score("old", "9", "2026-03-01T09:00:00Z");
  Score("new", "8", "2026-03-05T10:00:00Z");
  EXPECT_EQ(Chosen(), "Observation/new");
  facts.scores.back().time = Time("2026-03-05T10:00:01Z");
  EXPECT_EQ(Chosen(), "Observation/old");
}

TEST_F(BaselineOf, AtMostThirtyDaysOld) {
  Score("b", "8", Day(-30, "T00:00:00Z"));
  EXPECT_EQ(Chosen(), "Observation/b");
  EXPECT_EQ(One().baseline->day, -30);
  facts.scores.back().time = Time(Day(-31, "T23:59:59Z"));
  EXPECT_EQ(Says(), "indeterminate: no-baseline");
}

TEST_F(BaselineOf, LaterThanTheLatestConfoundingIntervention) {
  Score("b", "8", Day(-5));
  Intervene(InterventionKind::kEpidural, Day(-5));
  EXPECT_EQ(Says(), "indeterminate: no-baseline");
  facts.interventions[0].time = Time(Day(-5, "T09:59:59Z"));
  EXPECT_EQ(Chosen(), "Observation/b");
  facts.interventions[0].time = Time(Day(-5, ""));  // the order is open
  EXPECT_EQ(Says(), "indeterminate: no-baseline");
  facts.interventions[0].region = Region::kCervical;
  EXPECT_EQ(Chosen(), "Observation/b");
  facts.interventions[0].region = Region::kLumbar;
  facts.interventions[0].kind = InterventionKind::kTriggerPoint;
  EXPECT_EQ(Chosen(), "Observation/b");
  facts.interventions[0].kind = InterventionKind::kEpidural;
  facts.interventions[0].order = true;
  EXPECT_EQ(Chosen(), "Observation/b");
}

TEST_F(BaselineOf, LaterThanATherapeuticSessionOfAnEarlierDay) {
  FacetProcedure& earlier = Chart::Procedure("e", Day(-10));
  earlier.steroid_used = true;
  Score("b", "8", Day(-12));
  EXPECT_EQ(Says("2026-12-01T00:00:00Z", 1), "indeterminate: no-baseline");
  facts.scores.back().time = Time(Day(-9, "T10:00:00Z"));  // within the 24 hours after it
  EXPECT_EQ(Says("2026-12-01T00:00:00Z", 1), "indeterminate: no-baseline");
  facts.scores.back().time = Time(Day(-9, "T10:00:01Z"));
  EXPECT_EQ(Says("2026-12-01T00:00:00Z", 1), "no-response");
}

TEST_F(BaselineOf, ADiagnosticSessionOnlyTakesItsTwentyFourHours) {
  Chart::Block("e", Day(-10));
  Score("b", "8", Day(-12));
  EXPECT_EQ(Says("2026-12-01T00:00:00Z", 1), "no-response");
  facts.scores.back().time = Time(Day(-10));  // at its start: before it worked
  EXPECT_EQ(Says("2026-12-01T00:00:00Z", 1), "no-response");
  facts.scores.back().time = Time(Day(-10, "T12:00:00Z"));
  EXPECT_EQ(Says("2026-12-01T00:00:00Z", 1), "indeterminate: no-baseline");
}

TEST_F(BaselineOf, ADateOfTheSessionsDayOnlyIfThereIsNothingBetter) {
  Score("date", "8", "2026-03-05");
  EXPECT_EQ(Chosen(), "Observation/date");
  EXPECT_EQ(Doubts(One()), "setting-unknown site-unknown side-unknown single-reading date-only");
  Score("old", "9", Day(-20));
  EXPECT_EQ(Chosen(), "Observation/old");
}

TEST_F(BaselineOf, ADateOfTheSessionsDayIsNeverFollowUp) {
  facts.scores.clear();
  Score("old", "9", Day(-20));
  Score("date", "2", "2026-03-05");
  EXPECT_EQ(Says(), "indeterminate: no-follow-up");
}

TEST_F(BaselineOf, OtherPlacesAreNoEvidence) {
  PainScore& b = Score("b", "8", Day(-1));
  b.region = Region::kLumbar;
  b.spine_site = true;
  EXPECT_EQ(Chosen(), "Observation/b");
  b.region = Region::kCervical;
  EXPECT_EQ(Says(), "indeterminate: no-baseline");
  b.region = Region::kUnknown;
  b.spine_site = false;
  b.limb_site = true;
  EXPECT_EQ(Says(), "indeterminate: no-baseline");
}

TEST_F(BaselineOf, TheBackIsNotTheNeck) {
  PainScore& b = Score("b", "8", Day(-1));
  b.spine_site = true;
  b.not_cervical = true;
  EXPECT_EQ(Says(), "no-response");
  facts.procedures[0].region = Region::kCervical;
  EXPECT_EQ(Says(), "indeterminate: no-baseline");
  facts.procedures[0].region = Region::kCervicothoracic;
  EXPECT_EQ(Says(), "no-response");
}

TEST_F(BaselineOf, DateOnlySessionWithOneScoreOfItsDay) {
  facts.procedures[0].start = Time("2026-03-05");
  Score("b", "8", "2026-03-05T09:00:00Z");
  EXPECT_EQ(Says(), "no-response");
  EXPECT_EQ(Chosen(), "Observation/b");
  facts.scores.erase(facts.scores.begin());
  EXPECT_EQ(Says(), "indeterminate: no-follow-up");
}

TEST_F(BaselineOf, DateOnlySessionWhereEveryChoiceAgrees) {
  facts.procedures[0].start = Time("2026-03-05");
  Score("b", "8", "2026-03-05T09:00:00Z");
  Score("c", "9", "2026-03-05T15:00:00Z");
  Score("old", "8", Day(-3));
  EXPECT_EQ(Says(), "no-response");
}

TEST_F(BaselineOf, DateOnlySessionWhereTheChoiceMatters) {
  facts.procedures[0].start = Time("2026-03-05");
  facts.scores[0].value = Dec("4");
  Score("b", "8", "2026-03-05T09:00:00Z");
  Score("c", "5", "2026-03-05T15:00:00Z");
  EXPECT_EQ(Says(), "indeterminate: imprecise-time");
  EXPECT_EQ(Id(One().baseline), "none");
}

TEST_F(BaselineOf, DateOnlySessionWithAKnownEnd) {
  facts.procedures[0].start = Time("2026-03-05");
  facts.procedures[0].end = Time("2026-03-05T11:00:00Z");
  Score("b", "8", Day(-1));
  Score("after", "2", "2026-03-05T12:00:00Z");
  EXPECT_EQ(Chosen(), "Observation/b");
  EXPECT_EQ(Says(), "no-response");
}

TEST_F(BaselineOf, MonthOrYearPrecisionIsAlwaysImprecise) {
  Score("b", "8", Day(-1));
  facts.procedures[0].start = Time("2026-03");
  EXPECT_EQ(Says(), "indeterminate: imprecise-time");
  EXPECT_EQ(Says("2026-05-12T23:00:00Z"), "pending");  // day 42 of the last day it can mean
  EXPECT_EQ(Says("2026-05-13T00:00:00Z"), "indeterminate: imprecise-time");
  facts.procedures[0].start = Time("2026");
  EXPECT_EQ(Says("2028-01-01T00:00:00Z"), "indeterminate: imprecise-time");
}

TEST_F(BaselineOf, TimesWithoutAnOffsetAreTheSites) {
  Chart chart(TimeZone::Fixed(9 * 3600));
  chart.Procedure("p", "2026-03-05T10:00:00").steroid_used = true;  // 01:00 UTC
  chart.Score("b", "8", "2026-03-05T01:00:00Z");
  chart.Score("f", "7", "2026-03-18T15:00:00Z");  // the nineteenth at the site: day 14
  EXPECT_EQ(chart.One().best->day, 14);
  EXPECT_EQ(chart.Says(), "no-response");
  chart.facts.scores.back().time = chart.Time("2026-03-18T14:59:59Z");
  EXPECT_EQ(chart.Says(), "indeterminate: no-follow-up");
}

class SettingOf : public BaselineOf {
 protected:
  SettingOf() {
    Score("b", "8", Day(-1));
    Visit("ed", Setting::kUnrelated);
    Visit("clinic", Setting::kAmbulatory);
  }
  PainScore& Follow() { return facts.scores[0]; }
};

TEST_F(SettingOf, TheVisitDecides) {
  EXPECT_EQ(One().best->setting, Setting::kUnknown);
  Follow().encounter = "Encounter/ed";
  EXPECT_EQ(Says(), "indeterminate: no-follow-up");
  Follow().encounter = "Encounter/clinic";
  EXPECT_EQ(One().best->setting, Setting::kAmbulatory);
  facts.encounters[1].setting = Setting::kUnknown;  // a class that the table does not name
  EXPECT_EQ(One().best->setting, Setting::kUnknown);
}

TEST_F(SettingOf, TheClassGoesBeforeTheBodySite) {
  Follow().encounter = "Encounter/ed";
  Follow().spine_site = true;
  Follow().region = Region::kLumbar;
  EXPECT_EQ(Says(), "indeterminate: no-follow-up");
  Follow().encounter = "Encounter/clinic";
  EXPECT_EQ(One().best->setting, Setting::kSpine);
}

TEST_F(SettingOf, ALinkToTheProcedureGoesFirst) {
  Follow().encounter = "Encounter/ed";
  Follow().linked = {"Procedure/p"};
  EXPECT_EQ(One().best->setting, Setting::kSpine);
  Follow().linked = {"Procedure/knee"};
  EXPECT_EQ(Says(), "indeterminate: no-follow-up");
  facts.procedures[0].encounter = "Encounter/ed";
  EXPECT_EQ(One().best->setting, Setting::kSpine);
}

TEST_F(SettingOf, TheVisitOfAnotherProcedureOfThatDayIsUnrelated) {
  Follow().encounter = "Encounter/clinic";
  facts.other_procedures.push_back({{"Procedure/knee", ""}, Time(Day(21, "T08:00:00Z")), "Encounter/clinic"});
  EXPECT_EQ(Says(), "indeterminate: no-follow-up");
  facts.other_procedures[0].start = Time(Day(20));
  EXPECT_EQ(Says(), "no-response");
  facts.other_procedures[0].start = Time("2026-03");  // that day, or not
  EXPECT_EQ(Says(), "no-response");
}

TEST_F(SettingOf, AnUnrelatedScoreIsNeverABaseline) {
  facts.scores[1].encounter = "Encounter/ed";
  EXPECT_EQ(Says(), "indeterminate: no-baseline");
}

TEST_F(SettingOf, UnknownCountsAndIsADoubt) {
  for (PainScore& score : facts.scores) {
    score.encounter = "Encounter/clinic";
    score.spine_site = true;
    score.region = Region::kLumbar;
  }
  facts.procedures[0].side = Side::kLeft;
  EXPECT_EQ(Doubts(One()), "single-reading");
  Follow().encounter = "Encounter/nowhere";
  Follow().spine_site = false;
  Follow().region = Region::kUnknown;
  EXPECT_EQ(Doubts(One()), "setting-unknown site-unknown single-reading");
}

TEST_F(SettingOf, AMissingPatientIsADoubtOfAFailure) {
  facts.patient.present = false;
  EXPECT_EQ(Doubts(One()), "setting-unknown site-unknown side-unknown single-reading not-checked");
  Follow().value = Dec("2");
  EXPECT_EQ(Doubts(One(Day(30))), "setting-unknown site-unknown side-unknown");
}

}  // namespace
}  // namespace facet::clinical
