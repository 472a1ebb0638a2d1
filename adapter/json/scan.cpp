#include "adapter/json/scan.hpp"

#include <algorithm>

namespace facet::json::impl {
namespace {

// Offset behind the closing quote of the string whose opening quote is at `open`.
std::size_t SkipString(std::string_view text, std::size_t open) {
  std::size_t at = open + 1;
  while (at < text.size() && text[at] != '"') at += text[at] == '\\' ? 2 : 1;
  return std::min(at + 1, text.size());
}

}  // namespace

std::string LineColumn(std::string_view text, std::size_t offset) {
  const std::string_view before = text.substr(0, offset);
  const auto lines = std::count(before.begin(), before.end(), '\n');
  const std::size_t line_start = before.rfind('\n') == std::string_view::npos ? 0 : before.rfind('\n') + 1;
  return std::to_string(lines + 1) + ":" + std::to_string(before.size() - line_start + 1);
}

std::size_t StringTokenOffset(std::string_view text, std::size_t ordinal) {
  std::size_t at = text.find('"');
  while (at != std::string_view::npos && ordinal > 0) {
    at = text.find('"', SkipString(text, at));
    --ordinal;
  }
  return std::min(at, text.size());
}

bool InsideString(std::string_view text, std::size_t offset) {
  std::size_t at = text.find('"');
  while (at != std::string_view::npos && at < offset) {
    const std::size_t end = SkipString(text, at);
    if (offset < end || end == text.size()) return true;
    at = text.find('"', end);
  }
  return false;
}

}  // namespace facet::json::impl
