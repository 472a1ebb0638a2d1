#include "adapter/engine/ledger.hpp"

#include "adapter/engine/facts_codec.hpp"

#include <algorithm>

namespace facet::engine {
namespace {

std::vector<std::string> SourceNames(const PatientState& state) {
  std::vector<std::string> names;
  for (const clinical::Source& source : SourcesOf(state.facts)) names.push_back(source.resource);
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

std::vector<std::string> EpisodeIds(const PatientState& state) {
  std::vector<std::string> ids;
  for (const EpisodeState& episode : state.episodes) ids.push_back(episode.id);
  std::sort(ids.begin(), ids.end());
  return ids;
}

// What `left` has and `right` has not; both are ordered.
template <class Out>
std::vector<Out> Missing(const std::vector<std::string>& left, const std::vector<std::string>& right) {
  std::vector<std::string> names;
  std::set_difference(left.begin(), left.end(), right.begin(), right.end(), std::back_inserter(names));
  std::vector<Out> out;
  for (std::string& name : names) out.emplace_back(std::move(name));
  return out;
}

}  // namespace

Result<Ledger::Patient*> Ledger::FindPatient(const PatientRef& patient) {
  const auto known = patients_.find(patient);
  if (known != patients_.end()) return known->second.removed ? nullptr : &known->second;
  ADAPTER_TRY(row, store_.FindPatient(patient));
  if (!row) return static_cast<Patient*>(nullptr);
  ADAPTER_TRY(state, LoadPatientState(row->document));
  Patient& loaded = patients_[patient];
  loaded.state = std::move(state);
  loaded.next_wake_at = row->next_wake_at;
  loaded.busy = row->busy;
  loaded.sources = SourceNames(loaded.state);
  loaded.episodes = EpisodeIds(loaded.state);
  return &loaded;
}

Result<bool> Ledger::IsFollowed(const PatientRef& patient) {
  const auto known = patients_.find(patient);
  if (known != patients_.end()) return !known->second.removed;
  return store_.IsFollowed(patient);
}

Ledger::Patient& Ledger::Insert(PatientState state) {
  // One that was removed in this turn keeps what the store still has of it, so that the difference is right.
  Patient& patient = patients_[state.patient];
  patient.state = std::move(state);
  patient.changed = true;
  patient.removed = false;
  return patient;
}

Result<std::vector<PatientRef>> Ledger::FindHolders(const std::string& resource) {
  ADAPTER_TRY(stored, store_.FindHolders(ResourceRef(resource)));
  std::vector<PatientRef> holders;
  for (PatientRef& patient : stored) {
    if (patients_.find(patient) == patients_.end()) holders.push_back(std::move(patient));
  }
  for (const auto& [ref, patient] : patients_) {
    if (patient.removed) continue;
    const std::vector<std::string> names = SourceNames(patient.state);
    if (std::binary_search(names.begin(), names.end(), resource)) holders.push_back(ref);
  }
  std::sort(holders.begin(), holders.end());
  return holders;
}

Result<std::optional<delivery::OutboxRow>> Ledger::FindOutbox(const std::string& id) {
  const auto known = outbox_.find(id);
  if (known != outbox_.end()) return std::optional(known->second);
  return store_.FindOutbox(id);
}

void Ledger::PutOutbox(delivery::OutboxRow row) { outbox_[row.id] = std::move(row); }

Batch& Ledger::Finish() {
  for (auto& [ref, patient] : patients_) {
    if (patient.removed) {
      batch_.patients_removed.push_back(ref);
    } else if (patient.changed) {
      PatientUpdate update;
      update.row = {ref, SavePatientState(patient.state), patient.next_wake_at, patient.busy};
      const std::vector<std::string> sources = SourceNames(patient.state);
      update.sources_added = Missing<ResourceRef>(sources, patient.sources);
      update.sources_removed = Missing<ResourceRef>(patient.sources, sources);
      update.episodes_added = Missing<EpisodeId>(EpisodeIds(patient.state), patient.episodes);
      batch_.patients.push_back(std::move(update));
    }
  }
  for (auto& [id, row] : outbox_) batch_.outbox.push_back(std::move(row));
  return batch_;
}

void Ledger::Clear() {
  patients_.clear();
  outbox_.clear();
  batch_ = {};
}

}  // namespace facet::engine
