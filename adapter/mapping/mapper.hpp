#pragma once
// Resources in, typed facts out. What is a pain score, a facet procedure, a red flag, and how it is read, is data:
// ViewDefinitions over FHIRPath, ValueSets and ConceptMaps of fhir-mappings/ and of a site's overlays.
//
// In the flow: documents from intake, replay or a search answer -> Mapper::Extract -> clinical::PatientFacts.
// Thread: a Mapper is immutable after Load; Extract may be called from any thread.
// Errors: Load reports every problem at once, each with "file:line:column"; Extract never fails: what has a mapped code
//         and cannot become a fact is a Rejection, everything else is not relevant.
#include "adapter/base/result.hpp"
#include "adapter/base/time.hpp"
#include "adapter/clinical/facts.hpp"
#include "adapter/fhir/references.hpp"
#include "adapter/json/document.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace facet::mapping {

struct FhirArtefact;  // artefacts.hpp
class Terminology;    // terminology/terminology.hpp
namespace views {
class Runner;  // views/runner.hpp
}

// A mapping file as read by `config` (rooms without I/O never open files).
struct SourceFile {
  std::string path;    // as given, for messages
  std::string origin;  // "shipped", or the overlay directory
  std::string text;
};

// What one resource says.
struct Extraction {
  clinical::Source source;       // "Observation/o1", version
  std::string patient;           // "Patient/p1" after reference rules; "" where unknown
  clinical::PatientFacts facts;  // the facts of this one resource (its `patient` only for a Patient)
  std::vector<clinical::Rejection> rejections;
  bool facet_procedure = false;  // holds a facet procedure fact
  // The body site contradicts the region that the procedure's code says; the code won. Worth a log line.
  bool region_contradiction = false;
};

struct ExtractOptions {
  const TimeZone* zone = nullptr;  // site's; required
  // Absolute references are reduced to "Type/id" when they start with this ("https://h.example/fhir"); "" takes none.
  std::string_view server_base;
  // Resolves references in place of `server_base` where it is given (a set of files).
  const fhir::ReferenceResolver* references = nullptr;
  // "Type/id" of a resource that has no id of its own (a Bundle entry known by its fullUrl); "" = its own.
  std::string_view reference;
  // Memory of earlier calls, to be used again; one a thread. Without it every call brings its own.
  views::Runner* runner = nullptr;
};

class Mapper {
 public:
  // Shipped files first, then overlays in their order.
  static Result<std::shared_ptr<const Mapper>> Load(const std::vector<SourceFile>& files, std::vector<Error>& errors);
  ~Mapper();
  Mapper(const Mapper&) = delete;
  Mapper& operator=(const Mapper&) = delete;

  // Extract never fails and keeps nothing. `resource` of a type that no view reads gives an empty Extraction.
  Extraction Extract(json::Value resource, const ExtractOptions& options) const;

  // Puts what a Medication says in the place of each drug reference that names it: references that stay name what is
  // not among `facts.medications`. Decides the region of what names its reasons by the Conditions that are at hand.
  void Join(clinical::PatientFacts& facts) const;

  // system|code pairs or prefixes that subscription criteria and sweeps ask for: "Procedure" -> "http://...|64490", ...
  // (every code that makes or corrects a fact of this type; exact codes only).
  std::vector<std::string> SearchCodes(std::string_view resource_type) const;
  // Those of them that make a facet procedure: whom to follow.
  std::vector<std::string> FacetCodes() const;
  // Canonical hash over everything that was loaded: recorded with each judgement.
  const std::string& hash() const noexcept;
  // The text of an artefact that `guide` needs (PlanDefinition, ActivityDefinitions), by canonical URL; missing if
  // absent.
  json::Value Artefact(std::string_view canonical_url) const;
  std::vector<json::Value> ArtefactsOfType(std::string_view resource_type) const;
  // What took effect, for `check` and `mappings lint`: type, URL and origin of every artefact, ordered.
  const std::vector<FhirArtefact>& artefacts() const noexcept;
  const Terminology& terminology() const noexcept;

 private:
  Mapper();
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// Puts the facts of one resource in place of whatever came from it before (same `source.resource`). Lists stay ordered
// by source. Returns whether anything changed.
bool Replace(clinical::PatientFacts& into, const Extraction& extraction);
// Adds the facts of a resource that has given none before, at the end: Merge() brings the lists in order.
void Append(clinical::PatientFacts& into, Extraction&& extraction);
// Adds the facts of one more patient, merged into this one; lists stay ordered by source. `from`'s own `patient` is
// left out.
void Merge(clinical::PatientFacts& into, const clinical::PatientFacts& from);
// Removes every fact that came from one of these resources (sorted).
void RemoveAll(clinical::PatientFacts& from, const std::vector<std::string>& resources);
// Removes every fact that came from a resource (deleted, moved to another patient). Returns whether anything changed.
bool Remove(clinical::PatientFacts& from, std::string_view resource);

}  // namespace facet::mapping
