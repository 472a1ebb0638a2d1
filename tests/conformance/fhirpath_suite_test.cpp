// The official FHIRPath suite for R4 (README.md). Every test must do what known_failures.txt says: pass, unless it is
// listed there with a reason. Prints the totals.
#include "adapter/fhirpath/evaluator.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <cstdio>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

namespace facet::fhirpath {
namespace {

const std::string kData = std::string(FACET_SOURCE_DIR) + "/tests/conformance/data/fhirpath/";
const std::string kKnownFailures = std::string(FACET_SOURCE_DIR) + "/tests/conformance/known_failures.txt";
constexpr UtcInstant kNow{1'772'000'000'000};

std::string ReadFile(const std::string& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

// "name: reason" a line.
std::map<std::string, std::string> ReadKnownFailures() {
  std::map<std::string, std::string> known;
  std::istringstream lines(ReadFile(kKnownFailures));
  for (std::string line; std::getline(lines, line);) {
    if (line.empty() || line[0] == '#') continue;
    const std::size_t colon = line.find(':');
    EXPECT_NE(colon, std::string::npos) << "no reason given: " << line;
    known[line.substr(0, colon)] = line.substr(colon + 1);
  }
  return known;
}

struct Outcome {
  bool passed = false;
  std::string why;
};

std::string Lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::tolower(c); });
  return text;
}

// "@2014-01", "@T10:30" as the suite writes dates and times.
std::string Plain(std::string text) {
  if (text.starts_with("@")) text.erase(0, 1);
  if (text.starts_with("T") && text.find(':') != std::string::npos) text.erase(0, 1);
  return text;
}

bool SameValue(const Item& item, json::Value expected) {
  const std::string type(expected["type"].string());
  const std::string name = item.TypeName();
  if (!type.empty() && Lower(name.substr(name.find('.') + 1)) != Lower(type)) return false;
  const std::string wanted = Plain(std::string(expected["value"].string()));
  const auto got = item.ToText();
  if (!got) return false;
  if (*got == wanted) return true;
  const auto a = Decimal::Parse(*got);
  const auto b = Decimal::Parse(wanted);
  return a && b && *a == *b;
}

std::string Describe(const std::vector<Item>& items) {
  std::string text;
  for (const Item& item : items) text += " " + item.TypeName() + " " + item.ToText().value_or("(complex)") + ";";
  return items.empty() ? " {}" : text;
}

bool SameResult(std::vector<Item> items, json::Value test) {
  const json::Value outputs = test["outputs"];
  if (items.size() != outputs.size()) return false;
  const bool ordered = test["ordered"].string() != "false";
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    const json::Value expected = outputs.at(i);
    const auto match = [&](const Item& item) { return SameValue(item, expected); };
    const auto found = ordered ? (match(items.front()) ? items.begin() : items.end())
                               : std::find_if(items.begin(), items.end(), match);
    if (found == items.end()) return false;
    items.erase(found);
  }
  return true;
}

Outcome RunTest(Evaluator& evaluator, json::Value test, json::Value input) {
  const std::string_view invalid = test["invalid"].string();
  CompileOptions options;
  options.strict = test["mode"].string() == "strict";
  options.root_type = input["resourceType"].string();
  const auto expression = Compile(test["expression"].string(), options);
  if (!expression.ok()) {
    const bool syntax = expression.error().code == ErrorCode::kPathSyntax;
    return {!invalid.empty() && (invalid != "syntax" || syntax), expression.error().ToString()};
  }
  if (invalid == "syntax") return {false, "was understood"};
  Context context;
  if (input) context.focus = Item::Node(input);
  context.now = kNow;
  std::vector<Item> items;
  Status status;
  if (test["predicate"].string() == "true") {
    const auto holds = evaluator.Test(*expression, context);
    if (!holds.ok()) return {false, holds.error().ToString()};
    items = {Item::Boolean(*holds)};
  } else {
    status = evaluator.Evaluate(*expression, context, items);
  }
  if (!status.ok()) return {!invalid.empty(), status.error().ToString()};
  if (!invalid.empty()) return {false, "no error, but" + Describe(items)};
  return {SameResult(items, test), "got" + Describe(items)};
}

TEST(FhirPathSuite, PassesButForKnownFailures) {
  const auto known = ReadKnownFailures();
  std::map<std::string, json::Document> inputs;
  std::map<std::string, bool> met;
  std::istringstream lines(ReadFile(kData + "cases.ndjson"));
  Evaluator evaluator;
  int passed = 0;
  int failed = 0;
  for (std::string line; std::getline(lines, line);) {
    auto test = json::Parse(line);
    ASSERT_TRUE(test.ok()) << test.error().ToString();
    const json::Value root = test->root();
    const std::string name(root["name"].string());
    const std::string file(root["input"].string());
    if (!file.empty() && !inputs.contains(file)) {
      auto document = json::Parse(ReadFile(kData + file));
      ASSERT_TRUE(document.ok()) << file << ": " << document.error().ToString();
      inputs[file] = std::move(*document);
    }
    const Outcome outcome = RunTest(evaluator, root, file.empty() ? json::Value{} : inputs[file].root());
    evaluator.Reset();
    (outcome.passed ? passed : failed) += 1;
    const bool listed = known.contains(name);
    if (listed) met[name] = true;
    EXPECT_NE(outcome.passed, listed) << name << (listed ? " passes and is listed as failing" : " fails") << "\n  "
                                      << root["expression"].string() << "\n  " << outcome.why;
  }
  for (const auto& [name, reason] : known) EXPECT_TRUE(met.contains(name)) << "listed, but there is no test " << name;
  std::printf("FHIRPath suite for R4: %d passed, %d failed of %d\n", passed, failed, passed + failed);
}

}  // namespace
}  // namespace facet::fhirpath
