#pragma once
// Check digits of code systems that have them. A code that fails was mistyped or invented; one that passes need not be
// right.
#include <string_view>

namespace facet::mapping {

// LOINC numbers ("72514-3"): mod 10 over the digits (LOINC Users' Guide, appendix C).
bool LoincCheckDigitHolds(std::string_view code) noexcept;
// SNOMED CT identifiers: Verhoeff over all digits (SNOMED CT Release File Specifications §6.4).
bool SnomedCheckDigitHolds(std::string_view code) noexcept;
// Of a code under a normalised system URL; systems without check digits hold always.
bool CheckDigitHolds(std::string_view system, std::string_view code) noexcept;

}  // namespace facet::mapping
