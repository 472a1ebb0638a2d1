#pragma once
// What is doubtful in a set of mappings that loads: for `mappings lint` and `check`. What is wrong is an error of Load
// already (check digits, unknown concepts, a percent relief without direction, conflicts).
//
// Thread: pure. Errors: none.
#include "adapter/mapping/mapper.hpp"

#include <string>
#include <vector>

namespace facet::mapping {

struct LintFinding {
  std::string artefact;  // its URL
  std::string origin;    // its layer
  std::string message;
};

// Ordered by artefact. Empty for what is shipped.
std::vector<LintFinding> Lint(const Mapper& mapper);

// Every concept of the adapter's code systems must be one that the program knows by that name (an error of Load).
class Terminology;
void CheckNames(const Terminology& terminology, std::vector<Error>& errors);

}  // namespace facet::mapping
