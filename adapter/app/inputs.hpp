#pragma once
// A file's text as resources of one set: a resource or Bundle, or one a line (NDJSON).
// Thread: pure. Errors: appended, each with "name:line:column" or "name:line".
#include "adapter/base/result.hpp"
#include "adapter/fhir/resource_set.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace facet::app {

// Of a text that is no JSON as a whole: NDJSON (its name says so, or one of its first lines is a resource).
bool LooksLikeLines(const std::string& name, std::string_view text);
void AddInput(const std::string& name, const std::string& content, fhir::ResourceSet& set, std::vector<Error>& errors);

}  // namespace facet::app
