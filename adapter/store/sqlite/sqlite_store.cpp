#include "adapter/store/sqlite/sqlite_store.hpp"

#include <utility>

namespace facet::store {

using engine::Batch;
using engine::ClockStep;
using engine::InboxRow;
using engine::InboxUpdate;
using engine::JudgementRow;
using engine::PatientUpdate;

namespace {

std::optional<std::int64_t> Ms(const std::optional<UtcInstant>& at) {
  if (!at) return std::nullopt;
  return at->ms;
}

std::optional<std::string_view> Name(const std::optional<ErrorCode>& code) {
  if (!code) return std::nullopt;
  return NameOf(*code);
}

// As long as the ids of a notification can be, together.
constexpr std::size_t kProbeBytes = 256;

template <class... Values>
Status Run(Database& database, const char* sql, const Values&... values) {
  return Query(database, ErrorCode::kStoreWrite, sql, values...).Run();
}

}  // namespace

Result<std::unique_ptr<SqliteStore>> SqliteStore::Open(const std::string& path, Access access) {
  std::unique_ptr<LockFile> lock;
  if (access == Access::kWriter) {
    ADAPTER_TRY(acquired, LockFile::Acquire(path + ".lock"));
    lock = std::move(acquired);
  }
  ADAPTER_TRY(database, Database::Open(path, access));
  std::unique_ptr<SqliteStore> store(new SqliteStore(std::move(database)));
  store->lock_ = std::move(lock);
  return store;
}

Result<std::unique_ptr<SqliteStore>> SqliteStore::OpenInMemory() {
  ADAPTER_TRY(database, Database::Open(":memory:", Access::kWriter));
  return std::unique_ptr<SqliteStore>(new SqliteStore(std::move(database)));
}

Status SqliteStore::LimitPagesForTest(int pages_max) {
  return database_->Execute(("PRAGMA max_page_count = " + std::to_string(pages_max)).c_str(), ErrorCode::kStoreWrite);
}

Status SqliteStore::Alive(ErrorCode code) const {
  if (dead_) return MakeError(code, "store", "the process is dead (fault of a test)", Retry::kLater);
  return {};
}

Status SqliteStore::Transact(const std::function<Status()>& body) {
  ADAPTER_TRY_STATUS(Alive(ErrorCode::kStoreWrite));
  ++commits_;
  const CommitFault fault = fault_ ? fault_(commits_) : CommitFault::kNone;
  Transaction transaction(*database_);
  ADAPTER_TRY_STATUS(transaction.Begin());
  ADAPTER_TRY_STATUS(body());
  if (fault == CommitFault::kFail || fault == CommitFault::kDieBefore) {
    dead_ = fault == CommitFault::kDieBefore;
    return MakeError(ErrorCode::kStoreWrite, "store", "the commit failed (fault of a test)", Retry::kLater);
  }
  ADAPTER_TRY_STATUS(transaction.Commit());
  if (fault == CommitFault::kDieAfter) {
    dead_ = true;
    return Alive(ErrorCode::kStoreWrite);
  }
  return {};
}

Result<std::vector<NotificationId>> SqliteStore::AppendInbox(const std::vector<InboxRow>& rows) {
  std::vector<NotificationId> ids;
  const auto insert_all = [&]() -> Status {
    for (const InboxRow& row : rows) {
      Query insert(*database_, ErrorCode::kStoreWrite,
                   "INSERT INTO phi_inbox (kind, type, resource_id, patient, facet, received_at_ms, state, reason)"
                   " VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
                   NameOf(row.hint.kind), row.hint.type, row.hint.id, row.hint.patient.get(), row.hint.facet,
                   row.received_at.ms, NameOf(row.state), row.reason);
      if (insert.Next()) ids.emplace_back(static_cast<std::uint64_t>(insert.Int(0)));
      ADAPTER_TRY_STATUS(insert.Run());
    }
    return {};
  };
  ADAPTER_TRY_STATUS(Transact(insert_all));
  return ids;
}

Status SqliteStore::Commit(const Batch& batch) {
  return Transact([&] { return Apply(batch); });
}

Status SqliteStore::Probe() {
  return Transact([this]() -> Status {
    Query insert(*database_, ErrorCode::kStoreWrite,
                 "INSERT INTO phi_inbox (kind, type, resource_id, patient, facet, received_at_ms, state, reason)"
                 " VALUES (?, '', ?, '', 0, 0, 'new', '') RETURNING id",
                 NameOf(intake::HintKind::kWake), std::string(kProbeBytes, '-'));
    const std::int64_t id = insert.Next() ? insert.Int(0) : 0;
    ADAPTER_TRY_STATUS(insert.Run());
    return Run(*database_, "DELETE FROM phi_inbox WHERE id = ?", id);
  });
}

Status SqliteStore::Recover(UtcInstant at) {
  ADAPTER_TRY_STATUS(Run(*database_,
                         "UPDATE phi_outbox SET state = ?, next_attempt_at_ms = ?, updated_at_ms = ?2"
                         " WHERE state = ?",
                         NameOf(delivery::OutboxState::kUnknown), at.ms, NameOf(delivery::OutboxState::kInFlight)));
  return Run(*database_,
             "UPDATE phi_patient SET next_wake_at_ms = min(ifnull(next_wake_at_ms, ?1), ?1)"
             " WHERE busy <> 0",
             at.ms);
}

Status SqliteStore::Apply(const ClockStep& step) {
  ADAPTER_TRY_STATUS(Run(*database_,
                         "UPDATE phi_outbox SET settles_at_ms = min(settles_at_ms + max(?, 0), ?)"
                         " WHERE state IN ('due', 'unknown', 'in-flight') AND settles_at_ms IS NOT NULL",
                         step.by_ms, step.settles_by.ms));
  if (step.by_ms >= 0) return {};
  return Run(*database_,
             "UPDATE phi_outbox SET next_attempt_at_ms = ?1"
             " WHERE state IN ('due', 'unknown') AND next_attempt_at_ms > ?1",
             step.now.ms);
}

Status SqliteStore::Apply(const Batch& batch) {
  Database& db = *database_;
  if (batch.recover_at) ADAPTER_TRY_STATUS(Recover(*batch.recover_at));
  if (batch.settle_again_at) {
    ADAPTER_TRY_STATUS(Run(db,
                           "UPDATE phi_outbox SET settles_at_ms = ?"
                           " WHERE state IN ('due', 'unknown') AND settles_at_ms IS NOT NULL",
                           batch.settle_again_at->ms));
  }
  if (batch.clock_step) ADAPTER_TRY_STATUS(Apply(*batch.clock_step));
  if (batch.wake_all_at) {
    ADAPTER_TRY_STATUS(Run(db, "UPDATE phi_patient SET next_wake_at_ms = min(ifnull(next_wake_at_ms, ?1), ?1)",
                           batch.wake_all_at->ms));
  }
  if (batch.feed) {
    ADAPTER_TRY_STATUS(Run(db,
                           "INSERT INTO phi_feed (id, document) VALUES (1, ?)"
                           " ON CONFLICT (id) DO UPDATE SET document = excluded.document",
                           *batch.feed));
  }
  for (const InboxUpdate& update : batch.inbox) {
    ADAPTER_TRY_STATUS(Run(db, "UPDATE phi_inbox SET state = ?, reason = ?, finished_at_ms = ? WHERE id = ?",
                           NameOf(update.state), update.reason, update.finished_at.ms,
                           static_cast<std::int64_t>(update.id.get())));
  }
  for (const PatientUpdate& update : batch.patients) ADAPTER_TRY_STATUS(Apply(update));
  for (const PatientRef& patient : batch.patients_removed) {
    // Sources and the episode index go with the row (ON DELETE CASCADE).
    ADAPTER_TRY_STATUS(Run(db, "DELETE FROM phi_patient WHERE patient = ?", patient.get()));
  }
  for (const delivery::OutboxRow& row : batch.outbox) ADAPTER_TRY_STATUS(Apply(row));
  for (const JudgementRow& row : batch.judgements) {
    ADAPTER_TRY_STATUS(Run(db,
                           "INSERT INTO phi_judgement (episode, patient, at_ms, kind, verdict, document)"
                           " VALUES (?, ?, ?, ?, ?, ?)",
                           row.episode.get(), row.patient.get(), row.at.ms, NameOf(row.kind), row.verdict,
                           row.document));
  }
  return {};
}

Status SqliteStore::Apply(const PatientUpdate& update) {
  Database& db = *database_;
  const std::string& patient = update.row.patient.get();
  ADAPTER_TRY_STATUS(Run(db,
                         "INSERT INTO phi_patient (patient, document, next_wake_at_ms, busy) VALUES (?, ?, ?, ?)"
                         " ON CONFLICT (patient) DO UPDATE SET document = excluded.document,"
                         " next_wake_at_ms = excluded.next_wake_at_ms, busy = excluded.busy",
                         patient, update.row.document, Ms(update.row.next_wake_at), update.row.busy));
  for (const ResourceRef& source : update.sources_removed) {
    ADAPTER_TRY_STATUS(Run(db, "DELETE FROM phi_source WHERE resource = ? AND patient = ?", source.get(), patient));
  }
  for (const ResourceRef& source : update.sources_added) {
    ADAPTER_TRY_STATUS(Run(db,
                           "INSERT INTO phi_source (resource, patient) VALUES (?, ?)"
                           " ON CONFLICT DO NOTHING",
                           source.get(), patient));
  }
  for (const EpisodeId& episode : update.episodes_added) {
    ADAPTER_TRY_STATUS(Run(db,
                           "INSERT INTO phi_episode (episode, patient) VALUES (?, ?)"
                           " ON CONFLICT DO NOTHING",
                           episode.get(), patient));
  }
  return {};
}

Status SqliteStore::Apply(const delivery::OutboxRow& row) {
  return Run(*database_,
             "INSERT OR REPLACE INTO phi_outbox (id, resource_type, kind, patient, episode, after_id, payload,"
             " payload_hash, state, outcome, attempts, next_attempt_at_ms, last_error, last_status, created_at_ms,"
             " updated_at_ms, sent_hash, sent_at_ms, written_hash, server_id, server_version,"
             " server_errors, settles_at_ms)"
             " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
             row.id, row.resource_type, NameOf(row.kind), row.patient.get(), row.episode.get(), row.after, row.payload,
             row.payload_hash, NameOf(row.state), NameOf(row.outcome), row.attempts, row.next_attempt_at.ms,
             Name(row.last_error), row.last_status, row.created_at.ms, row.updated_at.ms, row.sent_hash,
             Ms(row.sent_at), row.written_hash, row.server_id, row.server_version, row.server_errors,
             Ms(row.settles_at));
}

Result<bool> SqliteStore::Prune(const engine::PruneLimits& limits) {
  const auto rows_max = static_cast<std::int64_t>(limits.rows_max);
  bool more = false;
  const auto remove = [&](const char* sql, UtcInstant before) -> Status {
    ADAPTER_TRY_STATUS(Run(*database_, sql, before.ms, rows_max));
    more = more || database_->changes() >= rows_max;
    return {};
  };
  // The states are literals: only then SQLite sees that the partial indices serve.
  const auto remove_all = [&]() -> Status {
    ADAPTER_TRY_STATUS(remove("DELETE FROM phi_inbox WHERE id IN (SELECT id FROM phi_inbox"
                              " WHERE state = 'done' AND finished_at_ms < ? LIMIT ?)",
                              limits.accepted_before));
    ADAPTER_TRY_STATUS(remove("DELETE FROM phi_inbox WHERE id IN (SELECT id FROM phi_inbox"
                              " WHERE state = 'dead' AND finished_at_ms < ? LIMIT ?)",
                              limits.before));
    ADAPTER_TRY_STATUS(remove("DELETE FROM phi_judgement WHERE id IN (SELECT id FROM phi_judgement AS old"
                              " WHERE at_ms < ? AND NOT EXISTS"
                              " (SELECT 1 FROM phi_patient WHERE patient = old.patient) LIMIT ?)",
                              limits.before));
    return remove("DELETE FROM phi_outbox WHERE id IN (SELECT id FROM phi_outbox AS old"
                  " WHERE state IN ('done', 'dead') AND updated_at_ms < ? AND NOT EXISTS"
                  " (SELECT 1 FROM phi_patient WHERE patient = old.patient) LIMIT ?)",
                  limits.before);
  };
  ADAPTER_TRY_STATUS(Transact(remove_all));
  return more;
}

}  // namespace facet::store
