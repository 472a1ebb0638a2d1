// discover's pure core: what is told, what is not, and the draft overlay.
#include "mapping_support.hpp"

#include "adapter/mapping/discover/discovery.hpp"
#include "adapter/mapping/discover/report.hpp"
#include "adapter/mapping/discover/shapes.hpp"
#include "adapter/mapping/lint.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace facet::mapping {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using State = DiscoveredCode::State;

class DiscoveryTest : public testing::Test {
 protected:
  void Start(const Mapper& mapper = Shipped(), DiscoveryOptions options = {}) {
    auto made = Discovery::Make(mapper, options);
    ASSERT_TRUE(made.ok()) << made.error().ToString();
    discovery_ = std::move(made).value();
  }
  void SetUp() override { Start(); }

  void Add(const std::string& type, int patient, const std::string& members) {
    const json::Document document = ParseOrDie(
        R"({"resourceType":")" + type + R"(","id":"r)" + std::to_string(++count_) + R"(","status":")" +
        (type == "Procedure" ? "completed" : "final") +
        R"(","performedDateTime":"2026-03-01","effectiveDateTime":"2026-03-01","subject":{"reference":"Patient/p)" +
        std::to_string(patient) + R"("},)" + members + "}");
    EXPECT_TRUE(discovery_->Add(document.root(), nullptr, {}));
  }
  static std::string Coded(const std::string& system, const std::string& code, const std::string& display,
                           const std::string& more = "") {
    return R"("code":{"coding":[{"system":")" + system + R"(","code":")" + code + R"(","display":")" + display +
           R"("}]})" + more;
  }
  void AddLocalPain(int patient, const std::string& display = "Pain score") {
    Add("Observation", patient, Coded("https://h.example/f", "4021", display, R"(,"valueInteger":7)"));
  }

  std::unique_ptr<Discovery> discovery_;
  int count_ = 0;
};

TEST_F(DiscoveryTest, TellsCandidatesWithWordsShapesAndPatients) {
  for (int i = 0; i < 6; ++i) AddLocalPain(i % 5);
  const auto report = discovery_->Finish();
  ASSERT_EQ(report.codes.size(), 1U);
  const DiscoveredCode& code = report.codes[0];
  EXPECT_EQ(code.state, State::kCandidate);
  EXPECT_EQ(code.system, "https://h.example/f");
  EXPECT_EQ(code.code, "4021");
  EXPECT_EQ(code.display, "Pain score");
  EXPECT_EQ(code.resources, 6);
  EXPECT_EQ(code.patients, 5);
  EXPECT_EQ(code.topic->code, "pain-score");
  EXPECT_THAT(code.words, ElementsAre("pain"));
  EXPECT_EQ(code.shapes, (Counts{{"integer 0..10", 6}}));
}

TEST_F(DiscoveryTest, TellsNothingRare) {
  for (int i = 0; i < 8; ++i) AddLocalPain(i % 4);  // often, but of four patients
  for (int i = 0; i < 4; ++i) Add("Observation", 10 + i, Coded("https://h.example/f", "4022", "Pain score"));
  auto report = discovery_->Finish();
  EXPECT_TRUE(report.codes.empty());
  EXPECT_EQ(report.summaries.at(0).rare_codes, 2);
  EXPECT_THAT(DiscoveryText(report) + DiscoveryLines(report), Not(HasSubstr("402")));
  EXPECT_TRUE(DraftOverlay(report).empty());
  AddLocalPain(4);
  report = discovery_->Finish();
  ASSERT_EQ(report.codes.size(), 1U);
}

TEST_F(DiscoveryTest, NeverTellsTextsOfResources) {
  for (int i = 0; i < 9; ++i) {
    AddLocalPain(i, "Pain of CANARY" + std::to_string(i));  // a display that somebody typed
    Add("Procedure", i, R"("code":{"text":"Facet block for CANARY"},"note":[{"text":"CANARY"}])");
    Add("Observation", i, R"("code":{"text":"pain of CANARY"},"valueString":"CANARY says 7")");
    Add("Observation", i,
        Coded("http://loinc.org", "72514-3", "Pain",
              R"(,"valueQuantity":{"value":7,"unit":"CANARY)" + std::to_string(i) + R"("})"));
  }
  const auto report = discovery_->Finish();
  std::string told = DiscoveryText(report) + DiscoveryLines(report);
  for (const DraftFile& file : DraftOverlay(report)) told += file.text;
  EXPECT_THAT(told, Not(HasSubstr("CANARY")));
  ASSERT_EQ(report.texts.size(), 2U);
  EXPECT_EQ(report.texts[0].topic->code, "facet-procedure");
  EXPECT_THAT(report.texts[0].words, ElementsAre("facet"));
  EXPECT_EQ(report.texts[0].patients, 9);
}

TEST_F(DiscoveryTest, TellsWhatMappedCodesGave) {
  for (int i = 0; i < 6; ++i) {
    const std::string value = i < 5 ? R"("value":7,"unit":"{score}")" : R"("value":11,"unit":"{score}")";
    Add("Observation", i, Coded("http://loinc.org/", "72514-3", "Pain", ",\"valueQuantity\":{" + value + "}"));
  }
  const auto report = discovery_->Finish();
  ASSERT_EQ(report.codes.size(), 1U);
  EXPECT_EQ(report.codes[0].state, State::kMapped);
  EXPECT_THAT(report.codes[0].meanings, ElementsAre("instrument nrs"));
  EXPECT_EQ(report.codes[0].outcomes, (Counts{{"fact", 5}, {"out-of-range", 1}}));
  EXPECT_EQ(report.codes[0].units, (Counts{{"{score}", 6}}));
}

TEST_F(DiscoveryTest, ALocalCodeBesideAMappedOneIsNoCandidate) {
  for (int i = 0; i < 6; ++i) {
    Add("Observation", i, R"("code":{"coding":[{"system":"https://h.example/f","code":"4021","display":"Pain"},
      {"system":"http://loinc.org","code":"72514-3"}]},"valueInteger":7)");
  }
  const auto report = discovery_->Finish();
  ASSERT_EQ(report.codes.size(), 1U);
  EXPECT_EQ(report.codes[0].code, "72514-3");
}

TEST_F(DiscoveryTest, ReadsComponentsAndCodesThatSpeak) {
  for (int i = 0; i < 6; ++i) {
    Add("Observation", i, R"("code":{"coding":[{"system":"https://h.example/f","code":"PANEL"}]},"component":[
      {"code":{"coding":[{"system":"https://h.example/f","code":"PAIN_NRS"}]},"valueString":"7 / 10"}])");
  }
  const auto report = discovery_->Finish();
  ASSERT_EQ(report.codes.size(), 1U);
  EXPECT_EQ(report.codes[0].code, "PAIN_NRS");
  EXPECT_EQ(report.codes[0].shapes, (Counts{{"string \"n/10\"", 6}}));
  EXPECT_EQ(report.summaries.at(0).other_codes, 1);
}

TEST_F(DiscoveryTest, LeavesOutOnPurposeAndByExceptions) {
  for (int i = 0; i < 6; ++i) {
    Add("Observation", i, Coded("http://loinc.org", "75260-0", "Level of pain right now"));
    Add("Observation", i, Coded("https://h.example/f", "1", "Pain location"));
    Add("Observation", i, Coded("https://h.example/f", "2", "Painting class"));
    Add("Procedure", i, Coded("https://h.example/f", "3", "Facet joint fusion"));
    Add("Procedure", i, Coded("https://h.example/f", "3b", "Facetectomy"));
  }
  const auto report = discovery_->Finish();
  ASSERT_EQ(report.codes.size(), 2U);
  EXPECT_EQ(report.codes[0].code, "3");  // the engineer decides; the hint says what not
  EXPECT_EQ(report.codes[1].code, "75260-0");
  EXPECT_EQ(report.codes[1].state, State::kLeftOut);
  EXPECT_FALSE(report.codes[1].why.empty());
}

TEST_F(DiscoveryTest, CountsSitesAnswersAndEncounterClasses) {
  for (int i = 0; i < 6; ++i) {
    Add("Procedure", i, Coded("http://www.ama-assn.org/go/cpt", "64493", "x", R"(,"bodySite":[{"coding":[
      {"system":"http://snomed.info/sct","code":"122496007","display":"Lumbar spine"}]}])"));
    Add("Observation", i, Coded("http://loinc.org", "72514-3", "Pain", R"(,"valueCodeableConcept":{"coding":[
      {"system":"https://h.example/answers","code":"A7"}]},"bodySite":{"text":"low back"})"));
    Add("Encounter", i, R"("class":{"system":"https://h.example/class","code":"DAY"})");
    Add("Observation", i, Coded("http://loinc.org", "8867-4", "Heart rate", R"(,"bodySite":{"coding":[
      {"system":"http://snomed.info/sct","code":"80891009"}]})"));
  }
  const auto report = discovery_->Finish();
  ASSERT_EQ(report.others.size(), 3U);
  EXPECT_EQ(report.others[0].type, "Procedure.bodySite");
  EXPECT_THAT(report.others[0].meanings, testing::Contains("region lumbar"));
  EXPECT_EQ(report.others[1].type, "Observation.value");
  EXPECT_EQ(report.others[1].state, State::kCandidate);
  EXPECT_EQ(report.others[2].type, "Encounter.class");
  EXPECT_EQ(report.others[2].code, "DAY");
  EXPECT_EQ(report.summaries.at(1).site_texts, 6);
}

TEST_F(DiscoveryTest, ACodingWithoutASystemIsToldAndNotDrafted) {
  for (int i = 0; i < 6; ++i) Add("Observation", i, R"("code":{"coding":[{"code":"PAIN","display":"Pain"}]})");
  const auto report = discovery_->Finish();
  ASSERT_EQ(report.codes.size(), 1U);
  EXPECT_THAT(DiscoveryText(report), HasSubstr("(no system)|PAIN"));
  EXPECT_TRUE(DraftOverlay(report).empty());
}

TEST_F(DiscoveryTest, TakesWordsFromSupplements) {
  const auto mapper = LoadWith({R"({"resourceType":"CodeSystem","url":"https://s.example/words","status":"active",
    "content":"supplement","supplements":"https://facet-adapter.org/fhir/CodeSystem/discovery","concept":[
    {"code":"pain-score","property":[{"code":"word","valueString":"schmerz*"}]}]})"});
  Start(*mapper);
  for (int i = 0; i < 6; ++i) AddLocalPain(i, "Schmerzskala");
  const auto report = discovery_->Finish();
  ASSERT_EQ(report.codes.size(), 1U);
  EXPECT_THAT(report.codes[0].words, ElementsAre("schmerz*"));
}

// The draft maps nothing; confirmed, it maps what it says.
TEST_F(DiscoveryTest, DraftsAnOverlayThatWaits) {
  for (int i = 0; i < 6; ++i) {
    AddLocalPain(i);
    Add("Procedure", i, Coded("https://h.example/p", "FJ", "Facet injection lumbar"));
  }
  const auto draft = DraftOverlay(discovery_->Finish());
  ASSERT_EQ(draft.size(), 3U);
  EXPECT_EQ(draft[1].path, "candidates.json");
  const std::string pain =
      R"({"resourceType":"Observation","id":"o","status":"final","subject":{"reference":"Patient/p"},
    "effectiveDateTime":"2026-03-01","valueInteger":7,"code":{"coding":[{"system":"https://h.example/f","code":"4021"}]}})";
  const auto waiting = LoadWith({draft[1].text});
  ASSERT_NE(waiting, nullptr);
  EXPECT_TRUE(Extract(pain, *waiting).facts.scores.empty());
  EXPECT_EQ(Lint(*waiting).size(), 4U);  // the status, and a candidate for each target
  std::string confirmed = draft[1].text;
  for (auto at = confirmed.find("unmatched"); at != std::string::npos; at = confirmed.find("unmatched")) {
    confirmed.replace(at, 9, "equivalent");
  }
  confirmed.replace(confirmed.find("\"draft\""), 7, "\"active\"");
  const auto mapper = LoadWith({confirmed});
  ASSERT_NE(mapper, nullptr);
  EXPECT_TRUE(Lint(*mapper).empty());
  EXPECT_EQ(Extract(pain, *mapper).facts.scores.size(), 1U);
  const json::Document example = ParseOrDie(draft[2].text);
  EXPECT_EQ(example.root()["entry"].size(), 2U);
}

std::string ShapeOfJson(const std::string& members) { return ValueShapeOf(ParseOrDie("{" + members + "}").root()); }

TEST(ValueShapes, AreAClosedList) {
  EXPECT_EQ(ShapeOfJson(R"("valueQuantity":{"value":10})"), "Quantity 0..10");
  EXPECT_EQ(ShapeOfJson(R"("valueQuantity":{"value":10.1})"), "Quantity 10..100");
  EXPECT_EQ(ShapeOfJson(R"("valueQuantity":{"value":100.5})"), "Quantity above 100");
  EXPECT_EQ(ShapeOfJson(R"("valueQuantity":{"value":-1})"), "Quantity below 0");
  EXPECT_EQ(ShapeOfJson(R"("valueQuantity":{"value":3,"comparator":"<"})"), "Quantity with comparator");
  EXPECT_EQ(ShapeOfJson(R"("valueQuantity":{"unit":"score"})"), "Quantity (no number)");
  EXPECT_EQ(ShapeOfJson(R"("valueInteger":0)"), "integer 0..10");
  EXPECT_EQ(ShapeOfJson(R"("valueString":"7")"), "string \"n\"");
  EXPECT_EQ(ShapeOfJson(R"("valueString":" 7,5 out of 10 ")"), "string \"noutof10\"");
  EXPECT_EQ(ShapeOfJson(R"("valueString":"70 %")"), "string \"n%\"");
  EXPECT_EQ(ShapeOfJson(R"("valueString":"5-6")"), "string \"n-n\"");
  EXPECT_EQ(ShapeOfJson(R"("valueString":"better than on Monday 7")"), "string text");
  EXPECT_EQ(ShapeOfJson(R"("valueCodeableConcept":{"coding":[{"code":"x"}]})"), "coded answer");
  EXPECT_EQ(ShapeOfJson(R"("valueCodeableConcept":{"text":"7"})"), "answer text \"n\"");
  EXPECT_EQ(ShapeOfJson(R"("valueBoolean":true)"), "Boolean");
  EXPECT_EQ(ShapeOfJson(R"("dataAbsentReason":{"text":"x"})"), "absent (dataAbsentReason)");
  EXPECT_EQ(ShapeOfJson(R"("component":[{}])"), "components");
  EXPECT_EQ(ShapeOfJson(R"("status":"final")"), "none");
}

}  // namespace
}  // namespace facet::mapping
