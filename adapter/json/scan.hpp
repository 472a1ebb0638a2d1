#pragma once
// Passes over raw JSON text that find places in it. They run after a failure, or for files that people edit;
// never on the way of an accepted body.
//
// Thread: pure functions. Errors: none; an offset beyond the text counts as its end. Units: byte offsets.
#include <cstddef>
#include <string>
#include <string_view>

namespace facet::json::impl {

// "line:column", both 1-based, the column in bytes.
std::string LineColumn(std::string_view text, std::size_t offset);

// Offset of the opening quote of string token `ordinal` (0-based, keys count); the text's size if there are fewer.
// The text up to there must be JSON.
std::size_t StringTokenOffset(std::string_view text, std::size_t ordinal);

// Whether `offset` lies within a string token; the text up to there must be JSON.
bool InsideString(std::string_view text, std::size_t offset);

}  // namespace facet::json::impl
