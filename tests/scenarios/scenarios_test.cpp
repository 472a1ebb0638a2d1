// Every folder under cases/ is one clinical case: a Bundle in, what `replay --format json` must say out.
#include "tests/scenarios/compare.hpp"

#include "adapter/app/replay.hpp"
#include "adapter/json/document.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <tuple>

namespace facet::scenarios {
namespace {

namespace fs = std::filesystem;

const fs::path kCases = fs::path(FACET_SOURCE_DIR) / "tests" / "scenarios" / "cases";

std::string ReadFile(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  EXPECT_TRUE(file.good()) << path;
  std::ostringstream text;
  text << file.rdbuf();
  return std::move(text).str();
}

std::vector<std::string> CaseNames() {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(kCases)) {
    if (entry.is_directory()) names.push_back(entry.path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

// case.json: about, as_of; time_zone (UTC); policy: a preset or a file of the folder (guide); overlay: a folder in it.
app::ReplayOptions OptionsOf(json::Value description, const fs::path& folder) {
  app::ReplayOptions options;
  options.rules.mappings_dir = (fs::path(FACET_SOURCE_DIR) / "fhir-mappings").string();
  options.as_of = description["as_of"].string();
  if (description["time_zone"]) options.rules.time_zone = description["time_zone"].string();
  if (description["policy"]) {
    const std::string policy(description["policy"].string());
    options.rules.policy = policy.find('.') == std::string::npos ? policy : (folder / policy).string();
  }
  if (description["overlay"])
    options.rules.overlays = {(folder / std::string(description["overlay"].string())).string()};
  return options;
}

// Rules are loaded once for all cases that use the same.
const app::Rulebook* RulesOf(const app::RulebookSources& sources, std::vector<Error>& errors) {
  using Key = std::tuple<std::vector<std::string>, std::string, std::string>;
  static std::map<Key, app::Rulebook> loaded;
  const Key key{sources.overlays, sources.policy, sources.time_zone};
  const auto found = loaded.find(key);
  if (found != loaded.end()) return &found->second;
  auto rules = app::LoadRulebook(sources, errors);
  if (!rules.ok()) return nullptr;
  return &loaded.emplace(key, std::move(rules).value()).first->second;
}

class Scenario : public testing::TestWithParam<std::string> {};

TEST_P(Scenario, SaysWhatIsExpected) {
  const fs::path folder = kCases / GetParam();
  const auto description = json::Parse(ReadFile(folder / "case.json"));
  ASSERT_TRUE(description.ok()) << description.error().ToString();
  const json::Value root = description->root();
  ASSERT_FALSE(root["about"].string().empty());
  std::vector<Error> errors;
  const app::ReplayOptions options = OptionsOf(root, folder);
  const app::Rulebook* rules = RulesOf(options.rules, errors);
  for (const Error& error : errors) ADD_FAILURE() << error.ToString();
  ASSERT_NE(rules, nullptr);
  const auto output =
      app::Replay(*rules, options, {{.name = "input.json", .text = ReadFile(folder / "input.json")}}, errors);
  for (const Error& error : errors) ADD_FAILURE() << error.ToString();
  ASSERT_TRUE(output.ok()) << output.error().ToString();
  for (const std::string& difference : Compare(ReadFile(folder / "expected.ndjson"), *output)) {
    ADD_FAILURE() << difference;
  }
  if (HasFailure()) {
    std::cerr << GetParam() << ": " << root["about"].string() << "\n";
  }
}

INSTANTIATE_TEST_SUITE_P(Cases, Scenario, testing::ValuesIn(CaseNames()), [](const auto& instance) {
  std::string name = instance.param;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
});

}  // namespace
}  // namespace facet::scenarios
