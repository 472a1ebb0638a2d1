// ViewDefinitions (SQL on FHIR v2): rows, types of output, errors with their places.
#include "mapping_support.hpp"

#include "adapter/mapping/views/output.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace facet::mapping::views {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

constexpr const char* kPatient = R"({"resourceType":"Patient","id":"pt1","active":true,"birthDate":"1961-04-02",
  "name":[{"use":"official","family":"F1","given":["G1","G2"]},{"family":"F2"}],
  "contact":[{"telecom":[{"system":"phone"},{"system":"email"}]},{"telecom":[{"system":"fax"}]}]})";

std::string Rows(const std::string& view_text, const std::string& resource = kPatient,
                 Format format = Format::kNdjson) {
  std::vector<Error> errors;
  const auto view = LoadViewText(view_text, "v.json", errors);
  if (view == nullptr) return Listed(errors);
  const json::Document document = ParseOrDie(resource);
  Runner runner;
  std::string out;
  AppendHeader(*view, format, out);
  const Status status =
      runner.Run(*view, document.root(), [&](std::span<const Cell> row) { AppendRow(*view, row, format, out); });
  return status.ok() ? out : "error " + status.error().where + ": " + status.error().detail;
}

std::string View(const std::string& select, const std::string& more = "") {
  return R"({"resourceType":"ViewDefinition","resource":"Patient","select":[)" + select + "]" + more + "}";
}

TEST(Views, GiveTypedColumns) {
  EXPECT_EQ(
      Rows(View(R"({"column":[{"name":"id","path":"id","type":"id"},{"name":"on","path":"active","type":"boolean"},
      {"name":"n","path":"name.count() ","type":"integer"},{"name":"dead","path":"deceased.ofType(boolean) ","type":"boolean"},
      {"name":"given","path":"name.given","collection":true},{"name":"none","path":"photo.title","collection":true},
      {"name":"names","path":"name.first() ","type":"HumanName"}]
})")),
      R"({"id":"pt1","on":true,"n":2,"dead":null,"given":["G1","G2"],"none":[],)"
      R"("names":{"use":"official","family":"F1","given":["G1","G2"]}})"
      "\n");
}

TEST(Views, GoThroughCollections) {
  EXPECT_EQ(
      Rows(
          View(R"({"column":[{"name":"id","path":"id"}]},{"forEach":"name","column":[{"name":"f","path":"family"}]})")),
      "{\"id\":\"pt1\",\"f\":\"F1\"}\n{\"id\":\"pt1\",\"f\":\"F2\"}\n");
  EXPECT_EQ(
      Rows(View(
          R"({"column":[{"name":"id","path":"id"}]},{"forEach":"address","column":[{"name":"c","path":"city"}]})")),
      "");
  EXPECT_EQ(
      Rows(View(
          R"({"column":[{"name":"id","path":"id"}]},{"forEachOrNull":"address","column":[{"name":"c","path":"city"}]})")),
      "{\"id\":\"pt1\",\"c\":null}\n");
  EXPECT_EQ(Rows(View(R"({"forEach":"contact","column":[{"name":"i","path":"%rowIndex","type":"integer"}],
      "select":[{"forEach":"telecom","column":[{"name":"s","path":"system"}]}]})")),
            "{\"i\":0,\"s\":\"phone\"}\n{\"i\":0,\"s\":\"email\"}\n{\"i\":1,\"s\":\"fax\"}\n");
}

TEST(Views, MultiplySelects) {
  EXPECT_EQ(Rows(View(R"({"forEach":"name","column":[{"name":"f","path":"family"}]},
                         {"forEach":"contact","column":[{"name":"n","path":"telecom.count() ","type":"integer"}]
})")),
            "{\"f\":\"F1\",\"n\":2}\n{\"f\":\"F1\",\"n\":1}\n{\"f\":\"F2\",\"n\":2}\n{\"f\":\"F2\",\"n\":1}\n");
}

TEST(Views, UniteSelects) {
  EXPECT_EQ(Rows(View(R"({"column":[{"name":"id","path":"id"}],"unionAll":[
      {"forEach":"name","column":[{"name":"v","path":"family"}]},
      {"unionAll":[{"forEach":"contact.telecom","column":[{"name":"v","path":"system"}]},{"column":[{"name":"v","path":"'end'"}]}]}]})")),
            "{\"id\":\"pt1\",\"v\":\"F1\"}\n{\"id\":\"pt1\",\"v\":\"F2\"}\n{\"id\":\"pt1\",\"v\":\"phone\"}\n"
            "{\"id\":\"pt1\",\"v\":\"email\"}\n{\"id\":\"pt1\",\"v\":\"fax\"}\n{\"id\":\"pt1\",\"v\":\"end\"}\n");
  EXPECT_THAT(
      Rows(View(R"({"unionAll":[{"column":[{"name":"a","path":"id"}]},{"column":[{"name":"b","path":"id"}]}]})")),
      HasSubstr("same columns"));
  EXPECT_THAT(
      Rows(View(
          R"({"unionAll":[{"column":[{"name":"a","path":"id"},{"name":"b","path":"id"}]},{"column":[{"name":"a","path":"id"}]}]})")),
      HasSubstr("same columns"));
}

TEST(Views, FilterByWhereAndConstants) {
  const std::string constant =
      R"(,"constant":[{"name":"use","valueCode":"official"},{"name":"born","valueDate":"1961-04-02"}])";
  EXPECT_EQ(Rows(View(R"({"column":[{"name":"f","path":"name.where(use = %use).family"}]})", constant)),
            "{\"f\":\"F1\"}\n");
  EXPECT_EQ(
      Rows(View(R"({"column":[{"name":"id","path":"id"}]})", constant + R"(,"where":[{"path":"birthDate = %born"}])")),
      "{\"id\":\"pt1\"}\n");
  EXPECT_EQ(
      Rows(View(R"({"column":[{"name":"id","path":"id"}]})", R"(,"where":[{"path":"active"},{"path":"deceased.exists() "
}])")),
      "");
  EXPECT_THAT(Rows(View(R"({"column":[{"name":"id","path":"id"}]})", R"(,"where":[{"path":"name.family"}])")),
              HasSubstr("true or false"));
  EXPECT_EQ(Rows(View(R"({"column":[{"name":"id","path":"id"}]})"), R"({"resourceType":"Observation","id":"o1"})"), "");
}

TEST(Views, FollowRepeats) {
  EXPECT_EQ(
      Rows(
          R"({"resource":"QuestionnaireResponse","select":[{"repeat":["item","answer.item"],"column":[{"name":"l","path":"linkId"}]}]})",
          R"({"resourceType":"QuestionnaireResponse","item":[{"linkId":"1","item":[{"linkId":"1.1"}],
                     "answer":[{"item":[{"linkId":"a"}]}]},{"linkId":"2"}]})"),
      "{\"l\":\"1\"}\n{\"l\":\"1.1\"}\n{\"l\":\"a\"}\n{\"l\":\"2\"}\n");
}

TEST(Views, GiveKeys) {
  EXPECT_EQ(Rows(R"({"resource":"Observation","select":[{"column":[{"name":"k","path":"getResourceKey() "},
      {"name":"s","path":"subject.getReferenceKey(Patient) "},{"name":"o","path":"subject.getReferenceKey(Group) "}]
}]
})",
                 R"({"resourceType":"Observation","id":"o1","subject":{"reference":"Patient/p1"}})"),
            "{\"k\":\"o1\",\"s\":\"p1\",\"o\":null}\n");
}

TEST(Views, WriteCsv) {
  EXPECT_EQ(Rows(View(R"({"forEach":"name","column":[{"name":"f","path":"family"},{"name":"u","path":"use"},
      {"name":"g","path":"given","collection":true},{"name":"t","path":"'a \"b\", c'"}]})"),
                 kPatient, Format::kCsv),
            "f,u,g,t\nF1,official,\"[\"\"G1\"\",\"\"G2\"\"]\",\"a \"\"b\"\", c\"\nF2,,[],\"a \"\"b\"\", c\"\n");
}

TEST(Views, RefuseSeveralValuesInOneCell) {
  EXPECT_THAT(Rows(View(R"({"column":[{"name":"f","path":"name.family"}]})")),
              AllOf(HasSubstr("column f"), HasSubstr("collection")));
}

TEST(Views, ReportMistakesWithTheirPlace) {
  const std::string bad =
      "{\"resource\": \"Patient\",\n \"select\": [{\"column\": [\n  {\"name\": \"a\", \"path\": \"nam.family\"},\n"
      "  {\"name\": \"a\", \"path\": \"id\"},\n  {\"name\": \"1a\", \"path\": \"id\"},\n  {\"name\": \"b\", \"path\": "
      "\"id +\"}]}]}";
  std::vector<Error> errors;
  EXPECT_EQ(LoadViewText(bad, "v.json", errors), nullptr);
  ASSERT_EQ(errors.size(), 3U) << Listed(errors);
  EXPECT_THAT(errors[0].where, StartsWith("v.json:3:"));
  EXPECT_THAT(errors[0].detail, HasSubstr("1:1"));
  EXPECT_THAT(errors[1].where, StartsWith("v.json:5:"));
  EXPECT_THAT(errors[2].where, StartsWith("v.json:6:"));
  EXPECT_THAT(Rows(R"({"select":[{"column":[{"name":"a","path":"id"}]}]})"), HasSubstr("resource type"));
  EXPECT_THAT(Rows(View("")), HasSubstr("at least one select"));
  EXPECT_THAT(Rows(View(R"({"forEach":"name","forEachOrNull":"name","column":[]})")), HasSubstr("only one of"));
  EXPECT_THAT(Rows(View(R"({"column":[{"name":"a","path":"id"}]},{"column":[{"name":"a","path":"id"}]})")),
              HasSubstr("twice"));
  EXPECT_THAT(Rows(View(R"({"column":[{"name":"a","path":"%none"}]})")), HasSubstr("none"));
  EXPECT_THAT(Rows(View(R"({"column":[{"name":"a","path":"id"}]})", R"(,"constant":[{"name":"c"}])")),
              HasSubstr("primitive"));
  EXPECT_THAT(Rows("{"), StartsWith("v.json:1:"));
}

// What a path says is checked when the view is loaded: the file's place, the path's own, the nearest name.
TEST(Views, CheckPathsWhenTheyAreLoaded) {
  const auto refused = [](const std::string& path) {
    std::vector<Error> errors;
    const std::string text =
        "{\"resource\":\"Patient\",\n\"select\":[{\"forEach\":\"name\",\n\"column\":[{\"name\":\"a\",\"path\":\"" +
        path + "\"}]}]}";
    EXPECT_EQ(LoadViewText(text, "v.json", errors), nullptr) << path;
    return errors.empty() ? std::string() : errors[0].where + " " + errors[0].detail;
  };
  EXPECT_THAT(refused("given.frist()"),
              AllOf(StartsWith("v.json:3:30 "), HasSubstr("1:7"), HasSubstr("did you mean 'first'?")));
  EXPECT_THAT(refused("given.first(1)"), AllOf(HasSubstr("1:7"), HasSubstr("takes no arguments, not 1")));
  EXPECT_THAT(refused("use | famly"), AllOf(HasSubstr("1:7"), HasSubstr("HumanName; did you mean 'family'?")));
  EXPECT_THAT(refused("period.start > 5"), AllOf(HasSubstr("1:14"), HasSubstr("no order between them")));
  EXPECT_THAT(refused("period = 'x'"), AllOf(HasSubstr("1:8"), HasSubstr("never equal")));
  EXPECT_THAT(refused("given.where("), HasSubstr("1:13"));
}

}  // namespace
}  // namespace facet::mapping::views
