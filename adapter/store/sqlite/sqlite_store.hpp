#pragma once
// The Store on SQLite: a file beside the daemon, or in memory for tests and the simulation.
//
// In the flow: Engine -> Store -> here. A commit is on disk (WAL, synchronous=FULL) when the call returns.
// Thread: one thread at a time. Owns: the connection and, as a writer, the lock that keeps a second writer out.
// Errors: Open: store.open, store.locked, store.schema; else store.read, store.write. A failed call changed nothing.
#include "adapter/engine/store.hpp"
#include "adapter/store/lock_file.hpp"
#include "adapter/store/sqlite/database.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace facet::store {

// What a test wants to happen at a commit (AppendInbox, Commit and Prune are one commit each).
enum class CommitFault : std::uint8_t {
  kNone,
  kFail,       // nothing is stored, the call answers store.write
  kDieBefore,  // nothing is stored; the process is dead: every call fails until Revive
  kDieAfter,   // everything is stored; the process is dead: nobody hears of it
};

class SqliteStore final : public engine::Store {
 public:
  static Result<std::unique_ptr<SqliteStore>> Open(const std::string& path, Access access);
  static Result<std::unique_ptr<SqliteStore>> OpenInMemory();

  Status CheckPages() { return database_->CheckPages(); }
  int schema_version() const noexcept { return database_->schema_version(); }
  bool created() const noexcept { return database_->created(); }  // there was no store at this path before

  Result<std::vector<NotificationId>> AppendInbox(const std::vector<engine::InboxRow>& rows) override;
  Status Commit(const engine::Batch& batch) override;
  Status Probe() override;
  Result<std::vector<engine::InboxRow>> LoadNewInbox(NotificationId after, std::size_t limit) override;
  Result<std::optional<std::string>> LoadFeed() override;
  Result<std::optional<engine::PatientRow>> FindPatient(const PatientRef& patient) override;
  Result<bool> IsFollowed(const PatientRef& patient) override;
  Result<std::vector<PatientRef>> FindHolders(const ResourceRef& resource) override;
  Result<std::vector<PatientRef>> LoadDuePatients(UtcInstant now, std::size_t limit) override;
  Result<std::optional<UtcInstant>> FindNextWake() override;
  Result<std::optional<delivery::OutboxRow>> FindOutbox(const std::string& id) override;
  Result<std::vector<delivery::OutboxRow>> LoadDueOutbox(UtcInstant now, std::size_t limit) override;
  Result<std::optional<UtcInstant>> FindNextAttempt() override;
  Result<std::vector<delivery::OutboxRow>> ListOutbox() override;
  Result<std::vector<engine::JudgementRow>> ListJudgements(const EpisodeId& id) override;
  Result<std::vector<EpisodeId>> ListEpisodes(const PatientRef& patient) override;
  Result<std::vector<PatientRef>> ListPatients() override;
  Result<std::optional<PatientRef>> FindPatientOf(const EpisodeId& episode) override;
  Result<engine::StoreCounts> Count() override;
  Result<bool> Prune(const engine::PruneLimits& limits) override;

  // Asked at every commit with its number, from 1.
  using FaultHook = std::function<CommitFault(std::uint64_t commit)>;
  void SetFaultForTest(FaultHook hook) { fault_ = std::move(hook); }
  bool dead() const noexcept { return dead_; }
  void Revive() noexcept { dead_ = false; }  // the next process opens the same store
  std::uint64_t commits() const noexcept { return commits_; }
  Status LimitPagesForTest(int pages_max);  // the disk is full beyond that
  Result<std::vector<QueryPlan>> PlansForTest() { return database_->PlansForTest(); }

 private:
  explicit SqliteStore(std::unique_ptr<Database> database) : database_(std::move(database)) {}
  // Runs `body` in one transaction, with the fault of the hook.
  Status Transact(const std::function<Status()>& body);
  Status Apply(const engine::Batch& batch);
  Status Apply(const engine::ClockStep& step);
  Status Recover(UtcInstant at);
  Status Apply(const engine::PatientUpdate& update);
  Status Apply(const delivery::OutboxRow& row);
  Status Alive(ErrorCode code) const;

  std::unique_ptr<LockFile> lock_;  // given back after the connection is closed
  std::unique_ptr<Database> database_;
  FaultHook fault_;
  std::uint64_t commits_ = 0;
  bool dead_ = false;
};

}  // namespace facet::store
