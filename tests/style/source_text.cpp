#include "tests/style/source_text.hpp"

#include <algorithm>

namespace facet::style {
namespace {

// Blanks text[from, to) except newlines.
void Blank(std::string& text, std::size_t from, std::size_t to) {
  for (std::size_t i = from; i < std::min(to, text.size()); ++i) {
    if (text[i] != '\n') text[i] = ' ';
  }
}

std::size_t EndOfLine(std::string_view text, std::size_t at) { return std::min(text.find('\n', at), text.size()); }

// Offset behind a literal that begins with the quote at `open`.
std::size_t EndOfLiteral(std::string_view text, std::size_t open) {
  std::size_t at = open + 1;
  while (at < text.size() && text[at] != text[open] && text[at] != '\n') at += text[at] == '\\' ? 2 : 1;
  return std::min(at + 1, text.size());
}

// Offset behind R"delimiter(...)delimiter" whose quote is at `open`.
std::size_t EndOfRawLiteral(std::string_view text, std::size_t open) {
  const std::size_t paren = text.find('(', open);
  if (paren == std::string_view::npos) return text.size();
  const std::string close = ")" + std::string(text.substr(open + 1, paren - open - 1)) + "\"";
  const std::size_t end = text.find(close, paren);
  return end == std::string_view::npos ? text.size() : end + close.size();
}

bool IsRaw(std::string_view text, std::size_t quote) {
  if (quote == 0 || text[quote - 1] != 'R') return false;
  return quote == 1 || !IsIdentifierChar(text[quote - 2]) || text[quote - 2] == '8' || text[quote - 2] == 'u';
}

bool IsIncludeLine(std::string_view text, std::size_t at) {
  const std::size_t start = text.rfind('\n', at) == std::string_view::npos ? 0 : text.rfind('\n', at) + 1;
  const std::size_t word = text.find_first_not_of(" \t", start);
  return word != std::string_view::npos && text.substr(word).starts_with("#include");
}

// A quote between digits separates them (10'000).
bool IsDigitSeparator(std::string_view text, std::size_t at) {
  return at > 0 && std::isxdigit(static_cast<unsigned char>(text[at - 1])) != 0 && at + 1 < text.size() &&
         std::isxdigit(static_cast<unsigned char>(text[at + 1])) != 0 &&
         (at + 2 >= text.size() || text[at + 2] != '\'');
}

}  // namespace

bool IsIdentifierChar(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

std::string BlankComments(std::string_view text) {
  std::string out(text);
  std::size_t at = 0;
  while (at < text.size()) {
    const char c = text[at];
    std::size_t end = at + 1;
    if (text.substr(at, 2) == "//") {
      end = EndOfLine(text, at);
      Blank(out, at, end);
    } else if (text.substr(at, 2) == "/*") {
      const std::size_t close = text.find("*/", at + 2);
      end = close == std::string_view::npos ? text.size() : close + 2;
      Blank(out, at, end);
    } else if (c == '"' && !IsIncludeLine(text, at)) {
      end = IsRaw(text, at) ? EndOfRawLiteral(text, at) : EndOfLiteral(text, at);
      Blank(out, at + 1, end - 1);
    } else if (c == '"') {
      end = EndOfLiteral(text, at);
    } else if (c == '\'' && !IsDigitSeparator(text, at)) {
      end = EndOfLiteral(text, at);
      Blank(out, at + 1, end - 1);
    }
    at = end;
  }
  return out;
}

std::string BlankDirectives(std::string_view text) {
  std::string out(text);
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t word = text.find_first_not_of(" \t", at);
    std::size_t end = EndOfLine(text, at);
    if (word < end && text[word] == '#') {
      while (end > 0 && end < text.size() && text[end - 1] == '\\') end = EndOfLine(text, end + 1);
      Blank(out, at, end);
    }
    at = end + 1;
  }
  return out;
}

std::vector<std::string_view> SplitLines(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = EndOfLine(text, 0);
    lines.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

int LineOf(std::string_view text, std::size_t offset) {
  return 1 + static_cast<int>(std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(offset), '\n'));
}

}  // namespace facet::style
