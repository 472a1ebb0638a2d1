// The shipped rules load; mistakes in rules are reported with their place.
#include "tests/unit/guide/fixture.hpp"

#include "adapter/guide/rules.hpp"

namespace facet::guide {
namespace {

constexpr const char* kHead =
    R"({"resourceType":"PlanDefinition","url":"https://facet-adapter.org/fhir/PlanDefinition/facet-injection-failed",)";

std::vector<Error> LoadErrors(const std::string& plan) {
  auto parsed = json::Parse(plan);
  EXPECT_TRUE(parsed.ok()) << plan;
  std::vector<Error> errors;
  const auto loaded = Guide::Load(std::vector<json::Value>{parsed->root()}, errors);
  EXPECT_EQ(loaded.ok(), errors.empty());
  return errors;
}

std::string Rule(const std::string& id, const std::string& column, const std::string& expression) {
  return R"({"id":")" + id + R"(","title":"t","documentation":[{"label":"section 1"}],"condition":[{"extension":[{)" +
         R"("url":"https://facet-adapter.org/fhir/StructureDefinition/rule-outcome","extension":[)" +
         R"({"url":"column","valueCode":")" + column + R"("},{"url":"text","valueString":"r"}]}],)" +
         R"("expression":{"language":"text/fhirpath","expression":")" + expression + R"("}}]})";
}

TEST(Load, TheShippedGuideIsComplete) {
  const auto documents = ShippedDocuments();
  std::vector<json::Value> roots;
  for (const json::Document& document : documents) roots.push_back(document.root());
  std::vector<Error> errors;
  const Model model = ReadModel(roots, errors);
  for (const Error& error : errors) ADD_FAILURE() << error.ToString();
  EXPECT_EQ(model.rules.size(), 41U);
  EXPECT_EQ(model.cautions.size(), 10U);
  for (const facet::guide::Rule& rule : model.rules) {
    EXPECT_FALSE(rule.section.empty()) << rule.id;
    EXPECT_EQ(rule.activity.empty(), rule.id == "G18" || rule.id == "G31") << rule.id;
    const bool red = !rule.conditions.empty() && rule.conditions[0].column == Column::kRedFlag;
    EXPECT_EQ(red, rule.id != "G02") << rule.id;
  }
}

TEST(Load, GivesTheSourceAttributes) {
  std::set<std::string> names;
  for (const SourceAttribute& attribute : ShippedGuide().SourceAttributes()) {
    EXPECT_FALSE(attribute.text.empty());
    names.insert(attribute.name);
  }
  for (const char* name : {"citation", "developer", "funding", "release-date", "review-date", "intended-use", "limits",
                           "uses-date-of-birth", "uses-sex", "uses-health-status"}) {
    EXPECT_TRUE(names.contains(name)) << name;
  }
  EXPECT_EQ(ShippedGuide().TextOf("G16").section, "section 3; FAQ 3");
}

TEST(Load, WithoutTheGuideItSaysSo) {
  std::vector<Error> errors;
  EXPECT_FALSE(Guide::Load(std::vector<json::Value>{}, errors).ok());
  ASSERT_EQ(errors.size(), 1U);
  EXPECT_EQ(errors[0].code, ErrorCode::kMappingMissing);
}

TEST(Load, ReportsEveryMistakeWithItsPlace) {
  const auto errors = LoadErrors(std::string(kHead) + R"("action":[)" + Rule("G01", "suggested", "%failed and") + "," +
                                 Rule("G02", "sometimes", "%failed") + "," + Rule("G03", "done", "%noSuchEvidence") +
                                 "," + Rule("G04", "withheld", "%failed") + "]}");
  ASSERT_EQ(errors.size(), 4U);
  EXPECT_NE(errors[0].where.find("PlanDefinition.action[0].condition[0].expression"), std::string::npos);
  EXPECT_NE(errors[1].where.find("PlanDefinition.action[1].condition[0]"), std::string::npos);
  EXPECT_NE(errors[2].where.find("PlanDefinition.action[2].condition[0].expression"), std::string::npos);
  EXPECT_NE(errors[3].detail.find("guard"), std::string::npos);
}

TEST(Load, RefusesACircleOfOutcomes) {
  const auto errors = LoadErrors(std::string(kHead) + R"("action":[)" + Rule("G01", "suggested", "%G02 = 'done'") +
                                 "," + Rule("G02", "suggested", "%G01 = 'done'") + "]}");
  ASSERT_EQ(errors.size(), 1U);
  EXPECT_NE(errors[0].detail.find("circle"), std::string::npos);
}

TEST(Load, EvidenceIsComplete) {
  Case c;
  const std::string text = ShippedGuide().EvidenceJson(c.Ask(), c.policy, c.settings);
  const auto parsed = json::Parse(text);
  ASSERT_TRUE(parsed.ok());
  EXPECT_EQ(parsed->root()["resourceType"].string(), "Parameters");
  std::set<std::string> statuses;
  for (const json::Value parameter : parsed->root()["parameter"].elements()) {
    const json::Value status = parameter["part"].at(0);
    if (status) statuses.insert(std::string(status["valueCode"].string()));
  }
  EXPECT_EQ(statuses, (std::set<std::string>{"present", "absent"}));
}

TEST(ScanVariables, SkipsStringsAndReadsQuotedNames) {
  EXPECT_EQ(ScanVariables("%a and '%b' = %`c-d` or %a"), (std::vector<std::string>{"a", "c-d"}));
  EXPECT_EQ(ScanVariables(R"('it\'s %x' & %y)"), (std::vector<std::string>{"y"}));
}

}  // namespace
}  // namespace facet::guide
