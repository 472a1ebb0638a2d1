#include "adapter/engine/facts_codec.hpp"

#include <algorithm>

namespace facet::engine {

std::vector<clinical::Source> SourcesOf(const clinical::PatientFacts& facts) {
  std::vector<clinical::Source> sources;
  const auto add = [&](const auto& list) {
    for (const auto& fact : list) sources.push_back(fact.source);
  };
  if (facts.patient.present) sources.push_back(facts.patient.source);
  add(facts.procedures);
  add(facts.interventions);
  add(facts.scores);
  add(facts.reliefs);
  add(facts.functions);
  add(facts.findings);
  add(facts.cautions);
  add(facts.screens);
  add(facts.encounters);
  add(facts.other_procedures);
  add(facts.nerve_blocks);
  add(facts.drugs);
  add(facts.drug_references);
  add(facts.medications);
  add(facts.condition_regions);
  std::sort(sources.begin(), sources.end());
  sources.erase(std::unique(sources.begin(), sources.end()), sources.end());
  return sources;
}

}  // namespace facet::engine
