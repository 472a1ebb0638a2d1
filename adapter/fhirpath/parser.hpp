#pragma once
// Tokens to a Program, by precedence climbing; then check.cpp adds static types.
//
// Thread: none of its own. Errors: as Compile (expression.hpp).
#include "adapter/fhirpath/expression.hpp"
#include "adapter/fhirpath/program.hpp"

namespace facet::fhirpath {

Status Parse(Program& program, const CompileOptions& options);
// Static types: fills known elements and the result type; with `strict` refuses misspelt elements, impossible
// comparisons and unknown variables.
Status Check(Program& program, const CompileOptions& options);

}  // namespace facet::fhirpath
