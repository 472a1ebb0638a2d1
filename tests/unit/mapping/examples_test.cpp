// fhir-mappings/examples: each folder's input gives exactly its expected facts. They document the format.
#include "mapping_support.hpp"

#include "adapter/fhir/resource_set.hpp"
#include "adapter/mapping/artefacts.hpp"
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

std::string AllInputs() {
  std::string out;
  for (const std::string& name : ExampleNames()) out += ReadText(ExamplesDir() / name / "input.json");
  return out;
}

// Codes that an artefact names: concepts, elements, and the prefixes of filters.
std::vector<std::string> CodesOf(json::Value root) {
  std::vector<std::string> out;
  for (const json::Value part : root["compose"]["include"].elements()) {
    for (const json::Value one : part["concept"].elements()) out.emplace_back(one["code"].string());
    for (const json::Value filter : part["filter"].elements()) {
      std::string prefix;
      for (const char c : filter["value"].string()) {
        if (c != '\\') prefix += c;
      }
      out.push_back(prefix.substr(0, prefix.find(".*")));
    }
  }
  for (const json::Value group : root["group"].elements()) {
    for (const json::Value element : group["element"].elements()) out.emplace_back(element["code"].string());
  }
  return out;
}

TEST(ExamplesTogether, TouchEveryValueSetMapAndView) {
  const std::string inputs = AllInputs();
  for (const FhirArtefact& artefact : Shipped().artefacts()) {
    if (artefact.type == "ViewDefinition") {
      const std::string type = "\"" + std::string(artefact.root()["resource"].string()) + "\"";
      EXPECT_NE(inputs.find(type), std::string::npos) << artefact.url << " has no example";
    }
    if (artefact.type != "ValueSet" && artefact.type != "ConceptMap") continue;
    const auto codes = CodesOf(artefact.root());
    const bool nested = codes.empty();  // made of other value sets
    const bool touched = std::any_of(codes.begin(), codes.end(), [&inputs](const std::string& code) {
      return inputs.find("\"" + code) != std::string::npos;
    });
    EXPECT_TRUE(nested || touched) << artefact.url << " has no example";
  }
}

INSTANTIATE_TEST_SUITE_P(Shipped, Examples, testing::ValuesIn(ExampleNames()), [](const auto& example) {
  std::string name = example.param;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
});

}  // namespace
}  // namespace facet::mapping
