#include "adapter/fhirpath/text.hpp"

#include "adapter/fhirpath/lexer.hpp"

#include <array>

namespace facet::fhirpath {
namespace {

// Blocks of letters whose lower-case form lies at a fixed distance, or in pairs (even capital, odd small).
struct CaseRange {
  std::uint32_t first;
  std::uint32_t last;
  std::uint32_t distance;  // 0: pairs
};
constexpr CaseRange kCaseRanges[] = {{'A', 'Z', 32},     {0xC0, 0xD6, 32},    {0xD8, 0xDE, 32},   {0x100, 0x12F, 0},
                                     {0x14A, 0x177, 0},  {0x391, 0x3A1, 32},  {0x3A3, 0x3AB, 32}, {0x400, 0x40F, 80},
                                     {0x410, 0x42F, 32}, {0x460, 0x481, 0},   {0x48A, 0x4BF, 0},  {0x4D0, 0x52F, 0},
                                     {0x531, 0x556, 48}, {0x1E00, 0x1E95, 0}, {0x1EA0, 0x1EFF, 0}};

std::uint32_t UpperCodePoint(std::uint32_t c) noexcept {
  for (const CaseRange& range : kCaseRanges) {
    if (range.distance == 0) {
      if (c >= range.first && c <= range.last && c % 2 == 1) return c - 1;
    } else if (c >= range.first + range.distance && c <= range.last + range.distance) {
      // U+00F7 (division sign) and final sigma lie between the blocks and are skipped by their bounds.
      return c - range.distance;
    }
  }
  return c;
}

constexpr std::string_view kHexDigits = "0123456789abcdef";
constexpr std::string_view kBase64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

int HexValue(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::string ToBase64(std::string_view text, bool url) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); i += 3) {
    std::uint32_t bits = 0;
    const std::size_t count = std::min<std::size_t>(3, text.size() - i);
    for (std::size_t k = 0; k < 3; ++k) {
      bits = bits << 8U | (k < count ? static_cast<unsigned char>(text[i + k]) : 0U);
    }
    for (std::size_t k = 0; k < 4; ++k) {
      out += k <= count ? kBase64[bits >> (18U - 6U * k) & 63U] : '=';
    }
  }
  if (url) {
    for (char& c : out) c = c == '+' ? '-' : c == '/' ? '_' : c;
  }
  return out;
}

std::optional<std::string> FromBase64(std::string_view text, bool url) {
  std::string out;
  std::uint32_t bits = 0;
  int count = 0;
  while (!text.empty() && text.back() == '=') text.remove_suffix(1);
  for (char c : text) {
    if (url) c = c == '-' ? '+' : c == '_' ? '/' : c == '+' || c == '/' ? '!' : c;
    const std::size_t value = kBase64.find(c);
    if (value == std::string_view::npos) return std::nullopt;
    bits = bits << 6U | static_cast<std::uint32_t>(value);
    count += 6;
    if (count >= 8) {
      count -= 8;
      out += static_cast<char>(static_cast<unsigned char>(bits >> static_cast<unsigned>(count) & 0xFFU));
    }
  }
  return out;
}

struct Entity {
  char character;
  std::string_view name;
};
constexpr Entity kEntities[] = {{'&', "&amp;"}, {'<', "&lt;"}, {'>', "&gt;"}, {'"', "&quot;"}, {'\'', "&#39;"}};

std::string UnescapeHtml(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size();) {
    bool found = false;
    for (const Entity& entity : kEntities) {
      if (!text.substr(i).starts_with(entity.name)) continue;
      out += entity.character;
      i += entity.name.size();
      found = true;
      break;
    }
    if (!found) out += text[i++];
  }
  return out;
}

std::string EscapeJson(std::string_view text) {
  std::string out;
  for (const char c : text) {
    constexpr std::string_view kPlain = "\"\\\b\f\n\r\t";
    constexpr std::string_view kLetters = "\"\\bfnrt";
    if (const std::size_t which = kPlain.find(c); which != std::string_view::npos) {
      out += '\\';
      out += kLetters[which];
    } else if (static_cast<unsigned char>(c) < 0x20) {
      out += "\\u00";
      out += kHexDigits[static_cast<unsigned char>(c) >> 4U];
      out += kHexDigits[static_cast<unsigned char>(c) & 15U];
    } else {
      out += c;
    }
  }
  return out;
}

}  // namespace

std::uint32_t NextCodePoint(std::string_view text, std::size_t& at) noexcept {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint32_t>(static_cast<unsigned char>(text[i])); };
  const std::uint32_t first = byte(at);
  const std::size_t length = first < 0xC0 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
  if (length == 1 || at + length > text.size()) {
    ++at;
    return first;
  }
  std::uint32_t c = first & (0xFFU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) c = c << 6U | (byte(at + i) & 0x3FU);
  at += length;
  return c;
}

std::size_t CountCharacters(std::string_view text) noexcept {
  std::size_t count = 0;
  for (std::size_t at = 0; at < text.size(); ++count) NextCodePoint(text, at);
  return count;
}

std::size_t OffsetOf(std::string_view text, std::size_t character) noexcept {
  std::size_t at = 0;
  for (std::size_t i = 0; i < character; ++i) {
    if (at >= text.size()) return std::string_view::npos;
    NextCodePoint(text, at);
  }
  return at;
}

std::uint32_t LowerCodePoint(std::uint32_t c) noexcept {
  for (const CaseRange& range : kCaseRanges) {
    if (c < range.first || c > range.last) continue;
    if (range.distance != 0) return c + range.distance;
    return c % 2 == 0 ? c + 1 : c;
  }
  return c;
}

std::string Upper(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) AppendUtf8(out, UpperCodePoint(NextCodePoint(text, at)));
  return out;
}

std::string Lower(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) AppendUtf8(out, LowerCodePoint(NextCodePoint(text, at)));
  return out;
}

bool IsWhiteSpace(std::uint32_t c) noexcept {
  return c == ' ' || (c >= 9 && c <= 13) || c == 0x85 || c == 0xA0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200A) ||
         c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F || c == 0x3000;
}

std::string_view Trim(std::string_view text) noexcept {
  std::size_t begin = text.size();
  std::size_t end = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t here = at;
    if (IsWhiteSpace(NextCodePoint(text, at))) continue;
    begin = std::min(begin, here);
    end = at;
  }
  return end == 0 ? std::string_view{} : text.substr(begin, end - begin);
}

bool EquivalentText(std::string_view a, std::string_view b) noexcept {
  // One reader a side: lower case, a run of white space is one blank.
  const auto next = [](std::string_view text, std::size_t& at) -> std::uint32_t {
    if (at >= text.size()) return 0;
    const std::uint32_t c = NextCodePoint(text, at);
    if (!IsWhiteSpace(c)) return LowerCodePoint(c);
    while (at < text.size()) {
      std::size_t ahead = at;
      if (!IsWhiteSpace(NextCodePoint(text, ahead))) break;
      at = ahead;
    }
    return ' ';
  };
  std::size_t i = 0;
  std::size_t j = 0;
  while (true) {
    const bool a_done = i >= a.size();
    const bool b_done = j >= b.size();
    if (a_done || b_done) return a_done == b_done;
    if (next(a, i) != next(b, j)) return false;
  }
}

bool IsUtf8(std::string_view text) noexcept {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t here = at;
    const std::uint32_t c = NextCodePoint(text, at);
    const std::size_t length = at - here;
    const std::size_t needed = c < 0x80 ? 1U : c < 0x800 ? 2U : c < 0x10000 ? 3U : 4U;
    if (length != needed || (c >= 0xD800 && c < 0xE000) || c > 0x10FFFF) return false;
    for (std::size_t i = here + 1; i < at; ++i) {
      if ((static_cast<unsigned char>(text[i]) & 0xC0U) != 0x80U) return false;
    }
  }
  return true;
}

std::optional<std::string> EncodeText(std::string_view text, std::string_view kind) {
  if (kind == "base64" || kind == "urlbase64") return ToBase64(text, kind == "urlbase64");
  if (kind != "hex") return std::nullopt;
  std::string out;
  for (const char c : text) {
    out += kHexDigits[static_cast<unsigned char>(c) >> 4U];
    out += kHexDigits[static_cast<unsigned char>(c) & 15U];
  }
  return out;
}

std::optional<std::string> DecodeText(std::string_view text, std::string_view kind) {
  std::optional<std::string> out;
  if (kind == "base64" || kind == "urlbase64") {
    out = FromBase64(text, kind == "urlbase64");
  } else if (kind == "hex" && text.size() % 2 == 0) {
    out.emplace();
    for (std::size_t i = 0; i < text.size(); i += 2) {
      const int high = HexValue(text[i]);
      const int low = HexValue(text[i + 1]);
      if (high < 0 || low < 0) return std::nullopt;
      *out += static_cast<char>(static_cast<unsigned char>(high * 16 + low));
    }
  }
  if (out && !IsUtf8(*out)) return std::nullopt;
  return out;
}

std::optional<std::string> EscapeText(std::string_view text, std::string_view kind) {
  if (kind == "json") return EscapeJson(text);
  if (kind != "html") return std::nullopt;
  std::string out;
  for (const char c : text) {
    std::string_view name;
    for (const Entity& entity : kEntities) {
      if (entity.character == c) name = entity.name;
    }
    if (name.empty()) {
      out += c;
    } else {
      out += name;
    }
  }
  return out;
}

std::optional<std::string> UnescapeText(std::string_view text, std::string_view kind) {
  if (kind == "html") return UnescapeHtml(text);
  if (kind == "json") return Unescape(text);
  return std::nullopt;
}

}  // namespace facet::fhirpath
