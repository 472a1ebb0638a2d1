#pragma once
// What codes, value shapes, units, body sites and encounter classes occur in a hospital's resources, what of them the
// mappings cover, and what looks relevant and is not covered: the pure core of `facet-adapter discover`.
//
// In the flow: resources of files or of a server, one by one -> Discovery::Add -> DiscoveryReport -> text, JSON, a
// draft overlay (report.hpp). Thread: one. Owns: counts and hashes of patient references; no resource, no text of one.
// Errors: mapping.missing where the word lists are not there.
// What is in a report is no PHI: a code, a unit or a display is told only where it occurs often and in many patients;
// of free texts only the words of our own lists are told.
#include "adapter/mapping/discover/topics.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace facet::mapping {

struct DiscoveryOptions {
  std::int64_t occurrences_min = 5;  // resources
  std::int64_t patients_min = 5;
};

using Counts = std::map<std::string, std::int64_t>;

struct DiscoveredCode {
  enum class State : std::uint8_t { kMapped, kCandidate, kLeftOut };
  State state = State::kMapped;
  std::string type;  // "Procedure"; what it is in: "Encounter.class"
  std::string system;
  std::string code;
  std::string display;                // where the same one occurs often enough
  std::vector<std::string> meanings;  // "instrument nrs"
  const Topic* topic = nullptr;       // of a candidate
  std::vector<std::string> words;
  std::string why;  // left out
  std::int64_t resources = 0;
  std::int64_t patients = 0;
  Counts outcomes;                       // "fact", or the reason of the rejection
  Counts shapes;                         // "Quantity 0..10"
  Counts units;                          // those that occur often enough
  std::vector<std::string> region_says;  // concepts whose words are in the display: "region lumbar"
};

// Texts without a coding that could be mapped.
struct DiscoveredText {
  std::string type;
  const Topic* topic = nullptr;
  std::vector<std::string> words;
  std::int64_t resources = 0;
  std::int64_t patients = 0;
};

struct DiscoverySummary {
  std::string type;
  std::int64_t resources = 0;
  std::int64_t patients = 0;
  std::int64_t relevant = 0;     // resources that are mapped or look relevant
  std::int64_t other_codes = 0;  // neither
  std::int64_t rare_codes = 0;   // relevant, but too rare to be told
  std::int64_t site_texts = 0;   // relevant resources whose body site is text only
};

struct DiscoveryReport {
  DiscoveryOptions options;
  std::vector<DiscoverySummary> summaries;  // Procedure, Observation, Encounter
  std::vector<DiscoveredCode> codes;        // by type, state, then how often
  std::vector<DiscoveredText> texts;
  // "Procedure.bodySite", "Observation.bodySite", "Observation.value", "Encounter.class": mapped or not (kCandidate).
  std::vector<DiscoveredCode> others;
};

class Discovery {
 public:
  static Result<std::unique_ptr<Discovery>> Make(const Mapper& mapper, const DiscoveryOptions& options);
  ~Discovery();
  // Procedures, Observations and Encounters count, everything else is passed over. `references` as in ExtractOptions;
  // nullptr: "Type/id" of any base. Returns whether the resource counted.
  bool Add(json::Value resource, const fhir::ReferenceResolver* references, std::string_view reference);
  DiscoveryReport Finish() const;

 private:
  Discovery();
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace facet::mapping
