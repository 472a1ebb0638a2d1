// What is shipped as data is FHIR, and says nothing where it has nothing to say.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <string>
#include <vector>

namespace facet::style {
namespace {

namespace fs = std::filesystem;

const fs::path kRoot = FACET_SOURCE_DIR;

// FHIR R4 §2.6.2: "an attribute can never be empty; either it is absent, or it is present with at least one value",
// and so for objects and arrays. Answers the lines with an empty one.
std::vector<std::size_t> LinesWithEmptyValues(const std::string& text) {
  static const std::regex kEmpty(R"re("\s*:\s*(""|\[\s*\]|\{\s*\})|[\[,]\s*("")\s*[,\]])re");
  std::vector<std::size_t> lines;
  for (auto it = std::sregex_iterator(text.begin(), text.end(), kEmpty); it != std::sregex_iterator(); ++it) {
    lines.push_back(1 + static_cast<std::size_t>(std::count(text.begin(), text.begin() + it->position(), '\n')));
  }
  return lines;
}

TEST(MappingFiles, AnEmptyValueIsSeen) {
  EXPECT_EQ(LinesWithEmptyValues(R"({"a": "b", "c": ["d", "e"], "f": {"g": 1}, "h": "\"\""})"),
            (std::vector<std::size_t>{}));
  EXPECT_EQ(LinesWithEmptyValues("{\n\"a\": \"\"}"), (std::vector<std::size_t>{2}));
  EXPECT_EQ(LinesWithEmptyValues("{\"a\": [ ],\n\"b\": {}}"), (std::vector<std::size_t>{1, 2}));
  EXPECT_EQ(LinesWithEmptyValues(R"({"a": ["b", ""]})"), (std::vector<std::size_t>{1}));
}

TEST(MappingFiles, NoneIsEmpty) {
  std::size_t files = 0;
  for (const auto& entry : fs::recursive_directory_iterator(kRoot / "fhir-mappings")) {
    if (entry.path().extension() != ".json") continue;
    ++files;
    std::ifstream in(entry.path(), std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    for (const std::size_t line : LinesWithEmptyValues(text)) {
      ADD_FAILURE() << fs::relative(entry.path(), kRoot).string() << ":" << line << ": an empty value is invalid FHIR";
    }
  }
  EXPECT_GT(files, 50U);
}

}  // namespace
}  // namespace facet::style
