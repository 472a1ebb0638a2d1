#include "adapter/app/replay_facts.hpp"

#include "adapter/app/files.hpp"
#include "adapter/app/inputs.hpp"
#include "adapter/app/replay_stream.hpp"
#include "adapter/fhir/resource_set.hpp"
#include "adapter/mapping/mapper.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace facet::app {
namespace {

ReplayFacts ExtractAll(const std::vector<fhir::SetResource>& resources, const fhir::ResourceSet& set,
                       const Rulebook& rules) {
  ReplayFacts facts;
  mapping::ExtractOptions options;
  options.zone = &rules.zone;
  options.references = &set;
  for (const auto& resource : resources) {
    options.reference = resource.reference;
    const auto extraction = rules.mapper->Extract(resource.resource, options);
    facts.rejected.insert(facts.rejected.end(), extraction.rejections.begin(), extraction.rejections.end());
    KeepMedications(extraction, facts);
    if (!extraction.patient.empty()) mapping::Replace(facts.patients[extraction.patient], extraction);
  }
  return facts;
}

Result<ReplayFacts> ReadWhole(const std::vector<ReplayInput>& inputs, const Rulebook& rules,
                              std::vector<Error>& errors) {
  fhir::ResourceSet set;
  for (const auto& input : inputs) {
    if (!input.in_file) {
      AddInput(input.name, input.text, set, errors);
      continue;
    }
    ADAPTER_TRY(text, ReadText(input.name));
    AddInput(input.name, text, set, errors);
  }
  const auto& resources = set.Finish();
  errors.insert(errors.end(), set.problems().begin(), set.problems().end());
  return ExtractAll(resources, set, rules);
}

// What of the input a patient's resources name speaks for them: Medications, and Conditions of the patient.
void JoinReferences(ReplayFacts& facts, const mapping::Mapper& mapper) {
  for (auto& [patient, own] : facts.patients) {
    if (own.drug_references.empty() && own.reason_references.empty()) continue;
    std::set<std::string_view> named;
    for (const auto& drug : own.drug_references) named.insert(drug.medication);
    for (const std::string_view name : named) {
      const auto found = facts.medications.find(std::string(name));
      if (found != facts.medications.end()) own.medications.push_back(found->second);
    }
    mapper.Join(own);
  }
}

// Who replaced whom, by the links of both.
class Survivors {
 public:
  explicit Survivors(const std::map<std::string, clinical::PatientFacts>& patients) : patients_(patients) {
    for (const auto& [patient, facts] : patients) {
      for (const auto& replaced : facts.patient.replaces) {
        if (replaced != patient) replaced_.try_emplace(replaced, patient);  // the first by name
      }
    }
  }

  const std::string& Of(const std::string& patient) const {
    const std::string* at = &patient;
    for (std::size_t steps = 0; steps <= patients_.size(); ++steps) {
      const auto found = patients_.find(*at);
      if (found != patients_.end() && !found->second.patient.replaced_by.empty()) {
        at = &found->second.patient.replaced_by.front();
        continue;
      }
      const auto survivor = replaced_.find(*at);
      if (survivor == replaced_.end()) return *at;
      at = &survivor->second;
    }
    return *at;  // the links go in a circle
  }

 private:
  const std::map<std::string, clinical::PatientFacts>& patients_;
  std::map<std::string, std::string> replaced_;
};

// Facts of a patient that was replaced belong to the survivor.
void MergePatients(std::map<std::string, clinical::PatientFacts>& patients) {
  std::vector<std::pair<std::string, std::string>> moves;
  const Survivors survivors(patients);
  for (const auto& [patient, facts] : patients) {
    if (const std::string& survivor = survivors.Of(patient); survivor != patient) moves.emplace_back(patient, survivor);
  }
  std::vector<std::pair<std::string, clinical::PatientFacts>> moved;
  for (const auto& [patient, survivor] : moves) {
    clinical::PatientFacts& facts = patients[patient];
    clinical::PatientFacts left;
    left.patient = facts.patient;
    moved.emplace_back(survivor, std::exchange(facts, std::move(left)));
  }
  for (const auto& [survivor, facts] : moved) mapping::Merge(patients[survivor], facts);
}

}  // namespace

void KeepMedications(const mapping::Extraction& extraction, ReplayFacts& facts) {
  for (const auto& medication : extraction.facts.medications) {
    facts.medications[medication.source.resource] = medication;
  }
}

Result<ReplayFacts> ReadFacts(const std::vector<ReplayInput>& inputs, const Rulebook& rules, Reading reading,
                              std::vector<Error>& errors) {
  std::optional<ReplayFacts> facts;
  if (reading != Reading::kWhole) {
    std::vector<Error> met;
    ADAPTER_TRY(streamed, ReadStream(inputs, rules, reading == Reading::kSieved, met));
    if (streamed) errors.insert(errors.end(), met.begin(), met.end());
    facts = std::move(streamed);
  }
  if (!facts) {
    ADAPTER_TRY(whole, ReadWhole(inputs, rules, errors));
    facts = std::move(whole);
  }
  MergePatients(facts->patients);
  JoinReferences(*facts, *rules.mapper);
  std::stable_sort(facts->rejected.begin(), facts->rejected.end(),
                   [](const auto& a, const auto& b) { return a.source.resource < b.source.resource; });
  return std::move(*facts);
}

}  // namespace facet::app
