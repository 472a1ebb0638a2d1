// The source tree keeps the rules.
#include "tests/style/checks.hpp"
#include "tests/style/rooms.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <vector>

namespace facet::style {
namespace {

namespace fs = std::filesystem;

const fs::path kRoot = FACET_SOURCE_DIR;

std::string ReadAll(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// Files below the root's source folders, in order, without what builds leave behind.
std::vector<std::string> SourceFiles() {
  std::vector<std::string> out;
  for (const char* const folder : {"adapter", "tests", "plugins"}) {
    if (!fs::exists(kRoot / folder)) continue;
    for (auto it = fs::recursive_directory_iterator(kRoot / folder); it != fs::recursive_directory_iterator(); ++it) {
      const std::string name = it->path().filename().string();
      if (it->is_directory() && (name == "build" || name == "target" || name.starts_with('.'))) {
        it.disable_recursion_pending();
      } else if (it->is_regular_file()) {
        out.push_back(fs::relative(it->path(), kRoot).generic_string());
      }
    }
  }
  std::sort(out.begin(), out.end());
  return out;
}

TEST(Tree, KeepsTheRules) {
  const std::vector<std::string> files = SourceFiles();
  ASSERT_GT(files.size(), 20U) << "is " << kRoot << " the source tree?";
  for (const std::string& file : files) {
    for (const Finding& finding : CheckFile(file, ReadAll(kRoot / file))) {
      if (finding.warning) {
        std::cout << "warning: " << ToString(finding) << "\n";
      } else {
        ADD_FAILURE() << ToString(finding);
      }
    }
  }
}

TEST(Tree, EveryRoomHasAReadme) {
  for (const Room& room : Rooms()) {
    const fs::path folder = kRoot / "adapter" / room.name;
    if (!fs::exists(folder)) continue;
    const std::string readme = ReadAll(folder / "README.md");
    EXPECT_TRUE(readme.starts_with("# " + std::string(room.name) + "\n")) << folder;
    EXPECT_LE(std::count(readme.begin(), readme.end(), '\n'), 12) << folder << ": five lines, not a book";
  }
}

TEST(Tree, EveryRoomIsInTheTable) {
  for (const auto& entry : fs::directory_iterator(kRoot / "adapter")) {
    if (!entry.is_directory()) continue;
    EXPECT_NE(FindRoom(entry.path().filename().string()), nullptr) << entry.path();
  }
}

}  // namespace
}  // namespace facet::style
