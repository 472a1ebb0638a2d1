#include "adapter/json/skim_scan.hpp"

namespace facet::json::impl {
namespace {

constexpr std::size_t kStringBytesMax = 1U << 20U;

// Length of the UTF-8 sequence at `at`, which begins with a byte of 0x80 or more; 0 where it is none (RFC 3629 §4).
std::size_t Utf8Length(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return at + i < text.size() ? static_cast<unsigned char>(text[at + i]) : 0U; };
  const auto tail = [&](std::size_t i) { return (byte(i) & 0xC0U) == 0x80U; };
  const unsigned first = byte(0);
  const unsigned second = byte(1);
  if (first >= 0xC2 && first <= 0xDF) return tail(1) ? 2 : 0;
  if (first >= 0xE0 && first <= 0xEF) {
    const bool overlong = first == 0xE0 && second < 0xA0;
    const bool surrogate = first == 0xED && second >= 0xA0;
    return tail(1) && tail(2) && !overlong && !surrogate ? 3 : 0;
  }
  if (first >= 0xF0 && first <= 0xF4) {
    const bool overlong = first == 0xF0 && second < 0x90;
    const bool beyond = first == 0xF4 && second >= 0x90;
    return tail(1) && tail(2) && tail(3) && !overlong && !beyond ? 4 : 0;
  }
  return 0;
}

bool IsDigit(std::string_view text, std::size_t at) { return at < text.size() && text[at] >= '0' && text[at] <= '9'; }

}  // namespace

std::size_t EndOfOtherString(std::string_view text, std::size_t begin, std::size_t at) noexcept {
  for (;; at = FindSpecial(text, at)) {
    if (at == text.size() || at - begin > kStringBytesMax) return std::string_view::npos;
    if (text[at] == '"') return at;
    const std::size_t length = static_cast<unsigned char>(text[at]) >= 0x80 ? Utf8Length(text, at) : 0;
    if (length == 0) return std::string_view::npos;
    at += length;
  }
}

std::size_t EndOfPlainNumber(std::string_view text, std::size_t at) noexcept {
  constexpr std::size_t kDigitsMax = 15;
  const std::size_t begin = at;
  if (text[at] == '-') ++at;
  if (!IsDigit(text, at)) return std::string_view::npos;
  if (text[at] == '0') {
    ++at;
  } else {
    while (IsDigit(text, at)) ++at;
  }
  if (at < text.size() && text[at] == '.') {
    if (!IsDigit(text, ++at)) return std::string_view::npos;
    while (IsDigit(text, at)) ++at;
  }
  const bool more = IsDigit(text, at) || (at < text.size() && (text[at] == 'e' || text[at] == 'E'));
  return more || at - begin > kDigitsMax ? std::string_view::npos : at;
}

}  // namespace facet::json::impl
