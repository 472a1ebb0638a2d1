#include "adapter/clinical/facts.hpp"
#include "adapter/clinical/judgement.hpp"
#include "adapter/clinical/policy.hpp"

#include <gtest/gtest.h>

#include <set>

namespace facet::clinical {
namespace {

template <class Enum>
void ExpectRoundTrip(int count) {
  std::set<std::string_view> names;
  for (int i = 0; i < count; ++i) {
    const auto value = static_cast<Enum>(i);
    EXPECT_FALSE(NameOf(value).empty());
    EXPECT_EQ(FromName<Enum>(NameOf(value)), value);
    names.insert(NameOf(value));
  }
  EXPECT_EQ(names.size(), static_cast<std::size_t>(count));
  EXPECT_EQ(NameOf(static_cast<Enum>(count)), "");
  EXPECT_EQ(FromName<Enum>("no such name"), std::nullopt);
  EXPECT_EQ(FromName<Enum>(""), std::nullopt);
}

TEST(Names, EveryListGoesBothWays) {
  ExpectRoundTrip<Region>(5);
  ExpectRoundTrip<Side>(4);
  ExpectRoundTrip<Approach>(3);
  ExpectRoundTrip<Intent>(2);
  ExpectRoundTrip<IntentReason>(5);
  ExpectRoundTrip<InterventionKind>(20);
  ExpectRoundTrip<Setting>(4);
  ExpectRoundTrip<Instrument>(10);
  ExpectRoundTrip<FindingKind>(15);
  ExpectRoundTrip<CautionKind>(10);
  ExpectRoundTrip<ScreenKind>(2);
  ExpectRoundTrip<RejectReason>(13);
  ExpectRoundTrip<Verdict>(8);
  ExpectRoundTrip<Reason>(8);
  ExpectRoundTrip<Measure>(2);
  ExpectRoundTrip<Doubt>(8);
  ExpectRoundTrip<Confirm>(4);
}

TEST(Names, AreThoseOfTheContract) {
  EXPECT_EQ(NameOf(Approach::kMedialBranch), "medial-branch");
  EXPECT_EQ(NameOf(Instrument::kVas100), "vas-100");
  EXPECT_EQ(NameOf(Instrument::kPercentRelief), "percent-relief");
  EXPECT_EQ(NameOf(IntentReason::kKx), "kx");
  EXPECT_EQ(NameOf(RejectReason::kNotANumber), "not-a-number");
  EXPECT_EQ(NameOf(Verdict::kWoreOff), "wore-off");
  EXPECT_EQ(NameOf(Reason::kNoFollowUp), "no-follow-up");
  EXPECT_EQ(NameOf(Doubt::kScoresDisagree), "scores-disagree");
  EXPECT_EQ(NameOf(FindingKind::kAnxietyDepressionOrFearAvoidance), "anxiety-depression-or-fear-avoidance");
  EXPECT_EQ(NameOf(InterventionKind::kSiInjection), "si-injection");
}

TEST(Regions, CompatibleOnlyWhereTheyMayBeThePlace) {
  using enum Region;
  const Region all[] = {kUnknown, kCervical, kThoracic, kLumbar, kCervicothoracic};
  for (const Region a : all) {
    EXPECT_TRUE(Compatible(a, a));
    EXPECT_TRUE(Compatible(a, kUnknown));
    for (const Region b : all) EXPECT_EQ(Compatible(a, b), Compatible(b, a));
  }
  EXPECT_TRUE(Compatible(kCervicothoracic, kCervical));
  EXPECT_TRUE(Compatible(kCervicothoracic, kThoracic));
  EXPECT_FALSE(Compatible(kCervicothoracic, kLumbar));
  EXPECT_FALSE(Compatible(kCervical, kThoracic));
  EXPECT_FALSE(Compatible(kCervical, kLumbar));
  EXPECT_FALSE(Compatible(kThoracic, kLumbar));
}

}  // namespace
}  // namespace facet::clinical
