// Tests in the format of the SQL on FHIR v2 suite (README.md): `data/sql_on_fhir` always, and the official ones where
// SQL_ON_FHIR_TESTS names their folder. Every test must do what sql_on_fhir_known_failures.txt says: pass, unless it is
// listed there with a reason. Prints the totals.
#include "adapter/base/decimal.hpp"
#include "adapter/json/document.hpp"
#include "adapter/json/writer.hpp"
#include "adapter/mapping/views/output.hpp"
#include "adapter/mapping/views/runner.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace facet::mapping::views {
namespace {

const std::string kHere = std::string(FACET_SOURCE_DIR) + "/tests/conformance/";

std::string ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

// "file: title: reason" a line; the titles hold no ": ".
std::set<std::string> ReadKnownFailures() {
  std::set<std::string> known;
  std::istringstream lines(ReadFile(kHere + "sql_on_fhir_known_failures.txt"));
  for (std::string line; std::getline(lines, line);) {
    if (line.empty() || line[0] == '#') continue;
    const std::size_t title = line.find(": ");
    const std::size_t reason = line.find(": ", title + 2);
    EXPECT_NE(reason, std::string::npos) << "no reason given: " << line;
    known.insert(line.substr(0, reason));
  }
  return known;
}

// Members in any order, what is not there is null, numbers by their value.
bool Same(json::Value a, json::Value b) {
  const bool nothing_a = a.missing() || a.is_null();
  const bool nothing_b = b.missing() || b.is_null();
  if (nothing_a || nothing_b) return nothing_a && nothing_b;
  if (a.kind() != b.kind()) return false;
  if (a.is_number()) return a.decimal() && b.decimal() && *a.decimal() == *b.decimal();
  if (a.is_array()) {
    if (a.size() != b.size()) return false;
    for (std::size_t i = 0; i < a.size(); ++i) {
      if (!Same(a.at(i), b.at(i))) return false;
    }
    return true;
  }
  if (!a.is_object()) return json::Canonical(a) == json::Canonical(b);
  const auto covers = [](json::Value x, json::Value y) {
    for (const auto& [key, value] : x.members()) {
      if (!Same(value, y[key])) return false;
    }
    return true;
  };
  return covers(a, b) && covers(b, a);
}

struct Outcome {
  bool passed = false;
  std::string why;
};

struct Rows {
  std::string text;   // NDJSON
  std::string error;  // "" where all went well
};

Rows RunAll(const View& view, json::Value resources) {
  Rows rows;
  Runner runner;
  for (const json::Value resource : resources.elements()) {
    const Status status = runner.Run(
        view, resource, [&](std::span<const Cell> row) { AppendRow(view, row, Format::kNdjson, rows.text); });
    if (!status.ok()) return {.text = {}, .error = status.error().ToString()};
  }
  return rows;
}

// The suite says nothing of the order of rows.
Outcome CompareRows(const std::string& got, json::Value expected) {
  std::vector<json::Document> rows;
  std::istringstream lines(got);
  for (std::string line; std::getline(lines, line);) {
    auto row = json::Parse(line);
    if (!row.ok()) return {false, "a row is no JSON: " + line};
    rows.push_back(std::move(*row));
  }
  if (rows.size() != expected.size()) return {false, "got\n" + got};
  for (const json::Value row : expected.elements()) {
    const auto found = std::find_if(rows.begin(), rows.end(), [&](const auto& one) { return Same(one.root(), row); });
    if (found == rows.end()) return {false, "got\n" + got};
    rows.erase(found);
  }
  return {true, {}};
}

Outcome RunTest(json::Value test, json::Value resources) {
  const bool error_expected = test["expectError"].boolean();
  std::vector<Error> errors;
  const std::string text = std::move(json::Writer().Copy(test["view"])).Take();
  const auto view = LoadViewText(text, "view", errors);
  if (!view) return {error_expected, errors.empty() ? "" : errors.front().ToString()};
  const Rows rows = RunAll(*view, resources);
  if (!rows.error.empty()) return {error_expected, rows.error};
  if (error_expected) return {false, "no error, but\n" + rows.text};
  if (const json::Value names = test["expectColumns"]) {
    std::vector<std::string> wanted;
    for (const json::Value name : names.elements()) wanted.emplace_back(name.string());
    std::vector<std::string> got;
    for (const Column& column : view->columns()) got.push_back(column.name);
    if (got != wanted) return {false, "the columns are others"};
  }
  return CompareRows(rows.text, test["expect"]);
}

struct Totals {
  int passed = 0;
  int failed = 0;
};

void RunFile(const std::filesystem::path& path, const std::set<std::string>& known, std::set<std::string>& met,
             Totals& totals) {
  const auto suite = json::Parse(ReadFile(path.string()), json::Limits::ForFiles());
  ASSERT_TRUE(suite.ok()) << path << ": " << suite.error().ToString();
  for (const json::Value test : suite->root()["tests"].elements()) {
    const std::string name = path.filename().string() + ": " + std::string(test["title"].string());
    const Outcome outcome = RunTest(test, suite->root()["resources"]);
    (outcome.passed ? totals.passed : totals.failed) += 1;
    const bool listed = known.contains(name);
    if (listed) met.insert(name);
    EXPECT_NE(outcome.passed, listed) << name << (listed ? " passes and is listed as failing\n" : " fails\n")
                                      << outcome.why;
  }
}

Totals RunFolder(const std::string& folder, const std::set<std::string>& known) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() == ".json") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  EXPECT_FALSE(files.empty()) << folder << " holds no test";
  Totals totals;
  std::set<std::string> met;
  for (const auto& file : files) RunFile(file, known, met, totals);
  for (const std::string& name : known) EXPECT_TRUE(met.contains(name)) << "listed, but there is no test " << name;
  return totals;
}

TEST(SqlOnFhir, OwnCasesPass) {
  const Totals totals = RunFolder(kHere + "data/sql_on_fhir", {});
  std::printf("SQL on FHIR, own cases: %d passed, %d failed of %d\n", totals.passed, totals.failed,
              totals.passed + totals.failed);
}

TEST(SqlOnFhir, OfficialSuitePassesButForKnownFailures) {
  const char* folder = std::getenv("SQL_ON_FHIR_TESTS");
  if (folder == nullptr || *folder == '\0') GTEST_SKIP() << "SQL_ON_FHIR_TESTS does not name the suite's folder";
  const Totals totals = RunFolder(folder, ReadKnownFailures());
  std::printf("SQL on FHIR v2 suite: %d passed, %d failed of %d\n", totals.passed, totals.failed,
              totals.passed + totals.failed);
}

}  // namespace
}  // namespace facet::mapping::views
