// What facts of a patient name by reference, read by its id: encounters of scores, drugs, reasons of procedures.
// Servers differ in what they include in a search; a read by id each of them has.
#include "adapter/engine/facts_codec.hpp"
#include "adapter/engine/patient_stepper.hpp"
#include "adapter/intake/exchange.hpp"

#include <algorithm>
#include <set>

namespace facet::engine::impl {
namespace {

using intake::AnswerClass;

// Medications of one patient that are read, one request each; drugs beyond them are not known. So with reasons.
constexpr std::size_t kMedicationsMax = 50;
constexpr std::size_t kReasonsMax = 50;

std::string_view TypeOf(std::string_view reference) { return reference.substr(0, reference.find('/')); }

}  // namespace

void PatientStepper::WantRead(const std::string& resource) {
  const auto [at, added] = state().reads.try_emplace(resource);
  if (!added) return;
  at->second.status = ReadStatus::kDue;
  at->second.next_at = now_;
}

bool PatientStepper::HoldsFact(const std::string& resource) const {
  const std::vector<clinical::Source> sources = SourcesOf(step_.state.facts);
  return std::any_of(sources.begin(), sources.end(), [&](const auto& source) { return source.resource == resource; });
}

void PatientStepper::TakeRead(const std::string& resource, const intake::Answer& answer) {
  const auto found = state().reads.find(resource);
  if (found == state().reads.end()) return;
  ReadState& read = found->second;
  const AnswerClass kind = intake::Classify(answer);
  const json::Value root = answer.body ? answer.body->root() : json::Value{};
  const bool readable = kind == AnswerClass::kOk && root["resourceType"].string() == TypeOf(resource);
  if (!readable) read.failing.Add(answer, now_, context_.server_answered);
  const bool medication = TypeOf(resource) == "Medication";
  // These entries stay until the next recheck, so that one that gives no fact is not asked for again and again.
  const bool stays = medication || TypeOf(resource) == "Encounter" || TypeOf(resource) == "Condition";
  if (kind == AnswerClass::kNotFound && !read.missing && HoldsFact(resource)) {
    read.missing = true;
    read.status = ReadStatus::kDue;
    read.next_at = now_.PlusMs(intake::kSecondLookMs);
  } else if (readable) {
    read.missing = false;
    read.status = ReadStatus::kDone;
    medication ? TakeMedication(resource, answer, true) : TakeFact(context_.rules.Extract(root), true);
  } else if (kind == AnswerClass::kNotFound || kind == AnswerClass::kGone) {
    read.status = ReadStatus::kDone;
    medication ? TakeMedication(resource, answer, false) : TakeGone(resource);
  } else if (IsGivenUp(read.failing, kind, answer.status, now_)) {
    read.status = ReadStatus::kUnavailable;
    read.next_at = {};
    if (medication) TakeMedication(resource, answer, false);
    if (stays && !medication) MissRead(TypeOf(resource), read, answer);
  } else {
    const intake::RetryPace pace{context_.settings.retry_base_ms,
                                 context_.settings.retry_max_secs * UtcInstant::kMsPerSecond};
    read.status = ReadStatus::kDue;
    read.next_at = now_.PlusMs(intake::RetryDelayMs(read.failing.attempt(), pace, answer, context_.prng));
  }
  if (!stays && !IsPending(read)) state().reads.erase(found);
}

// The scores of an encounter count as if it were an ordinary visit, and a procedure has the region that it has without
// this reason; what it really is is asked again before the next recheck.
void PatientStepper::MissRead(std::string_view type, ReadState& read, const intake::Answer& answer) {
  const bool refused = IsFinal(intake::Classify(answer), answer.status);
  if (!refused) read.next_at = now_.PlusMs(context_.settings.retry_max_secs * UtcInstant::kMsPerSecond);
  step_.events.push_back(events::server_evidence_unavailable(
      KeyOf(state().patient, context_.settings), intake::TypeToken(type), intake::CodeOf(answer), answer.status));
}

// A drug given at a procedure may change a verdict; drugs in force are context, and a gathering waits for them anyway.
void PatientStepper::TakeMedication(const std::string& resource, const intake::Answer& answer, bool readable) {
  const auto given = [&](const clinical::DrugReference& drug) {
    return drug.medication == resource && !drug.procedures.empty();
  };
  const auto& drugs = state().facts.drug_references;
  const bool counts = std::any_of(drugs.begin(), drugs.end(), given);
  if (readable) return TakeFact(context_.rules.Extract(answer.body->root()), counts);
  // What cannot be read now is not known, whatever it was.
  if (context_.rules.Drop(state().facts, resource)) {
    state().judge_due = true;
    if (counts) state().changed_at = now_;
  }
  step_.events.push_back(events::server_evidence_unavailable(KeyOf(state().patient, context_.settings),
                                                             intake::TypeToken("Medication"), intake::CodeOf(answer),
                                                             answer.status));
}

void PatientStepper::WantEncounters() {
  for (const clinical::PainScore& score : state().facts.scores) {
    if (!score.encounter.starts_with("Encounter/")) continue;
    const auto same = [&](const clinical::EncounterFact& fact) { return fact.source.resource == score.encounter; };
    const auto& known = state().facts.encounters;
    if (std::none_of(known.begin(), known.end(), same)) WantRead(score.encounter);
  }
}

void PatientStepper::WantMedications() {
  std::set<std::string> named;
  for (const clinical::DrugReference& drug : state().facts.drug_references) {
    if (drug.medication.starts_with("Medication/")) named.insert(drug.medication);
  }
  std::size_t wanted = 0;
  for (const std::string& medication : named) {
    if (wanted++ < kMedicationsMax) WantRead(medication);
  }
  std::vector<std::string> unnamed;
  for (const clinical::Medication& known : state().facts.medications) {
    if (!named.contains(known.source.resource)) unnamed.push_back(known.source.resource);
  }
  for (const std::string& medication : unnamed) context_.rules.Drop(state().facts, medication);
}

bool PatientStepper::IsNamedReason(const std::string& condition) const {
  const auto& named = step_.state.facts.reason_references;
  return std::any_of(named.begin(), named.end(), [&](const clinical::ReasonReference& one) {
    return std::find(one.conditions.begin(), one.conditions.end(), condition) != one.conditions.end();
  });
}

// Conditions are context and gathered late; those that say where a procedure was done are needed to judge it.
void PatientStepper::WantReasons() {
  std::set<std::string> named;
  for (const clinical::ReasonReference& one : state().facts.reason_references) {
    named.insert(one.conditions.begin(), one.conditions.end());
  }
  std::size_t wanted = 0;
  for (const std::string& condition : named) {
    if (wanted++ < kReasonsMax) WantRead(condition);
  }
}

void PatientStepper::ForgetMedicationReads() {
  std::erase_if(state().reads,
                [](const auto& read) { return TypeOf(read.first) == "Medication" && !IsPending(read.second); });
}

}  // namespace facet::engine::impl
