#pragma once
// The facts of one resource as NDJSON, one fact a line: what people who write mappings look at, and what
// fhir-mappings/examples/ expects. Holds clinical values: never for a log.
//
// Thread: pure. Errors: none.
#include "adapter/mapping/mapper.hpp"

#include <string>

namespace facet::mapping {

// Each line has "fact" and "resource"; members are never omitted, what is absent is null.
void AppendFactLines(const Extraction& extraction, std::string& out);

}  // namespace facet::mapping
