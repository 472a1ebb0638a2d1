// Decimals are exact: every operation is compared with integer arithmetic over all small operands.
#include "adapter/base/decimal.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

namespace facet {
namespace {

Decimal D(std::string_view text) {
  const auto value = Decimal::Parse(text);
  EXPECT_TRUE(value.has_value()) << text;
  return value.value_or(Decimal());
}

std::int64_t Pow10(int n) { return n == 0 ? 1 : 10 * Pow10(n - 1); }
constexpr int kScaleMax = 3;
// The value times 10^3.
std::int64_t Thousandths(const Decimal& d) {
  return static_cast<std::int64_t>(d.coefficient()) * Pow10(kScaleMax - d.scale());
}

std::vector<Decimal> SmallDecimals() {
  std::vector<Decimal> out;
  for (int scale = 0; scale <= kScaleMax; ++scale) {
    for (int c = -35; c <= 35; ++c) out.push_back(Decimal::FromParts(c, scale));
    for (const int c : {-1000, -999, -500, 100, 125, 999, 1001}) out.push_back(Decimal::FromParts(c, scale));
  }
  return out;
}

std::int64_t DivideHalfAway(std::int64_t a, std::int64_t b) {
  const std::int64_t n = a < 0 ? -a : a;
  const std::int64_t d = b < 0 ? -b : b;
  const std::int64_t q = (2 * n + d) / (2 * d);
  return (a < 0) != (b < 0) ? -q : q;
}

TEST(Decimal, KeepsWhatWasWritten) {
  for (const std::string_view text :
       {"0", "1", "-1", "1.50", "0.010", "-0.5", "12345678901234567.12", "0.0000000000000000000000000001",
        "99999999999999999999999999999999999999", "-170141183460469231731687303715884105727"}) {
    EXPECT_EQ(D(text).ToString(), text);
  }
  EXPECT_EQ(D("1.50").scale(), 2);
  EXPECT_EQ(D("-0").ToString(), "0");
  EXPECT_EQ(D("0.00").scale(), 2);
}

TEST(Decimal, FoldsExponents) {
  EXPECT_EQ(D("1e3").ToString(), "1000");
  EXPECT_EQ(D("1E+3").ToString(), "1000");
  EXPECT_EQ(D("2.5E-1").ToString(), "0.25");
  EXPECT_EQ(D("1.50e1").ToString(), "15.0");
  EXPECT_EQ(D("+7").ToString(), "7");
  EXPECT_EQ(D("007").ToString(), "7");
  EXPECT_EQ(D("0e400").ToString(), "0");
  EXPECT_EQ(D("1e37").ToString(), "1" + std::string(37, '0'));
}

TEST(Decimal, RefusesWhatIsNoNumberOrDoesNotFit) {
  for (const std::string_view text : {"",
                                      "-",
                                      "+",
                                      ".",
                                      "1.",
                                      ".5",
                                      "1e",
                                      "1e+",
                                      "e5",
                                      "1.2.3",
                                      " 1",
                                      "1 ",
                                      "1,5",
                                      "0x1",
                                      "NaN",
                                      "--1",
                                      "1e400",
                                      "1e-400",
                                      "1e39",
                                      "170141183460469231731687303715884105728",
                                      "0.00000000000000000000000000001"}) {
    EXPECT_EQ(Decimal::Parse(text), std::nullopt) << text;
  }
}

TEST(Decimal, ParsesWhatItPrints) {
  for (const Decimal& a : SmallDecimals()) {
    const Decimal again = D(a.ToString());
    EXPECT_EQ(again.coefficient(), a.coefficient());
    EXPECT_EQ(again.scale(), a.scale());
  }
}

TEST(Decimal, ComparesByValue) {
  EXPECT_EQ(D("1.0"), D("1.00"));
  for (const Decimal& a : SmallDecimals()) {
    for (const Decimal& b : SmallDecimals()) {
      ASSERT_EQ(a <=> b, Thousandths(a) <=> Thousandths(b)) << a.ToString() << " " << b.ToString();
    }
  }
}

TEST(Decimal, ComparesWhatDoesNotFitAtOneScale) {
  const Decimal huge = D("99999999999999999999999999999999999999");
  const Decimal tiny = D("0.0000000000000000000000000001");
  EXPECT_GT(huge, tiny);
  EXPECT_LT(-huge, tiny);
  EXPECT_LT(-huge, -tiny);
  EXPECT_GT(tiny, Decimal(0));
  EXPECT_LT(tiny, huge);
}

TEST(Decimal, AddsSubtractsAndMultipliesExactly) {
  for (const Decimal& a : SmallDecimals()) {
    for (const Decimal& b : SmallDecimals()) {
      ASSERT_EQ(Thousandths(*Decimal::Add(a, b)), Thousandths(a) + Thousandths(b));
      ASSERT_EQ(Thousandths(*Decimal::Subtract(a, b)), Thousandths(a) - Thousandths(b));
      const Decimal product = *Decimal::Multiply(a, b);
      ASSERT_EQ(product.coefficient() * Pow10(2 * kScaleMax - product.scale()), Thousandths(a) * Thousandths(b));
    }
  }
}

TEST(Decimal, DividesHalfAwayFromZero) {
  for (const Decimal& a : SmallDecimals()) {
    for (const Decimal& b : SmallDecimals()) {
      for (int places = 0; places <= 4; ++places) {
        const auto quotient = Decimal::Divide(a, b, places);
        if (b.zero()) {
          ASSERT_EQ(quotient, std::nullopt);
          continue;
        }
        const std::int64_t expected = DivideHalfAway(Thousandths(a) * Pow10(places), Thousandths(b));
        ASSERT_EQ(*quotient, Decimal::FromParts(expected, places)) << a.ToString() << "/" << b.ToString();
      }
    }
  }
  EXPECT_EQ(Decimal::Divide(D("1"), D("3"), 8)->ToString(), "0.33333333");
}

TEST(Decimal, RoundsAndTruncates) {
  for (const Decimal& a : SmallDecimals()) {
    for (int places = 0; places <= kScaleMax; ++places) {
      const Decimal rounded = a.Rounded(places);
      ASSERT_EQ(Thousandths(rounded), DivideHalfAway(Thousandths(a), Pow10(3 - places)) * Pow10(3 - places));
      ASSERT_LE(rounded.scale(), std::max(places, a.scale()));
    }
    ASSERT_EQ(Thousandths(a.Truncated()), Thousandths(a) / 1000 * 1000);
    ASSERT_EQ(a.Normalized(), a);
    ASSERT_EQ(a.integral(), Thousandths(a) % 1000 == 0);
    ASSERT_EQ(a.ToInt64().has_value(), a.integral());
  }
  EXPECT_EQ(D("2.5").Rounded(0).ToString(), "3");
  EXPECT_EQ(D("-2.5").Rounded(0).ToString(), "-3");
  EXPECT_EQ(D("1.5").Rounded(4).ToString(), "1.5");
  EXPECT_EQ(D("100.00").Normalized().ToString(), "100");
}

TEST(Decimal, ConvertsToInt64WithinItsRange) {
  EXPECT_EQ(D("9223372036854775807.00").ToInt64(), std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(D("-9223372036854775808").ToInt64(), std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(D("9223372036854775808").ToInt64(), std::nullopt);
  EXPECT_EQ(D("-9223372036854775809").ToInt64(), std::nullopt);
  EXPECT_EQ(D("1.5").ToInt64(), std::nullopt);
}

TEST(Decimal, AnswersNothingWhenAResultDoesNotFit) {
  const Decimal max = D("170141183460469231731687303715884105727");
  EXPECT_EQ(Decimal::Add(max, 1), std::nullopt);
  EXPECT_EQ(Decimal::Subtract(-max, 2), std::nullopt);
  EXPECT_EQ(Decimal::Multiply(max, 2), std::nullopt);
  EXPECT_EQ(Decimal::Multiply(D("0.000000000000001"), D("0.00000000000001")), std::nullopt);
  EXPECT_EQ(Decimal::Add(max, D("0.1")), std::nullopt);
  EXPECT_EQ(Decimal::Divide(max, D("0.1"), 0), std::nullopt);
  EXPECT_EQ(*Decimal::Add(max, 0), max);
  EXPECT_EQ(*Decimal::Multiply(D("1.000000000000000000"), D("2.000000000000000000")), D("2"));
}

TEST(Decimal, ConvertsToTheNearestDouble) {
  EXPECT_DOUBLE_EQ(D("0.1").ToDouble(), 0.1);
  EXPECT_DOUBLE_EQ(D("-12345.678").ToDouble(), -12345.678);
}

}  // namespace
}  // namespace facet
