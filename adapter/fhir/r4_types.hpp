#pragma once
// The R4 type table: every type, its base, its elements with their types, generated from the StructureDefinitions of
// FHIR R4 (generate_r4_types.py). A backbone element is a type of its own, named by its path ("Patient.contact").
//
// In the flow: fhirpath navigates JSON with it; lint and static checks look names up in it.
// Thread: constant data. Errors: none; an unknown name is kUnknown or nullptr.
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace facet::fhir {

// The index of a type in the table. Backbone types have no enumerator; they are found by name.
enum class TypeId : std::uint16_t {
  kUnknown = 0,
#include "adapter/fhir/r4_type_ids.inc"
};

enum class TypeKind : std::uint8_t { kPrimitive, kComplex, kResource, kBackbone };

// The index of an element name ("birthDate") in the table of all element names.
enum class NameId : std::uint16_t { kUnknown = 0xFFFF };

struct ElementRow {
  std::uint16_t name = 0;
  std::uint16_t first_type = 0;
  std::uint8_t type_count = 0;
  std::uint8_t flags = 0;
  bool array() const noexcept { return (flags & 1) != 0; }
  bool choice() const noexcept { return (flags & 2) != 0; }  // value[x]: in JSON the key carries the type
};

struct TypeRow {
  std::string_view name;
  std::uint16_t base = 0;
  std::uint16_t first_element = 0;
  std::uint8_t element_count = 0;
  std::uint8_t kind = 0;
};

TypeId FindType(std::string_view name) noexcept;        // "Patient", "code", "Patient.contact"
std::string_view NameOf(TypeId type) noexcept;          // "Patient.contact"; "" for kUnknown
std::string_view DeclaredNameOf(TypeId type) noexcept;  // as FHIRPath's type() says it: "BackboneElement"
TypeKind KindOf(TypeId type) noexcept;
TypeId BaseOf(TypeId type) noexcept;
bool IsA(TypeId type, TypeId ancestor) noexcept;
inline bool IsPrimitive(TypeId type) noexcept {
  return type != TypeId::kUnknown && KindOf(type) == TypeKind::kPrimitive;
}
inline bool IsResource(TypeId type) noexcept { return KindOf(type) == TypeKind::kResource; }

NameId FindName(std::string_view name) noexcept;
std::string_view NameOf(NameId name) noexcept;

// The element of a type or of its bases; nullptr if it has none of that name.
const ElementRow* FindElement(TypeId type, NameId name) noexcept;
inline const ElementRow* FindElement(TypeId type, std::string_view name) noexcept {
  const NameId id = FindName(name);
  return id == NameId::kUnknown ? nullptr : FindElement(type, id);
}
std::span<const std::uint16_t> TypesOf(const ElementRow& element) noexcept;  // cast each to TypeId
std::string_view NameOf(const ElementRow& element) noexcept;

struct Choice {
  const ElementRow* element = nullptr;
  TypeId type = TypeId::kUnknown;
};
// Of a JSON key "valueQuantity": the element "value" and the type Quantity, if `element` is that choice.
std::optional<TypeId> ChoiceTypeOf(const ElementRow& element, std::string_view json_key) noexcept;
// Of any JSON key of a type: its element and type ("birthDate", "valueQuantity"); element nullptr if unknown.
Choice FindByJsonKey(TypeId type, std::string_view json_key) noexcept;

std::vector<std::string_view> ElementNamesOf(TypeId type);  // with those of its bases, each once
// The closest candidate by edit distance, or "" where nothing is near (more than a third of the letters differ).
std::string_view Nearest(std::string_view name, std::span<const std::string_view> candidates);
std::string_view NearestElement(TypeId type, std::string_view name);
std::string_view NearestType(std::string_view name);

}  // namespace facet::fhir
