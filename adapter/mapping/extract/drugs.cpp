// Drugs given at procedures, and drugs that stand in a Medication of their own: what its codes say holds of the
// resource that names it, as though they stood there (clinical specification, section 1).
#include "adapter/fhir/references.hpp"
#include "adapter/fhir/resource.hpp"
#include "adapter/mapping/extract/pass.hpp"

#include <algorithm>
#include <utility>

namespace facet::mapping {
namespace {

void AddGiven(const std::vector<Found>& drugs, const clinical::Source& source,
              const std::vector<std::string>& procedures, clinical::PatientFacts& into) {
  const bool steroid = Has(drugs, Target::kDrugClass, "corticosteroid");
  const bool anaesthetic = Has(drugs, Target::kDrugClass, "local-anaesthetic");
  if (!steroid && !anaesthetic) return;
  for (const std::string& procedure : procedures) into.drugs.push_back({source, procedure, steroid, anaesthetic});
}

void AddInForce(const std::vector<Found>& drugs, const clinical::Source& source, clinical::PatientFacts& into) {
  for (const auto kind : EnumsIn<clinical::FindingKind>(drugs, Target::kFinding)) {
    clinical::Finding finding;
    finding.source = source;
    finding.kind = kind;
    into.findings.push_back(std::move(finding));
  }
  AddCautions(drugs, source, true, into);
}

const clinical::Medication* Find(const std::vector<clinical::Medication>& medications, std::string_view reference) {
  const auto found = std::lower_bound(
      medications.begin(), medications.end(), reference,
      [](const clinical::Medication& one, std::string_view name) { return one.source.resource < name; });
  return found == medications.end() || found->source.resource != reference ? nullptr : &*found;
}

}  // namespace

void Pass::ReadAdministration(const Row& row) {
  if (StatusOf(row) != FactStatus::kFinal || !FindPatient(row)) return;
  const auto procedures = ReferencesTo("Procedure", row, {Field::kPartOf});
  AddGiven(Find(row, Role::kCode), out_.source, procedures, out_.facts);
  const bool elsewhere = row.Node(Field::kMedication) || row.IsTrue(Field::kMedicationUncoded);
  if (elsewhere && !procedures.empty()) AddDrugReference(row, procedures);
}

void Pass::AddDrugReference(const Row& row, std::vector<std::string> procedures) {
  if (row.IsTrue(Field::kMedicationUncoded)) {
    // Words alone: which drug it is nobody can look up.
    out_.facts.drug_references.push_back({out_.source, {}, std::move(procedures)});
    return;
  }
  const fhir::Reference read = fhir::ParseReference(fhir::LiteralOf(row.Node(Field::kMedication)));
  const bool contained = read.kind == fhir::ReferenceKind::kContained;
  if (contained && !row.Codings(Role::kCode).empty()) return;
  std::string medication = contained ? std::string() : ReferenceTo("Medication", row, Field::kMedication);
  out_.facts.drug_references.push_back({out_.source, std::move(medication), std::move(procedures)});
}

// Whatever its status: a drug that is no longer made may still be in force.
void Pass::ReadMedication(const Row& row) {
  clinical::Medication medication{out_.source, {}};
  for (const RawCoding& coding : row.Codings(Role::kCode)) {
    medication.codes.push_back({std::string(coding.system), std::string(coding.code)});
  }
  if (!medication.codes.empty()) out_.facts.medications.push_back(std::move(medication));
}

void JoinDrugs(const Terminology& terminology, clinical::PatientFacts& facts) {
  clinical::PatientFacts joined;
  std::vector<RawCoding> codings;
  std::vector<Found> found;
  std::erase_if(facts.drug_references, [&](const clinical::DrugReference& drug) {
    const clinical::Medication* medication = Find(facts.medications, drug.medication);
    if (medication == nullptr) return false;
    codings.clear();
    for (const clinical::Coding& coding : medication->codes) codings.push_back({coding.system, coding.code});
    const std::string_view source = drug.source.resource;
    found.clear();
    terminology.Find(codings, terminology.TypeBit(source.substr(0, source.find('/'))), found);
    if (drug.procedures.empty()) {
      AddInForce(found, drug.source, joined);
    } else {
      AddGiven(found, drug.source, drug.procedures, joined);
    }
    return true;
  });
  Merge(facts, joined);
}

}  // namespace facet::mapping
