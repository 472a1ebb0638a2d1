#include "tests/style/documents.hpp"

#include "tests/style/source_text.hpp"

#include <algorithm>
#include <filesystem>

namespace facet::style {
namespace {

bool IsFence(std::string_view line) {
  line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
  return line.starts_with("```") || line.starts_with("~~~");
}

// The line without `code`.
std::string BlankCode(std::string_view line) {
  std::string out(line);
  bool inside = false;
  for (char& c : out) {
    if (c == '`') {
      inside = !inside;
      c = ' ';
    } else if (inside) {
      c = ' ';
    }
  }
  return out;
}

bool IsElsewhere(std::string_view target) {
  const std::size_t colon = target.find(':');
  return colon != std::string_view::npos && target.find_first_of("/#.") > colon;
}

}  // namespace

std::vector<Link> DocumentLinksOf(std::string_view text) {
  std::vector<Link> links;
  bool fenced = false;
  std::size_t number = 0;
  for (const std::string_view raw : SplitLines(text)) {
    ++number;
    if (IsFence(raw)) fenced = !fenced;
    if (fenced) continue;
    const std::string line = BlankCode(raw);
    for (std::size_t at = line.find("]("); at != std::string::npos; at = line.find("](", at + 2)) {
      const std::size_t end = line.find_first_of(") ", at + 2);
      if (end == std::string::npos) break;
      std::string target = line.substr(at + 2, end - at - 2);
      if (!IsElsewhere(target)) links.push_back({number, std::move(target)});
    }
  }
  return links;
}

std::vector<std::string> AnchorsOf(std::string_view text) {
  std::vector<std::string> anchors;
  bool fenced = false;
  for (const std::string_view line : SplitLines(text)) {
    if (IsFence(line)) fenced = !fenced;
    const std::size_t level = line.find_first_not_of('#');
    if (fenced || level == 0 || level == std::string_view::npos || level > 6 || line[level] != ' ') continue;
    std::string anchor;
    for (const char c : line.substr(level + 1)) {
      const bool kept = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
      if (kept) anchor += c;
      if (c >= 'A' && c <= 'Z') anchor += static_cast<char>(c - 'A' + 'a');
      if (c == ' ') anchor += '-';
    }
    anchors.push_back(std::move(anchor));
  }
  return anchors;
}

std::vector<Finding> CheckDocumentLinks(const std::string& path, std::string_view text, const Tree& tree) {
  std::vector<Finding> out;
  for (const Link& link : DocumentLinksOf(text)) {
    const std::string place = path + ":" + std::to_string(link.line);
    const std::size_t hash = link.target.find('#');
    const std::string file = link.target.substr(0, hash);
    std::string found = path;
    if (!file.empty()) {
      found = (std::filesystem::path(path).parent_path() / file).lexically_normal().generic_string();
      while (found.ends_with('/')) found.pop_back();
      if (file.starts_with('/') || found.starts_with("..") || !tree.exists(found)) {
        out.push_back({place, "link", link.target + " leads nowhere"});
        continue;
      }
    }
    if (hash == std::string::npos || !found.ends_with(".md")) continue;
    const std::vector<std::string> anchors = AnchorsOf(found == path ? std::string(text) : tree.read(found));
    if (std::find(anchors.begin(), anchors.end(), link.target.substr(hash + 1)) == anchors.end()) {
      out.push_back({place, "link", link.target + ": there is no such heading"});
    }
  }
  return out;
}

}  // namespace facet::style
