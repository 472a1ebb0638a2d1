#pragma once
// htmlChecks(): is a narrative's XHTML within what FHIR R4 §2.4.0 allows?
//
// Thread: a function of its argument. Errors: none.
#include <string_view>

namespace facet::fhirpath {

// Well-formed, one <div>, only the elements and attributes that narratives may use, no scripts, forms or active links.
bool IsNarrativeHtml(std::string_view text);

}  // namespace facet::fhirpath
