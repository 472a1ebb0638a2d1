#include "adapter/json/skim_scan.hpp"

namespace facet::json::impl {
namespace {

constexpr std::ptrdiff_t kStringBytesMax = 1 << 20;

// Length of the UTF-8 sequence at `at`, which begins with a byte of 0x80 or more; 0 where it is none (RFC 3629 §4).
std::size_t Utf8Length(const char* at, const char* last) {
  const auto byte = [&](std::ptrdiff_t i) { return i < last - at ? static_cast<unsigned char>(at[i]) : 0U; };
  const auto tail = [&](std::ptrdiff_t i) { return (byte(i) & 0xC0U) == 0x80U; };
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

bool IsDigit(const char* at, const char* last) { return at != last && *at >= '0' && *at <= '9'; }

}  // namespace

const char* EndOfOtherString(const char* begin, const char* at, const char* last) noexcept {
  for (;; at = FindSpecial(at, last)) {
    if (at == last || at - begin > kStringBytesMax) return nullptr;
    if (*at == '"') return at;
    const std::size_t length = static_cast<unsigned char>(*at) >= 0x80 ? Utf8Length(at, last) : 0;
    if (length == 0) return nullptr;
    at += length;
  }
}

const char* EndOfPlainNumber(const char* at, const char* last) noexcept {
  constexpr std::ptrdiff_t kDigitsMax = 15;
  const char* const begin = at;
  if (at != last && *at == '-') ++at;
  if (!IsDigit(at, last)) return nullptr;
  if (*at == '0') {
    ++at;
  } else {
    while (IsDigit(at, last)) ++at;
  }
  if (at != last && *at == '.') {
    if (!IsDigit(++at, last)) return nullptr;
    while (IsDigit(at, last)) ++at;
  }
  const bool more = IsDigit(at, last) || (at != last && (*at == 'e' || *at == 'E'));
  return more || at - begin > kDigitsMax ? nullptr : at;
}

}  // namespace facet::json::impl
