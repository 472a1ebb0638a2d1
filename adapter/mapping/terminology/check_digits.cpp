#include "adapter/mapping/terminology/check_digits.hpp"

#include "adapter/fhir/codings.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace facet::mapping {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool AllDigits(std::string_view text) { return !text.empty() && std::all_of(text.begin(), text.end(), IsDigit); }

using Row = std::array<std::uint8_t, 10>;
// Multiplication in the dihedral group D5, and the permutations by position (Verhoeff 1969).
constexpr std::array<Row, 10> kProduct = {{{0, 1, 2, 3, 4, 5, 6, 7, 8, 9},
                                           {1, 2, 3, 4, 0, 6, 7, 8, 9, 5},
                                           {2, 3, 4, 0, 1, 7, 8, 9, 5, 6},
                                           {3, 4, 0, 1, 2, 8, 9, 5, 6, 7},
                                           {4, 0, 1, 2, 3, 9, 5, 6, 7, 8},
                                           {5, 9, 8, 7, 6, 0, 4, 3, 2, 1},
                                           {6, 5, 9, 8, 7, 1, 0, 4, 3, 2},
                                           {7, 6, 5, 9, 8, 2, 1, 0, 4, 3},
                                           {8, 7, 6, 5, 9, 3, 2, 1, 0, 4},
                                           {9, 8, 7, 6, 5, 4, 3, 2, 1, 0}}};
constexpr std::array<Row, 8> kPermutation = {{{0, 1, 2, 3, 4, 5, 6, 7, 8, 9},
                                              {1, 5, 7, 6, 2, 8, 3, 0, 9, 4},
                                              {5, 8, 0, 3, 7, 9, 6, 1, 4, 2},
                                              {8, 9, 1, 6, 0, 4, 3, 5, 2, 7},
                                              {9, 4, 5, 3, 1, 2, 6, 8, 7, 0},
                                              {4, 2, 8, 6, 5, 7, 3, 9, 0, 1},
                                              {2, 7, 9, 3, 8, 0, 6, 4, 1, 5},
                                              {7, 0, 4, 6, 9, 1, 3, 2, 5, 8}}};

}  // namespace

bool LoincCheckDigitHolds(std::string_view code) noexcept {
  const std::size_t dash = code.rfind('-');
  if (dash == std::string_view::npos || dash + 2 != code.size()) return false;
  const std::string_view body = code.substr(0, dash);
  if (!AllDigits(body) || !IsDigit(code.back())) return false;
  int sum = 0;
  bool twice = true;  // from the right, every second digit counts double
  for (std::size_t i = body.size(); i-- > 0; twice = !twice) {
    const int digit = body[i] - '0';
    sum += twice ? (digit * 2) / 10 + (digit * 2) % 10 : digit;
  }
  return (10 - sum % 10) % 10 == code.back() - '0';
}

bool SnomedCheckDigitHolds(std::string_view code) noexcept {
  constexpr std::size_t kShortest = 6;
  constexpr std::size_t kLongest = 18;
  if (!AllDigits(code) || code.size() < kShortest || code.size() > kLongest) return false;
  std::uint8_t check = 0;
  for (std::size_t i = 0; i < code.size(); ++i) {
    const auto digit = static_cast<std::size_t>(code[code.size() - 1 - i] - '0');
    check = kProduct[check][kPermutation[i % kPermutation.size()][digit]];
  }
  return check == 0;
}

bool CheckDigitHolds(std::string_view system, std::string_view code) noexcept {
  // Answer codes (LA...) are numbered by another rule.
  if (system == fhir::kLoinc) return code.starts_with("LA") || LoincCheckDigitHolds(code);
  if (system == fhir::kSnomed) return SnomedCheckDigitHolds(code);
  return true;
}

}  // namespace facet::mapping
