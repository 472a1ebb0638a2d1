#pragma once
// SHA-256 and derived names. Digests identify content (payload hashes, episode ids); they hide nothing by themselves.
#include <string>
#include <string_view>

namespace facet {

std::string Sha256Hex(std::string_view bytes);                         // 64 lower-case hex digits
std::string Sha256Base32(std::string_view bytes, std::size_t length);  // a-z2-7, for FHIR ids ([A-Za-z0-9-.]{1,64})
std::string HmacSha256Hex(std::string_view key, std::string_view bytes);
// Compares in a time that depends on the lengths only.
bool ConstantTimeEqual(std::string_view a, std::string_view b) noexcept;

}  // namespace facet
