#pragma once
// Markdown: every link to a file of the tree, and to a heading in it, leads somewhere.
//
// Thread: pure functions; the tree is reached through the functions that are handed in. Errors: none.
#include "tests/style/checks.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace facet::style {

struct Link {
  std::size_t line = 0;
  std::string target;  // as written: "../README.md#hacking"
};
// Links outside of code; those of other sites ("https:", "mailto:") are left out.
std::vector<Link> DocumentLinksOf(std::string_view text);

// The anchors that its headings get, as the usual renderers make them: "## What it is, and isn't" ->
// "what-it-is-and-isnt".
std::vector<std::string> AnchorsOf(std::string_view text);

struct Tree {
  std::function<bool(const std::string& path)> exists;       // a file or folder below the root
  std::function<std::string(const std::string& path)> read;  // of a file that exists
};
std::vector<Finding> CheckDocumentLinks(const std::string& path, std::string_view text, const Tree& tree);

}  // namespace facet::style
