#pragma once
// String work on UTF-8: positions are code points, as FHIRPath counts characters.
//
// Thread: functions of their arguments. Errors: nullopt for what cannot be decoded.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace facet::fhirpath {

// The code point at `at`, which moves behind it. Malformed bytes count as one each.
std::uint32_t NextCodePoint(std::string_view text, std::size_t& at) noexcept;
std::size_t CountCharacters(std::string_view text) noexcept;
// The byte offset of a character; npos beyond the end (the end itself is an offset).
std::size_t OffsetOf(std::string_view text, std::size_t character) noexcept;

std::string Upper(std::string_view text);
std::string Lower(std::string_view text);
std::uint32_t LowerCodePoint(std::uint32_t c) noexcept;
bool IsWhiteSpace(std::uint32_t c) noexcept;
std::string_view Trim(std::string_view text) noexcept;
// ~ of strings: without regard to case, white space runs count as one blank.
bool EquivalentText(std::string_view a, std::string_view b) noexcept;

// "hex", "base64", "urlbase64"; nullopt for other kinds and undecodable text.
std::optional<std::string> EncodeText(std::string_view text, std::string_view kind);
std::optional<std::string> DecodeText(std::string_view text, std::string_view kind);
// "html", "json".
std::optional<std::string> EscapeText(std::string_view text, std::string_view kind);
std::optional<std::string> UnescapeText(std::string_view text, std::string_view kind);
bool IsUtf8(std::string_view text) noexcept;

}  // namespace facet::fhirpath
