#include "adapter/engine/query_table.hpp"

#include "adapter/intake/http_fields.hpp"

namespace facet::engine {
namespace {

using guide::Availability;
constexpr QueryPhase kHydrate = QueryPhase::kHydrate;
constexpr QueryPhase kGather = QueryPhase::kGather;

constexpr QuerySpec kTable[] = {
    {"procedures", "Procedure", kHydrate, "&date=ge$since", false, true, nullptr},
    {"observations", "Observation", kHydrate, "&date=ge$since", true, true, nullptr},
    {"encounters", "Encounter", kHydrate, "&date=ge$since", false, false, nullptr},
    {"administrations", "MedicationAdministration", kHydrate, "&effective-time=ge$since", false, false, nullptr},
    {"patient", "Patient", kHydrate, nullptr, false, false, &Availability::patient},
    {"patient-again", "Patient", kGather, nullptr, false, false, &Availability::patient},
    {"conditions", "Condition", kGather, "", false, false, &Availability::conditions},
    {"medications", "MedicationRequest", kGather, "", false, false, &Availability::medications},
    {"medication-statements", "MedicationStatement", kGather, "", false, false, nullptr},
    {"allergies", "AllergyIntolerance", kGather, "", false, false, &Availability::allergies},
    {"devices", "Device", kGather, "", false, false, &Availability::devices},
    {"imaging-studies", "ImagingStudy", kGather, "&started=ge$recent", false, false, &Availability::imaging},
    {"reports", "DiagnosticReport", kGather, "&date=ge$recent", false, false, &Availability::imaging},
    {"orders", "ServiceRequest", kGather, "", false, false, &Availability::orders},
};

void Replace(std::string& text, std::string_view name, const CivilDate& date) {
  if (const std::size_t at = text.find(name); at != std::string::npos) text.replace(at, name.size(), date.ToString());
}

}  // namespace

std::span<const QuerySpec> QueryTable() noexcept { return kTable; }

const QuerySpec* FindQuery(std::string_view name) noexcept {
  for (const QuerySpec& spec : kTable) {
    if (name == spec.name) return &spec;
  }
  return nullptr;
}

std::string QueryPath(const QuerySpec& spec, const std::string& patient, const QueryDates& dates,
                      const std::string& codes, int page_size) {
  if (spec.parameters == nullptr) return patient;
  const std::string id = patient.substr(patient.find('/') + 1);
  std::string path = std::string(spec.type) + "?patient=" + intake::EncodeQuery(id) + spec.parameters;
  Replace(path, "$since", dates.since);
  Replace(path, "$recent", dates.recent);
  if (spec.with_codes) path += "&code=" + codes;
  return path + "&_count=" + std::to_string(page_size);
}

}  // namespace facet::engine
