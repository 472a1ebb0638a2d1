#pragma once
// Which members of its focus an expression looks at. Where an object has none of them, the result is the one that an
// empty object of the same type gives: it can be computed beforehand.
//
// In the flow: views compile their paths -> MembersRead() -> the view's runner evaluates only what can differ.
// Thread: pure functions. Errors: none.
#include "adapter/fhir/r4_types.hpp"
#include "adapter/fhirpath/expression.hpp"

#include <optional>
#include <string>
#include <vector>

namespace facet::fhirpath {

// JSON keys ("status", "_status", "valueQuantity"). nullopt: the expression, compiled for a focus of this type, may
// look at anything: at the focus as a whole, at variables, at its surroundings.
std::optional<std::vector<std::string>> MembersRead(const Expression& expression, fhir::TypeId focus);

}  // namespace facet::fhirpath
