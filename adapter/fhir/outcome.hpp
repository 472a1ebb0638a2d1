#pragma once
// OperationOutcome: built for our answers, and read from those of servers.
//
// Thread: pure functions. Errors: none. What is read is reduced to closed sets, so it may be logged and counted: a
// server's `diagnostics` and `details` may quote a patient and are never taken over.
#include "adapter/json/document.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace facet::fhir {

enum class Severity : std::uint8_t { kInformation, kWarning, kError, kFatal };  // ascending
std::string_view NameOf(Severity severity) noexcept;

// The code as a literal of the closed IssueType list (FHIR R4 §2.32.5); "unknown" for any other text.
std::string_view IssueCode(std::string_view text) noexcept;

// One issue. `code` must be of IssueType; `diagnostics` is our own text ("" leaves it out).
std::string BuildOutcome(Severity severity, std::string_view code, std::string_view diagnostics);

struct Issue {
  Severity severity = Severity::kError;
  std::string_view code;  // of static storage
};

// The issues of an OperationOutcome in their order; empty for anything else.
std::vector<Issue> ReadOutcome(json::Value resource);

}  // namespace facet::fhir
