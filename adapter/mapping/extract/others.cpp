// Conditions, drugs, allergies, devices, orders, images, reports, encounters, patients: what is gathered around a
// failed episode (clinical specification, section 1).
#include "adapter/mapping/extract/pass.hpp"

#include <algorithm>

namespace facet::mapping {

void Pass::Read(Shape shape, const Row& row) {
  // Whose it is must be known even where it is no fact (any more): what it was before has to go.
  if (shape != Shape::kPatient) FindPatient(row);
  switch (shape) {
  case Shape::kProcedure:
    return ReadProcedure(row);
  case Shape::kScore:
    return ReadScore(row);
  case Shape::kStatement:
    return ReadStatement(row);
  case Shape::kOrder:
    return ReadOrder(row);
  case Shape::kStudy:
    return ReadStudy(row);
  case Shape::kAdministration:
    return ReadAdministration(row);
  case Shape::kEncounter:
    return ReadEncounter(row);
  case Shape::kPatient:
    return ReadPatient(row);
  case Shape::kMedication:
    return ReadMedication(row);
  }
}

void Pass::Finish() { FinishScores(); }

// Something that holds of a patient: a diagnosis, a drug in force, an allergy, an implant.
void Pass::ReadStatement(const Row& row) {
  const std::vector<Found> codes = Find(row, Role::kCode);
  const auto findings = EnumsIn<clinical::FindingKind>(codes, Target::kFinding);
  const bool caution = std::any_of(codes.begin(), codes.end(),
                                   [](const Found& found) { return found.meaning->target == Target::kCaution; });
  const bool elsewhere = row.Node(Field::kMedication) || row.IsTrue(Field::kMedicationUncoded);
  const RegionSet named = RegionsIn(codes);
  if (findings.empty() && !caution && !elsewhere && named == 0) return;
  const FactStatus status = StatusOf(row);
  // As a reason it says where, whatever became of the diagnosis.
  if (named != 0 && status != FactStatus::kEnteredInError && FindPatient(row)) {
    out_.facts.condition_regions.push_back({out_.source, named});
  }
  const bool holds = status == FactStatus::kMissing || status == FactStatus::kActive || status == FactStatus::kFinal;
  if ((!holds && status != FactStatus::kInactive) || !FindPatient(row)) return;
  if (holds && elsewhere) AddDrugReference(row, {});
  const auto onset = OneTime(row.Text(row.Text(Field::kTime).empty() ? Field::kTimeStart : Field::kTime));
  const auto recorded = OneTime(row.Text(Field::kTimeRecorded));
  const auto region = ReadRegion(*this, row).region;
  const auto has = [&findings](clinical::FindingKind kind) {
    return std::find(findings.begin(), findings.end(), kind) != findings.end();
  };
  // A fracture code that is a red flag is one finding: red while it is fresh, a fracture afterwards.
  const bool fracture = has(clinical::FindingKind::kFracture) && has(clinical::FindingKind::kRedFlag);
  for (const clinical::FindingKind kind : findings) {
    if (fracture && kind == clinical::FindingKind::kFracture) continue;
    out_.facts.findings.push_back({.source = out_.source,
                                   .kind = kind,
                                   .region = region,
                                   .active = holds,
                                   .onset = onset,
                                   .recorded = recorded,
                                   .fracture_code = fracture && kind == clinical::FindingKind::kRedFlag});
  }
  AddCautions(codes, out_.source, holds, out_.facts);
}

void Pass::ReadOrder(const Row& row) {
  const auto kinds = EnumsIn<clinical::InterventionKind>(Find(row, Role::kCode), Target::kInterventionKind);
  if (kinds.empty() || StatusOf(row) != FactStatus::kActive || !FindPatient(row)) return;
  AddInterventions(kinds, row, ReadReasonedRegion(row), OneTime(row.Text(Field::kTime)), true);
}

// Images and reports. A modality alone names no organ: it counts where the body site is a region of the spine.
void Pass::ReadStudy(const Row& row) {
  const std::vector<Found> codes = Find(row, Role::kCode);
  auto kinds = EnumsIn<clinical::InterventionKind>(codes, Target::kInterventionKind);
  if (RegionsIn(Find(row, Role::kBodySite)) != 0) {
    for (const auto kind : EnumsIn<clinical::InterventionKind>(Find(row, Role::kModality), Target::kInterventionKind)) {
      if (std::find(kinds.begin(), kinds.end(), kind) == kinds.end()) kinds.push_back(kind);
    }
  }
  const bool guidance = Has(codes, Target::kFact, "nerve-block-guidance");
  if (kinds.empty() && !guidance) return;
  const FactStatus status = StatusOf(row);
  if (status == FactStatus::kEnteredInError) return Reject(clinical::RejectReason::kEnteredInError);
  if (status != FactStatus::kFinal) return Reject(clinical::RejectReason::kStatus);
  const TimeReading time = PointInTime(row);
  if (!Admit(row, time)) return;
  const RegionReading region = ReadReasonedRegion(row);
  AddInterventions(kinds, row, region, time.time, false);
  if (guidance) out_.facts.nerve_blocks.push_back({out_.source, *time.time, region.region});
}

void Pass::ReadEncounter(const Row& row) {
  if (StatusOf(row) == FactStatus::kEnteredInError || !FindPatient(row)) return;
  clinical::EncounterFact fact{out_.source, {}, clinical::Setting::kUnknown};
  const std::vector<RawCoding> codings = row.Codings(Role::kClass);
  if (!codings.empty()) fact.class_code = codings.front().code;
  const auto settings = EnumsIn<clinical::Setting>(Find(codings), Target::kSetting);
  if (!settings.empty()) fact.setting = settings.front();
  out_.facts.encounters.push_back(std::move(fact));
}

void Pass::ReadPatient(const Row& row) {
  out_.patient = out_.source.resource;
  clinical::PatientFact& fact = out_.facts.patient;
  const std::vector<Found> labels = Find(row, Role::kLabel);
  fact.source = out_.source;
  fact.present = true;
  fact.deceased = row.IsTrue(Field::kDeceased);
  fact.active = row.Text(Field::kActive) != "false";
  fact.test_patient = Has(labels, Target::kLabel, "test-patient");
  fact.restricted = Has(labels, Target::kLabel, "restricted");
  fact.birth_date = FhirDateTime::Parse(row.Text(Field::kBirthDate));
  fact.replaced_by = ReferencesTo("Patient", row, {Field::kReplacedBy});
  fact.replaces = ReferencesTo("Patient", row, {Field::kReplaces});
}

}  // namespace facet::mapping
