#pragma once
// Codings made comparable: one spelling a code system, cleaned codes, ICD-10 with and without its dot. `display` is
// never read: public tables label codes wrongly (clinical specification, section 1, "Codes").
//
// In the flow: CodeableConcepts -> Coding -> value sets and concept maps of mapping.
// Thread: pure functions. Owns: values. Errors: none; a coding without system or code is no Coding.
#include "adapter/json/document.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace facet::fhir {

inline constexpr std::string_view kLoinc = "http://loinc.org";
inline constexpr std::string_view kSnomed = "http://snomed.info/sct";
inline constexpr std::string_view kCpt = "http://www.ama-assn.org/go/cpt";
inline constexpr std::string_view kIcd10Cm = "http://hl7.org/fhir/sid/icd-10-cm";
inline constexpr std::string_view kIcd10 = "http://hl7.org/fhir/sid/icd-10";
inline constexpr std::string_view kIcd10Pcs = "http://www.cms.gov/Medicare/Coding/ICD10";
inline constexpr std::string_view kRxNorm = "http://www.nlm.nih.gov/research/umls/rxnorm";
inline constexpr std::string_view kHcpcs = "http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets";
inline constexpr std::string_view kUcum = "http://unitsofmeasure.org";
inline constexpr std::string_view kActCode = "http://terminology.hl7.org/CodeSystem/v3-ActCode";

struct Coding {
  std::string system;  // normalised
  std::string code;    // cleaned
  friend bool operator==(const Coding&, const Coding&) = default;
};

// The one spelling in which systems are compared: http for https, scheme and host in lower case, no slash at the end,
// no "|version"; the OID and the other spellings of a known system become its URL. Other systems keep the rest of
// theirs, so a site's own system compares by the same rules.
std::string NormalizeSystem(std::string_view system);

// Without outer blanks and one leading '+' (add-on codes are written "+64491").
std::string_view CleanCode(std::string_view code) noexcept;

// nullopt for a Coding element without system or code.
std::optional<Coding> ReadCoding(json::Value coding);
// Of a CodeableConcept (its `coding`), or of a list of them; in their order. A lone Coding element is one.
std::vector<Coding> CodingsOf(json::Value concept_or_list);

// ICD-10-CM matches on the characters of the code, with or without the dot, also under ICD-10 (clinical
// specification, section 1). `system` is normalised.
bool IsIcd10(std::string_view system) noexcept;
std::string Icd10Key(std::string_view code);  // "M47.816" -> "M47816"
bool Icd10HasPrefix(std::string_view code, std::string_view prefix);

}  // namespace facet::fhir
