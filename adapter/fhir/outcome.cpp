#include "adapter/fhir/outcome.hpp"

#include "adapter/json/writer.hpp"

#include <algorithm>
#include <array>

namespace facet::fhir {
namespace {

constexpr auto kIssueCodes = std::to_array<std::string_view>({
    "invalid",          "structure", "required",      "value",      "invariant",    "security",      "login",
    "unknown",          "expired",   "forbidden",     "suppressed", "processing",   "not-supported", "duplicate",
    "multiple-matches", "not-found", "deleted",       "too-long",   "code-invalid", "extension",     "too-costly",
    "business-rule",    "conflict",  "transient",     "lock-error", "no-store",     "exception",     "timeout",
    "incomplete",       "throttled", "informational",
});

constexpr auto kSeverities = std::to_array<std::string_view>({"information", "warning", "error", "fatal"});

}  // namespace

std::string_view NameOf(Severity severity) noexcept { return kSeverities[static_cast<std::size_t>(severity)]; }

std::string_view IssueCode(std::string_view text) noexcept {
  constexpr std::string_view kUnknown = "unknown";  // IssueType has it for security; nothing else fits an open set
  const auto* const found = std::find(kIssueCodes.begin(), kIssueCodes.end(), text);
  return found == kIssueCodes.end() ? kUnknown : *found;
}

std::string BuildOutcome(Severity severity, std::string_view code, std::string_view diagnostics) {
  ADAPTER_CHECK(IssueCode(code) == code);
  json::Writer writer;
  writer.Object([&] {
    writer.Member("resourceType", "OperationOutcome");
    writer.Key("issue").Array([&] {
      writer.Object([&] {
        writer.Member("severity", NameOf(severity));
        writer.Member("code", code);
        if (!diagnostics.empty()) writer.Member("diagnostics", diagnostics);
      });
    });
  });
  return std::move(writer).Take();
}

std::vector<Issue> ReadOutcome(json::Value resource) {
  std::vector<Issue> out;
  if (resource["resourceType"].string() != "OperationOutcome") return out;
  for (const json::Value element : resource["issue"].elements()) {
    const auto* const found = std::find(kSeverities.begin(), kSeverities.end(), element["severity"].string());
    const bool known = found != kSeverities.end();
    out.push_back({.severity = known ? static_cast<Severity>(found - kSeverities.begin()) : Severity::kError,
                   .code = IssueCode(element["code"].string())});
  }
  return out;
}

}  // namespace facet::fhir
