#pragma once
// The facts of a set of files, as "Identity in files" of the architecture has it.
//
// In the flow: inputs -> ReadFacts -> clinical::JudgePatient. NDJSON is read as a stream: of each line no more is kept
// than the judgement needs (facts of patients that may have a facet session, eight bytes of each resource's identity),
// and lines that cannot matter are not even parsed. Bundles, and references that only the whole input resolves, need
// all documents at once. Both ways give the same facts.
// Thread: one. Owns: what it returns. Errors: in `errors`, each with "file:line"; file.read is the Result's.
#include "adapter/app/rulebook.hpp"
#include "adapter/base/result.hpp"
#include "adapter/clinical/facts.hpp"
#include "adapter/mapping/mapper.hpp"

#include <map>
#include <string>
#include <vector>

namespace facet::app {

struct ReplayInput {
  std::string name;      // for messages
  std::string text;      // a Bundle, a resource, or NDJSON of them
  bool in_file = false;  // the text is that of the file `name`
};

enum class Reading : std::uint8_t {
  kSieved,    // as described: the way to go
  kStreamed,  // as a stream, but every line is parsed: proves that the sieve changes nothing
  kWhole      // all documents at once: proves that the stream changes nothing
};

struct ReplayFacts {
  std::map<std::string, clinical::PatientFacts> patients;   // merged patients are one
  std::map<std::string, clinical::Medication> medications;  // every one of the input, by reference
  std::vector<clinical::Rejection> rejected;                // ordered by reference
};

// Medications belong to no patient: they are kept for all.
void KeepMedications(const mapping::Extraction& extraction, ReplayFacts& facts);

Result<ReplayFacts> ReadFacts(const std::vector<ReplayInput>& inputs, const Rulebook& rules, Reading reading,
                              std::vector<Error>& errors);

}  // namespace facet::app
