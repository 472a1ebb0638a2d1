// One input, read in three ways (as a whole, as a stream, as a stream behind the sieve), must give the same bytes: the
// scenarios as NDJSON, alone and together, with states out of order and lines that are broken.
#include "adapter/app/inputs.hpp"
#include "adapter/app/replay.hpp"
#include "adapter/base/random.hpp"
#include "adapter/fhir/bundle.hpp"
#include "adapter/json/document.hpp"
#include "adapter/json/writer.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace facet {
namespace {

namespace fs = std::filesystem;

std::string ReadFile(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

void AppendLines(json::Value resource, std::vector<std::string>& out) {
  if (!fhir::IsBundle(resource)) {
    if (resource) out.push_back(std::move(json::Writer().Copy(resource)).Take());
    return;
  }
  for (const auto& entry : fhir::EntriesOf(resource)) {
    if (entry.request_method != "DELETE") AppendLines(entry.resource, out);
  }
}

std::vector<std::vector<std::string>> Scenarios() {
  std::vector<fs::path> folders;
  for (const auto& entry : fs::directory_iterator(fs::path(FACET_SOURCE_DIR) / "tests/scenarios/cases")) {
    folders.push_back(entry.path());
  }
  std::sort(folders.begin(), folders.end());
  std::vector<std::vector<std::string>> out;
  for (const fs::path& folder : folders) {
    const auto document = json::Parse(ReadFile(folder / "input.json"), json::Limits::ForFiles());
    std::vector<std::string> lines;
    if (document.ok()) AppendLines(document->root(), lines);
    if (lines.size() > 1) out.push_back(std::move(lines));
  }
  return out;
}

std::vector<std::string> ScenarioNamed(const std::string& name) {
  std::vector<std::string> lines;
  const auto file = fs::path(FACET_SOURCE_DIR) / "tests/scenarios/cases" / name / "input.json";
  const auto document = json::Parse(ReadFile(file), json::Limits::ForFiles());
  if (document.ok()) AppendLines(document->root(), lines);
  return lines;
}

std::string Join(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  return text;
}

std::string Read(const std::string& text, app::Reading reading) {
  std::vector<Error> errors;
  app::RulebookSources sources;
  sources.mappings_dir = std::string(FACET_SOURCE_DIR) + "/fhir-mappings";
  static const auto rules = app::LoadRulebook(sources, errors);
  if (!rules.ok()) return "failed: " + rules.error().ToString();
  const auto out = app::Replay(*rules, {.rules = {}, .as_of = "2026-12-01", .reading = reading},
                               {{.name = "input.ndjson", .text = text}}, errors);
  std::string all = out.ok() ? *out : "failed: " + out.error().ToString();
  for (const Error& error : errors) all += error.ToString() + "\n";
  return all;
}

void ExpectOneResult(const std::string& text) {
  const std::string whole = Read(text, app::Reading::kWhole);
  EXPECT_EQ(Read(text, app::Reading::kStreamed), whole);
  EXPECT_EQ(Read(text, app::Reading::kSieved), whole);
}

TEST(Reading, ScenariosTogether) {
  constexpr std::size_t kPortion = 20;
  const auto scenarios = Scenarios();
  ASSERT_GT(scenarios.size(), kPortion);
  for (std::size_t begin = 0; begin < scenarios.size(); begin += kPortion) {
    std::vector<std::string> lines;
    for (std::size_t i = begin; i < std::min(begin + kPortion, scenarios.size()); ++i) {
      lines.insert(lines.end(), scenarios[i].begin(), scenarios[i].end());  // their ids collide: states of one resource
    }
    ExpectOneResult(Join(lines));
    std::reverse(lines.begin(), lines.end());
    ExpectOneResult(Join(lines));
  }
}

TEST(Reading, LinesThatAreNoResources) {
  const auto scenarios = Scenarios();
  std::vector<std::string> lines = scenarios.front();
  for (const char* line :
       {"", "  ", "{", "1", R"({"resourceType":"Patien","id":"x"})", R"({"resourceType":"Patient"})",
        R"({"resourceType":"Patient","id":"a b"})", R"({"id":"x"})", R"({"resourceType":"OperationOutcome"})",
        R"({"resourceType":"Claim","id":"c","id":"d"})", R"({"resourceType":"Claim","id":"c","n":01})",
        R"({"resourceType":"Encounter","id":"e9","subject":{"reference":"Patient\/p1"},"status":"finished"})"}) {
    lines.emplace_back(line);
  }
  ExpectOneResult(Join(lines));
}

TEST(Reading, ABrokenFirstLineCostsNoOther) {
  const std::string text = Join(Scenarios().front());
  const std::string good = Read(text, app::Reading::kWhole);
  const std::string all = Read("{\"resourceType\":\n" + text, app::Reading::kStreamed);
  ASSERT_GT(all.size(), good.size());
  EXPECT_EQ(all.substr(0, good.size()), good);
  EXPECT_NE(all.find("input.ndjson:1", good.size()), std::string::npos) << all.substr(good.size());
  EXPECT_EQ(std::count(all.begin() + static_cast<std::ptrdiff_t>(good.size()), all.end(), '\n'), 1);
  ExpectOneResult("{\"resourceType\":\n" + text);
}

TEST(Reading, NdjsonIsKnownByItsNameOrItsFirstLines) {
  const std::string line = R"({"resourceType":"Patient","id":"p1"})";
  EXPECT_TRUE(app::LooksLikeLines("a.ndjson", "{\n{\n"));
  EXPECT_TRUE(app::LooksLikeLines("a.json", "{\n" + line + "\n"));
  EXPECT_TRUE(app::LooksLikeLines("a.json", std::string(9, '\n') + line));
  EXPECT_FALSE(app::LooksLikeLines("a.json", std::string(10, '\n') + line));
  EXPECT_FALSE(app::LooksLikeLines("a.json", line));
  // A broken resource over several lines, with members that are objects.
  EXPECT_FALSE(app::LooksLikeLines("a.json", "{\"resourceType\":\"Patient\",\n\"name\":[\n{\"family\":\"x\"}\n],\n"));
}

TEST(Reading, ReferencesThatNeedTheWholeInput) {
  std::vector<std::string> lines = Scenarios().front();
  lines.emplace_back(R"({"resourceType":"Patient","id":"p77","identifier":[{"system":"urn:x","value":"77"}]})");
  std::vector<std::string> logical = lines;
  logical.emplace_back(
      R"({"resourceType":"Encounter","id":"e77","status":"finished","class":{"code":"AMB"},"subject":{"identifier":{"system":"urn:x","value":"77"}}})");
  ExpectOneResult(Join(logical));
  std::vector<std::string> conditional = lines;
  conditional.emplace_back(
      R"({"resourceType":"Encounter","id":"e78","status":"finished","subject":{"reference":"Patient?identifier=urn:x|77"}})");
  ExpectOneResult(Join(conditional));
  std::vector<std::string> with_bundle = lines;
  with_bundle.emplace_back(R"({"resourceType":"Bundle","type":"collection","entry":[]})");
  ExpectOneResult(Join(with_bundle));
}

// Medications before and after what names them, of more than one state, and one that is missing.
TEST(Reading, DrugsByReference) {
  const auto drug = [](const std::string& id, const std::string& medication) {
    return R"({"resourceType":"MedicationRequest","id":")" + id + R"(","status":"active","intent":"order",)" +
           R"("subject":{"reference":"Patient/p1"},"medicationReference":{"reference":"Medication/)" + medication +
           "\"}}";
  };
  const auto medication = [](const std::string& id, const std::string& version, const std::string& code) {
    return R"({"resourceType":"Medication","id":")" + id + R"(","meta":{"versionId":")" + version +
           R"("},"code":{"coding":[{"system":"http://www.nlm.nih.gov/research/umls/rxnorm","code":")" + code + "\"}]}}";
  };
  std::vector<std::string> lines = ScenarioNamed("no-response");
  ASSERT_GT(lines.size(), 1U);
  lines.insert(lines.begin(), medication("w", "1", "5640"));
  for (const char* id : {"w", "c"}) lines.push_back(drug(std::string("m-") + id, id));
  lines.push_back(medication("c", "1", "32968"));
  EXPECT_EQ(Read(Join(lines), app::Reading::kSieved).find("MedicationRequest/m-w"), std::string::npos);
  EXPECT_NE(Read(Join(lines), app::Reading::kSieved).find("MedicationRequest/m-c"), std::string::npos);
  ExpectOneResult(Join(lines));
  lines.push_back(medication("w", "2", "11289"));
  EXPECT_NE(Read(Join(lines), app::Reading::kSieved).find("MedicationRequest/m-w"), std::string::npos);
  ExpectOneResult(Join(lines));
  std::reverse(lines.begin(), lines.end());
  ExpectOneResult(Join(lines));
  EXPECT_EQ(Read(Join(lines), app::Reading::kSieved).find("could not check medications"), std::string::npos);
  lines.push_back(drug("m-x", "x"));
  EXPECT_NE(Read(Join(lines), app::Reading::kSieved).find("could not check medications"), std::string::npos);
  ExpectOneResult(Join(lines));
}

TEST(Reading, DrugsWithoutACode) {
  std::vector<std::string> lines = ScenarioNamed("drug-by-text");
  ASSERT_GT(lines.size(), 1U);
  EXPECT_NE(Read(Join(lines), app::Reading::kSieved).find("could not check medications"), std::string::npos);
  ExpectOneResult(Join(lines));
}

// Reasons before and after what names them, of more than one state.
TEST(Reading, ReasonsByReference) {
  const auto condition = [](const std::string& version, const std::string& code) {
    return R"({"resourceType":"Condition","id":"c1","meta":{"versionId":")" + version +
           R"("},"subject":{"reference":"Patient/p1"},"code":{"coding":[{"system":)" +
           R"("http://hl7.org/fhir/sid/icd-10-cm","code":")" + code + "\"}]}}";
  };
  std::vector<std::string> lines = ScenarioNamed("region-by-reason-reference-missing");
  ASSERT_GT(lines.size(), 1U);
  ExpectOneResult(Join(lines));
  lines.push_back(condition("1", "M54.2"));
  EXPECT_NE(Read(Join(lines), app::Reading::kSieved).find(R"("region":"cervical")"), std::string::npos);
  ExpectOneResult(Join(lines));
  lines.insert(lines.begin(), condition("2", "M54.6"));
  EXPECT_NE(Read(Join(lines), app::Reading::kSieved).find(R"("region":"thoracic")"), std::string::npos);
  ExpectOneResult(Join(lines));
}

// As other programs write them (Synthea and the like): scores, no injection.
TEST(Reading, ScoresWithoutInjectionsAreNoEpisodes) {
  const std::vector<std::string> lines = {
      R"({"resourceType":"Patient","id":"4d1c","name":[{"family":"Test","given":["Syn"]}],"birthDate":"1970-01-01"})",
      R"({"resourceType":"Encounter","id":"e1","status":"finished","class":)"
      R"({"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"AMB"},"subject":{"reference":"Patient/4d1c"}})",
      R"({"resourceType":"Observation","id":"a1","status":"final","category":[{"coding":[)"
      R"({"system":"http://terminology.hl7.org/CodeSystem/observation-category","code":"vital-signs"}]}],"code":{"coding":[)"
      R"({"system":"http://loinc.org","code":"72514-3","display":"Pain severity - 0-10 verbal numeric rating"}],)"
      R"("text":"Pain severity"},"subject":{"reference":"Patient/4d1c"},"encounter":{"reference":"Encounter/e1"},)"
      R"("effectiveDateTime":"2026-02-03T10:11:12+01:00","issued":"2026-02-03T10:11:12.123+01:00",)"
      R"("valueQuantity":{"value":7,"unit":"{score}","system":"http://unitsofmeasure.org","code":"{score}"}})",
      R"({"resourceType":"Observation","id":"a2","status":"final","category":[{"coding":[)"
      R"({"system":"http://terminology.hl7.org/CodeSystem/observation-category","code":"vital-signs"}]}],"code":{"coding":[)"
      R"({"system":"http://loinc.org","code":"72514-3","display":"Pain severity - 0-10 verbal numeric rating"}],)"
      R"("text":"Pain severity"},"subject":{"reference":"Patient/4d1c"},"encounter":{"reference":"Encounter/e1"},)"
      R"("effectiveDateTime":"2026-05-03T10:11:12+01:00","issued":"2026-05-03T10:11:12.123+01:00",)"
      R"("valueQuantity":{"value":2,"unit":"{score}","system":"http://unitsofmeasure.org","code":"{score}"}})",
      R"({"resourceType":"Procedure","id":"b1","status":"completed","code":{"coding":[)"
      R"({"system":"http://snomed.info/sct","code":"430193006","display":"Medication Reconciliation"}]},)"
      R"("subject":{"reference":"Patient/4d1c"},"encounter":{"reference":"Encounter/e1"},)"
      R"("performedPeriod":{"start":"2026-02-03T10:11:12+01:00","end":"2026-02-03T10:26:12+01:00"}})"};
  EXPECT_EQ(Read(Join(lines), app::Reading::kSieved), "");
  ExpectOneResult(Join(lines));
}

}  // namespace
}  // namespace facet
