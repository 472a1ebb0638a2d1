#pragma once
// A file's text as resources of one set: a resource or Bundle, or one a line (NDJSON).
// Thread: pure. Errors: appended, each with "name:line:column" or "name:line".
#include "adapter/base/result.hpp"
#include "adapter/fhir/resource_set.hpp"

#include <string>
#include <vector>

namespace facet::app {

void AddInput(const std::string& name, const std::string& content, fhir::ResourceSet& set, std::vector<Error>& errors);

}  // namespace facet::app
