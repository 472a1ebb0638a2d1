// Policy files and presets, approvals, time zones, mapping files.
#include "adapter/config/mapping_files.hpp"
#include "adapter/config/policy_file.hpp"
#include "adapter/config/policy_keys.hpp"
#include "adapter/config/time_zone.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

namespace facet::config {
namespace {

using clinical::Policy;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const std::string kMappings = std::string(FACET_SOURCE_DIR) + "/fhir-mappings";

class PolicyFileTest : public ::testing::Test {
 protected:
  PolicyFileTest() {
    std::string pattern = (std::filesystem::temp_directory_path() / "facet-policy-XXXXXX").string();
    dir_ = ::mkdtemp(pattern.data());
  }
  ~PolicyFileTest() override { std::filesystem::remove_all(dir_); }

  std::string Write(const std::string& name, const std::string& text) {
    const std::filesystem::path path = dir_ / name;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path) << text;
    return path.string();
  }
  Policy Loaded(const std::string& which) {
    std::vector<Error> errors;
    auto policy = LoadPolicy(which, kMappings, errors);
    for (const Error& error : errors) ADD_FAILURE() << error.ToString();
    return policy.ok() ? *policy : Policy{};
  }
  std::vector<std::string> ErrorsOf(const std::string& text) {
    std::vector<Error> errors;
    EXPECT_FALSE(LoadPolicy(Write("site.yaml", text), kMappings, errors).ok());
    std::vector<std::string> texts;
    for (const Error& error : errors) texts.push_back(error.ToString().substr(dir_.string().size() + 1));
    return texts;
  }

  std::filesystem::path dir_;
};

TEST_F(PolicyFileTest, TheGuidePresetSaysWhatTheDefaultsAre) {
  const Policy guide = Loaded("guide");
  EXPECT_EQ(CanonicalPolicy(guide), CanonicalPolicy(Policy{}));
  EXPECT_EQ(guide.hash.size(), 64U);
}

TEST_F(PolicyFileTest, TheGuidePresetNamesEveryKey) {
  std::ifstream file(kMappings + "/policy/guide.yaml");
  const std::string text((std::istreambuf_iterator<char>(file)), {});
  for (const PolicyKey& key : PolicyKeys()) {
    const std::string_view last = key.path.substr(key.path.rfind('.') + 1);
    EXPECT_THAT(text, HasSubstr(std::string(last) + ":")) << key.path;
  }
}

TEST_F(PolicyFileTest, PresetsChangeWhatTheySay) {
  const Policy cms = Loaded("us-cms");
  EXPECT_EQ(cms.name, "us-cms");
  EXPECT_EQ(cms.positive_percent, Decimal(80));
  EXPECT_EQ(cms.blocks_required, 2);
  EXPECT_EQ(cms.sij_positive_percent, Decimal(75));
  EXPECT_TRUE(cms.approach_and_intent_required);
  ASSERT_THAT(cms.annotations, SizeIs(1));
  EXPECT_EQ(cms.annotations[0].rule, "G37");
  EXPECT_THAT(cms.annotations[0].text, HasSubstr("L38801"));
  EXPECT_EQ(cms.success_percent, Decimal(50));

  const Policy uk = Loaded("uk-ebi");
  EXPECT_EQ(uk.positive_percent, Decimal(50));
  EXPECT_EQ(uk.blocks_required, 1);
  ASSERT_THAT(uk.annotations, SizeIs(2));
  EXPECT_EQ(uk.annotations[0].rule, "G14");
  EXPECT_THAT(uk.annotations[1].text, HasSubstr("NICE NG59"));

  const Policy au = Loaded("au");
  EXPECT_EQ(au.positive_percent, Decimal(75));
  EXPECT_EQ(au.blocks_required, 2);
  EXPECT_THAT(au.annotations, IsEmpty());
}

TEST_F(PolicyFileTest, NestedAndDottedKeysAndJsonMeanTheSame) {
  const Policy nested = Loaded(Write("a/site.yaml", "extends: guide\ntherapeutic: { early_days: [ 7, 59 ] }\n"));
  const Policy dotted = Loaded(Write("b/site.yaml", "extends: guide\ntherapeutic.early_days: [ 7, 59 ]\n"));
  const Policy json = Loaded(Write("c/site.json", R"({"extends":"guide","therapeutic":{"early_days":[7,59]}})"));
  EXPECT_EQ(nested.early_days.first, 7);
  EXPECT_EQ(nested.hash, dotted.hash);
  EXPECT_EQ(nested.hash, json.hash);
  EXPECT_EQ(nested.name, "site");
  EXPECT_NE(nested.hash, Loaded("guide").hash);
}

TEST_F(PolicyFileTest, AFileMayExtendAnotherFile) {
  Write("base.yaml", "extends: us-cms\nsij.positive_percent: 60\n");
  const Policy policy = Loaded(Write("site.yaml", "extends: ./base.yaml\nname: ours\nversion: 2.1.0\n"));
  EXPECT_EQ(policy.sij_positive_percent, Decimal(60));
  EXPECT_EQ(policy.blocks_required, 2);
  EXPECT_EQ(policy.name, "ours");
  EXPECT_EQ(policy.version, "2.1.0");
}

TEST_F(PolicyFileTest, AllErrorsAtOnceEachWithItsPlace) {
  EXPECT_THAT(
      ErrorsOf("extends: guide\n"
               "therapeutic:\n"
               "  sucess_percent: 50\n"
               "  min_absolute_change: 11\n"
               "  confirm: maybe\n"
               "diagnostic.window_hours: [ 24, 0 ]\n"
               "repeat.allowed: yes\n"
               "hold_on: [ side-unknown, moon ]\n"
               "annotations: [ { rule: G42, text: x } ]\n"),
      ElementsAre(
          "site.yaml:3:3: /therapeutic/sucess_percent: unknown key (nearest key "
          "therapeutic.success_percent) [policy.invalid]",
          "site.yaml:4:24: /therapeutic/min_absolute_change: wrong value (got a single value, expected a number "
          "from 0 to 10) [policy.invalid]",
          "site.yaml:5:12: /therapeutic/confirm: wrong value (got a single value, expected settled, first, "
          "two-readings or window-end) [policy.invalid]",
          "site.yaml:6:1: /diagnostic.window_hours: wrong value (got a list, expected a list of two "
          "whole numbers, first and last, from 0 to 168) [policy.invalid]",
          "site.yaml:7:17: /repeat.allowed: wrong value (got a single value, expected true or false) "
          "[policy.invalid]",
          "site.yaml:8:1: /hold_on: wrong value (got a list, expected a list of names of doubts, each "
          "once) [policy.invalid]",
          "site.yaml:9:1: /annotations: wrong value (got a list, expected a list of { rule: G.., text: "
          "... }) [policy.invalid]"));
}

// What stands there by mistake may be a patient: an error says where, and what is allowed.
TEST_F(PolicyFileTest, NoErrorShowsAValue) {
  for (const std::string line : {"therapeutic.success_percent: Doe-19610402", "repeat.allowed: Doe-19610402",
                                 "opt_out: Doe-19610402", "opt_out: [ Doe-19610402 ]", "name: [ Doe-19610402 ]",
                                 "hold_on: [ Doe-19610402 ]", "gates: [ Doe-19610402 ]", "extends: Doe-19610402"}) {
    const auto errors = ErrorsOf(line + "\n");
    EXPECT_THAT(errors, SizeIs(::testing::Ge(1U))) << line;
    for (const std::string& error : errors) EXPECT_THAT(error, ::testing::Not(HasSubstr("Doe"))) << line;
  }
}

TEST_F(PolicyFileTest, LimitsOnBothSides) {
  const auto percent = [this](const std::string& value) {
    return Write("p.yaml", "extends: guide\ntherapeutic.success_percent: " + value + "\n");
  };
  EXPECT_EQ(Loaded(percent("0")).success_percent, Decimal(0));
  EXPECT_EQ(Loaded(percent("100")).success_percent, Decimal(100));
  EXPECT_EQ(Loaded(percent("33.3")).success_percent, *Decimal::Parse("33.3"));
  for (const char* bad : {"-1", "100.1", "fifty", "\"50\"", "[ 50 ]", ""}) {
    EXPECT_THAT(ErrorsOf("extends: guide\ntherapeutic.success_percent: " + std::string(bad) + "\n"), SizeIs(1)) << bad;
  }
}

TEST_F(PolicyFileTest, WindowsThatContradictEachOther) {
  EXPECT_THAT(ErrorsOf("therapeutic: { response_days: [ 1, 30 ] }\n"),
              ElementsAre(HasSubstr("early_days must lie within therapeutic.response_days")));
  EXPECT_THAT(ErrorsOf("diagnostic: { peak_hours: 25 }\n"), ElementsAre(HasSubstr("peak_hours must lie within")));
}

TEST_F(PolicyFileTest, UnknownPresetsAndCircles) {
  std::vector<Error> errors;
  EXPECT_FALSE(LoadPolicy("us-cmss", kMappings, errors).ok());
  ASSERT_THAT(errors, SizeIs(1));
  EXPECT_THAT(errors[0].detail, HasSubstr("(expected au, guide, uk-ebi, us-cms)"));
  EXPECT_THAT(ErrorsOf("extends: nowhere\n"),
              ElementsAre(HasSubstr("site.yaml:1:10: /extends: there is no such preset")));
  EXPECT_THAT(ErrorsOf("extends: ./site.yaml\n"), ElementsAre(HasSubstr("the policy extends itself")));
}

TEST_F(PolicyFileTest, AnApprovalHoldsForItsHashOnly) {
  Policy policy = Loaded("guide");
  std::vector<Error> errors;
  const auto approval = [](const std::string& hash) {
    return "approved_by: Dr. Example\napproved_on: 2026-11-01\npolicy_hash: " + hash + "\n";
  };
  auto applied = ApplyApproval(Write("old.yaml", approval(std::string(64, '0'))), policy, errors);
  ASSERT_TRUE(applied.ok());
  EXPECT_FALSE(*applied);
  EXPECT_EQ(policy.approved_by, "");
  applied = ApplyApproval(Write("new.yaml", approval(policy.hash)), policy, errors);
  ASSERT_TRUE(applied.ok());
  EXPECT_TRUE(*applied);
  EXPECT_EQ(policy.approved_by, "Dr. Example");
  EXPECT_EQ(policy.approved_on, "2026-11-01");
  EXPECT_FALSE(ApplyApproval(Write("bad.yaml", "approved_by: x\nsince: 1\n"), policy, errors).ok());
  EXPECT_THAT(errors, SizeIs(3));
}

TEST(TimeZones, FollowTheDatabase) {
  const auto chicago = LoadTimeZone("America/Chicago");
  ASSERT_TRUE(chicago.ok());
  EXPECT_EQ(chicago->name(), "America/Chicago");
  // 2026: daylight saving time from 8 March 08:00Z to 1 November 07:00Z.
  const auto at = [](const char* text) { return FhirDateTime::Parse(text)->Earliest(TimeZone()); };
  EXPECT_EQ(chicago->OffsetAt(at("2026-03-08T07:59:59Z")), -6 * 3600);
  EXPECT_EQ(chicago->OffsetAt(at("2026-03-08T08:00:00Z")), -5 * 3600);
  EXPECT_EQ(chicago->OffsetAt(at("2026-11-01T06:59:59Z")), -5 * 3600);
  EXPECT_EQ(chicago->OffsetAt(at("2026-11-01T07:00:00Z")), -6 * 3600);
  EXPECT_EQ(chicago->OffsetAt(at("2090-07-01T00:00:00Z")), -5 * 3600);
  EXPECT_EQ(LoadTimeZone("UTC")->OffsetAt({0}), 0);
  EXPECT_EQ(LoadTimeZone("Asia/Kathmandu")->OffsetAt(at("2026-01-01T00:00:00Z")), 20'700);
  EXPECT_FALSE(LoadTimeZone("Mars/Base").ok());
  EXPECT_FALSE(LoadTimeZone("").ok());
  EXPECT_FALSE(LoadTimeZone("../../etc/passwd").ok());
}

TEST_F(PolicyFileTest, MappingFilesComeInAFixedOrder) {
  Write("shipped/views/b.json", "{}");
  Write("shipped/views/a.json", "{}");
  Write("shipped/README.md", "x");
  Write("shipped/examples/x/input.json", "{}");
  Write("shipped/policy/p.json", "{}");
  Write("site/z/1.json", "{}");
  std::vector<Error> errors;
  const auto files = LoadMappingFiles((dir_ / "shipped").string(), {(dir_ / "site").string()}, errors);
  ASSERT_TRUE(files.ok());
  std::vector<std::string> paths;
  for (const auto& file : *files) paths.push_back(file.path.substr(dir_.string().size() + 1));
  EXPECT_THAT(paths, ElementsAre("shipped/views/a.json", "shipped/views/b.json", "site/z/1.json"));
  EXPECT_EQ(files->front().origin, "shipped");
  EXPECT_EQ(files->back().origin, (dir_ / "site").string());
  EXPECT_FALSE(LoadMappingFiles((dir_ / "nowhere").string(), {}, errors).ok());
  EXPECT_NE(errors.back().detail.find("mappings.dir"), std::string::npos) << "which key names it";
  EXPECT_FALSE(LoadMappingFiles((dir_ / "shipped").string(), {(dir_ / "nowhere").string()}, errors).ok());
  EXPECT_NE(errors.back().detail.find("mappings.overlay"), std::string::npos);
  EXPECT_EQ(errors.front().code, ErrorCode::kFileRead);
}

TEST_F(PolicyFileTest, ShippedMappingsAreFound) {
  EXPECT_EQ(*FindMappingsDir("/given", {{"FACET_ADAPTER_MAPPINGS", "/env"}}), "/given");
  EXPECT_EQ(*FindMappingsDir("", {{"FACET_ADAPTER_MAPPINGS", "/env"}}), "/env");
  EXPECT_EQ(*FindMappingsDir("", {}), kMappings);
}

}  // namespace
}  // namespace facet::config
