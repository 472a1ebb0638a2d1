#pragma once
// What every resource has: type, id, version, time of its last change. And the closed list of R4 resource types.
//
// In the flow: json::Value -> here -> references, bundles, mapping, intake.
// Thread: pure functions. Owns: views borrow from the document. Errors: what is not there is empty.
#include "adapter/base/time.hpp"
#include "adapter/json/document.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace facet::fhir {

// A resource type of FHIR R4 (4.0.1).
bool IsResourceType(std::string_view name) noexcept;
// [A-Za-z0-9\-\.]{1,64} (FHIR R4 §2.24.0.1).
bool IsId(std::string_view text) noexcept;

std::string_view TypeOf(json::Value resource) noexcept;     // "" unless an R4 resource type
std::string_view IdOf(json::Value resource) noexcept;       // "" unless a valid id
std::string_view VersionOf(json::Value resource) noexcept;  // meta.versionId
std::optional<UtcInstant> LastUpdatedOf(json::Value resource);
std::string ReferenceTo(json::Value resource);  // "Observation/o1"; "" where type or id is missing

// The version of an ETag: W/"3" and "3" say 3; "" for anything else.
std::string_view VersionOfEtag(std::string_view etag) noexcept;

// Whether version `a` is a higher number than `b`, of any length. Versions that are no numbers are lower than all
// numbers and equal to each other: FHIR gives their order no meaning.
bool IsHigherVersion(std::string_view a, std::string_view b) noexcept;

}  // namespace facet::fhir
