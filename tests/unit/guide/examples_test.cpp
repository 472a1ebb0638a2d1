// The groupings of /shared/examples that end in a proposal; the judgements are built by hand.
#include "tests/unit/guide/fixture.hpp"

namespace facet::guide {
namespace {

using Groups = std::map<std::string, std::vector<std::string>>;
using Rules = std::vector<std::string>;

const Rules kNothingToGoOn = {"G11", "G12", "G19", "G20", "G21", "G22", "G23", "G24",
                              "G25", "G26", "G27", "G28", "G29", "G30", "G37", "G41"};
const Rules kAblation = {"G07", "G09", "G16", "G17"};

TEST(Examples, NoResponse) {
  Case c;
  const Groups expected = {
      {"suggested",
       {"G01", "G02", "G03", "G08", "G10", "G15", "G18", "G31", "G32", "G33", "G34", "G36", "G38", "G39", "G40"}},
      {"consider", {"G04", "G05", "G06", "G13", "G14", "G35"}},
      {"withheld by G18", kAblation},
      {"not-applicable", kNothingToGoOn}};
  EXPECT_EQ(Grouped(c.Propose()), expected);
}

TEST(Examples, BilateralLinesAreOneSession) {
  Case c;
  c.failed().session.procedures = {{"Procedure/pr1", ""}, {"Procedure/pr2", ""}};
  c.failed().session.side = Side::kBilateral;
  Case one;
  EXPECT_EQ(Grouped(c.Propose()), Grouped(one.Propose()));
}

TEST(Examples, ShortLived) {
  Case c;
  c.failed().verdict = Verdict::kShortLived;
  c.failed().best = Case::Pain("f1", "3", "2026-03-19T10:00:00Z", 14, "62.5");
  c.failed().latest = Case::Pain("f2", "7", "2026-04-19T10:00:00Z", 45, "12.5");
  const Groups expected = {
      {"suggested", {"G01", "G02", "G03", "G08", "G15", "G18", "G31", "G32", "G33", "G34", "G36", "G38", "G39", "G40"}},
      {"consider", {"G04", "G05", "G06", "G10", "G13", "G14", "G35"}},
      {"withheld by G18", kAblation},
      {"not-applicable", kNothingToGoOn}};
  EXPECT_EQ(Grouped(c.Propose()), expected);
}

TEST(Examples, NegativeBlock) {
  Case c;
  c.failed().verdict = Verdict::kNegativeBlock;
  c.failed().session.approach = Approach::kMedialBranch;
  c.failed().session.intent = Intent::kDiagnostic;
  c.failed().best = Case::Pain("f1", "6", "2026-03-05T11:00:00Z", 0, "25");
  c.failed().latest = c.failed().best;
  const Groups expected = {
      {"suggested", {"G01", "G02", "G03", "G10", "G15", "G18", "G31", "G32", "G33", "G34", "G36", "G38", "G39", "G40"}},
      {"consider", {"G04", "G05", "G13", "G14", "G35"}},
      {"done", {"G06", "G08"}},
      {"withheld by G18", kAblation},
      {"not-applicable", kNothingToGoOn}};
  EXPECT_EQ(Grouped(c.Propose()), expected);
}

TEST(Examples, RedFlag) {
  Case c;
  c.Finding(FindingKind::kRedFlag, Region::kUnknown);
  const Proposal proposal = c.Propose();
  const Groups groups = Grouped(proposal);
  ASSERT_EQ(groups.size(), 2U);
  EXPECT_EQ(groups.at("suggested"), (Rules{"G02", "G26"}));
  EXPECT_EQ(groups.at("withheld by red-flag").size(), 39U);
  EXPECT_NE(Of(proposal, "G26").reason.find("urgent assessment"), std::string::npos);
  EXPECT_EQ(Of(proposal, "G26").evidence, (Rules{"Condition/c1/_history/1"}));
}

}  // namespace
}  // namespace facet::guide
