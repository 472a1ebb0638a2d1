#pragma once
// C++ text made fit for simple checks: comments and literals blanked, lines kept.
//
// Thread: pure functions. Errors: none; text that is no C++ gives some text of the same shape.
#include <string>
#include <string_view>
#include <vector>

namespace facet::style {

// Comments, the insides of string and character literals become blanks; newlines and #include lines stay.
std::string BlankComments(std::string_view text);
// Directives become blanks, with their continuation lines.
std::string BlankDirectives(std::string_view text);

std::vector<std::string_view> SplitLines(std::string_view text);
int LineOf(std::string_view text, std::size_t offset);  // 1-based
bool IsIdentifierChar(char c);

}  // namespace facet::style
