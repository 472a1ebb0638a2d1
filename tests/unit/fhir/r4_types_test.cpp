// The generated type table: what fhirpath and lint look up.
#include "adapter/fhir/r4_types.hpp"

#include <gtest/gtest.h>

namespace facet::fhir {
namespace {

TEST(R4Types, KnowsTypesAndBases) {
  EXPECT_EQ(FindType("Observation"), TypeId::kObservation);
  EXPECT_EQ(FindType("code"), TypeId::kCode);
  EXPECT_EQ(FindType("observation"), TypeId::kUnknown);
  EXPECT_EQ(FindType(""), TypeId::kUnknown);
  EXPECT_TRUE(IsA(TypeId::kObservation, TypeId::kDomainResource));
  EXPECT_TRUE(IsA(TypeId::kObservation, TypeId::kResource));
  EXPECT_FALSE(IsA(TypeId::kBundle, TypeId::kDomainResource));
  EXPECT_TRUE(IsA(TypeId::kUuid, TypeId::kUri));
  EXPECT_TRUE(IsA(TypeId::kAge, TypeId::kQuantity));
  EXPECT_TRUE(IsPrimitive(TypeId::kInstant));
  EXPECT_FALSE(IsPrimitive(TypeId::kUnknown));
  EXPECT_EQ(DeclaredNameOf(FindType("Observation.component")), "BackboneElement");
  EXPECT_EQ(DeclaredNameOf(FindType("Timing.repeat")), "Element");
}

TEST(R4Types, FindsElementsOfBasesAndChoices) {
  const ElementRow* value = FindElement(TypeId::kObservation, "value");
  ASSERT_NE(value, nullptr);
  EXPECT_TRUE(value->choice());
  EXPECT_EQ(TypesOf(*value).size(), 11U);
  EXPECT_EQ(ChoiceTypeOf(*value, "valueDateTime"), TypeId::kDateTime);
  EXPECT_EQ(ChoiceTypeOf(*value, "valueAddress"), std::nullopt);
  EXPECT_EQ(ChoiceTypeOf(*value, "valuedateTime"), std::nullopt);
  EXPECT_EQ(ChoiceTypeOf(*value, "value"), std::nullopt);
  EXPECT_NE(FindElement(TypeId::kObservation, "contained"), nullptr);
  EXPECT_NE(FindElement(TypeId::kCode, "extension"), nullptr);
  EXPECT_EQ(FindElement(TypeId::kObservation, "valueQuantity"), nullptr);
  EXPECT_EQ(FindElement(TypeId::kUnknown, "id"), nullptr);
  EXPECT_EQ(FindByJsonKey(TypeId::kObservation, "valueQuantity").type, TypeId::kQuantity);
  EXPECT_EQ(FindByJsonKey(TypeId::kPatient, "birthDate").type, TypeId::kDate);
  EXPECT_EQ(FindByJsonKey(TypeId::kPatient, "value").element, nullptr);
  const ElementRow* item = FindElement(FindType("Questionnaire.item"), "item");
  ASSERT_NE(item, nullptr);
  EXPECT_EQ(static_cast<TypeId>(TypesOf(*item)[0]), FindType("Questionnaire.item"));
  EXPECT_TRUE(item->array());
}

TEST(R4Types, OffersTheNearestName) {
  EXPECT_EQ(NearestElement(TypeId::kPatient, "birthdate"), "birthDate");
  EXPECT_EQ(NearestElement(TypeId::kObservation, "valueQuantity"), "value");
  EXPECT_EQ(NearestElement(TypeId::kPatient, "xqzwv"), "");
  EXPECT_EQ(NearestType("Obsevation"), "Observation");
}

}  // namespace
}  // namespace facet::fhir
