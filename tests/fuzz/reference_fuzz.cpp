// Any text as a reference, a code system, a query: understood or not, and what is understood is well-formed.
#include "tests/fuzz/fuzz_check.hpp"

#include "adapter/fhir/codings.hpp"
#include "adapter/fhir/references.hpp"
#include "adapter/fhir/resource.hpp"
#include "adapter/fhir/resource_set.hpp"
#include "adapter/fhir/search_query.hpp"
#include "adapter/json/document.hpp"

#include <cstddef>
#include <cstdint>
#include <string>

namespace {

void CheckReference(std::string_view text) {
  using facet::fhir::ReferenceKind;
  const auto reference = facet::fhir::ParseReference(text);
  if (reference.kind != ReferenceKind::kRelative && reference.kind != ReferenceKind::kAbsolute) return;
  FUZZ_CHECK(facet::fhir::IsResourceType(reference.type));
  FUZZ_CHECK(facet::fhir::IsId(reference.id));
  FUZZ_CHECK(reference.version.empty() || facet::fhir::IsId(reference.version));
  const std::string reduced = facet::fhir::ReduceReference(reference, reference.base);
  FUZZ_CHECK(reduced == std::string(reference.type) + "/" + std::string(reference.id));
  FUZZ_CHECK(facet::fhir::ParseReference(reduced).kind == ReferenceKind::kRelative);
}

// Any JSON as a set of files.
void CheckSet(std::string_view text) {
  const auto document = facet::json::Parse(text);
  if (!document.ok()) return;
  facet::fhir::ResourceSet set;
  set.Add(*document, "f");
  set.Add(*document, "g");
  for (const auto& resource : set.Finish()) {
    FUZZ_CHECK(facet::fhir::ParseReference(resource.reference).kind == facet::fhir::ReferenceKind::kRelative);
    static_cast<void>(set.Resolve(resource.resource["subject"]));
    static_cast<void>(facet::fhir::CodingsOf(resource.resource["code"]));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  CheckReference(text);
  const std::string base = facet::fhir::NormalizeBase(text);
  FUZZ_CHECK(facet::fhir::NormalizeBase(base) == base);
  static_cast<void>(facet::fhir::NormalizeSystem(text));
  static_cast<void>(facet::fhir::Icd10Key(text));
  static_cast<void>(facet::fhir::ParseSearchQuery(text));
  static_cast<void>(facet::fhir::VersionOfEtag(text));
  CheckSet(text);
  return 0;
}
