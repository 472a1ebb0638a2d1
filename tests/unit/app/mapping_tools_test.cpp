// The tools for people who write mappings, by what they print and their exit status (the operator's contract).
#include "adapter/app/cli.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace facet::app {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::StartsWith;

const std::string kShipped = std::string(FACET_SOURCE_DIR) + "/fhir-mappings";

class MappingTools : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "mapping-tools-XXXXXX").string();
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    dir_ = name;
    ASSERT_EQ(setenv("FACET_ADAPTER_MAPPINGS", kShipped.c_str(), 1), 0);
  }
  void TearDown() override { fs::remove_all(dir_); }

  std::string Write(const std::string& name, const std::string& text) {
    const fs::path path = dir_ / name;
    fs::create_directories(path.parent_path());
    std::ofstream(path) << text;
    return path.string();
  }
  std::string Path(const std::string& name) const { return (dir_ / name).string(); }

  // The command line without the program's name; fills out_ and err_.
  int Run(const std::vector<std::string>& arguments) {
    std::vector<std::string> all = {"facet-adapter"};
    all.insert(all.end(), arguments.begin(), arguments.end());
    std::vector<char*> argv;
    for (std::string& one : all) argv.push_back(one.data());
    testing::internal::CaptureStdout();
    testing::internal::CaptureStderr();
    const int status = Main(static_cast<int>(argv.size()), argv.data());
    out_ = testing::internal::GetCapturedStdout();
    err_ = testing::internal::GetCapturedStderr();
    return status;
  }
  static std::string Map(const std::string& url, const std::string& target_system, const std::string& target) {
    return R"({"resourceType":"ConceptMap","url":")" + url + R"(","status":"active","group":[{
"source":"https://h.example/cs","target":")" +
           target_system + R"(","element":[{"code":"P","target":[{"code":")" + target +
           R"(","equivalence":"equivalent"}]}]}]})";
  }

  fs::path dir_;
  std::string out_;
  std::string err_;
};

TEST_F(MappingTools, FhirPathBatchGivesALineForALine) {
  Write("p.json", R"({"resourceType":"Patient","id":"p","birthDate":"1970-03"})");
  const std::string cases =
      Write("cases.ndjson", R"({"id":1,"expression":"birthDate","file":"p.json","note":"unknown members pass"})"
                            "\n"
                            R"({"id":"b","expression":"birthdate","file":"p.json","strict":true})"
                            "\n"
                            R"({"id":"c","expression":"birthdate","file":"p.json"})"
                            "\n\n"
                            R"({"id":"d","expression":"@2026-03-05 | 1.50"})"
                            "\n");
  EXPECT_EQ(Run({"fhirpath", "--batch", cases}), kDone);
  EXPECT_EQ(
      out_,
      R"({"id":1,"result":[{"type":"FHIR.date","value":"1970-03"}]})"
      "\n"
      R"({"id":"b","error":"1:1: 'birthdate' is not an element of Patient; did you mean 'birthDate'? )"
      R"([fhirpath.unknown]"})"
      "\n"
      R"({"id":"c","result":[]})"
      "\n"
      R"({"id":"d","result":[{"type":"System.Date","value":"2026-03-05"},{"type":"System.Decimal","value":1.50}]})"
      "\n");
  const std::string broken = Write("broken.ndjson", "{\n{\"id\":2,\"expression\":\"1\"}\n");
  EXPECT_EQ(Run({"fhirpath", "--batch", broken}), kFailed);
  EXPECT_THAT(out_, StartsWith(R"({"id":null,"error":")"));
  EXPECT_THAT(out_, HasSubstr(R"({"id":2,"result":[{"type":"System.Integer","value":1}]})"));
}

TEST_F(MappingTools, FhirPathPrintsAnItemALine) {
  const std::string file = Write("p.json", R"({"resourceType":"Patient","id":"p","name":[{"family":"C"}]})");
  EXPECT_EQ(Run({"fhirpath", "name | id", file, "--format", "json"}), kDone);
  EXPECT_EQ(out_,
            "{\"type\":\"FHIR.HumanName\",\"value\":{\"family\":\"C\"}}\n{\"type\":\"FHIR.id\",\"value\":\"p\"}\n");
  EXPECT_EQ(Run({"fhirpath", "name | id", file}), kDone);
  EXPECT_EQ(out_, "FHIR.HumanName\t{\"family\":\"C\"}\nFHIR.id\tp\n");
  EXPECT_EQ(Run({"fhirpath", "name.(", file}), kUsageOrConfiguration);
  EXPECT_EQ(Run({"fhirpath", "1 + 'a'", file}), kFailed);
  EXPECT_EQ(Run({"fhirpath", "name"}), kUsageOrConfiguration);
}

TEST_F(MappingTools, ViewWritesCsvAndNdjson) {
  const std::string view =
      Write("v.json", R"({"resourceType":"ViewDefinition","resource":"Patient","select":[{"column":[
    {"name":"id","path":"id"},{"name":"family","path":"name.family"}]}]})");
  const std::string input =
      Write("in.ndjson", "{\"resourceType\":\"Patient\",\"id\":\"a\",\"name\":[{\"family\":\"x, y\"}]}\n"
                         "{\"resourceType\":\"Patient\",\"id\":\"b\"}\n");
  EXPECT_EQ(Run({"view", view, input, "--format", "csv"}), kDone);
  EXPECT_EQ(out_, "id,family\na,\"x, y\"\nb,\n");
  EXPECT_EQ(Run({"view", view, input}), kDone);
  EXPECT_EQ(out_, "{\"id\":\"a\",\"family\":\"x, y\"}\n{\"id\":\"b\",\"family\":null}\n");
  const std::string bad = Write("bad.ndjson", "{\"resourceType\":\"Patient\"}\n  oops\n");
  EXPECT_EQ(Run({"view", view, bad}), kFailed);
  EXPECT_THAT(err_, StartsWith(bad + ":2:3: "));
}

TEST_F(MappingTools, LintTellsErrorsFromDoubts) {
  Write("right/a.json", Map("https://h.example/a", "http://loinc.org", "72514-3"));
  Write("doubt/a.json", Map("https://h.example/a", "http://loinc.org", "39156-5"));
  Write("wrong/a.json", Map("https://h.example/a", "http://loinc.org", "72514-4"));
  EXPECT_EQ(Run({"mappings", "lint", Path("right")}), kDone);
  EXPECT_EQ(out_, "");
  EXPECT_EQ(Run({"mappings", "lint", Path("doubt")}), kFailed);
  EXPECT_THAT(out_, StartsWith(Path("doubt/a.json") + ":2:"));
  EXPECT_EQ(Run({"mappings", "lint", Path("wrong"), "--format", "json"}), kUsageOrConfiguration);
  EXPECT_THAT(out_, StartsWith(R"({"level":"error","place":")" + Path("wrong/a.json") + ":2:"));
  EXPECT_EQ(Run({"mappings", "lint", Path("nowhere")}), kUsageOrConfiguration);
  EXPECT_EQ(Run({"mappings", "lint", kShipped}), kDone);
  EXPECT_EQ(Run({"mappings", "lint"}), kDone);
}

// Whoever runs `check` before a start learns of the doubts, too; they do not stop it.
TEST_F(MappingTools, CheckSaysTheDoubtsOfTheEffectiveMappings) {
  Write("right/a.json", Map("https://h.example/a", "http://loinc.org", "72514-3"));
  Write("doubt/a.json", Map("https://h.example/a", "http://loinc.org", "39156-5"));
  ASSERT_EQ(setenv("FACET_ADAPTER_HOOK_SECRET", "of-a-test-and-long-enough", 1), 0);
  const auto config = [this](const std::string& overlay) {
    return Write(
        overlay + ".yaml",
        "fhir: { base_url: http://127.0.0.1:8080/fhir, system_id: t }\n"
        "intake: { listen: 127.0.0.1:8090, public_url: http://127.0.0.1:8090, secret: ${FACET_ADAPTER_HOOK_SECRET} }\n"
        "store: { path: " +
            Path("state.db") + " }\nmappings: { overlay: [ " + Path(overlay) + " ] }\n");
  };
  EXPECT_EQ(Run({"check", "--config", config("right")}), kDone) << err_;
  EXPECT_THAT(out_, testing::Not(HasSubstr("a.json")));
  EXPECT_EQ(Run({"check", "--config", config("doubt")}), kDone) << err_;
  EXPECT_THAT(out_, HasSubstr("warning  mappings"));
  EXPECT_THAT(out_, HasSubstr(Path("doubt/a.json") + ":2:"));
}

TEST_F(MappingTools, TestRunsExamples) {
  Write("site/a.json", Map("https://h.example/a", "http://loinc.org", "72514-3"));
  Write(
      "site/examples/one/input.ndjson",
      R"({"resourceType":"Observation","id":"o","status":"final","subject":{"reference":"Patient/p"},)"
      R"("effectiveDateTime":"2026-03-01","valueInteger":7,"code":{"coding":[{"system":"https://h.example/cs","code":"P"}]}})"
      "\n");
  EXPECT_EQ(Run({"mappings", "test", Path("site")}), kFailed);
  EXPECT_THAT(out_, HasSubstr("+ {\"fact\":\"pain-score\""));
  EXPECT_EQ(Run({"mappings", "test", "--update", Path("site")}), kDone);
  EXPECT_EQ(Run({"mappings", "test", Path("site")}), kDone);
  EXPECT_EQ(out_, "ok       one: 1 facts\n");
  Write("site/a.json", Map("https://h.example/a", "http://loinc.org", "38221-8"));
  EXPECT_EQ(Run({"mappings", "test", Path("site")}), kFailed);
  EXPECT_THAT(out_, HasSubstr("  - {"));
  EXPECT_THAT(out_, HasSubstr("  + {"));
  EXPECT_EQ(Run({"mappings", "test", kShipped}), kDone);
  EXPECT_EQ(Run({"mappings", "test", Path("nowhere")}), kUsageOrConfiguration);
}

TEST_F(MappingTools, ShowTellsOriginsAndConflicts) {
  const std::string shipped_set = "https://facet-adapter.org/fhir/ValueSet/drug-contrast";
  Write("one/a.json", Map("https://h.example/a", "http://loinc.org", "72514-3"));
  Write("one/b.json", R"({"resourceType":"ValueSet","url":")" + shipped_set + R"(","status":"retired"})");
  EXPECT_EQ(Run({"mappings", "show", "--overlay", Path("one")}), kDone);
  EXPECT_THAT(out_, HasSubstr("https://h.example/a"));
  EXPECT_THAT(out_, testing::ContainsRegex(shipped_set + " +" + Path("one") + " +removes that of shipped"));
  EXPECT_EQ(Run({"mappings", "show", "--overlay", Path("one"), "--format", "json", "drug-contrast"}), kDone);
  EXPECT_THAT(out_, HasSubstr(R"("action":"removes","in_effect":false,"before_origin":"shipped")"));
  for (const char* format : {"text", "json"}) {
    EXPECT_EQ(Run({"mappings", "show", "--format", format, "no-such-word"}), kFailed);
    EXPECT_THAT(err_, HasSubstr("\"no-such-word\""));
    EXPECT_EQ(out_, "");
    EXPECT_EQ(Run({"mappings", "show", "--format", format, "/nonexistent"}), kFailed);
    EXPECT_THAT(err_, HasSubstr("--mappings DIR"));
  }
  Write("two/a.json",
        Map("https://h.example/b", "https://facet-adapter.org/fhir/CodeSystem/observation", "percent-relief"));
  EXPECT_EQ(Run({"mappings", "show", "--overlay", Path("one"), "--overlay", Path("two")}), kUsageOrConfiguration);
  EXPECT_THAT(err_, HasSubstr("mapping.conflict"));
  EXPECT_THAT(err_, HasSubstr(Path("one/a.json")));
  EXPECT_THAT(err_, HasSubstr(Path("two/a.json")));
}

TEST_F(MappingTools, DiscoverSaysWhatItExpects) {
  EXPECT_EQ(Run({"discover"}), kUsageOrConfiguration);
  EXPECT_EQ(Run({"discover", "x", "--min", "0"}), kUsageOrConfiguration);
  EXPECT_EQ(Run({"discover", "--since", "yesterday", "x"}), kUsageOrConfiguration);
  Write("full/file", "x");
  EXPECT_EQ(Run({"discover", "x", "--write", Path("full")}), kUsageOrConfiguration);
  EXPECT_EQ(Run({"discover", Path("none.ndjson")}), kFailed);
  const std::string input = Write("in.ndjson", "{\"resourceType\":\"Procedure\"}\nnot json\n");
  EXPECT_EQ(Run({"discover", input}), kFailed);
  EXPECT_THAT(err_, HasSubstr(input + ":2"));
  EXPECT_THAT(out_, HasSubstr("Procedure"));
}

TEST_F(MappingTools, AnInputThatCannotBeReadIsNoConfiguration) {
  // A regular file whose reading fails.
  EXPECT_EQ(Run({"replay", "/proc/self/mem"}), kFailed);
  EXPECT_THAT(err_, HasSubstr("/proc/self/mem"));
  EXPECT_EQ(Run({"replay", "--policy", Path("nowhere.yaml"), Write("a.json", "{}")}), kUsageOrConfiguration);
}

}  // namespace
}  // namespace facet::app
