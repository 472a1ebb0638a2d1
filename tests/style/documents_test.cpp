// Links in documents: found where they are, refused where they lead nowhere; and those of this tree.
#include "tests/style/documents.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>

namespace facet::style {
namespace {

namespace fs = std::filesystem;

std::string Targets(std::string_view text) {
  std::string out;
  for (const Link& link : DocumentLinksOf(text)) {
    out += (out.empty() ? "" : " ") + std::to_string(link.line) + "=" + link.target;
  }
  return out;
}

TEST(DocumentLinks, AreFoundOutsideOfCode) {
  EXPECT_EQ(Targets("see [a](b.md), [c](../d/e.md#f)\n[g](#h) ![i](j.png \"k\")"), "1=b.md 1=../d/e.md#f 2=#h 2=j.png");
  EXPECT_EQ(Targets("[a](https://x.example/y) [b](mailto:a@b.example) [c](c:d)"), "");
  EXPECT_EQ(Targets("`[a](b.md)`\n```\n[c](d.md)\n```\n[e](f.md)"), "5=f.md");
}

TEST(DocumentLinks, AnchorsAreMadeOfHeadings) {
  EXPECT_EQ(AnchorsOf("# What it is, and isn't\ntext # no\n```\n# no\n```\n### `check --online`\n#no\n"),
            (std::vector<std::string>{"what-it-is-and-isnt", "check---online"}));
}

TEST(DocumentLinks, MustLeadSomewhere) {
  const std::map<std::string, std::string> files = {
      {"README.md", "# Top\n"}, {"docs/a.md", "# A b\n"}, {"docs", ""}, {"docs/x.yaml", ""}};
  const Tree tree{[&](const std::string& path) { return files.contains(path); },
                  [&](const std::string& path) { return files.at(path); }};
  const auto check = [&](const std::string& path, std::string_view text) {
    std::string out;
    for (const Finding& finding : CheckDocumentLinks(path, text, tree)) out += ToString(finding) + "\n";
    return out;
  };
  EXPECT_EQ(check("README.md", "[a](docs/a.md) [b](docs/) [c](docs/a.md#a-b) [d](docs/x.yaml#L3)"), "");
  EXPECT_EQ(check("docs/a.md", "# A b\n[a](../README.md#top) [b](#a-b) [c](x.yaml)"), "");
  EXPECT_EQ(check("README.md", "\n[a](docs/b.md)"), "README.md:2: link: docs/b.md leads nowhere\n");
  EXPECT_EQ(check("docs/a.md", "[a](README.md)"), "docs/a.md:1: link: README.md leads nowhere\n");
  EXPECT_EQ(check("README.md", "[a](../x.md)"), "README.md:1: link: ../x.md leads nowhere\n");
  EXPECT_EQ(check("README.md", "[a](/docs/a.md)"), "README.md:1: link: /docs/a.md leads nowhere\n");
  EXPECT_EQ(check("README.md", "[a](docs/a.md#b)"), "README.md:1: link: docs/a.md#b: there is no such heading\n");
  EXPECT_EQ(check("README.md", "[a](#b)"), "README.md:1: link: #b: there is no such heading\n");
}

TEST(DocumentLinks, OfThisTreeLeadSomewhere) {
  const fs::path root = FACET_SOURCE_DIR;
  const auto read = [&](const std::string& path) {
    std::ifstream file(root / path, std::ios::binary);
    return std::string{std::istreambuf_iterator<char>(file), {}};
  };
  const Tree tree{[&](const std::string& path) { return fs::exists(root / path); }, read};
  int documents = 0;
  for (auto it = fs::recursive_directory_iterator(root); it != fs::recursive_directory_iterator(); ++it) {
    const std::string name = it->path().filename().string();
    if (it->is_directory() && (name == "build" || name == "target" || name.starts_with('.'))) {
      it.disable_recursion_pending();
    } else if (it->is_regular_file() && name.ends_with(".md")) {
      ++documents;
      const std::string path = fs::relative(it->path(), root).generic_string();
      for (const Finding& finding : CheckDocumentLinks(path, read(path), tree)) ADD_FAILURE() << ToString(finding);
    }
  }
  EXPECT_GT(documents, 20) << "is " << root << " the source tree?";
}

}  // namespace
}  // namespace facet::style
