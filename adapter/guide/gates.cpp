#include "adapter/guide/gates.hpp"

#include <algorithm>

namespace facet::guide {

namespace {

constexpr int kAdultYears = 18;
constexpr int kMonthsAYear = 12;

bool Contains(const std::vector<std::string>& list, std::string_view name) {
  return std::find(list.begin(), list.end(), name) != list.end();
}

// The 18th birthday has come, whatever a partial birth date means.
bool KnownAdult(const FhirDateTime& birth, const TimeZone& zone, UtcInstant now) {
  CivilDate last = birth.date;
  if (birth.precision == Precision::kYear) last = {birth.date.year, kMonthsAYear, 31};
  if (birth.precision == Precision::kMonth) last.day = DaysInMonth(last.year, last.month);
  last.year += kAdultYears;
  if (!last.valid()) last = {last.year, 3, 1};  // born on 29 February
  return zone.LocalDate(now) >= last;
}

bool Holds(std::string_view gate, const Request& request, const Settings& settings) {
  const clinical::PatientFact& patient = request.facts->patient;
  if (gate == "opt-out") return Contains(settings.opt_out, request.patient);
  if (!patient.present) return false;  // answered once, as not-checked
  if (gate == "deceased") return patient.deceased;
  if (gate == "inactive") return !patient.active;
  if (gate == "test-patient") return patient.test_patient;
  if (gate == "restricted") return patient.restricted;
  if (gate == "under-18") {
    if (!patient.birth_date) return !settings.offline;
    return !KnownAdult(*patient.birth_date, *request.zone, request.now);
  }
  return true;  // a gate that nobody knows cannot be checked
}

}  // namespace

Availability AvailabilityOf(const Request& request, const Settings& settings) {
  Availability out = settings.offline ? Availability{} : request.availability;
  // Which drug is in force is not known where its Medication could not be read: not absent, offline neither.
  const auto& drugs = request.facts->drug_references;
  const auto in_force = [](const clinical::DrugReference& drug) { return drug.procedures.empty(); };
  if (std::any_of(drugs.begin(), drugs.end(), in_force)) out.medications = false;
  return out;
}

std::vector<std::string> NotAvailable(const Request& request, const Settings& settings) {
  std::vector<std::string> kinds;
  const Availability availability = AvailabilityOf(request, settings);
  if (!availability.conditions) kinds.emplace_back("conditions");
  if (!availability.medications) kinds.emplace_back("medications");
  if (!availability.allergies) kinds.emplace_back("allergies");
  if (!availability.devices) kinds.emplace_back("devices");
  if (!availability.imaging) kinds.emplace_back("imaging");
  if (!availability.orders) kinds.emplace_back("orders");
  if (!availability.patient) kinds.emplace_back("patient");
  return kinds;
}

std::vector<std::string> DoubtsOf(const Request& request, const Settings& settings) {
  std::vector<std::string> doubts;
  for (const clinical::Doubt doubt : (*request.judgements)[request.session].doubts) {
    doubts.emplace_back(NameOf(doubt));
  }
  const bool unchecked = !request.facts->patient.present || !NotAvailable(request, settings).empty();
  const std::string not_checked(NameOf(clinical::Doubt::kNotChecked));
  if (unchecked && !Contains(doubts, not_checked)) doubts.push_back(not_checked);
  return doubts;
}

std::optional<std::vector<std::string>> HeldBy(const Request& request, const clinical::Policy& policy,
                                               const Settings& settings) {
  std::vector<std::string> held;
  for (const std::string& gate : policy.gates) {
    if (Holds(gate, request, settings) && !Contains(held, gate)) held.push_back(gate);
  }
  const std::string not_checked(NameOf(clinical::Doubt::kNotChecked));
  const bool patient_known = request.facts->patient.present && (settings.offline || request.availability.patient);
  if (!patient_known && !settings.offline && !policy.gates.empty()) held.push_back(not_checked);
  for (const std::string& doubt : DoubtsOf(request, settings)) {
    if (Contains(policy.hold_on, doubt) && !Contains(held, doubt)) held.push_back(doubt);
  }
  if (held.empty()) return std::nullopt;
  return held;
}

}  // namespace facet::guide
