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
  const bool patient = fresh.patient.present || into.patient.source.resource == resource;
  if (patient && into.patient != fresh.patient) {
    into.patient = fresh.patient;
    changed = true;
  }
  return changed;
}

}  // namespace

bool Replace(clinical::PatientFacts& into, const Extraction& extraction) {
  return ReplaceAll(into, extraction.source.resource, extraction.facts);
}

bool Remove(clinical::PatientFacts& from, std::string_view resource) {
  return ReplaceAll(from, resource, clinical::PatientFacts{});
}

}  // namespace facet::mapping
