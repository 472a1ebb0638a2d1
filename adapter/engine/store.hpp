#pragma once
// Store: everything that must survive a crash. One writer (the engine thread); operators' commands read beside it.
//
// In the flow: Engine::Turn commits accepted notifications (AppendInbox), then one Batch a turn (Commit); nothing is
// acknowledged or handed to the world before the call that stores it has returned.
// Thread: one thread at a time. Owns: its connection. Errors: store.write, store.read; a failed call changed nothing.
// Ordering: every list is ordered as said here, so that two stores with the same content behave the same.
#include "adapter/base/result.hpp"
#include "adapter/engine/types.hpp"

#include <optional>
#include <string>
#include <vector>

namespace facet::engine {

// The wall clock was set. Forward: a write that may still be applied (settles_at) settles as much later. Back: rows
// that wait for a time are due now. In both cases it settles no later than `settles_by`.
struct ClockStep {
  UtcInstant now;
  std::int64_t by_ms = 0;  // < 0: back
  UtcInstant settles_by;
};

// One transaction: all of it, or nothing. Applied in the order of the members.
struct Batch {
  // After a start: rows in flight become unknown and due now, busy patients are woken now.
  std::optional<UtcInstant> recover_at;
  // After a start, as the clock may have been set meanwhile: open writes that may still be applied settle then.
  std::optional<UtcInstant> settle_again_at;
  std::optional<ClockStep> clock_step;
  // Every followed patient is woken no later than this (mappings, policy or mode have changed).
  std::optional<UtcInstant> wake_all_at;
  std::optional<std::string> feed;  // replaces the feed document
  std::vector<InboxUpdate> inbox;
  std::vector<PatientUpdate> patients;  // inserted or replaced; one entry a patient
  // Unfollowed: the row, its sources and its episode index are removed (after `patients`); outbox and history stay.
  std::vector<PatientRef> patients_removed;
  std::vector<delivery::OutboxRow> outbox;  // inserted or replaced by id; one entry an id
  std::vector<JudgementRow> judgements;     // appended
  bool empty() const noexcept {
    return !recover_at && !settle_again_at && !clock_step && !wake_all_at && !feed && inbox.empty() &&
           patients.empty() && patients_removed.empty() && outbox.empty() && judgements.empty();
  }
};

// What is kept no longer. Notifications that were worked off say nothing that history does not say.
struct PruneLimits {
  UtcInstant accepted_before;  // inbox rows, done
  UtcInstant before;  // inbox rows given up; history and finished outbox rows (done, dead) of unfollowed patients
  std::size_t rows_max = 0;
};

class Store {
 public:
  virtual ~Store() = default;

  // Group commit: all rows (their ids are ignored) in one durable transaction; answers their ids, in order.
  virtual Result<std::vector<NotificationId>> AppendInbox(const std::vector<InboxRow>& rows) = 0;
  virtual Status Commit(const Batch& batch) = 0;
  // Whether there is room for a notification: stores one and removes it again, in one transaction.
  virtual Status Probe() = 0;

  // Rows in state new with an id greater than `after`, by id.
  virtual Result<std::vector<InboxRow>> LoadNewInbox(NotificationId after, std::size_t limit) = 0;
  virtual Result<std::optional<std::string>> LoadFeed() = 0;

  virtual Result<std::optional<PatientRow>> FindPatient(const PatientRef& patient) = 0;
  virtual Result<bool> IsFollowed(const PatientRef& patient) = 0;
  // Followed patients with facts from this resource, by reference.
  virtual Result<std::vector<PatientRef>> FindHolders(const ResourceRef& resource) = 0;
  // Patients with next_wake_at <= now, by (next_wake_at, reference).
  virtual Result<std::vector<PatientRef>> LoadDuePatients(UtcInstant now, std::size_t limit) = 0;
  virtual Result<std::optional<UtcInstant>> FindNextWake() = 0;  // earliest next_wake_at of all

  virtual Result<std::optional<delivery::OutboxRow>> FindOutbox(const std::string& id) = 0;
  // Rows due or unknown with next_attempt_at <= now, by (next_attempt_at, created_at, id).
  virtual Result<std::vector<delivery::OutboxRow>> LoadDueOutbox(UtcInstant now, std::size_t limit) = 0;
  virtual Result<std::optional<UtcInstant>> FindNextAttempt() = 0;  // earliest next_attempt_at of due and unknown rows

  // For operators' commands and metrics.
  virtual Result<std::vector<delivery::OutboxRow>> ListOutbox() = 0;                      // by (created_at, id)
  virtual Result<std::vector<JudgementRow>> ListJudgements(const EpisodeId& id) = 0;      // as appended
  virtual Result<std::vector<EpisodeId>> ListEpisodes(const PatientRef& patient) = 0;     // by id; known from history
  virtual Result<std::vector<PatientRef>> ListPatients() = 0;                             // followed, by reference
  virtual Result<std::optional<PatientRef>> FindPatientOf(const EpisodeId& episode) = 0;  // followed or in history
  virtual Result<StoreCounts> Count() = 0;

  // Removes what is older than the limits, at most `rows_max` rows of a table, in one transaction; answers whether
  // there may be more.
  virtual Result<bool> Prune(const PruneLimits& limits) = 0;
};

}  // namespace facet::engine
