// Putting the facts of a resource in place of what it said before.
#include "mapping_support.hpp"

#include "adapter/clinical/facts.hpp"

#include <gtest/gtest.h>

namespace facet::mapping {
namespace {

Extraction Score(const std::string& id, const std::string& value, const std::string& version = "1") {
  return Extract(R"({"resourceType":"Observation","id":")" + id + R"(","meta":{"versionId":")" + version +
                 R"("},"status":"final","subject":{"reference":"Patient/p1"},"effectiveDateTime":"2026-03-05",
                 "code":{"coding":[{"system":"http://loinc.org","code":"72514-3"}]},"valueInteger":)" +
                 value + "}");
}

TEST(FactLists, StayOrderedBySource) {
  clinical::PatientFacts facts;
  for (const char* id : {"b", "c", "a"}) EXPECT_TRUE(Replace(facts, Score(id, "5")));
  ASSERT_EQ(facts.scores.size(), 3U);
  EXPECT_EQ(facts.scores[0].source.resource, "Observation/a");
  EXPECT_EQ(facts.scores[1].source.resource, "Observation/b");
  EXPECT_EQ(facts.scores[2].source.resource, "Observation/c");
}

TEST(FactLists, TellWhetherAnythingChanged) {
  clinical::PatientFacts facts;
  EXPECT_TRUE(Replace(facts, Score("a", "5")));
  EXPECT_FALSE(Replace(facts, Score("a", "5")));
  EXPECT_TRUE(Replace(facts, Score("a", "5", "2")));
  EXPECT_TRUE(Replace(facts, Score("a", "6", "3")));
  ASSERT_EQ(facts.scores.size(), 1U);
  EXPECT_EQ(facts.scores[0].value, Decimal(6));
  // A value that is refused now takes the old fact away.
  EXPECT_TRUE(Replace(facts, Score("a", "11", "4")));
  EXPECT_TRUE(facts.scores.empty());
  EXPECT_FALSE(Replace(facts, Score("a", "11", "4")));
}

TEST(FactLists, RemoveWhatCameFromAResource) {
  clinical::PatientFacts facts;
  Replace(facts, Score("a", "5"));
  Replace(facts, Score("b", "6"));
  Replace(facts, Extract(R"({"resourceType":"Patient","id":"p1","active":false})"));
  EXPECT_TRUE(Remove(facts, "Observation/a"));
  EXPECT_FALSE(Remove(facts, "Observation/a"));
  ASSERT_EQ(facts.scores.size(), 1U);
  EXPECT_TRUE(facts.patient.present);
  EXPECT_TRUE(Remove(facts, "Patient/p1"));
  EXPECT_FALSE(facts.patient.present);
  EXPECT_TRUE(facts.patient.active);
}

}  // namespace
}  // namespace facet::mapping
