#include "adapter/fhir/codings.hpp"

#include <algorithm>
#include <array>

namespace facet::fhir {
namespace {

struct Alias {
  std::string_view spelling;  // already without version, slash at the end, https and upper-case hosts
  std::string_view system;
};

// OIDs: HL7 OID registry, as listed by the clinical specification, section 1; of ActCode (the classes of encounters) as
// its CodeSystem resource says, which was http://hl7.org/fhir/v3/ActCode before R4.
constexpr auto kAliases = std::to_array<Alias>({
    {"urn:oid:2.16.840.1.113883.6.1", kLoinc},
    {"urn:oid:2.16.840.1.113883.6.96", kSnomed},
    {"urn:oid:2.16.840.1.113883.6.12", kCpt},
    {"urn:oid:2.16.840.1.113883.6.90", kIcd10Cm},
    {"urn:oid:2.16.840.1.113883.6.3", kIcd10},
    {"urn:oid:2.16.840.1.113883.6.4", kIcd10Pcs},
    {"urn:oid:2.16.840.1.113883.6.88", kRxNorm},
    {"urn:oid:2.16.840.1.113883.6.285", kHcpcs},
    {"urn:oid:2.16.840.1.113883.6.8", kUcum},
    {"http://hl7.org/fhir/sid/icd-10-pcs", kIcd10Pcs},
    {"urn:oid:2.16.840.1.113883.5.4", kActCode},
    {"http://hl7.org/fhir/v3/ActCode", kActCode},
});

constexpr std::string_view kBlanks = " \t\r\n";

std::string_view Trim(std::string_view text) {
  const std::size_t first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

char ToLower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

void LowerPrefix(std::string& text, std::size_t size) {
  const auto end = text.begin() + static_cast<std::ptrdiff_t>(std::min(size, text.size()));
  std::transform(text.begin(), end, text.begin(), ToLower);
}

}  // namespace

std::string NormalizeSystem(std::string_view system) {
  system = Trim(system);
  std::string out(system.substr(0, system.find('|')));
  if (out.ends_with('/')) out.pop_back();
  const std::size_t scheme_end = out.find("://");
  if (scheme_end != std::string::npos) {
    LowerPrefix(out, out.find('/', scheme_end + 3));
    if (out.starts_with("https://")) out.erase(4, 1);
  } else {
    constexpr std::string_view kOid = "urn:oid:";
    std::string head = out.substr(0, kOid.size());
    LowerPrefix(head, head.size());
    if (head == kOid) out.replace(0, kOid.size(), kOid);
  }
  for (const Alias& alias : kAliases) {
    if (alias.spelling == out) return std::string(alias.system);
  }
  return out;
}

std::string_view CleanCode(std::string_view code) noexcept {
  code = Trim(code);
  if (code.starts_with('+')) code = Trim(code.substr(1));
  return code;
}

std::optional<Coding> ReadCoding(json::Value coding) {
  const std::string_view code = CleanCode(coding["code"].string());
  if (code.empty()) return std::nullopt;
  std::string system = NormalizeSystem(coding["system"].string());
  if (system.empty()) return std::nullopt;
  return Coding{std::move(system), std::string(code)};
}

std::vector<Coding> CodingsOf(json::Value concept_or_list) {
  std::vector<Coding> out;
  const auto add = [&out](json::Value coding) {
    if (auto read = ReadCoding(coding)) out.push_back(std::move(*read));
  };
  const auto add_concept = [&add](json::Value element) {
    add(element);  // a Coding element; a CodeableConcept has no `code`
    for (const json::Value coding : element["coding"].elements()) add(coding);
  };
  if (concept_or_list.is_object()) add_concept(concept_or_list);
  for (const json::Value element : concept_or_list.elements()) add_concept(element);
  return out;
}

bool IsIcd10(std::string_view system) noexcept { return system == kIcd10Cm || system == kIcd10; }

std::string Icd10Key(std::string_view code) {
  constexpr std::size_t kDotAt = 3;
  std::string out(CleanCode(code));
  if (out.size() > kDotAt && out[kDotAt] == '.') out.erase(kDotAt, 1);
  return out;
}

bool Icd10HasPrefix(std::string_view code, std::string_view prefix) {
  return Icd10Key(code).starts_with(Icd10Key(prefix));
}

}  // namespace facet::fhir
