#pragma once
// Splits an expression into tokens.
//
// Thread: values. Owns: nothing; tokens point into the text. Errors: fhirpath.syntax with "line:column".
#include "adapter/base/result.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace facet::fhirpath {

enum class TokenKind : std::uint8_t {
  kEnd,
  kIdentifier,  // also keywords; the parser knows where a word is a keyword
  kDelimited,   // `...`: never a keyword
  kString,      // '...'
  kNumber,      // 12 or 1.5
  kDate,        // @2015-02, @2015T, @2015-02-04T14:34
  kTime,        // @T14:34
  kVariable,    // %name, %`name`, %'name'
  kThis,
  kIndex,
  kTotal,
  kSymbol,  // operators and brackets, in `text`
};

struct Token {
  TokenKind kind = TokenKind::kEnd;
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
  std::string_view text;  // of the source; of strings and delimited names: between the quotes, escapes not resolved
};

// `where` of an offset: "line:column".
std::string PlaceOf(std::string_view text, std::size_t offset);
Result<std::vector<Token>> Tokenize(std::string_view text);
// Resolves \' \" \` \\ \/ \f \n \r \t \uXXXX. nullopt for a malformed or unknown escape.
std::optional<std::string> Unescape(std::string_view raw);
void AppendUtf8(std::string& out, std::uint32_t code_point);

}  // namespace facet::fhirpath
