// Bundles and OperationOutcomes as servers send them.
#include "adapter/fhir/bundle.hpp"
#include "adapter/fhir/outcome.hpp"
#include "adapter/json/document.hpp"

#include <gtest/gtest.h>

namespace facet::fhir {
namespace {

json::Document Doc(std::string_view text) {
  auto document = json::Parse(text);
  EXPECT_TRUE(document.ok()) << text;
  return document.ok() ? *document : json::Document();
}

TEST(Bundle, GivesEntriesLinksAndTotal) {
  const json::Document document = Doc(R"({"resourceType":"Bundle","type":"searchset","total":41,
    "link":[{"relation":"self","url":"https://h/fhir/Observation?x=1"},{"relation":"next","url":"https://h/fhir?p=2"},
            {"relation":"prev","url":"https://h/fhir?p=0"}],
    "entry":[{"fullUrl":"https://h/fhir/Observation/1","resource":{"resourceType":"Observation","id":"1"},
              "search":{"mode":"match"}},
             {"request":{"method":"PUT","url":"Observation/2"},
              "response":{"status":"201 Created","location":"Observation/2/_history/1","etag":"W/\"1\"",
                          "lastModified":"2026-03-05T10:00:00Z","outcome":{"resourceType":"OperationOutcome"}}}]})");
  const json::Value bundle = document.root();
  EXPECT_TRUE(IsBundle(bundle));
  EXPECT_EQ(LinkOf(bundle, "next"), "https://h/fhir?p=2");
  EXPECT_EQ(LinkOf(bundle, "previous"), "https://h/fhir?p=0");
  EXPECT_EQ(LinkOf(bundle, "last"), "");
  EXPECT_EQ(TotalOf(bundle), 41);
  const auto entries = EntriesOf(bundle);
  ASSERT_EQ(entries.size(), 2U);
  EXPECT_EQ(entries[0].resource["id"].string(), "1");
  EXPECT_EQ(entries[0].search_mode, "match");
  EXPECT_EQ(entries[1].index, 1U);
  EXPECT_TRUE(entries[1].resource.missing());
  EXPECT_EQ(entries[1].request_method, "PUT");
  EXPECT_EQ(entries[1].request_url, "Observation/2");
  EXPECT_EQ(entries[1].response_status, "201 Created");
  EXPECT_EQ(entries[1].response_location, "Observation/2/_history/1");
  EXPECT_EQ(entries[1].response_etag, "W/\"1\"");
  EXPECT_EQ(entries[1].response_last_modified, "2026-03-05T10:00:00Z");
  EXPECT_TRUE(entries[1].response_outcome.is_object());
}

TEST(Bundle, GivesNothingForOtherShapes) {
  for (const std::string_view text :
       {"{}", "[]", "3", R"({"resourceType":"Bundle"})", R"({"resourceType":"Bundle","entry":{}})",
        R"({"resourceType":"Patient","entry":[{}],"total":1,"link":[]})"}) {
    const json::Document document = Doc(text);
    EXPECT_TRUE(EntriesOf(document.root()).empty()) << text;
    EXPECT_EQ(LinkOf(document.root(), "next"), "");
    EXPECT_EQ(TotalOf(document.root()), std::nullopt);
  }
  EXPECT_EQ(EntriesOf(Doc(R"({"resourceType":"Bundle","entry":[null,7,{}]})").root()).size(), 3U);
}

TEST(Outcome, IsBuilt) {
  EXPECT_EQ(BuildOutcome(Severity::kInformation, "informational", "Accepted."),
            R"({"resourceType":"OperationOutcome","issue":[{"severity":"information","code":"informational",)"
            R"("diagnostics":"Accepted."}]})");
  EXPECT_EQ(BuildOutcome(Severity::kError, "invalid", ""),
            R"({"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"invalid"}]})");
}

TEST(OutcomeDeathTest, TakesOnlyCodesOfTheList) { EXPECT_DEATH(BuildOutcome(Severity::kError, "my-own", ""), ""); }

TEST(Outcome, IsReadAsClosedSets) {
  const json::Document document = Doc(R"({"resourceType":"OperationOutcome","issue":[
    {"severity":"fatal","code":"lock-error","diagnostics":"John Doe"},{"severity":"warning","code":"john-doe"},
    {"severity":"hint"},{"severity":"information","code":"informational"}]})");
  const auto issues = ReadOutcome(document.root());
  ASSERT_EQ(issues.size(), 4U);
  EXPECT_EQ(issues[0].severity, Severity::kFatal);
  EXPECT_EQ(issues[0].code, "lock-error");
  EXPECT_EQ(issues[1].severity, Severity::kWarning);
  EXPECT_EQ(issues[1].code, "unknown");
  EXPECT_EQ(issues[2].severity, Severity::kError);  // what is not understood is not played down
  EXPECT_EQ(issues[3].severity, Severity::kInformation);
  EXPECT_TRUE(ReadOutcome(Doc(R"({"issue":[{"severity":"error"}]})").root()).empty());
}

TEST(Outcome, ReadsWhatItBuilds) {
  for (const Severity severity : {Severity::kInformation, Severity::kWarning, Severity::kError, Severity::kFatal}) {
    const json::Document document = Doc(BuildOutcome(severity, "transient", "x"));
    const auto issues = ReadOutcome(document.root());
    ASSERT_EQ(issues.size(), 1U);
    EXPECT_EQ(issues[0].severity, severity);
    EXPECT_EQ(issues[0].code, "transient");
  }
}

}  // namespace
}  // namespace facet::fhir
