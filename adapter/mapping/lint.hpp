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
  std::string path;      // of its file
  std::string pointer;   // JSON pointer into it
  std::string message;   // what is doubtful, and what to do
};

// Ordered by artefact. Empty for what is shipped.
std::vector<LintFinding> Lint(const Mapper& mapper);
// Doubts about how layers fit together: what removes nothing, with the nearest URL.
std::vector<LintFinding> LintLayers(const std::vector<SourceFile>& files);
// "file:line:column" of a finding, looked up in the file that it names.
std::string PlaceOf(const LintFinding& finding, const std::vector<SourceFile>& files);

// Every concept of the adapter's code systems must be one that the program knows by that name (an error of Load).
class Terminology;
void CheckNames(const Terminology& terminology, std::vector<Error>& errors);
// Concept maps must not contradict each other about a code (an error of Load, mapping.conflict).
void CheckConflicts(const std::vector<FhirArtefact>& artefacts, const Terminology& terminology,
                    std::vector<Error>& errors);

}  // namespace facet::mapping
