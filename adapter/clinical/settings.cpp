#include "adapter/clinical/settings.hpp"

#include "adapter/clinical/moment.hpp"

#include <algorithm>
#include <iterator>

namespace facet::clinical {
namespace {

// Classes of v3-ActCode. Emergency, inpatient and observation scores are about whatever brought the patient there.
constexpr std::string_view kUnrelatedClasses[] = {"EMER", "IMP", "ACUTE", "NONAC", "OBSENC"};
constexpr std::string_view kAmbulatoryClasses[] = {"AMB", "HH", "VR", "FLD", "SS"};

template <std::size_t N>
bool Among(std::string_view code, const std::string_view (&table)[N]) {
  return std::find(std::begin(table), std::end(table), code) != std::end(table);
}

}  // namespace

Settings::Settings(const PatientFacts& facts, const TimeZone& zone, UtcInstant now) : zone_(zone) {
  for (const FacetProcedure& line : facts.procedures) {
    if (!Known(line.start, now)) continue;
    procedures_.insert(line.source.resource);
    if (!line.encounter.empty()) encounters_.insert(line.encounter);
  }
  for (const EncounterFact& encounter : facts.encounters) classes_[encounter.source.resource] = encounter.class_code;
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
  const auto found = classes_.find(score.encounter);
  const std::string_view code = found == classes_.end() ? std::string_view() : found->second;
  if (Among(code, kUnrelatedClasses)) return Setting::kUnrelated;
  const auto day = DecidedDay(score.time, zone_);
  if (day && other_.contains({score.encounter, *day})) return Setting::kUnrelated;
  if (score.spine_site) return Setting::kSpine;
  return Among(code, kAmbulatoryClasses) ? Setting::kAmbulatory : Setting::kUnknown;
}

}  // namespace facet::clinical
