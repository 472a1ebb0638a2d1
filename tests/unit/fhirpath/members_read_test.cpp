// MembersRead: an object without these members gives what an empty one gives. Compared with the evaluator.
#include "support.hpp"

#include "adapter/fhirpath/members_read.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

namespace facet::fhirpath {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Optional;

std::optional<std::vector<std::string>> Read(std::string_view text, const std::string& type = "Observation") {
  auto expression = Compile(text, {.root_type = type});
  EXPECT_TRUE(expression.ok()) << text;
  return expression.ok() ? MembersRead(*expression, fhir::FindType(type)) : std::nullopt;
}

TEST(MembersRead, AreTheFirstStepsOfEveryPath) {
  EXPECT_THAT(Read("status"), Optional(ElementsAre("_status", "status")));
  EXPECT_THAT(Read("Observation.status"), Optional(ElementsAre("_status", "status")));
  EXPECT_THAT(Read("subject.reference | focus.reference"),
              Optional(ElementsAre("_focus", "_subject", "focus", "subject")));
  EXPECT_THAT(Read("bodySite.exists().not()"), Optional(ElementsAre("_bodySite", "bodySite")));
  EXPECT_THAT(Read("code.coding.where(system.hasValue() and code.hasValue()).code"),
              Optional(ElementsAre("_code", "code")));
  EXPECT_THAT(Read("iif(status = 'final', issued, {})"),
              Optional(ElementsAre("_issued", "_status", "issued", "status")));
  EXPECT_THAT(Read("note[0].text.startsWith(status)"), Optional(ElementsAre("_note", "_status", "note", "status")));
  EXPECT_THAT(Read("'fixed'"), Optional(IsEmpty()));
}

TEST(MembersRead, OfAChoiceAreTheTypesThatAreWanted) {
  EXPECT_THAT(Read("value.ofType(Quantity).value"), Optional(ElementsAre("_valueQuantity", "valueQuantity")));
  EXPECT_THAT(Read("value.ofType(string)"), Optional(ElementsAre("_valueString", "valueString")));
  EXPECT_THAT(Read("effective.exists()"),
              Optional(ElementsAre("_effectiveDateTime", "_effectiveInstant", "_effectivePeriod", "_effectiveTiming",
                                   "effectiveDateTime", "effectiveInstant", "effectivePeriod", "effectiveTiming")));
}

TEST(MembersRead, AreUnknownWhereMoreThanMembersCounts) {
  for (const char* text :
       {"$this.children()", "children().count()", "%resource.status", "%context.status", "status.trace('x')",
        "getResourceKey()", "subject.resolve()", "iif($this.exists(), status, {})", "exists()", "now()",
        "code.coding.where(code = %resource.status)", "note.aggregate($this.text & $total, %context.status)",
        "code.memberOf('http://x')", "hasMember.first().reference.combine($this.status)"}) {
    EXPECT_EQ(Read(text), std::nullopt) << text;
  }
  const auto untyped = Compile("status");
  ASSERT_TRUE(untyped.ok());
  EXPECT_EQ(MembersRead(*untyped, fhir::FindType("Observation")), std::nullopt);
  EXPECT_EQ(MembersRead(*untyped, fhir::TypeId::kUnknown), std::nullopt);
}

json::Document ReadFile(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  return Document(text.str());
}

// The paths that a select evaluates on the resource itself.
void AddPaths(json::Value select, std::vector<std::string>& out) {
  for (const char* each : {"forEach", "forEachOrNull"}) {
    if (!select[each].missing()) return out.emplace_back(select[each].string()), void();
  }
  for (const json::Value column : select["column"].elements()) out.emplace_back(column["path"].string());
  for (const char* part : {"select", "unionAll"}) {
    for (const json::Value nested : select[part].elements()) AddPaths(nested, out);
  }
}

// A value for each member that some path reads, of the shape that its name suggests.
std::string Sample(std::string_view key) {
  static constexpr std::string_view kCodeable =
      R"({"coding":[{"system":"s","code":"c"}],"text":"t","extension":[{"url":"u","valueString":"v"}]})";
  if (key.starts_with('_')) return R"({"extension":[{"url":"u","valueString":"v"}]})";
  if (key.ends_with("Quantity")) return R"({"value":7.5,"unit":"u","system":"s","code":"c","comparator":"<"})";
  if (key.ends_with("Period")) return R"({"start":"2026-01-01","end":"2026-01-02"})";
  if (key.ends_with("Reference") || key == "subject" || key == "encounter") return R"({"reference":"Patient/1"})";
  if (key.ends_with("CodeableConcept") || key == "code" || key == "bodySite") return std::string(kCodeable);
  return key.ends_with("DateTime") || key == "issued" ? "\"2026-01-01\"" : "\"text\"";
}

// Every path of the shipped views, on resources that lack what it reads and have any other member.
TEST(MembersRead, TellWhereTheResultIsThatOfNothing) {
  const std::filesystem::path views = std::filesystem::path(FACET_SOURCE_DIR) / "fhir-mappings" / "views";
  std::size_t compared = 0;
  for (const auto& entry : std::filesystem::directory_iterator(views)) {
    const json::Document view = ReadFile(entry.path());
    const std::string type(view.root()["resource"].string());
    std::vector<std::string> paths;
    for (const json::Value select : view.root()["select"].elements()) AddPaths(select, paths);
    std::vector<std::string> keys;
    for (const std::string& path : paths) {
      const auto read = Read(path, type);
      if (read) keys.insert(keys.end(), read->begin(), read->end());
    }
    const std::string begin = R"({"resourceType":")" + type + "\"";
    const json::Document nothing = Document(begin + "}");
    for (const std::string& path : paths) {
      const auto read = Read(path, type);
      if (!read) continue;
      const std::string expected = Eval(path, nothing.root());
      for (const std::string& key : keys) {
        if (std::find(read->begin(), read->end(), key) != read->end()) continue;
        const json::Document one = Document(begin + ",\"" + key + "\":" + Sample(key) + "}");
        EXPECT_EQ(Eval(path, one.root()), expected) << path << " beside " << key;
        ++compared;
      }
    }
  }
  EXPECT_GT(compared, 2000U);
}

}  // namespace
}  // namespace facet::fhirpath
