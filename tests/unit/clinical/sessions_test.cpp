#include "chart.hpp"

namespace facet::clinical {
namespace {

using enum Region;

std::vector<Session> Group(const Chart& chart, const std::string& now = "2026-12-01T00:00:00Z") {
  return GroupSessions(chart.facts, chart.zone, chart.Instant(now));
}
std::string Ids(const Session& session) {
  std::string ids;
  for (const Source& source : session.procedures) ids += (ids.empty() ? "" : " ") + source.resource.substr(10);
  return ids;
}
std::string Ids(const std::vector<Session>& sessions) {
  std::string ids;
  for (const Session& session : sessions) ids += (ids.empty() ? "" : " | ") + Ids(session);
  return ids;
}

TEST(Sessions, LinesOfOneDayAndRegionAreOne) {
  Chart chart;
  chart.Procedure("b", "2026-03-05T10:30:00Z");
  chart.Procedure("a", "2026-03-05T08:00:00Z");
  chart.Procedure("next", "2026-03-06T08:00:00Z");
  EXPECT_EQ(Ids(Group(chart)), "a b | next");
  EXPECT_EQ(Group(chart)[0].start.written.text, "2026-03-05T08:00:00Z");
}

TEST(Sessions, TheDayIsTheSitesDay) {
  Chart chart(TimeZone::Fixed(-6 * 3600));
  chart.Procedure("a", "2026-03-05T23:30:00Z");
  chart.Procedure("b", "2026-03-06T05:30:00Z");  // 23:30 of the fifth
  chart.Procedure("c", "2026-03-06T06:30:00Z");  // the sixth
  EXPECT_EQ(Ids(Group(chart)), "a b | c");
}

TEST(Sessions, AnEncounterJoinsAtMostTwentyFourHours) {
  Chart chart;
  chart.Procedure("a").encounter = "Encounter/e";
  chart.Procedure("b", "2026-03-06T10:00:00Z").encounter = "Encounter/e";
  EXPECT_EQ(Ids(Group(chart)), "a b");
  chart.facts.procedures[1].start = chart.Time("2026-03-06T10:00:01Z");
  EXPECT_EQ(Ids(Group(chart)), "a | b");
  chart.facts.procedures[1].start = chart.Time("2026-03-06T09:00:00Z");
  chart.facts.procedures[1].encounter = "Encounter/f";
  EXPECT_EQ(Ids(Group(chart)), "a | b");
}

TEST(Sessions, AnEncounterDoesNotJoinNeckAndBack) {
  Chart chart;
  chart.Procedure("a").encounter = "Encounter/e";
  chart.Procedure("b", "2026-03-05T10:20:00Z", kCervical).encounter = "Encounter/e";
  EXPECT_EQ(Ids(Group(chart)), "a | b");
}

TEST(Sessions, UnknownRegionJoinsTheOnlyKnownSessionOfItsDay) {
  Chart chart;
  chart.Procedure("u", "2026-03-05T09:00:00Z", kUnknown);
  chart.Procedure("v", "2026-03-05T09:30:00Z", kUnknown);
  EXPECT_EQ(Ids(Group(chart)), "u v");
  chart.Procedure("l");
  EXPECT_EQ(Ids(Group(chart)), "u v l");
  EXPECT_EQ(Group(chart)[0].region, kLumbar);
  chart.Procedure("c", "2026-03-05T11:00:00Z", kCervical);
  EXPECT_EQ(Ids(Group(chart)), "u v | l | c");
}

TEST(Sessions, TheBackJoinsNoNeck) {
  Chart chart;
  chart.Procedure("u", "2026-03-05T09:00:00Z", kUnknown).not_cervical = true;
  chart.Procedure("c", "2026-03-05T11:00:00Z", kCervical);
  EXPECT_EQ(Ids(Group(chart)), "u | c");
  chart.Procedure("l", "2026-03-05T12:00:00Z", kLumbar);
  EXPECT_EQ(Ids(Group(chart)), "u l | c");
}

TEST(Sessions, CervicothoracicIsRefinedByItsOnlyPartner) {
  Chart chart;
  chart.Procedure("ct", "2026-03-05T10:00:00Z", kCervicothoracic);
  chart.Procedure("t", "2026-03-05T10:00:00Z", kThoracic);
  EXPECT_EQ(Ids(Group(chart)), "ct t");
  EXPECT_EQ(Group(chart)[0].region, kThoracic);
  chart.Procedure("c", "2026-03-05T10:00:00Z", kCervical);
  EXPECT_EQ(Ids(Group(chart)), "c | ct | t");
}

TEST(Sessions, StartIsTheEarliestOfTheMostPreciseAndEndTheLatest) {
  Chart chart;
  chart.Procedure("day", "2026-03-05").end = chart.Time("2026-03-05T23:59:00Z");
  chart.Procedure("late", "2026-03-05T11:00:00Z").end = chart.Time("2026-03-05T11:20:00Z");
  chart.Procedure("early", "2026-03-05T10:00:00.000Z").end = chart.Time("2026-03-05T10:40:00Z");
  const Session session = Group(chart).at(0);
  EXPECT_EQ(Ids(session), "day early late");
  EXPECT_EQ(session.start.written.text, "2026-03-05T10:00:00.000Z");
  EXPECT_EQ(session.end->written.text, "2026-03-05T23:59:00Z");
}

TEST(Sessions, AnEndThatSaysLessThanTheStartSaysNothing) {
  Chart chart;
  chart.Procedure("a").end = chart.Time("2026-03-05");
  EXPECT_FALSE(Group(chart)[0].end.has_value());
}

TEST(Sessions, MonthsJoinOnlyInsideOneEncounter) {
  Chart chart;
  chart.Procedure("a", "2026-03");
  chart.Procedure("b", "2026-03");
  chart.Procedure("c", "2026-03-05");
  EXPECT_EQ(Group(chart).size(), 3U);
  chart.facts.procedures[0].encounter = "Encounter/e";
  chart.facts.procedures[1].encounter = "Encounter/e";
  EXPECT_EQ(Ids(Group(chart)), "a b | c");
}

TEST(Sessions, WhatIsLaterThanNowIsNotThere) {
  Chart chart;
  chart.Procedure("a");
  chart.Procedure("b", "2026-03-05T10:30:00Z").add_on = true;
  EXPECT_EQ(Ids(Group(chart, "2026-03-05T09:59:59Z")), "");
  EXPECT_EQ(Ids(Group(chart, "2026-03-05T10:00:00Z")), "a");
  EXPECT_EQ(Group(chart, "2026-03-05T10:30:00Z")[0].joints, 2);
}

TEST(Sessions, SidesMerge) {
  const auto merged = [](std::vector<Side> sides) {
    Chart chart;
    int n = 0;
    for (const Side side : sides) chart.Procedure("p" + std::to_string(n++)).side = side;
    return Group(chart).at(0).side;
  };
  EXPECT_EQ(merged({Side::kLeft, Side::kRight}), Side::kBilateral);
  EXPECT_EQ(merged({Side::kUnknown, Side::kRight}), Side::kRight);
  EXPECT_EQ(merged({Side::kLeft, Side::kBilateral}), Side::kBilateral);
  EXPECT_EQ(merged({Side::kLeft, Side::kLeft}), Side::kLeft);
  EXPECT_EQ(merged({Side::kUnknown}), Side::kUnknown);
}

TEST(Sessions, JointsAreCountedOnOneSide) {
  Chart chart;
  chart.Procedure("a").side = Side::kLeft;
  chart.Procedure("b").side = Side::kRight;
  EXPECT_EQ(Group(chart)[0].joints, 1);
  const auto add_on = [&](const std::string& id, Side side) {
    FacetProcedure& line = chart.Procedure(id);
    line.add_on = true;
    line.side = side;
  };
  add_on("c", Side::kLeft);
  add_on("d", Side::kRight);
  EXPECT_EQ(Group(chart)[0].joints, 2);
  add_on("e", Side::kUnknown);
  EXPECT_EQ(Group(chart)[0].joints, 3);
}

TEST(Sessions, ApproachesMerge) {
  const auto merged = [](Approach a, Approach b) {
    Chart chart;
    chart.Procedure("a").approach = a;
    chart.Procedure("b").approach = b;
    return Group(chart).at(0).approach;
  };
  EXPECT_EQ(merged(Approach::kUnknown, Approach::kMedialBranch), Approach::kMedialBranch);
  EXPECT_EQ(merged(Approach::kIntraArticular, Approach::kIntraArticular), Approach::kIntraArticular);
  EXPECT_EQ(merged(Approach::kIntraArticular, Approach::kMedialBranch), Approach::kUnknown);
}

TEST(Sessions, NerveBlockGuidanceOfTheDayMakesMedialBranch) {
  Chart chart;
  chart.Procedure("a");
  chart.facts.nerve_blocks.push_back({{"DiagnosticReport/r", ""}, chart.Time("2026-03-05"), kUnknown});
  EXPECT_EQ(Group(chart)[0].approach, Approach::kMedialBranch);
  EXPECT_EQ(Group(chart)[0].intent, Intent::kDiagnostic);
  chart.facts.procedures[0].approach = Approach::kIntraArticular;
  EXPECT_EQ(Group(chart)[0].approach, Approach::kIntraArticular);
  chart.facts.procedures[0].approach = Approach::kUnknown;
  chart.facts.nerve_blocks[0].time = chart.Time("2026-03-06");
  EXPECT_EQ(Group(chart)[0].approach, Approach::kUnknown);
  chart.facts.nerve_blocks[0].time = chart.Time("2026-03");  // of which day is not known
  EXPECT_EQ(Group(chart)[0].approach, Approach::kUnknown);
  chart.facts.nerve_blocks[0] = {{"DiagnosticReport/r", ""}, chart.Time("2026-03-05"), kCervical};
  EXPECT_EQ(Group(chart)[0].approach, Approach::kUnknown);
}

struct IntentCase {
  Intent intent;
  IntentReason reason;
};
IntentCase IntentOf(const Chart& chart) {
  const Session session = Group(chart).at(0);
  return {session.intent, session.intent_reason};
}
bool operator==(const IntentCase& a, const IntentCase& b) { return a.intent == b.intent && a.reason == b.reason; }

TEST(Intent, DefaultsFollowTheApproach) {
  Chart chart;
  FacetProcedure& line = chart.Procedure("a");
  EXPECT_TRUE((IntentOf(chart) == IntentCase{Intent::kTherapeutic, IntentReason::kDefault}));
  line.approach = Approach::kIntraArticular;
  EXPECT_TRUE((IntentOf(chart) == IntentCase{Intent::kTherapeutic, IntentReason::kDefault}));
  line.approach = Approach::kMedialBranch;
  EXPECT_TRUE((IntentOf(chart) == IntentCase{Intent::kDiagnostic, IntentReason::kDefault}));
}

TEST(Intent, DrugsComeAfterWrittenEvidence) {
  Chart chart;
  FacetProcedure& line = chart.Procedure("a");
  line.anaesthetic_used = true;
  EXPECT_TRUE((IntentOf(chart) == IntentCase{Intent::kDiagnostic, IntentReason::kDrugs}));
  line.steroid_used = true;
  EXPECT_TRUE((IntentOf(chart) == IntentCase{Intent::kTherapeutic, IntentReason::kDrugs}));
  line.intent = Intent::kDiagnostic;
  line.intent_reason = IntentReason::kKx;
  EXPECT_TRUE((IntentOf(chart) == IntentCase{Intent::kDiagnostic, IntentReason::kKx}));
}

TEST(Intent, AdministrationsBelongToTheirProcedure) {
  Chart chart;
  chart.Procedure("a");
  chart.facts.drugs.push_back({{"MedicationAdministration/m", ""}, "Procedure/other", true, false});
  EXPECT_EQ(IntentOf(chart).reason, IntentReason::kDefault);
  chart.facts.drugs.push_back({{"MedicationAdministration/n", ""}, "Procedure/a", false, true});
  EXPECT_TRUE((IntentOf(chart) == IntentCase{Intent::kDiagnostic, IntentReason::kDrugs}));
  chart.facts.drugs.push_back({{"MedicationAdministration/o", ""}, "Procedure/a", true, false});
  EXPECT_TRUE((IntentOf(chart) == IntentCase{Intent::kTherapeutic, IntentReason::kDrugs}));
}

TEST(Intent, OneTherapeuticLineMakesTheSessionTherapeutic) {
  Chart chart;
  FacetProcedure& a = chart.Procedure("a");
  a.intent = Intent::kDiagnostic;
  a.intent_reason = IntentReason::kKx;
  EXPECT_TRUE((IntentOf(chart) == IntentCase{Intent::kDiagnostic, IntentReason::kKx}));
  chart.Procedure("b").steroid_used = true;
  EXPECT_TRUE((IntentOf(chart) == IntentCase{Intent::kTherapeutic, IntentReason::kDrugs}));
  FacetProcedure& c = chart.Procedure("c");
  c.intent = Intent::kTherapeutic;
  c.intent_reason = IntentReason::kText;
  EXPECT_TRUE((IntentOf(chart) == IntentCase{Intent::kTherapeutic, IntentReason::kText}));
}

TEST(Intent, ALineWithoutEvidenceHasNoSay) {
  Chart chart;
  chart.Procedure("a");
  FacetProcedure& b = chart.Procedure("b");
  b.intent = Intent::kDiagnostic;
  b.intent_reason = IntentReason::kText;
  EXPECT_TRUE((IntentOf(chart) == IntentCase{Intent::kDiagnostic, IntentReason::kText}));
}

std::vector<std::size_t> Course(const Chart& chart, std::size_t index) {
  return CourseOf(Group(chart, "2030-01-01T00:00:00Z"), index, chart.policy, chart.zone);
}
using Indices = std::vector<std::size_t>;

TEST(Courses, LinksAreAtMostTheGapLong) {
  Chart chart;
  chart.Procedure("a");
  chart.Procedure("b", Chart::Day(180, "T23:00:00Z"));
  chart.Procedure("c", Chart::Day(361));
  EXPECT_EQ(Course(chart, 0), (Indices{0, 1}));
  EXPECT_EQ(Course(chart, 1), (Indices{0, 1}));
  EXPECT_EQ(Course(chart, 2), (Indices{2}));
  chart.policy.course_gap_days = 181;
  EXPECT_EQ(Course(chart, 2), (Indices{0, 1, 2}));
}

TEST(Courses, OtherRegionsAreOtherCourses) {
  Chart chart;
  chart.Procedure("a", Chart::Day(0), kCervical);
  chart.Procedure("b", Chart::Day(30), kLumbar);
  chart.Procedure("c", Chart::Day(60), kCervicothoracic);
  chart.Procedure("d", Chart::Day(90), kThoracic);
  chart.Procedure("e", Chart::Day(120), kUnknown);
  EXPECT_EQ(Course(chart, 0), (Indices{0, 2, 4}));
  EXPECT_EQ(Course(chart, 1), (Indices{1, 4}));
  EXPECT_EQ(Course(chart, 2), (Indices{0, 2, 3, 4}));
  EXPECT_EQ(Course(chart, 3), (Indices{2, 3, 4}));
  EXPECT_EQ(Course(chart, 4), (Indices{0, 1, 2, 3, 4}));
}

TEST(Courses, AGapThatThePrecisionLeavesOpenIsNoLink) {
  Chart chart;
  chart.Procedure("a", "2026-01-15T10:00:00Z");
  chart.Procedure("b", "2026-07");  // 167 to 197 days later
  EXPECT_EQ(Course(chart, 0), (Indices{0}));
  chart.policy.course_gap_days = 197;
  EXPECT_EQ(Course(chart, 0), (Indices{0, 1}));
}

}  // namespace
}  // namespace facet::clinical
