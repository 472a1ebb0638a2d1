#pragma once
// Ledger: the store as one turn sees it. Reads go through to the store, changes are kept here until they become one
// Batch, so that every step of a turn sees what the steps before it did, and all of it is committed, or nothing.
//
// Thread: engine thread. Owns: the changed documents of one turn. Errors: store.read.
#include "adapter/base/result.hpp"
#include "adapter/engine/patient_state.hpp"
#include "adapter/engine/store.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace facet::engine {

class Ledger {
 public:
  explicit Ledger(Store& store) : store_(store) {}

  struct Patient {
    PatientState state;
    std::optional<UtcInstant> next_wake_at;
    bool busy = false;
    bool changed = false;
    bool removed = false;
    std::vector<std::string> sources;  // as the store has them
    std::vector<std::string> episodes;
  };
  // nullptr: not followed. Valid until Clear.
  Result<Patient*> FindPatient(const PatientRef& patient);
  Result<bool> IsFollowed(const PatientRef& patient);
  Patient& Insert(PatientState state);
  // Followed patients with facts from this resource, by reference.
  Result<std::vector<PatientRef>> FindHolders(const std::string& resource);

  Result<std::optional<delivery::OutboxRow>> FindOutbox(const std::string& id);
  void PutOutbox(delivery::OutboxRow row);

  Batch& batch() { return batch_; }
  // Puts the changed patients and rows into the batch.
  Batch& Finish();
  void Clear();

 private:
  Store& store_;
  std::map<PatientRef, Patient> patients_;
  std::map<std::string, delivery::OutboxRow> outbox_;
  Batch batch_;
};

}  // namespace facet::engine
