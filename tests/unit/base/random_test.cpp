// The same seed gives the same numbers on every platform, and bounds hold.
#include "adapter/base/random.hpp"

#include <gtest/gtest.h>

#include <array>

namespace facet {
namespace {

TEST(Prng, IsTheStandardGenerator) {
  Prng prng(5489);  // the C++ standard fixes the 10000th number of this seed ([rand.predef])
  for (int i = 1; i < 10'000; ++i) prng.Next();
  EXPECT_EQ(prng.Next(), 9981545732273789042ULL);
}

TEST(Prng, KeepsItsBounds) {
  Prng prng(1);
  std::array<int, 5> seen{};
  for (int i = 0; i < 5000; ++i) ++seen[prng.Below(5)];
  for (const int count : seen) EXPECT_NEAR(count, 1000, 150);
  for (int i = 0; i < 1000; ++i) {
    const std::int64_t value = prng.Between(-2, 2);
    EXPECT_GE(value, -2);
    EXPECT_LE(value, 2);
  }
  EXPECT_EQ(prng.Below(1), 0U);
  EXPECT_EQ(prng.Between(7, 7), 7);
  EXPECT_FALSE(prng.Chance(0));
  EXPECT_TRUE(prng.Chance(1000));
}

}  // namespace
}  // namespace facet
