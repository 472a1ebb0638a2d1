#pragma once
// The parts of skim.hpp that look at bytes: keys as numbers, the ends of strings and numbers.
//
// Thread: pure functions. Errors: none; npos where only Parse() can tell.
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

// The same of text[begin, end), by two loads where the text goes on for long enough.
inline std::uint64_t KeyNumberIn(std::string_view text, std::size_t begin, std::size_t end) noexcept {
  const std::size_t size = end - begin;
  if (std::endian::native != std::endian::little || begin + 8 > text.size()) {
    return KeyNumber(text.substr(begin, size));
  }
  std::uint64_t first;
  std::memcpy(&first, text.data() + begin, sizeof first);
  std::uint64_t last;
  if (size < 8) {
    first &= (std::uint64_t{1} << (8 * size)) - 1;
    last = first;
  } else {
    std::memcpy(&last, text.data() + end - 8, sizeof last);
  }
  return first ^ (last * 0x9E3779B97F4A7C15U) ^ (static_cast<std::uint64_t>(size) << 56U);
}

// Offset of the first byte from `at` on that is a quote, a backslash, a control character or not ASCII.
inline std::size_t FindSpecial(std::string_view text, std::size_t at) noexcept {
#if defined(__SSE2__)
  const __m128i quote = _mm_set1_epi8('"');
  const __m128i backslash = _mm_set1_epi8('\\');
  const __m128i blank = _mm_set1_epi8(0x20);
  for (; at + 16 <= text.size(); at += 16) {
    __m128i bytes;
    std::memcpy(&bytes, text.data() + at, sizeof bytes);
    // Compared as signed numbers, control characters and what is not ASCII are both less than a blank.
    const __m128i hits = _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(bytes, quote), _mm_cmpeq_epi8(bytes, backslash)),
                                      _mm_cmplt_epi8(bytes, blank));
    const auto mask = static_cast<unsigned>(_mm_movemask_epi8(hits));
    if (mask != 0) return at + static_cast<std::size_t>(std::countr_zero(mask));
  }
#endif
  for (; at < text.size(); ++at) {
    const auto byte = static_cast<unsigned char>(text[at]);
    if (byte == '"' || byte == '\\' || byte < 0x20 || byte >= 0x80) return at;
  }
  return text.size();
}

// Goes on from a byte of the string begun at `begin` that is no plain ASCII.
std::size_t EndOfOtherString(std::string_view text, std::size_t begin, std::size_t at) noexcept;

// Offset of the closing quote of the string that begins at `at`; npos where it holds an escape, a control character or
// bytes that are no UTF-8, or does not end.
inline std::size_t EndOfPlainString(std::string_view text, std::size_t begin) noexcept {
  const std::size_t at = FindSpecial(text, begin);
  return at < text.size() && text[at] == '"' ? at : EndOfOtherString(text, begin, at);
}

// Offset behind the number that begins at `at`; npos where it is none or has an exponent.
std::size_t EndOfPlainNumber(std::string_view text, std::size_t at) noexcept;

}  // namespace impl

}  // namespace facet::json
