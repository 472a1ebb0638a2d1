// Replacing and removing the facts of one resource in a patient's lists.
#include "adapter/mapping/mapper.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace facet::mapping {
namespace {

// Puts `fresh` in place of what came from `resource`; the list stays ordered by source.
template <class Fact>
bool ReplaceList(std::vector<Fact>& list, std::string_view resource, const std::vector<Fact>& fresh) {
  const auto ours = [resource](const Fact& fact) { return fact.source.resource == resource; };
  std::vector<Fact> before;
  std::copy_if(list.begin(), list.end(), std::back_inserter(before), ours);
  if (before == fresh) return false;
  std::erase_if(list, ours);
  const auto place =
      std::find_if(list.begin(), list.end(), [resource](const Fact& fact) { return fact.source.resource > resource; });
  list.insert(place, fresh.begin(), fresh.end());
  return true;
}

bool ReplaceAll(clinical::PatientFacts& into, std::string_view resource, const clinical::PatientFacts& fresh) {
  bool changed = ReplaceList(into.procedures, resource, fresh.procedures);
  changed = ReplaceList(into.interventions, resource, fresh.interventions) || changed;
  changed = ReplaceList(into.scores, resource, fresh.scores) || changed;
  changed = ReplaceList(into.reliefs, resource, fresh.reliefs) || changed;
  changed = ReplaceList(into.functions, resource, fresh.functions) || changed;
  changed = ReplaceList(into.findings, resource, fresh.findings) || changed;
  changed = ReplaceList(into.cautions, resource, fresh.cautions) || changed;
  changed = ReplaceList(into.screens, resource, fresh.screens) || changed;
  changed = ReplaceList(into.encounters, resource, fresh.encounters) || changed;
  changed = ReplaceList(into.other_procedures, resource, fresh.other_procedures) || changed;
  changed = ReplaceList(into.nerve_blocks, resource, fresh.nerve_blocks) || changed;
  changed = ReplaceList(into.drugs, resource, fresh.drugs) || changed;
  changed = ReplaceList(into.drug_references, resource, fresh.drug_references) || changed;
  changed = ReplaceList(into.medications, resource, fresh.medications) || changed;
  changed = ReplaceList(into.reason_references, resource, fresh.reason_references) || changed;
  changed = ReplaceList(into.condition_regions, resource, fresh.condition_regions) || changed;
  const bool patient = fresh.patient.present || into.patient.source.resource == resource;
  if (patient && into.patient != fresh.patient) {
    into.patient = fresh.patient;
    changed = true;
  }
  return changed;
}

// Calls body(list of into, the same list of from) for every list of facts.
template <class From, class Body>
void ForEachList(clinical::PatientFacts& into, From& from, Body&& body) {
  body(into.procedures, from.procedures);
  body(into.interventions, from.interventions);
  body(into.scores, from.scores);
  body(into.reliefs, from.reliefs);
  body(into.functions, from.functions);
  body(into.findings, from.findings);
  body(into.cautions, from.cautions);
  body(into.screens, from.screens);
  body(into.encounters, from.encounters);
  body(into.other_procedures, from.other_procedures);
  body(into.nerve_blocks, from.nerve_blocks);
  body(into.drugs, from.drugs);
  body(into.drug_references, from.drug_references);
  body(into.medications, from.medications);
  body(into.reason_references, from.reason_references);
  body(into.condition_regions, from.condition_regions);
}

}  // namespace

void Append(clinical::PatientFacts& into, Extraction&& extraction) {
  ForEachList(into, extraction.facts, [](auto& list, auto& more) {
    if (!more.empty()) std::move(more.begin(), more.end(), std::back_inserter(list));
  });
  if (extraction.facts.patient.present) into.patient = std::move(extraction.facts.patient);
}

void Merge(clinical::PatientFacts& into, const clinical::PatientFacts& from) {
  ForEachList(into, from, [](auto& list, const auto& more) {
    list.insert(list.end(), more.begin(), more.end());
    std::stable_sort(list.begin(), list.end(),
                     [](const auto& a, const auto& b) { return a.source.resource < b.source.resource; });
  });
}

void RemoveAll(clinical::PatientFacts& from, const std::vector<std::string>& resources) {
  const auto listed = [&resources](const clinical::Source& source) {
    return std::binary_search(resources.begin(), resources.end(), source.resource);
  };
  ForEachList(from, from, [&listed](auto& list, auto&) {
    std::erase_if(list, [&listed](const auto& fact) { return listed(fact.source); });
  });
  if (listed(from.patient.source)) from.patient = {};
}

bool Replace(clinical::PatientFacts& into, const Extraction& extraction) {
  return ReplaceAll(into, extraction.source.resource, extraction.facts);
}

bool Remove(clinical::PatientFacts& from, std::string_view resource) {
  return ReplaceAll(from, resource, clinical::PatientFacts{});
}

}  // namespace facet::mapping
