#include "adapter/clinical/settings.hpp"

#include "adapter/clinical/moment.hpp"

namespace facet::clinical {
Settings::Settings(const PatientFacts& facts, const TimeZone& zone, UtcInstant now) : zone_(zone) {
  for (const FacetProcedure& line : facts.procedures) {
    if (!Known(line.start, now)) continue;
    procedures_.insert(line.source.resource);
    if (!line.encounter.empty()) encounters_.insert(line.encounter);
  }
  for (const EncounterFact& encounter : facts.encounters) visits_[encounter.source.resource] = encounter.setting;
  for (const OtherProcedure& other : facts.other_procedures) {
    if (other.encounter.empty() || !Known(other.start, now)) continue;
    if (const auto day = DecidedDay(other.start, zone)) other_.emplace(other.encounter, *day);
  }
}

Setting Settings::Of(const PainScore& score) const {
  for (const std::string& linked : score.linked) {
    if (procedures_.contains(linked)) return Setting::kSpine;
  }
  if (encounters_.contains(score.encounter)) return Setting::kSpine;
  const auto found = visits_.find(score.encounter);
  const Setting visit = found == visits_.end() ? Setting::kUnknown : found->second;
  if (visit == Setting::kUnrelated) return visit;
  const auto day = DecidedDay(score.time, zone_);
  if (day && other_.contains({score.encounter, *day})) return Setting::kUnrelated;
  if (score.spine_site) return Setting::kSpine;
  return visit;
}

}  // namespace facet::clinical
