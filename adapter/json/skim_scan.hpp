#pragma once
// The parts of skim.hpp that look at bytes: keys as numbers, the ends of strings and numbers.
//
// Thread: pure functions. Errors: none; nullptr where only Parse() can tell.
#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>
#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace facet::json {

namespace impl {

// A key as a number: its length, first and last bytes. Equal keys have equal numbers; the reverse is nearly true.
constexpr std::uint64_t KeyNumber(std::string_view key) noexcept {
  std::uint64_t first = 0;
  std::uint64_t last = 0;
  const std::size_t count = key.size() < 8 ? key.size() : 8;
  for (std::size_t i = 0; i < count; ++i) {
    first |= static_cast<std::uint64_t>(static_cast<unsigned char>(key[i])) << (8 * i);
    last |= static_cast<std::uint64_t>(static_cast<unsigned char>(key[key.size() - count + i])) << (8 * i);
  }
  return first ^ (last * 0x9E3779B97F4A7C15U) ^ (static_cast<std::uint64_t>(key.size()) << 56U);
}

// The same of [begin, end), by two loads where the text, which ends at `last`, goes on for long enough.
inline std::uint64_t KeyNumberIn(const char* begin, const char* end, const char* last) noexcept {
  const auto size = static_cast<std::size_t>(end - begin);
  if (std::endian::native != std::endian::little || last - begin < 8) return KeyNumber({begin, size});
  std::uint64_t head;
  std::memcpy(&head, begin, sizeof head);
  std::uint64_t tail;
  if (size < 8) {
    head &= (std::uint64_t{1} << (8 * size)) - 1;
    tail = head;
  } else {
    std::memcpy(&tail, end - 8, sizeof tail);
  }
  return head ^ (tail * 0x9E3779B97F4A7C15U) ^ (static_cast<std::uint64_t>(size) << 56U);
}

// The first byte from `at` on that is a quote, a backslash, a control character or not ASCII; else `last`.
inline const char* FindSpecial(const char* at, const char* last) noexcept {
#if defined(__SSE2__)
  const __m128i quote = _mm_set1_epi8('"');
  const __m128i backslash = _mm_set1_epi8('\\');
  const __m128i blank = _mm_set1_epi8(0x20);
  for (; last - at >= 16; at += 16) {
    __m128i bytes;
    std::memcpy(&bytes, at, sizeof bytes);
    // Compared as signed numbers, control characters and what is not ASCII are both less than a blank.
    const __m128i hits = _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(bytes, quote), _mm_cmpeq_epi8(bytes, backslash)),
                                      _mm_cmplt_epi8(bytes, blank));
    const auto mask = static_cast<unsigned>(_mm_movemask_epi8(hits));
    if (mask != 0) return at + std::countr_zero(mask);
  }
#endif
  for (; at != last; ++at) {
    const auto byte = static_cast<unsigned char>(*at);
    if (byte == '"' || byte == '\\' || byte < 0x20 || byte >= 0x80) break;
  }
  return at;
}

// Goes on from a byte of the string begun at `begin` that is no plain ASCII.
const char* EndOfOtherString(const char* begin, const char* at, const char* last) noexcept;

// The closing quote of the string that begins at `begin`; nullptr where it holds an escape, a control character or
// bytes that are no UTF-8, or does not end.
inline const char* EndOfPlainString(const char* begin, const char* last) noexcept {
  const char* const at = FindSpecial(begin, last);
  return at != last && *at == '"' ? at : EndOfOtherString(begin, at, last);
}

// What is behind the number that begins at `at`; nullptr where it is none or has an exponent.
const char* EndOfPlainNumber(const char* at, const char* last) noexcept;

}  // namespace impl

}  // namespace facet::json
