#pragma once
// The inside of a Terminology: filled by its loader, read by its look-ups.
//
// Thread: immutable once loaded. Owns: concepts and meanings; both keep their addresses.
#include "adapter/mapping/terminology/code_table.hpp"
#include "adapter/mapping/terminology/terminology.hpp"
#include "adapter/mapping/terminology/value_sets.hpp"

#include <array>
#include <deque>
#include <map>
#include <string>
#include <vector>

namespace facet::mapping {

struct Terminology::Impl {
  std::array<std::vector<Concept>, kTargetCount> concepts;
  std::deque<Meaning> meanings;
  CodeTable table;
  std::vector<std::string> types;                   // bit i of a TypeMask
  std::map<std::string, std::uint32_t> value_sets;  // URL -> owner in the table
  std::uint32_t owners = 0;
};

class TerminologyLoader {
 public:
  TerminologyLoader(const std::vector<FhirArtefact>& artefacts, Terminology::Impl& out, std::vector<Error>& errors)
      : artefacts_(artefacts), out_(out), errors_(errors) {}
  void Load();

 private:
  void LoadConcepts(const FhirArtefact& artefact, Target target);
  void LoadSupplement(const FhirArtefact& artefact, Target target);
  void ReadProperties(const FhirArtefact& artefact, json::Value element, const std::string& pointer, Concept& into);
  void LoadValueSet(const FhirArtefact& artefact, const Expansion& expansion);
  void LoadMap(const FhirArtefact& artefact);
  void LoadGroup(const FhirArtefact& artefact, json::Value group, const std::string& pointer);
  void LoadElement(const FhirArtefact& artefact, json::Value group, json::Value element, const std::string& pointer,
                   CodeMatch match, std::uint32_t owner);
  const Meaning* MakeMeaning(const FhirArtefact& artefact, const std::string& pointer, Target target,
                             std::string_view code, TypeMask types, std::string_view direction);
  TypeMask BitOf(std::string_view resource_type, const FhirArtefact& artefact, const std::string& pointer);
  void Fail(const FhirArtefact& artefact, const std::string& pointer, std::string what,
            ErrorCode code = ErrorCode::kMappingInvalid);

  const std::vector<FhirArtefact>& artefacts_;
  Terminology::Impl& out_;
  std::vector<Error>& errors_;
};

}  // namespace facet::mapping
