#include "tests/scenarios/compare.hpp"

#include <gtest/gtest.h>

namespace facet::scenarios {
namespace {

const std::string kJudgement = R"({"kind":"judgement","relief_percent":25,"best":{"value":7.0},"doubts":["a","b"],)"
                               R"("decided_at":"2026-03-06T10:00:00Z"})";
const std::string kProposal =
    R"({"kind":"proposal","held":null,"careplan":{"status":"draft"},"suggestions":[)"
    R"({"rule":"G01","state":"suggested","guard":null},{"rule":"G07","state":"withheld","guard":"G18"},)"
    R"({"rule":"G09","state":"withheld","guard":"G18"}]})";

std::size_t Differences(const std::string& expected, const std::string& actual) {
  return Compare(expected, actual).size();
}

TEST(Compare, TheSameIsTheSame) {
  EXPECT_EQ(Differences(kJudgement, kJudgement), 0U);
  EXPECT_EQ(Differences("", ""), 0U);
  EXPECT_EQ(Differences(kJudgement + "\n\n" + kProposal + "\n", kJudgement + "\n" + kProposal), 0U);
}

TEST(Compare, NumbersAreComparedByValue) {
  EXPECT_EQ(Differences(R"({"kind":"judgement","x":25.0,"y":[0,10]})", R"({"kind":"judgement","x":25,"y":[0,10.0]})"),
            0U);
  EXPECT_EQ(Differences(R"({"kind":"judgement","x":25.1})", R"({"kind":"judgement","x":25})"), 1U);
  EXPECT_EQ(Differences(R"({"kind":"judgement","x":"25"})", R"({"kind":"judgement","x":25})"), 1U);
}

TEST(Compare, CautionsAreAllThereAre) {
  const std::string actual =
      R"({"kind":"proposal","suggestions":[{"rule":"G06","state":"consider","cautions":[)"
      R"({"kind":"anticoagulant","evidence":"MedicationRequest/m1","text":"bleeding"}]},{"rule":"G08","state":"consider",)"
      R"("cautions":[{"kind":"not-checked","evidence":"","text":"could not check medications"}]}]})";
  const auto expecting = [&actual](const std::string& cautions) {
    return Differences(R"({"kind":"proposal","cautions":)" + cautions + "}", actual);
  };
  EXPECT_EQ(expecting(R"({"anticoagulant: MedicationRequest/m1":["G06"],"could not check medications":["G08"]})"), 0U);
  EXPECT_EQ(expecting(R"({"anticoagulant: MedicationRequest/m1":["G06"]})"), 1U);
  EXPECT_EQ(expecting("{}"), 2U);
  EXPECT_EQ(expecting(R"({"anticoagulant: MedicationRequest/m1":["G07"],"could not check medications":["G08"]})"), 1U);
}

TEST(Compare, OnlyDecidedAtMayBeLeftOutOfAJudgement) {
  EXPECT_EQ(
      Differences(R"({"kind":"judgement","relief_percent":25,"best":{"value":7},"doubts":["a","b"]})", kJudgement), 0U);
  EXPECT_EQ(Differences(R"({"kind":"judgement","best":{"value":7},"doubts":["a","b"]})", kJudgement), 1U);
  EXPECT_EQ(Differences(R"({"kind":"judgement","decided_at":null})",
                        R"({"kind":"judgement","decided_at":"2026-03-06T10:00:00Z"})"),
            1U);
}

TEST(Compare, KeysMustBePresentOnBothSides) {
  EXPECT_EQ(Differences(R"({"kind":"rejected","x":null})", R"({"kind":"rejected"})"), 1U);
  EXPECT_EQ(Differences(R"({"kind":"rejected"})", R"({"kind":"rejected","x":null})"), 1U);
  EXPECT_EQ(Differences(R"({"kind":"rejected","o":{"a":1}})", R"({"kind":"rejected","o":{"a":1,"b":2}})"), 1U);
}

TEST(Compare, ListsAreOrdered) {
  EXPECT_EQ(Differences(R"({"kind":"judgement","d":["a","b"]})", R"({"kind":"judgement","d":["b","a"]})"), 2U);
  EXPECT_EQ(Differences(R"({"kind":"judgement","d":["a","b"]})", R"({"kind":"judgement","d":["a"]})"), 1U);
}

TEST(Compare, RulesAreGroupedByState) {
  EXPECT_EQ(
      Differences(R"({"kind":"proposal","rules":{"withheld by G18":["G09","G07"],"suggested":["G01"]}})", kProposal),
      0U);
  EXPECT_EQ(Differences(R"({"kind":"proposal","rules":{"withheld by red-flag":["G09"]}})", kProposal), 1U);
  EXPECT_EQ(Differences(R"({"kind":"proposal","rules":{"suggested":["G01","G02"]}})", kProposal), 1U);
  EXPECT_EQ(Differences(R"({"kind":"proposal","rules":{"consider":[]}})", kProposal), 0U);
}

TEST(Compare, ProposalMembersThatAreGivenMustAgree) {
  EXPECT_EQ(Differences(R"({"kind":"proposal","held":null})", kProposal), 0U);
  EXPECT_EQ(Differences(R"({"kind":"proposal","held":["deceased"]})", kProposal), 1U);
  EXPECT_EQ(Differences(R"({"kind":"judgement"})", kProposal), 4U);
}

TEST(Compare, LinesMustMatchInNumberAndOrder) {
  EXPECT_EQ(Differences(kJudgement, kJudgement + "\n" + kProposal), 1U);
  EXPECT_EQ(Differences(kJudgement + "\n" + kProposal, kJudgement), 1U);
  EXPECT_GT(Differences(kProposal + "\n" + kJudgement, kJudgement + "\n" + kProposal), 0U);
}

TEST(Compare, WhatIsNoJsonIsADifference) {
  EXPECT_EQ(Differences(kJudgement, kJudgement + "\n{"), 1U);
  EXPECT_EQ(Compare("", "{").front().substr(0, 14), "actual line is");
}

}  // namespace
}  // namespace facet::scenarios
