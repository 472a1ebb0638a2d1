#pragma once
// Value sets as lists of members: enumerated codes, prefixes, nested value sets, exclusions, filters over supplied code
// systems, expansions (FHIR R4 §4.9).
//
// Thread: used while loading. Owns: what it expands. Errors: mapping.invalid, mapping.missing with the place.
#include "adapter/mapping/artefacts.hpp"
#include "adapter/mapping/terminology/code_table.hpp"

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace facet::mapping {

struct Member {
  std::string system;  // as written
  std::string code;    // a code, or a prefix
  CodeMatch match = CodeMatch::kExact;
  std::string label;
};

struct Expansion {
  std::vector<Member> members;
  std::vector<Member> exclusions;  // longer than an included prefix: left out when a code is looked up
};

// A concept of a code system that was given as an artefact.
struct SuppliedConcept {
  std::string code;
  std::string display;
  std::vector<std::string> ancestors;
  std::vector<std::pair<std::string, std::string>> properties;  // code, value as text
};
struct SuppliedCodeSystem {
  bool complete = false;
  std::vector<SuppliedConcept> concepts;
};

class ValueSetExpander {
 public:
  ValueSetExpander(const std::vector<FhirArtefact>& artefacts, std::vector<Error>& errors);
  // Every value set by its URL, in order.
  const std::map<std::string, Expansion>& expansions() const noexcept { return expansions_; }

 private:
  const Expansion& Expand(const FhirArtefact& artefact);
  void Compose(const FhirArtefact& artefact, Expansion& out);
  std::vector<Member> Part(const FhirArtefact& artefact, json::Value part, const std::string& pointer);
  void Enumerated(const FhirArtefact& artefact, json::Value part, const std::string& pointer, std::vector<Member>& out);
  void Filtered(const FhirArtefact& artefact, json::Value part, const std::string& pointer, std::vector<Member>& out);
  void OneFilter(const FhirArtefact& artefact, json::Value part, json::Value filter, const std::string& pointer,
                 std::vector<Member>& out);
  void Contains(const FhirArtefact& artefact, json::Value list, const std::string& pointer, Expansion& out);
  void AddCode(const FhirArtefact& artefact, std::string_view system, json::Value element, const std::string& pointer,
               CodeMatch match, std::vector<Member>& out);
  void Fail(const FhirArtefact& artefact, const std::string& pointer, std::string what,
            ErrorCode code = ErrorCode::kMappingInvalid);

  std::vector<Error>& errors_;
  std::map<std::string, const FhirArtefact*> value_sets_;
  std::map<std::string, SuppliedCodeSystem> code_systems_;  // by normalised URL
  std::map<std::string, Expansion> expansions_;
  std::set<std::string> open_;  // being expanded: a value set must not contain itself
};

// "exact" where the element does not say; nullopt for an unknown word.
std::optional<CodeMatch> CodeMatchOf(json::Value element);
// The `label` extension, else the element's display.
std::string_view LabelOf(json::Value element);

}  // namespace facet::mapping
