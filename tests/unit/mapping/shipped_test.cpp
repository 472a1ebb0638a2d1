// What is shipped: loads without an error, is free of doubts, and says what the specification says.
#include "mapping_support.hpp"

#include "adapter/fhir/codings.hpp"
#include "adapter/mapping/artefacts.hpp"
#include "adapter/mapping/lint.hpp"
#include "adapter/mapping/terminology/check_digits.hpp"
#include "adapter/mapping/terminology/terminology.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace facet::mapping {
namespace {

using testing::Contains;
using testing::Not;

TEST(ShippedMappings, LoadWithoutErrors) {
  std::vector<Error> errors;
  auto mapper = Mapper::Load(ShippedFiles(), errors);
  EXPECT_TRUE(errors.empty()) << Listed(errors);
  ASSERT_TRUE(mapper.ok());
}

TEST(ShippedMappings, LeaveNoDoubts) {
  for (const LintFinding& finding : Lint(Shipped())) ADD_FAILURE() << finding.artefact << ": " << finding.message;
}

TEST(ShippedMappings, EveryCodePassesItsCheckDigit) {
  std::size_t checked = 0;
  for (const FhirArtefact& artefact : Shipped().artefacts()) {
    for (const char* list : {"include", "exclude"}) {
      for (const json::Value part : artefact.root()["compose"][list].elements()) {
        for (const json::Value one : part["concept"].elements()) {
          EXPECT_TRUE(CheckDigitHolds(fhir::NormalizeSystem(part["system"].string()), one["code"].string()))
              << artefact.url << " " << one["code"].string();
          ++checked;
        }
      }
    }
  }
  EXPECT_GT(checked, 250U);
}

// Codes in circulation that do not exist (clinical catalogue, section 0): never loaded.
TEST(ShippedMappings, NeverLoadInventedCodes) {
  for (const char* code : {"90743009", "395219008", "267073000", "18603003", "427371002", "30367100"}) {
    const RawCoding coding{fhir::kSnomed, code};
    std::vector<Found> found;
    Shipped().terminology().Find({&coding, 1}, ~TypeMask{0}, found);
    EXPECT_TRUE(found.empty()) << code;
  }
}

TEST(ShippedMappings, EveryFactKindHasACode) {
  std::vector<std::string> unused;
  for (const Target target : {Target::kInterventionKind, Target::kFinding, Target::kCaution, Target::kInstrument,
                              Target::kScreen, Target::kRegion, Target::kSide, Target::kApproach, Target::kIntent}) {
    for (const Concept& one : Shipped().terminology().ConceptsOf(target)) {
      bool used = !one.patterns.empty();
      for (const FhirArtefact& artefact : Shipped().artefacts()) {
        if (artefact.type != "ValueSet" && artefact.type != "ConceptMap") continue;
        const std::string text = json::Canonical(artefact.root());
        used = used || text.find("\"code\":\"" + one.code + "\"") != std::string::npos;
      }
      if (!used) unused.push_back(one.code);
    }
  }
  // Derived by the sessions, or mapped by a site.
  EXPECT_THAT(unused, testing::UnorderedElementsAre("scs-trial", "scs-implant"));
}

TEST(ShippedMappings, SearchCodesAreExactAndSorted) {
  const auto procedures = Shipped().SearchCodes("Procedure");
  EXPECT_TRUE(std::is_sorted(procedures.begin(), procedures.end()));
  EXPECT_THAT(procedures, Contains("http://www.ama-assn.org/go/cpt|64490"));
  EXPECT_THAT(procedures, Contains("http://www.ama-assn.org/go/cpt|64635"));
  EXPECT_THAT(procedures, Contains("https://fhir.hl7.org.uk/CodeSystem/OPCS-4|V54.4"));
  EXPECT_THAT(procedures, Contains("http://loinc.org|30817-1"));
  // Nonspecific: never a fact alone.
  EXPECT_THAT(procedures, Not(Contains("http://www.cms.gov/Medicare/Coding/ICD10|3E0U33Z")));
  EXPECT_THAT(procedures, Not(Contains("http://loinc.org|35932-3")));
  EXPECT_THAT(procedures, Not(Contains("http://www.ama-assn.org/go/cpt|78803")));
  const auto facet = Shipped().FacetCodes();
  EXPECT_THAT(facet, Contains("http://www.ama-assn.org/go/cpt|64490"));
  EXPECT_THAT(facet, Not(Contains("http://www.ama-assn.org/go/cpt|64635")));
  const auto observations = Shipped().SearchCodes("Observation");
  EXPECT_THAT(observations, Contains("http://loinc.org|72514-3"));
  EXPECT_THAT(observations, Contains("http://loinc.org|44261-6"));
  EXPECT_THAT(observations, Contains("https://facet-adapter.org/fhir/CodeSystem/observation|percent-remaining"));
  for (const char* code : {"75260-0", "75261-8", "75262-6", "56840-2", "77865-4"}) {
    EXPECT_THAT(observations, Not(Contains(std::string("http://loinc.org|") + code)));
  }
  EXPECT_TRUE(Shipped().SearchCodes("Organization").empty());
}

TEST(ShippedMappings, HashIsThatOfTheContent) {
  EXPECT_EQ(Shipped().hash().size(), 64U);
  std::vector<SourceFile> turned = ShippedFiles();
  std::reverse(turned.begin(), turned.end());
  std::vector<Error> errors;
  auto again = Mapper::Load(turned, errors);
  ASSERT_TRUE(again.ok()) << Listed(errors);
  EXPECT_EQ((*again)->hash(), Shipped().hash());
  const auto changed = LoadWith({R"({"resourceType":"ValueSet","url":"https://s.example/vs","status":"active",
    "compose":{"include":[{"system":"https://s.example/cs","concept":[{"code":"a"}]}]}})"});
  ASSERT_NE(changed, nullptr);
  EXPECT_NE(changed->hash(), Shipped().hash());
}

TEST(ShippedMappings, GiveOtherArtefactsByUrl) {
  const json::Value set = Shipped().Artefact("https://facet-adapter.org/fhir/ValueSet/facet-procedure|9.9");
  EXPECT_EQ(set["resourceType"].string(), "ValueSet");
  EXPECT_TRUE(Shipped().Artefact("https://facet-adapter.org/fhir/ValueSet/none").missing());
  EXPECT_FALSE(Shipped().ArtefactsOfType("ViewDefinition").empty());
  EXPECT_TRUE(Shipped().ArtefactsOfType("Library").empty());
}

}  // namespace
}  // namespace facet::mapping
