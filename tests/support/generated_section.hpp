#pragma once
// Parts of the operator's documents that are written from the program's own tables, so that they cannot say something
// else: what stands between "<!-- generated: NAME -->" and "<!-- end of NAME -->".
// FACET_UPDATE_GOLDEN=1 writes the part anew. Thread: one test. Errors: a failed expectation that names the command.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

namespace facet::test {

// `path` is below the source tree; `test` is the ctest entry that updates it.
inline void ExpectGeneratedSection(const std::string& path, const std::string& name, const std::string& actual,
                                   const std::string& test) {
  const std::string file = std::string(FACET_SOURCE_DIR) + "/" + path;
  std::ifstream in(file, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(in), {}};
  const std::string begin = "<!-- generated: " + name + " -->\n";
  const std::string end = "<!-- end of " + name + " -->";
  const std::size_t first = text.find(begin);
  const std::size_t last = text.find(end);
  ASSERT_TRUE(first != std::string::npos && last != std::string::npos && first < last)
      << path << " lacks the marks " << begin << " and " << end;
  const std::size_t from = first + begin.size();
  const std::string wanted = "\n" + actual + "\n";
  if (std::getenv("FACET_UPDATE_GOLDEN") != nullptr) {
    text.replace(from, last - from, wanted);
    std::ofstream(file, std::ios::binary) << text;
    return;
  }
  EXPECT_EQ(text.substr(from, last - from), wanted)
      << path << " is out of date; this writes it anew: FACET_UPDATE_GOLDEN=1 ctest --test-dir build/dev -R " << test;
}

// Text for a cell of a Markdown table.
inline std::string Cell(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '|' || c == '<' || c == '*' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

}  // namespace facet::test
