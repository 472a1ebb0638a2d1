#include "tests/style/checks.hpp"

#include "tests/style/rooms.hpp"
#include "tests/style/source_text.hpp"

#include <algorithm>
#include <optional>
#include <set>

namespace facet::style {
namespace {

constexpr std::size_t kHeaderLinesMax = 200;
constexpr std::size_t kSourceLinesMax = 400;
constexpr std::size_t kFileLinesStop = 800;
constexpr std::size_t kFunctionLinesMax = 70;
constexpr std::size_t kColumnsMax = 120;

std::string Place(std::string_view path, std::size_t line) { return std::string(path) + ":" + std::to_string(line); }

bool IsHeader(std::string_view path) { return path.ends_with(".hpp"); }
bool IsSource(std::string_view path) { return path.ends_with(".cpp"); }

struct Include {
  std::size_t line = 0;
  std::string_view file;
};

// `code` has its comments blanked.
std::vector<Include> IncludesOf(std::string_view code) {
  std::vector<Include> out;
  std::size_t number = 0;
  for (std::string_view line : SplitLines(code)) {
    ++number;
    line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
    if (!line.starts_with("#include")) continue;
    const std::size_t open = line.find_first_of("\"<");
    if (open == std::string_view::npos) continue;
    const std::size_t close = line.find_first_of("\">", open + 1);
    out.push_back({number, line.substr(open + 1, close - open - 1)});
  }
  return out;
}

// Where `word` stands in `code` as a whole word; npos if it does not.
std::size_t FindWord(std::string_view code, std::string_view word, std::size_t from) {
  for (std::size_t at = code.find(word, from); at != std::string_view::npos; at = code.find(word, at + 1)) {
    const bool starts = at == 0 || !IsIdentifierChar(word.front()) || !IsIdentifierChar(code[at - 1]);
    const std::size_t end = at + word.size();
    const bool ends = end >= code.size() || !IsIdentifierChar(word.back()) || !IsIdentifierChar(code[end]);
    if (starts && ends) return at;
  }
  return std::string_view::npos;
}

std::size_t CountColumns(std::string_view line) {  // code points
  return static_cast<std::size_t>(
      std::count_if(line.begin(), line.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

}  // namespace

std::string ToString(const Finding& finding) { return finding.place + ": " + finding.rule + ": " + finding.detail; }

std::string_view RoomOf(std::string_view path) {
  constexpr std::string_view kAdapter = "adapter/";
  if (!path.starts_with(kAdapter)) return {};
  path.remove_prefix(kAdapter.size());
  const std::size_t slash = path.find('/');
  return slash == std::string_view::npos ? std::string_view{} : path.substr(0, slash);
}

std::vector<Finding> CheckLayering(std::string_view path, std::string_view text) {
  std::vector<Finding> out;
  const std::string_view name = RoomOf(path);
  if (name.empty()) return out;
  const Room* const room = FindRoom(name);
  if (room == nullptr) return {{Place(path, 1), "layering", "the room is not in the table (tests/style/rooms.cpp)"}};
  const std::string code = BlankComments(text);
  for (const Include& include : IncludesOf(code)) {
    const std::string_view other = RoomOf(include.file);
    const bool allowed =
        other.empty() || other == name || std::find(room->may.begin(), room->may.end(), other) != room->may.end();
    if (!allowed) {
      out.push_back({Place(path, include.line), "layering", std::string(name) + " may not use " + std::string(other)});
    }
    const bool relative = include.file.starts_with("../") || include.file.starts_with("./");
    if (relative) out.push_back({Place(path, include.line), "layering", "includes are written from the root"});
  }
  return out;
}

std::vector<Finding> CheckPurity(std::string_view path, std::string_view text) {
  std::vector<Finding> out;
  const Room* const room = FindRoom(RoomOf(path));
  if (room == nullptr || !room->pure) return out;
  const std::string code = BlankComments(text);
  for (const std::string_view word : WordsBannedInPureRooms()) {
    for (std::size_t at = FindWord(code, word, 0); at != std::string_view::npos; at = FindWord(code, word, at + 1)) {
      out.push_back({Place(path, static_cast<std::size_t>(LineOf(code, at))), "purity",
                     "a pure room may not use " + std::string(word)});
    }
  }
  return out;
}

std::vector<Finding> CheckHeader(std::string_view path, std::string_view text) {
  std::vector<Finding> out;
  if (!IsHeader(path)) return out;
  const auto lines = SplitLines(text);
  if (lines.empty() || lines[0] != "#pragma once")
    out.push_back({Place(path, 1), "header", "begins with #pragma once"});
  if (lines.size() < 2 || !lines[1].starts_with("// ")) {
    out.push_back({Place(path, 2), "header", "says in a comment what it is"});
  }
  const std::string code = BlankComments(text);
  for (const Include& include : IncludesOf(code)) {
    for (const std::string_view banned : IncludesBannedInHeaders()) {
      if (!include.file.starts_with(banned)) continue;
      out.push_back({Place(path, include.line), "header", "no header may include " + std::string(banned)});
    }
  }
  const std::size_t using_namespace = FindWord(code, "using namespace", 0);
  // One macro-built namespace of names is looked into on purpose.
  if (using_namespace != std::string_view::npos && path != "adapter/base/events.hpp") {
    out.push_back({Place(path, static_cast<std::size_t>(LineOf(code, using_namespace))), "header",
                   "no using namespace in a header"});
  }
  return out;
}

std::vector<Finding> CheckFileSize(std::string_view path, std::string_view text) {
  const std::size_t lines = SplitLines(text).size();
  const std::size_t aim = IsHeader(path) ? kHeaderLinesMax : kSourceLinesMax;
  const std::string detail = std::to_string(lines) + " lines";
  if (lines > kFileLinesStop) return {{Place(path, lines), "file size", detail + ", stop is 800"}};
  if (lines > aim) return {{Place(path, lines), "file size", detail + ", aim is " + std::to_string(aim), true}};
  return {};
}

std::vector<Finding> CheckFunctionSizes(std::string_view path, std::string_view text) {
  std::vector<Finding> out;
  for (const Function& function : FunctionsOf(text)) {
    if (function.lines <= kFunctionLinesMax) continue;
    // Tables of test cases are long and flat; they are told, not refused.
    const bool is_test = path.starts_with("tests/");
    out.push_back(
        {Place(path, function.line), "function size", std::to_string(function.lines) + " lines, stop is 70", is_test});
  }
  return out;
}

std::vector<Finding> CheckColumns(std::string_view path, std::string_view text) {
  std::vector<Finding> out;
  std::size_t number = 0;
  for (const std::string_view line : SplitLines(text)) {
    ++number;
    const std::size_t columns = CountColumns(line);
    // Test data is a literal that nobody should have to break.
    const bool is_data = path.starts_with("tests/") && line.find('"') != std::string_view::npos;
    if (columns > kColumnsMax && !is_data) out.push_back({Place(path, number), "columns", std::to_string(columns)});
    if (line.ends_with(' ') || line.ends_with('\t') || line.ends_with('\r')) {
      out.push_back({Place(path, number), "columns", "blanks at the end of the line"});
    }
    if (line.find('\t') != std::string_view::npos) out.push_back({Place(path, number), "columns", "a tab"});
  }
  return out;
}

std::vector<Finding> CheckUnfinished(std::string_view path, std::string_view text) {
  std::vector<Finding> out;
  for (const std::string_view word : {"TO"
                                      "DO",
                                      "FIX"
                                      "ME",
                                      "XX"
                                      "X",
                                      "HA"
                                      "CK"}) {
    for (std::size_t at = FindWord(text, word, 0); at != std::string_view::npos; at = FindWord(text, word, at + 1)) {
      out.push_back({Place(path, static_cast<std::size_t>(LineOf(text, at))), "unfinished", std::string(word)});
    }
  }
  return out;
}

std::vector<Finding> CheckLinks(std::string_view path, std::string_view text) {
  std::vector<Finding> out;
  std::size_t number = 0;
  for (std::string_view line : SplitLines(text)) {
    ++number;
    const std::size_t call = line.find("facet_room(");
    if (call == std::string_view::npos) continue;
    line.remove_prefix(call + std::string_view("facet_room(").size());
    const std::string_view name = line.substr(0, line.find_first_of(" )"));
    const Room* const room = FindRoom(name);
    if (room == nullptr) {
      out.push_back({Place(path, number), "layering", std::string(name) + " is not in the table of rooms"});
      continue;
    }
    for (std::size_t at = line.find("facet_"); at != std::string_view::npos; at = line.find("facet_", at + 1)) {
      const std::string_view other = line.substr(at + 6, line.find_first_of(" )", at) - at - 6);
      if (std::find(room->may.begin(), room->may.end(), other) == room->may.end()) {
        out.push_back({Place(path, number), "layering", std::string(name) + " may not link " + std::string(other)});
      }
    }
  }
  return out;
}

std::vector<Finding> CheckFile(std::string_view path, std::string_view text) {
  std::vector<Finding> out;
  const auto apply = [&](std::vector<Finding> (*check)(std::string_view, std::string_view)) {
    for (Finding& finding : check(path, text)) out.push_back(std::move(finding));
  };
  if (path == "adapter/CMakeLists.txt") apply(CheckLinks);
  if (!IsHeader(path) && !IsSource(path)) return out;
  for (const auto check :
       {CheckLayering, CheckPurity, CheckHeader, CheckFileSize, CheckFunctionSizes, CheckColumns, CheckUnfinished}) {
    apply(check);
  }
  return out;
}

}  // namespace facet::style
