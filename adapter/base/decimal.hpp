#pragma once
// Exact decimals: coefficient * 10^-scale with a 128-bit coefficient. FHIR forbids binary floating point for
// decimals and asks that precision (trailing zeros) be kept (FHIR R4 §2.24.0.1); FHIRPath asks for 28 digits and 8
// places.
//
// Thread: values. Errors: an operation whose exact result does not fit answers nullopt; nothing is ever rounded
// silently.
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace facet {

__extension__ using Int128 = __int128;  // ISO C++ has no name for it; gcc and clang have
__extension__ using UInt128 = unsigned __int128;

class Decimal {
 public:
  static constexpr int kScaleMax = 28;

  constexpr Decimal() = default;
  constexpr Decimal(std::int64_t value) : coefficient_(value) {}  // NOLINT: integers are decimals

  // JSON number grammar ("1.50", "-2", "1e3", "2.5E-1") with optional leading '+' and zeros; nullopt if it is
  // anything else or does not fit. "1.50" keeps its scale of 2; an exponent is folded in.
  static std::optional<Decimal> Parse(std::string_view text) noexcept;
  static Decimal FromParts(Int128 coefficient, int scale) noexcept;

  Int128 coefficient() const noexcept { return coefficient_; }
  int scale() const noexcept { return scale_; }  // digits behind the point, trailing zeros included
  bool negative() const noexcept { return coefficient_ < 0; }
  bool zero() const noexcept { return coefficient_ == 0; }
  bool integral() const noexcept;  // has no fraction (2.0 has none)

  std::string ToString() const;                          // plain notation, scale kept: "1.50"
  Decimal Normalized() const noexcept;                   // without trailing zeros behind the point
  std::optional<std::int64_t> ToInt64() const noexcept;  // when integral and in range
  double ToDouble() const noexcept;

  // Compared by value: 1.0 == 1.00.
  friend std::strong_ordering operator<=>(const Decimal& a, const Decimal& b) noexcept;
  friend bool operator==(const Decimal& a, const Decimal& b) noexcept { return (a <=> b) == 0; }

  friend Decimal operator-(const Decimal& a) noexcept { return FromParts(-a.coefficient_, a.scale_); }
  static std::optional<Decimal> Add(const Decimal& a, const Decimal& b) noexcept;
  static std::optional<Decimal> Subtract(const Decimal& a, const Decimal& b) noexcept;
  static std::optional<Decimal> Multiply(const Decimal& a, const Decimal& b) noexcept;
  // Rounded half away from zero to `places`; nullopt for b == 0.
  static std::optional<Decimal> Divide(const Decimal& a, const Decimal& b, int places) noexcept;

  // Rounded half away from zero to `places` digits behind the point (places >= 0); keeps a smaller scale.
  Decimal Rounded(int places) const noexcept;
  Decimal Truncated() const noexcept;

 private:
  Int128 coefficient_ = 0;
  int scale_ = 0;
};

}  // namespace facet
