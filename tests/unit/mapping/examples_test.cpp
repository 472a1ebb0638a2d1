// fhir-mappings/examples: each folder's input gives exactly its expected facts. They document the format.
#include "mapping_support.hpp"

#include "adapter/fhir/resource_set.hpp"
#include "adapter/mapping/fact_lines.hpp"

#include <gtest/gtest.h>

namespace facet::mapping {
namespace {

namespace fs = std::filesystem;

fs::path ExamplesDir() { return fs::path(FACET_SOURCE_DIR) / "fhir-mappings" / "examples"; }

std::vector<std::string> ExampleNames() {
  std::vector<std::string> out;
  for (const auto& entry : fs::directory_iterator(ExamplesDir())) {
    if (fs::exists(entry.path() / "expected.ndjson")) out.push_back(entry.path().filename().string());
  }
  std::sort(out.begin(), out.end());
  return out;
}

class Examples : public testing::TestWithParam<std::string> {};

TEST_P(Examples, GiveTheirFacts) {
  const fs::path dir = ExamplesDir() / GetParam();
  std::vector<std::string> overlay;
  if (fs::exists(dir / "overlay")) {
    for (const auto& entry : fs::directory_iterator(dir / "overlay")) overlay.push_back(ReadText(entry.path()));
  }
  const auto mapper = LoadWith(overlay);
  ASSERT_NE(mapper, nullptr);
  fhir::ResourceSet set;
  set.Add(ParseOrDie(ReadText(dir / "input.json")), "input.json");
  const TimeZone utc;
  std::string facts;
  for (const fhir::SetResource& one : set.Finish()) {
    const ExtractOptions options{.zone = &utc, .server_base = {}, .references = &set, .reference = one.reference};
    AppendFactLines(mapper->Extract(one.resource, options), facts);
  }
  EXPECT_EQ(facts, ReadText(dir / "expected.ndjson"));
}

INSTANTIATE_TEST_SUITE_P(Shipped, Examples, testing::ValuesIn(ExampleNames()), [](const auto& example) {
  std::string name = example.param;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
});

}  // namespace
}  // namespace facet::mapping
