#pragma once
// The conformance report of `check`: what was found, one line a topic. The probe only reads.
// Thread: one. Errors: they are findings.
#include "adapter/app/rulebook.hpp"
#include "adapter/config/config.hpp"

#include <string>
#include <vector>

namespace facet::app {

enum class FindingLevel { kOk, kWarning, kProblem };
struct Finding {
  FindingLevel level = FindingLevel::kOk;
  std::string topic;
  std::string text;
};

// Asks the FHIR server what it can do and tries what the adapter needs, without writing anything.
void ProbeServer(const config::Config& config, const Rulebook& rules, std::vector<Finding>& findings);

// A table for people, or one JSON object a line.
void PrintFindings(const std::vector<Finding>& findings, bool json_lines);

}  // namespace facet::app
