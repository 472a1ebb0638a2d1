// Layers of mappings, and what is refused with its place.
#include "mapping_support.hpp"

#include "adapter/mapping/artefacts.hpp"
#include "adapter/mapping/layers.hpp"
#include "adapter/mapping/lint.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace facet::mapping {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

std::string ValueSet(const std::string& url, const std::string& code, const std::string& status = "active") {
  return R"({"resourceType":"ValueSet","url":")" + url + R"(","status":")" + status +
         R"(","extension":[{"url":"https://facet-adapter.org/fhir/StructureDefinition/means","extension":[
           {"url":"concept","valueCoding":{"system":"https://facet-adapter.org/fhir/CodeSystem/fact","code":"facet-procedure"}},
           {"url":"in","valueCode":"Procedure"}]}],
         "compose":{"include":[{"system":"https://s.example/cs","concept":[{"code":")" +
         code + R"("}]}]}})";
}

bool IsFacet(const Mapper& mapper, const std::string& system, const std::string& code) {
  return Extract(R"({"resourceType":"Procedure","id":"p","status":"completed","subject":{"reference":"Patient/p1"},
    "performedDateTime":"2026-03-05","code":{"coding":[{"system":")" +
                     system + R"(","code":")" + code + R"("}]}})",
                 mapper)
      .facet_procedure;
}

constexpr const char* kShippedSet = "https://facet-adapter.org/fhir/ValueSet/facet-procedure";
constexpr const char* kCpt = "http://www.ama-assn.org/go/cpt";

TEST(Layers, AddReplaceAndRemove) {
  const auto added = LoadWith({ValueSet("https://s.example/vs", "FJ")});
  EXPECT_TRUE(IsFacet(*added, "https://s.example/cs", "FJ"));
  EXPECT_TRUE(IsFacet(*added, kCpt, "64493"));
  const auto replaced = LoadWith({ValueSet(kShippedSet, "FJ")});
  EXPECT_TRUE(IsFacet(*replaced, "https://s.example/cs", "FJ"));
  EXPECT_FALSE(IsFacet(*replaced, kCpt, "64493"));
  const auto removed = LoadWith({ValueSet(kShippedSet, "FJ", "retired")});
  EXPECT_FALSE(IsFacet(*removed, "https://s.example/cs", "FJ"));
  EXPECT_FALSE(IsFacet(*removed, kCpt, "64493"));
}

TEST(Layers, LaterOverlaysWin) {
  std::vector<Error> errors;
  const auto artefacts = LoadArtefacts({{"a.json", "shipped", ValueSet("https://s.example/vs", "A")},
                                        {"b.json", "/etc/one", ValueSet("https://s.example/vs", "B")},
                                        {"c.json", "/etc/two", ValueSet("https://s.example/vs", "C")}},
                                       errors);
  ASSERT_TRUE(errors.empty()) << Listed(errors);
  ASSERT_EQ(artefacts.size(), 1U);
  EXPECT_EQ(artefacts[0].origin, "/etc/two");
  EXPECT_EQ(artefacts[0].path, "c.json");
}

std::vector<Error> ErrorsOf(const std::vector<std::string>& overlay) {
  std::vector<SourceFile> files = ShippedFiles();
  for (std::size_t i = 0; i < overlay.size(); ++i) {
    files.push_back({"site/" + std::to_string(i) + ".json", "site", overlay[i]});
  }
  std::vector<Error> errors;
  EXPECT_FALSE(Mapper::Load(files, errors).ok());
  return errors;
}

std::string FirstError(const std::vector<std::string>& overlay) {
  const auto errors = ErrorsOf(overlay);
  return errors.empty() ? "" : errors[0].ToString();
}

TEST(Layers, RefuseTheSameUrlTwiceInOneLayer) {
  const std::string error = FirstError({ValueSet("https://s.example/vs", "A"), ValueSet("https://s.example/vs", "B")});
  EXPECT_THAT(error, StartsWith("site/1.json:1:"));
  EXPECT_THAT(error, HasSubstr("site/0.json"));
  EXPECT_THAT(error, HasSubstr("mapping.conflict"));
}

TEST(Layers, ReportEveryProblemAtOnce) {
  const auto errors = ErrorsOf({"{", "{}", R"({"resourceType":"ValueSet"})", "[1,\n 2"});
  ASSERT_EQ(errors.size(), 4U) << Listed(errors);
  EXPECT_THAT(errors[0].where, StartsWith("site/0.json:1:"));
  EXPECT_EQ(errors[1].where, "site/1.json:1:1");
  EXPECT_EQ(errors[2].where, "site/2.json:1:1");
  EXPECT_THAT(errors[3].where, StartsWith("site/3.json:2:"));
}

TEST(Mappings, RefuseWhatCannotBeMeant) {
  const auto set = [](const std::string& compose) {
    return FirstError({"{\"resourceType\":\"ValueSet\",\"url\":\"https://s.example/vs\",\n" + compose + "}"});
  };
  EXPECT_THAT(set(R"("compose":{"include":[{"system":"http://snomed.info/sct","concept":[{"code":"90743009"}]}]})"),
              testing::AllOf(StartsWith("site/0.json:2:"), HasSubstr("check digit")));
  EXPECT_THAT(set(R"("compose":{"include":[{"system":"http://loinc.org","concept":[{"code":"72514-4"}]}]})"),
              HasSubstr("check digit"));
  EXPECT_THAT(set(R"("compose":{"include":[{"valueSet":["https://s.example/none"]}]})"), HasSubstr("mapping.missing"));
  EXPECT_THAT(set(R"("compose":{"include":[{"valueSet":["https://s.example/vs"]}]})"), HasSubstr("contains itself"));
  EXPECT_THAT(set(R"("compose":{"include":[{"system":"http://loinc.org"}]})"), HasSubstr("whole code system"));
  EXPECT_THAT(
      set(R"("compose":{"include":[{"system":"http://loinc.org","filter":[{"property":"code","op":"regex","value":"7.*4"}]}]})"),
      HasSubstr("needs the code system"));
  EXPECT_THAT(set(R"("compose":{"include":[{}]})"), HasSubstr("needs a system"));
  EXPECT_THAT(set(R"("x":1)"), HasSubstr("compose or expansion"));
  const auto means = [](const std::string& system, const std::string& code, const std::string& in) {
    std::string text = ValueSet("https://s.example/vs", "A");
    text.replace(text.find("https://facet-adapter.org/fhir/CodeSystem/fact"), 46, system);
    text.replace(text.find("facet-procedure"), 15, code);
    text.replace(text.find("\"Procedure\""), 11, "\"" + in + "\"");
    return FirstError({text});
  };
  EXPECT_THAT(means("https://s.example/cs", "a", "Procedure"), HasSubstr("adapter's code systems"));
  EXPECT_THAT(means("https://facet-adapter.org/fhir/CodeSystem/finding", "gout", "Condition"), HasSubstr("no concept"));
  EXPECT_THAT(means("https://facet-adapter.org/fhir/CodeSystem/finding", "stenosis", "Conditions"),
              HasSubstr("no resource type"));
}

TEST(Mappings, OfPercentReliefMustSayTheDirection) {
  const auto map = [](const std::string& target) {
    return R"({"resourceType":"ConceptMap","url":"https://s.example/cm","status":"active","group":[
      {"source":"https://s.example/cs","target":"https://facet-adapter.org/fhir/CodeSystem/instrument","element":[
        {"code":"REL","target":[{"code":"percent-relief","equivalence":"equivalent")" +
           target + "}]}]}]}";
  };
  EXPECT_THAT(FirstError({map("")}), HasSubstr("direction"));
  EXPECT_THAT(
      FirstError({map(
          R"(,"product":[{"property":"https://facet-adapter.org/fhir/StructureDefinition/direction","value":"up"}])")}),
      HasSubstr("direction"));
  const auto mapper = LoadWith({map(
      R"(,"product":[{"property":"https://facet-adapter.org/fhir/StructureDefinition/direction","value":"remaining"}])")});
  ASSERT_NE(mapper, nullptr);
  const Extraction extraction = Extract(R"({"resourceType":"Observation","id":"o","status":"final",
    "subject":{"reference":"Patient/p1"},"effectiveDateTime":"2026-03-05","valueInteger":30,
    "code":{"coding":[{"system":"https://s.example/cs","code":"REL"}]}})",
                                        *mapper);
  ASSERT_EQ(extraction.facts.reliefs.size(), 1U);
  EXPECT_EQ(extraction.facts.reliefs[0].percent, Decimal(70));
}

TEST(Mappings, RefuseConceptsTheProgramDoesNotKnow) {
  EXPECT_THAT(FirstError({R"({"resourceType":"CodeSystem","url":"https://facet-adapter.org/fhir/CodeSystem/side",
    "status":"active","content":"complete","concept":[{"code":"left"},{"code":"right"},{"code":"bilateral"},{"code":"middle"}]})"}),
              HasSubstr("middle"));
}

TEST(Mappings, TakeWordsFromSupplements) {
  const auto mapper = LoadWith({R"({"resourceType":"CodeSystem","url":"https://s.example/words","status":"active",
    "content":"supplement","supplements":"https://facet-adapter.org/fhir/CodeSystem/region|1.0.0","concept":[
    {"code":"lumbar","property":[{"code":"text-pattern","valueString":"\\bLWS\\b"}]}]})"});
  ASSERT_NE(mapper, nullptr);
  const Extraction extraction = Extract(R"({"resourceType":"Procedure","id":"p","status":"completed",
    "subject":{"reference":"Patient/p1"},"performedDateTime":"2026-03-05","code":{"text":"Infiltration LWS",
    "coding":[{"system":"http://www9.health.gov.au/mbs","code":"39013"}]}})",
                                        *mapper);
  ASSERT_EQ(extraction.facts.procedures.size(), 1U);
  EXPECT_EQ(extraction.facts.procedures[0].region, clinical::Region::kLumbar);
  EXPECT_THAT(FirstError({R"({"resourceType":"CodeSystem","url":"https://s.example/words","content":"supplement",
    "supplements":"https://facet-adapter.org/fhir/CodeSystem/region","concept":[
    {"code":"lumbar","property":[{"code":"text-pattern","valueString":"(LWS"}]}]})"}),
              HasSubstr("not a pattern"));
}

TEST(Mappings, ChainTranslations) {
  const auto mapper = LoadWith({R"({"resourceType":"ConceptMap","url":"https://s.example/cm","status":"active","group":[
      {"source":"https://s.example/a","target":"https://s.example/b","element":[{"code":"1","target":[{"code":"2"}]}]},
      {"source":"https://s.example/b","target":"http://www.ama-assn.org/go/cpt","element":[{"code":"2","target":[{"code":"64494"}]}]},
      {"source":"https://s.example/c","target":"https://s.example/c","element":[{"code":"3","target":[{"code":"3"}]}]}]})"});
  EXPECT_TRUE(IsFacet(*mapper, "https://s.example/a", "1"));
  EXPECT_FALSE(IsFacet(*mapper, "https://s.example/c", "3"));
  EXPECT_THAT(mapper->SearchCodes("Procedure"), testing::Contains("https://s.example/a|1"));
}

std::string Map(const std::string& url, const std::string& code, const std::string& target_system,
                const std::string& target, const std::string& equivalence = "equivalent") {
  return R"({"resourceType":"ConceptMap","url":")" + url + R"(","status":"active","group":[{
    "source":"https://s.example/cs","target":")" +
         target_system + R"(","element":[{"code":")" + code + R"(","target":[{"code":")" + target +
         R"(","equivalence":")" + equivalence + R"("}]}]}]})";
}
constexpr const char* kOwnCodes = "https://facet-adapter.org/fhir/CodeSystem/observation";

TEST(Layers, RefuseMapsThatContradictEachOther) {
  const std::string pain = Map("https://s.example/a", "P", "http://loinc.org", "72514-3");
  const std::string relief = Map("https://s.example/b", "P", kOwnCodes, "percent-relief");
  const std::string remaining = Map("https://s.example/c", "P", kOwnCodes, "percent-remaining");
  for (const auto& [a, b] : {std::pair(pain, relief), std::pair(relief, remaining)}) {
    const std::string error = FirstError({a, b});
    EXPECT_THAT(error, HasSubstr("mapping.conflict"));
    EXPECT_THAT(error, HasSubstr("site/0.json:"));
    EXPECT_THAT(error, HasSubstr("site/1.json:"));
    EXPECT_THAT(error, HasSubstr("https://s.example/cs|P"));
    EXPECT_THAT(error, HasSubstr("retire"));
  }
  // Two instruments of one kind are alternatives; the same answer twice is no contradiction.
  EXPECT_NE(LoadWith({pain, Map("https://s.example/d", "P", "http://loinc.org", "38208-5")}), nullptr);
  EXPECT_NE(LoadWith({pain, Map("https://s.example/d", "Q", kOwnCodes, "percent-relief")}), nullptr);
}

TEST(Layers, RefuseOneUrlOfTwoTypes) {
  const std::string error = FirstError({Map(kShippedSet, "P", "http://loinc.org", "72514-3")});
  EXPECT_THAT(error, HasSubstr("mapping.conflict"));
  EXPECT_THAT(error, HasSubstr("shipped"));
  EXPECT_THAT(error, HasSubstr("site"));
}

TEST(Layers, TellWhatEachDid) {
  const std::vector<SourceFile> files = {{"a.json", "shipped", ValueSet("https://s.example/vs", "A")},
                                         {"b.json", "shipped", ValueSet("https://s.example/gone", "B")},
                                         {"c.json", "site", ValueSet("https://s.example/vs", "C")},
                                         {"d.json", "site", ValueSet("https://s.example/gone", "B", "retired")},
                                         {"e.json", "site", ValueSet("https://s.example/new", "E")},
                                         {"f.json", "site", ValueSet("https://s.example/gona", "F", "retired")}};
  std::string told;
  for (const LayerStep& step : LayerSteps(files)) {
    told += step.path + " " + std::string(NameOf(step.action)) + (step.in_effect ? "" : ", not in effect") +
            (step.before_path.empty() ? "" : " (" + step.before_origin + " " + step.before_path + ")") + "\n";
  }
  EXPECT_EQ(told, "f.json removes nothing, not in effect\nb.json adds, not in effect\n"
                  "d.json removes, not in effect (shipped b.json)\ne.json adds\n"
                  "a.json adds, not in effect\nc.json replaces (shipped a.json)\n");
  const auto doubts = LintLayers(files);
  ASSERT_EQ(doubts.size(), 1U);
  EXPECT_THAT(doubts[0].message, HasSubstr("did you mean \"https://s.example/gone\"?"));
  EXPECT_THAT(PlaceOf(doubts[0], files), StartsWith("f.json:1:"));
  EXPECT_TRUE(IsCompleteSet(ShippedFiles()));
  EXPECT_FALSE(IsCompleteSet(files));
}

std::vector<LintFinding> DoubtsOf(const std::string& artefact) {
  const auto mapper = LoadWith({artefact});
  return mapper == nullptr ? std::vector<LintFinding>{} : Lint(*mapper);
}

TEST(Lint, OffersTheNearestName) {
  auto doubts = DoubtsOf(R"({"resourceType":"ConceptMap","url":"https://s.example/cm","status":"active",
    "group":[{"source":"https://s.example/cs","target":"http://loinc.org",
      "element":[{"code":"1","targets":[],"target":[{"code":"72514-3"}]}]}]})");
  ASSERT_EQ(doubts.size(), 1U);
  EXPECT_EQ(doubts[0].pointer, "/group/0/element/0/targets");
  EXPECT_THAT(doubts[0].message, HasSubstr("did you mean \"target\"?"));
  doubts = DoubtsOf(R"({"resourceType":"ConceptMap","url":"https://s.example/cm","status":"active",
    "group":[{"source":"http://loinc.com","target":"http://loinc.org",
      "element":[{"code":"1","target":[{"code":"72514-3"}]}]}]})");
  ASSERT_EQ(doubts.size(), 1U);
  EXPECT_EQ(doubts[0].pointer, "/group/0/source");
  EXPECT_THAT(doubts[0].message, HasSubstr("did you mean \"http://loinc.org\"?"));
  doubts = DoubtsOf(R"({"resourceType":"ViewDefinition","url":"https://s.example/v","name":"v","status":"active",
    "extension":[{"url":"https://facet-adapter.org/fhir/StructureDefinition/view-shape","valueCode":"score"}],
    "resource":"Observation","select":[{"column":[{"name":"id","path":"id"},{"name":"valu_text","path":"status"}]}]})");
  ASSERT_EQ(doubts.size(), 1U);
  EXPECT_EQ(doubts[0].pointer, "/select/0/column/1/name");
  EXPECT_THAT(doubts[0].message, HasSubstr("did you mean \"value_text\"?"));
}

TEST(Lint, TellsWhatHasNoEffect) {
  auto doubts = DoubtsOf(Map("https://s.example/cm", "1", "http://loinc.org", "39156-5"));
  ASSERT_EQ(doubts.size(), 1U);
  EXPECT_THAT(doubts[0].message, HasSubstr("means nothing"));
  doubts = DoubtsOf(R"({"resourceType":"ValueSet","url":"https://s.example/vs","status":"draft",
    "compose":{"include":[{"system":"https://s.example/cs","concept":[{"code":"a"}]}]}})");
  ASSERT_EQ(doubts.size(), 2U);
  EXPECT_EQ(doubts[0].pointer, "/status");
  EXPECT_THAT(doubts[1].message, HasSubstr("nothing says what its codes mean"));
  doubts = DoubtsOf(Map("https://s.example/cm", "1", "http://loinc.org", "72514-3", "unmatched"));
  ASSERT_EQ(doubts.size(), 1U);
  EXPECT_THAT(doubts[0].message, HasSubstr("candidate"));
}

TEST(Lint, NamesWhatIsDoubtful) {
  const auto mapper = LoadWith({R"({"resourceType":"ConceptMap","url":"https://s.example/cm","status":"active","group":[
      {"source":"LOCAL","target":"http://loinc.org","element":[{"code":"1"}]}]})"});
  const auto findings = Lint(*mapper);
  ASSERT_EQ(findings.size(), 2U);
  EXPECT_EQ(findings[0].artefact, "https://s.example/cm");
  EXPECT_EQ(findings[0].origin, "site");
  EXPECT_THAT(findings[0].message, HasSubstr("no URI"));
  EXPECT_THAT(findings[1].message, HasSubstr("no target"));
}

}  // namespace
}  // namespace facet::mapping
