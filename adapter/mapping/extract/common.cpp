#include "adapter/mapping/extract/pass.hpp"

#include <algorithm>
#include <array>

namespace facet::mapping {
namespace {

struct StatusName {
  std::string_view name;
  FactStatus status;
  int weight;  // the heaviest of several speaks
};
constexpr std::array<StatusName, 8> kStatuses = {{{"final", FactStatus::kFinal, 1},
                                                  {"active", FactStatus::kActive, 1},
                                                  {"preliminary", FactStatus::kPreliminary, 2},
                                                  {"inactive", FactStatus::kInactive, 3},
                                                  {"not-yet", FactStatus::kNotYet, 4},
                                                  {"never", FactStatus::kNever, 5},
                                                  {"refuted", FactStatus::kRefuted, 6},
                                                  {"entered-in-error", FactStatus::kEnteredInError, 7}}};

}  // namespace

std::vector<Found> Pass::Find(std::span<const RawCoding> codings) const {
  std::vector<Found> out;
  terminology_.Find(codings, type_, out);
  return out;
}

std::vector<const Concept*> Pass::InText(Target target, const Row& row, std::initializer_list<Field> fields) const {
  std::vector<const Concept*> out;
  for (const Field field : fields) {
    row.ForEachText(field, [&](std::string_view text) { terminology_.FindInText(target, text, out); });
  }
  return out;
}

FactStatus Pass::StatusOf(const Row& row) const {
  FactStatus status = FactStatus::kMissing;
  int weight = 0;
  for (const Found& found : Find(row, Role::kStatus)) {
    if (found.meaning->target != Target::kStatus) continue;
    for (const StatusName& one : kStatuses) {
      if (one.name != found.meaning->answer->code || one.weight <= weight) continue;
      status = one.status;
      weight = one.weight;
    }
  }
  return status;
}

const fhir::ReferenceResolver& Pass::resolver() const noexcept {
  if (options_.references != nullptr) return *options_.references;
  return server_;
}

std::string Pass::PatientOf(json::Value resource) const {
  for (const char* element : {"subject", "patient"}) {
    std::string key = resource[element] ? resolver().Resolve(resource[element]) : std::string();
    if (key.starts_with("Patient/")) return key;
  }
  return {};
}

std::vector<std::string> Pass::ReferencesTo(std::string_view type, const Row& row,
                                            std::initializer_list<Field> fields) const {
  std::vector<std::string> out;
  for (const Field field : fields) {
    row.ForEachNode(field, [&](json::Value node) {
      std::string key = resolver().Resolve(node);
      const bool of_type = key.size() > type.size() && key.starts_with(type) && key[type.size()] == '/';
      if (of_type && std::find(out.begin(), out.end(), key) == out.end()) out.push_back(std::move(key));
    });
  }
  return out;
}

std::string Pass::ReferenceTo(std::string_view type, const Row& row, Field field) const {
  auto found = ReferencesTo(type, row, {field});
  return found.empty() ? std::string() : std::move(found.front());
}

bool Pass::FindPatient(const Row& row) {
  if (out_.patient.empty()) out_.patient = ReferenceTo("Patient", row, Field::kPatient);
  if (out_.patient.empty()) out_.patient = ReferenceTo("Patient", row, Field::kPatientLogical);
  return !out_.patient.empty();
}

void Pass::Reject(clinical::RejectReason reason) {
  if (out_.rejections.empty()) out_.rejections.push_back({out_.source, reason});
}

bool Pass::Admit(const Row& row, const TimeReading& time) {
  if (!FindPatient(row)) {
    Reject(clinical::RejectReason::kNoPatient);
    return false;
  }
  if (!time.time) {
    Reject(time.invalid ? clinical::RejectReason::kInvalid : clinical::RejectReason::kNoTime);
    return false;
  }
  return true;
}

void Pass::AddInterventions(const std::vector<clinical::InterventionKind>& kinds, const Row& row,
                            const RegionReading& region, const std::optional<clinical::ClinicalTime>& time,
                            bool order) {
  for (const clinical::InterventionKind kind : kinds) {
    out_.facts.interventions.push_back({.source = out_.source,
                                        .kind = kind,
                                        .region = region.region,
                                        .not_cervical = region.not_cervical,
                                        .side = ReadSide(*this, row),
                                        .time = time,
                                        .order = order,
                                        .encounter = ReferenceTo("Encounter", row, Field::kEncounter)});
  }
}

void AddCautions(const std::vector<Found>& found, const clinical::Source& source, bool active,
                 clinical::PatientFacts& into) {
  for (const Found& one : found) {
    if (one.meaning->target != Target::kCaution) continue;
    const auto kind = clinical::FromName<clinical::CautionKind>(one.meaning->answer->code);
    if (kind) into.cautions.push_back({source, *kind, active, std::string(one.label)});
  }
}

bool Has(const std::vector<Found>& found, Target target, std::string_view concept_code) noexcept {
  return std::any_of(found.begin(), found.end(), [&](const Found& one) {
    return one.meaning->target == target && one.meaning->answer->code == concept_code;
  });
}

}  // namespace facet::mapping
