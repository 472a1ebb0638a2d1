#include "adapter/base/decimal.hpp"

#include <algorithm>
#include <array>

namespace facet {
namespace {

using Int = Int128;
using UInt = UInt128;

constexpr int kDigitsMax = 38;  // 10^38 < 2^127

constexpr std::array<Int, kDigitsMax + 1> MakePowers() {
  std::array<Int, kDigitsMax + 1> powers{};
  powers[0] = 1;
  for (std::size_t i = 1; i <= kDigitsMax; ++i) powers[i] = powers[i - 1] * 10;
  return powers;
}
constexpr auto kPowers = MakePowers();

Int Pow10(int exponent) { return kPowers[static_cast<std::size_t>(exponent)]; }

// Brings a coefficient to a larger scale; false if it does not fit.
bool Rescale(Int& coefficient, int by) {
  if (by <= 0) return true;
  if (by > kDigitsMax) return coefficient == 0;
  return !__builtin_mul_overflow(coefficient, Pow10(by), &coefficient);
}

Int DivideHalfAway(Int numerator, Int denominator) {
  const bool negative = (numerator < 0) != (denominator < 0);
  const UInt n = numerator < 0 ? -static_cast<UInt>(numerator) : static_cast<UInt>(numerator);
  const UInt d = denominator < 0 ? -static_cast<UInt>(denominator) : static_cast<UInt>(denominator);
  UInt quotient = n / d;
  if (n % d >= d - n % d) ++quotient;
  return negative ? -static_cast<Int>(quotient) : static_cast<Int>(quotient);
}

struct Digits {
  Int coefficient = 0;
  int count = 0;
  bool fits = true;

  void Push(char c) {
    Int next = 0;
    if (__builtin_mul_overflow(coefficient, Int{10}, &next) || __builtin_add_overflow(next, Int{c - '0'}, &next)) {
      fits = false;
    } else {
      coefficient = next;
    }
    ++count;
  }
};

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

std::optional<Decimal> Decimal::Parse(std::string_view text) noexcept {
  std::size_t i = 0;
  const bool negative = !text.empty() && text[0] == '-';
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) ++i;
  Digits digits;
  for (; i < text.size() && IsDigit(text[i]); ++i) digits.Push(text[i]);
  if (digits.count == 0) return std::nullopt;
  int scale = 0;
  if (i < text.size() && text[i] == '.') {
    const std::size_t point = i++;
    for (; i < text.size() && IsDigit(text[i]); ++i) digits.Push(text[i]), ++scale;
    if (i == point + 1) return std::nullopt;
  }
  if (i < text.size() && (text[i] == 'e' || text[i] == 'E')) {
    ++i;
    const bool down = i < text.size() && text[i] == '-';
    if (i < text.size() && (text[i] == '-' || text[i] == '+')) ++i;
    int exponent = 0;
    const std::size_t first = i;
    for (; i < text.size() && IsDigit(text[i]); ++i) exponent = std::min(exponent * 10 + (text[i] - '0'), 10'000);
    if (i == first) return std::nullopt;
    scale += down ? exponent : -exponent;
  }
  if (i != text.size() || !digits.fits) return std::nullopt;
  if (digits.coefficient == 0) scale = std::clamp(scale, 0, kScaleMax);
  if (scale < 0) {
    if (!Rescale(digits.coefficient, -scale)) return std::nullopt;
    scale = 0;
  }
  while (scale > kScaleMax && digits.coefficient % 10 == 0) digits.coefficient /= 10, --scale;
  if (scale > kScaleMax) return std::nullopt;
  return FromParts(negative ? -digits.coefficient : digits.coefficient, scale);
}

Decimal Decimal::FromParts(Int128 coefficient, int scale) noexcept {
  Decimal value;
  value.coefficient_ = coefficient;
  value.scale_ = scale;
  return value;
}

bool Decimal::integral() const noexcept { return scale_ == 0 || coefficient_ % Pow10(scale_) == 0; }

std::string Decimal::ToString() const {
  UInt rest = coefficient_ < 0 ? -static_cast<UInt>(coefficient_) : static_cast<UInt>(coefficient_);
  std::string text;
  do {
    text += static_cast<char>('0' + static_cast<int>(rest % 10));
    rest /= 10;
  } while (rest != 0);
  while (static_cast<int>(text.size()) <= scale_) text += '0';
  if (scale_ > 0) text.insert(static_cast<std::size_t>(scale_), 1, '.');
  if (coefficient_ < 0) text += '-';
  std::reverse(text.begin(), text.end());
  return text;
}

Decimal Decimal::Normalized() const noexcept {
  Decimal value = *this;
  while (value.scale_ > 0 && value.coefficient_ % 10 == 0) value.coefficient_ /= 10, --value.scale_;
  return value;
}

std::optional<std::int64_t> Decimal::ToInt64() const noexcept {
  if (!integral()) return std::nullopt;
  const Int whole = coefficient_ / Pow10(scale_);
  if (whole < INT64_MIN || whole > INT64_MAX) return std::nullopt;
  return static_cast<std::int64_t>(whole);
}

double Decimal::ToDouble() const noexcept {
  return static_cast<double>(coefficient_) / static_cast<double>(Pow10(scale_));
}

std::strong_ordering operator<=>(const Decimal& a, const Decimal& b) noexcept {
  if (a.negative() != b.negative()) return a.negative() ? std::strong_ordering::less : std::strong_ordering::greater;
  Int x = a.coefficient_;
  Int y = b.coefficient_;
  // A side that does not fit at the common scale is the one of larger magnitude.
  const bool x_fits = Rescale(x, b.scale_ - a.scale_);
  const bool y_fits = Rescale(y, a.scale_ - b.scale_);
  if (!x_fits) return a.negative() ? std::strong_ordering::less : std::strong_ordering::greater;
  if (!y_fits) return a.negative() ? std::strong_ordering::greater : std::strong_ordering::less;
  if (x == y) return std::strong_ordering::equal;
  return x < y ? std::strong_ordering::less : std::strong_ordering::greater;
}

std::optional<Decimal> Decimal::Add(const Decimal& a, const Decimal& b) noexcept {
  const int scale = std::max(a.scale_, b.scale_);
  Int x = a.coefficient_;
  Int y = b.coefficient_;
  Int sum = 0;
  if (!Rescale(x, scale - a.scale_) || !Rescale(y, scale - b.scale_) || __builtin_add_overflow(x, y, &sum)) {
    return std::nullopt;
  }
  return FromParts(sum, scale);
}

std::optional<Decimal> Decimal::Subtract(const Decimal& a, const Decimal& b) noexcept { return Add(a, -b); }

std::optional<Decimal> Decimal::Multiply(const Decimal& a, const Decimal& b) noexcept {
  Decimal x = a;
  Decimal y = b;
  Int product = 0;
  if (x.scale_ + y.scale_ > kScaleMax || __builtin_mul_overflow(x.coefficient_, y.coefficient_, &product)) {
    x = a.Normalized();
    y = b.Normalized();
    if (x.scale_ + y.scale_ > kScaleMax || __builtin_mul_overflow(x.coefficient_, y.coefficient_, &product)) {
      return std::nullopt;
    }
  }
  return FromParts(product, x.scale_ + y.scale_);
}

std::optional<Decimal> Decimal::Divide(const Decimal& a, const Decimal& b, int places) noexcept {
  if (b.zero()) return std::nullopt;
  const Decimal x = a.Normalized();
  const Decimal y = b.Normalized();
  Int numerator = x.coefficient_;
  Int denominator = y.coefficient_;
  const int shift = places + y.scale_ - x.scale_;
  const bool fits = shift >= 0 ? Rescale(numerator, shift) : Rescale(denominator, -shift);
  if (!fits) return std::nullopt;
  return FromParts(DivideHalfAway(numerator, denominator), places);
}

Decimal Decimal::Rounded(int places) const noexcept {
  if (scale_ <= places) return *this;
  return FromParts(DivideHalfAway(coefficient_, Pow10(scale_ - places)), places);
}

Decimal Decimal::Truncated() const noexcept { return FromParts(coefficient_ / Pow10(scale_), 0); }

}  // namespace facet
