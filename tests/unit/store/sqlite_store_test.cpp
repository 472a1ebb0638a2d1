// The SQLite store in memory: the contract of engine/store.hpp, and the faults that tests ask for.
#include "rows.hpp"

#include "adapter/store/sqlite/sqlite_store.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
namespace facet::store {
namespace {

using delivery::OutboxKind;
using delivery::OutboxRow;
using delivery::OutboxState;
using engine::Batch;
using engine::InboxRow;
using engine::InboxState;
using engine::JudgementRow;
using engine::PatientRow;
using engine::PatientUpdate;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::Ids;
using ::testing::IsEmpty;
using testing::Judged;
using testing::Notification;
using testing::Owed;
using testing::Patient;
using ::testing::SizeIs;
using testing::Texts;

class SqliteStoreTest : public ::testing::Test {
 protected:
  SqliteStoreTest() : store_(*SqliteStore::OpenInMemory()) {}
  std::unique_ptr<SqliteStore> store_;
};

TEST_F(SqliteStoreTest, InboxKeepsOrderAndForgetsWhatIsFinished) {
  const auto ids = store_->AppendInbox({Notification("o1"), Notification("o2"), Notification("o3")});
  ASSERT_TRUE(ids.ok());
  ASSERT_THAT(*ids, SizeIs(3));
  EXPECT_LT((*ids)[0], (*ids)[1]);

  Batch batch;
  batch.inbox = {{(*ids)[1], InboxState::kDone, "applied", {2000}}};
  ASSERT_TRUE(store_->Commit(batch).ok());
  const auto rows = store_->LoadNewInbox(NotificationId(0), 10);
  ASSERT_TRUE(rows.ok());
  ASSERT_THAT(*rows, SizeIs(2));
  EXPECT_EQ((*rows)[0].hint.id, "o1");
  EXPECT_EQ((*rows)[0].hint.kind, intake::HintKind::kChanged);
  EXPECT_EQ((*rows)[0].hint.patient, PatientRef("Patient/p1"));
  EXPECT_TRUE((*rows)[0].hint.facet);
  EXPECT_EQ((*rows)[0].received_at.ms, 1000);
  EXPECT_EQ((*rows)[1].hint.id, "o3");
  EXPECT_THAT(*store_->LoadNewInbox((*ids)[0], 10), SizeIs(1));
  EXPECT_THAT(*store_->LoadNewInbox(NotificationId(0), 1), SizeIs(1));
}

TEST_F(SqliteStoreTest, FeedIsReplaced) {
  EXPECT_EQ(*store_->LoadFeed(), std::nullopt);
  for (const char* document : {"{}", R"({"a":1})"}) {
    Batch batch;
    batch.feed = document;
    ASSERT_TRUE(store_->Commit(batch).ok());
    EXPECT_EQ(*store_->LoadFeed(), document);
  }
}

TEST_F(SqliteStoreTest, PatientsAreReplacedAndIndexed) {
  Batch batch;
  batch.patients = {Patient("Patient/b", UtcInstant{5}), Patient("Patient/a", UtcInstant{5}), Patient("Patient/c")};
  batch.patients[0].sources_added = {ResourceRef("Observation/o1"), ResourceRef("Observation/o2")};
  batch.patients[1].sources_added = {ResourceRef("Observation/o1"), ResourceRef("Observation/o1")};
  batch.patients[0].episodes_added = {EpisodeId("e2"), EpisodeId("e1")};
  ASSERT_TRUE(store_->Commit(batch).ok());
  EXPECT_THAT(Texts(*store_->FindHolders(ResourceRef("Observation/o1"))), ElementsAre("Patient/a", "Patient/b"));
  EXPECT_THAT(Texts(*store_->ListPatients()), ElementsAre("Patient/a", "Patient/b", "Patient/c"));
  EXPECT_THAT(Texts(*store_->ListEpisodes(PatientRef("Patient/b"))), ElementsAre("e1", "e2"));
  EXPECT_EQ(*store_->FindPatientOf(EpisodeId("e1")), PatientRef("Patient/b"));
  EXPECT_EQ(*store_->FindPatientOf(EpisodeId("none")), std::nullopt);

  Batch change;
  change.patients = {Patient("Patient/b", UtcInstant{9}, true)};
  change.patients[0].row.document = "{2}";
  change.patients[0].sources_removed = {ResourceRef("Observation/o1")};
  ASSERT_TRUE(store_->Commit(change).ok());
  EXPECT_THAT(Texts(*store_->FindHolders(ResourceRef("Observation/o1"))), ElementsAre("Patient/a"));
  EXPECT_THAT(Texts(*store_->FindHolders(ResourceRef("Observation/o2"))), ElementsAre("Patient/b"));
  const auto row = store_->FindPatient(PatientRef("Patient/b"));
  ASSERT_TRUE(row.ok() && row->has_value());
  EXPECT_EQ((*row)->document, "{2}");
  EXPECT_TRUE((*row)->busy);
  EXPECT_EQ((*row)->next_wake_at, UtcInstant{9});
  EXPECT_EQ(*store_->FindPatient(PatientRef("Patient/x")), std::nullopt);
}

TEST_F(SqliteStoreTest, DuePatientsByTimeThenReference) {
  Batch batch;
  batch.patients = {Patient("Patient/b", UtcInstant{5}), Patient("Patient/a", UtcInstant{5}),
                    Patient("Patient/c", UtcInstant{1}), Patient("Patient/d"), Patient("Patient/e", UtcInstant{6})};
  ASSERT_TRUE(store_->Commit(batch).ok());
  EXPECT_THAT(Texts(*store_->LoadDuePatients({5}, 10)), ElementsAre("Patient/c", "Patient/a", "Patient/b"));
  EXPECT_THAT(Texts(*store_->LoadDuePatients({5}, 1)), ElementsAre("Patient/c"));
  EXPECT_THAT(*store_->LoadDuePatients({0}, 10), IsEmpty());
  EXPECT_EQ(*store_->FindNextWake(), UtcInstant{1});
}

TEST_F(SqliteStoreTest, UnfollowingLeavesHistoryAndOutbox) {
  Batch batch;
  batch.patients = {Patient("Patient/a", UtcInstant{5})};
  batch.patients[0].sources_added = {ResourceRef("Observation/o1")};
  batch.patients[0].episodes_added = {EpisodeId("e1")};
  batch.judgements = {Judged("e1", "Patient/a", 10)};
  batch.outbox = {Owed("c1", 1)};
  ASSERT_TRUE(store_->Commit(batch).ok());
  Batch removal;
  removal.patients_removed = {PatientRef("Patient/a")};
  ASSERT_TRUE(store_->Commit(removal).ok());
  EXPECT_FALSE(*store_->IsFollowed(PatientRef("Patient/a")));
  EXPECT_THAT(*store_->FindHolders(ResourceRef("Observation/o1")), IsEmpty());
  EXPECT_EQ(*store_->FindPatientOf(EpisodeId("e1")), PatientRef("Patient/a"));
  EXPECT_THAT(Texts(*store_->ListEpisodes(PatientRef("Patient/a"))), ElementsAre("e1"));
  EXPECT_THAT(*store_->ListOutbox(), SizeIs(1));
}

TEST_F(SqliteStoreTest, OutboxKeepsEveryField) {
  OutboxRow row = Owed("c1", 7, OutboxState::kUnknown);
  row.kind = OutboxKind::kRevoke;
  row.after = "c0";
  row.outcome = delivery::Outcome::kChanged;
  row.attempts = 3;
  row.last_error = ErrorCode::kNetTimeout;
  row.last_status = 503;
  row.sent_hash = "sent";
  row.sent_at = UtcInstant{6};
  row.written_hash = "written";
  row.server_id = "s1";
  row.server_version = "4";
  row.server_errors = 7;
  row.settles_at = UtcInstant{8};
  row.payload = std::string("zero\0inside", 11);
  Batch batch;
  batch.outbox = {row};
  ASSERT_TRUE(store_->Commit(batch).ok());
  const auto found = store_->FindOutbox("c1");
  ASSERT_TRUE(found.ok() && found->has_value());
  const OutboxRow& read = **found;
  EXPECT_EQ(read.kind, OutboxKind::kRevoke);
  EXPECT_EQ(read.state, OutboxState::kUnknown);
  EXPECT_EQ(read.outcome, delivery::Outcome::kChanged);
  EXPECT_EQ(read.patient, row.patient);
  EXPECT_EQ(read.episode, row.episode);
  EXPECT_EQ(read.after, "c0");
  EXPECT_EQ(read.payload, row.payload);
  EXPECT_EQ(read.payload_hash, "h");
  EXPECT_EQ(read.attempts, 3);
  EXPECT_EQ(read.next_attempt_at, UtcInstant{7});
  EXPECT_EQ(read.last_error, ErrorCode::kNetTimeout);
  EXPECT_EQ(read.last_status, 503);
  EXPECT_EQ(read.created_at, UtcInstant{1});
  EXPECT_EQ(read.updated_at, UtcInstant{2});
  EXPECT_EQ(read.sent_hash, "sent");
  EXPECT_EQ(read.sent_at, UtcInstant{6});
  EXPECT_EQ(read.written_hash, "written");
  EXPECT_EQ(read.server_id, "s1");
  EXPECT_EQ(read.server_version, "4");
  EXPECT_EQ(read.server_errors, 7);
  EXPECT_EQ(read.settles_at, UtcInstant{8});
  EXPECT_EQ(*store_->FindOutbox("none"), std::nullopt);
}

TEST_F(SqliteStoreTest, DueOutboxHoldsDueAndUnknownOnly) {
  Batch batch;
  batch.outbox = {Owed("b", 5),
                  Owed("a", 5, OutboxState::kUnknown),
                  Owed("c", 1),
                  Owed("d", 1, OutboxState::kDone),
                  Owed("e", 1, OutboxState::kHeld),
                  Owed("f", 6)};
  ASSERT_TRUE(store_->Commit(batch).ok());
  EXPECT_THAT(Ids(*store_->LoadDueOutbox({5}, 10)), ElementsAre("c", "a", "b"));
  EXPECT_THAT(Ids(*store_->LoadDueOutbox({5}, 2)), ElementsAre("c", "a"));
  EXPECT_EQ(*store_->FindNextAttempt(), UtcInstant{1});
  const auto counts = store_->Count();
  ASSERT_TRUE(counts.ok());
  EXPECT_EQ(counts->outbox_open, 4);
  EXPECT_EQ(counts->outbox_done, 1);
  EXPECT_EQ(counts->outbox_held, 1);
}

TEST_F(SqliteStoreTest, RecoveryMakesInFlightUnknownAndWakesTheBusy) {
  Batch batch;
  batch.patients = {Patient("Patient/a", std::nullopt, true), Patient("Patient/b", UtcInstant{500}, true),
                    Patient("Patient/c", UtcInstant{500}), Patient("Patient/d", UtcInstant{50}, true)};
  batch.outbox = {Owed("f", 900, OutboxState::kInFlight), Owed("g", 900)};
  ASSERT_TRUE(store_->Commit(batch).ok());
  Batch recovery;
  recovery.recover_at = UtcInstant{100};
  ASSERT_TRUE(store_->Commit(recovery).ok());
  EXPECT_THAT(Texts(*store_->LoadDuePatients({100}, 10)), ElementsAre("Patient/d", "Patient/a", "Patient/b"));
  const auto due = store_->LoadDueOutbox({100}, 10);
  ASSERT_THAT(*due, SizeIs(1));
  EXPECT_EQ(due->front().id, "f");
  EXPECT_EQ(due->front().state, OutboxState::kUnknown);

  Batch wake;
  wake.wake_all_at = UtcInstant{70};
  ASSERT_TRUE(store_->Commit(wake).ok());
  EXPECT_THAT(Texts(*store_->LoadDuePatients({70}, 10)),
              ElementsAre("Patient/d", "Patient/a", "Patient/b", "Patient/c"));
}

TEST_F(SqliteStoreTest, JudgementsAsAppended) {
  Batch batch;
  batch.judgements = {Judged("e1", "Patient/a", 30), Judged("e1", "Patient/a", 10), Judged("e2", "Patient/a", 20)};
  batch.judgements[1].kind = engine::JudgementKind::kProposal;
  ASSERT_TRUE(store_->Commit(batch).ok());
  const auto rows = store_->ListJudgements(EpisodeId("e1"));
  ASSERT_TRUE(rows.ok());
  ASSERT_THAT(*rows, SizeIs(2));
  EXPECT_EQ((*rows)[0].at.ms, 30);
  EXPECT_EQ((*rows)[1].kind, engine::JudgementKind::kProposal);
  EXPECT_EQ((*rows)[1].verdict, "no-response");
}

TEST_F(SqliteStoreTest, PruneKeepsWhatIsStillNeeded) {
  const auto ids = store_->AppendInbox({Notification("old"), Notification("late"), Notification("new")});
  Batch batch;
  batch.inbox = {{(*ids)[0], InboxState::kDone, "applied", {99}}, {(*ids)[1], InboxState::kDead, "gone", {100}}};
  batch.patients = {Patient("Patient/followed")};
  batch.judgements = {Judged("e1", "Patient/gone", 99), Judged("e2", "Patient/gone", 100),
                      Judged("e3", "Patient/followed", 1)};
  batch.outbox = {Owed("done", 0, OutboxState::kDone), Owed("open", 0), Owed("kept", 0, OutboxState::kDone)};
  batch.outbox[2].patient = PatientRef("Patient/followed");
  ASSERT_TRUE(store_->Commit(batch).ok());
  const auto more = store_->Prune({.accepted_before = {100}, .before = {100}, .rows_max = 1000});
  ASSERT_TRUE(more.ok()) << more.error().ToString();
  EXPECT_FALSE(*more);
  EXPECT_THAT(*store_->LoadNewInbox(NotificationId(0), 10), SizeIs(1));
  EXPECT_EQ(store_->Count()->inbox_dead, 1);
  EXPECT_THAT(*store_->ListJudgements(EpisodeId("e1")), IsEmpty());
  EXPECT_THAT(*store_->ListJudgements(EpisodeId("e2")), SizeIs(1));
  EXPECT_THAT(*store_->ListJudgements(EpisodeId("e3")), SizeIs(1));
  EXPECT_THAT(Ids(*store_->ListOutbox()), ElementsAre("kept", "open"));
  // An id that was pruned is never given again.
  EXPECT_GT(store_->AppendInbox({Notification("next")})->front(), (*ids)[2]);
}

TEST_F(SqliteStoreTest, NotificationsWorkedOffGoSoonerThanThoseGivenUp) {
  const auto ids = store_->AppendInbox({Notification("a"), Notification("b"), Notification("c"), Notification("d")});
  Batch batch;
  batch.inbox = {{(*ids)[0], InboxState::kDone, "applied", {99}},
                 {(*ids)[1], InboxState::kDone, "applied", {100}},
                 {(*ids)[2], InboxState::kDead, "gone", {9}},
                 {(*ids)[3], InboxState::kDead, "gone", {10}}};
  ASSERT_TRUE(store_->Commit(batch).ok());
  ASSERT_TRUE(store_->Prune({.accepted_before = {100}, .before = {10}, .rows_max = 1000}).ok());
  EXPECT_EQ(store_->Count()->inbox_dead, 1);
  EXPECT_TRUE(*store_->Prune({.accepted_before = {101}, .before = {10}, .rows_max = 1})) << "exactly one was left";
  EXPECT_FALSE(*store_->Prune({.accepted_before = {101}, .before = {10}, .rows_max = 1}));
}

// A transaction that removes years of rows at once would hold up what arrives in the meantime.
TEST_F(SqliteStoreTest, PruneTakesAChunkATransaction) {
  std::vector<engine::InboxRow> rows(25, Notification("o"));
  Batch batch;
  const auto ids = store_->AppendInbox(rows);
  for (const NotificationId id : *ids) batch.inbox.push_back({id, InboxState::kDone, "applied", {5}});
  ASSERT_TRUE(store_->Commit(batch).ok());
  const std::uint64_t commits = store_->commits();
  int chunks = 1;
  while (*store_->Prune({.accepted_before = {100}, .before = {0}, .rows_max = 10})) ++chunks;
  EXPECT_EQ(chunks, 3);
  EXPECT_EQ(store_->commits() - commits, 3U) << "one transaction a chunk";
}

// What runs at every turn or every second may not read rows that only history is made of.
TEST_F(SqliteStoreTest, WhatRunsAllTheTimeReadsNoFinishedRows) {
  ASSERT_TRUE(store_->LoadNewInbox(NotificationId(0), 10).ok());
  ASSERT_TRUE(store_->LoadDuePatients({1}, 10).ok());
  ASSERT_TRUE(store_->FindNextWake().ok());
  ASSERT_TRUE(store_->LoadDueOutbox({1}, 10).ok());
  ASSERT_TRUE(store_->FindNextAttempt().ok());
  ASSERT_TRUE(store_->Count().ok());
  ASSERT_TRUE(store_->Prune({.accepted_before = {1}, .before = {1}, .rows_max = 10}).ok());
  const auto plans = store_->PlansForTest();
  ASSERT_TRUE(plans.ok()) << plans.error().ToString();
  EXPECT_GE(plans->size(), 10U);
  for (const QueryPlan& plan : *plans) {
    for (const std::string& step : plan.steps) {
      // A scan by index reads a partial index, which holds what is asked for, or counts followed patients.
      const bool scans = step.starts_with("SCAN phi_") && step.find(" INDEX ") == step.npos;
      EXPECT_FALSE(scans) << step << "\n  of " << plan.sql;
      EXPECT_EQ(step.find("TEMP B-TREE"), step.npos) << step << "\n  of " << plan.sql;
    }
    std::string all;
    for (const std::string& step : plan.steps) all += step + "\n";
    if (plan.sql.find("count(*) FROM phi_inbox") != std::string::npos) {
      EXPECT_THAT(all, ::testing::AllOf(HasSubstr("phi_inbox_new"), HasSubstr("phi_inbox_dead")));
    }
    if (plan.sql.find("DELETE FROM phi_inbox") != std::string::npos) {
      EXPECT_THAT(all, ::testing::AnyOf(HasSubstr("INDEX phi_inbox_done (finished_at_ms<?)"),
                                        HasSubstr("INDEX phi_inbox_dead (finished_at_ms<?)")));
    }
  }
}

TEST_F(SqliteStoreTest, FaultsHappenAtTheCommitTheyAreAskedFor) {
  CommitFault fault = CommitFault::kFail;
  store_->SetFaultForTest([&](std::uint64_t) { return std::exchange(fault, CommitFault::kNone); });
  const auto failed = store_->AppendInbox({Notification("o1")});
  ASSERT_FALSE(failed.ok());
  EXPECT_EQ(failed.error().code, ErrorCode::kStoreWrite);
  EXPECT_EQ(failed.error().retry, Retry::kLater);
  EXPECT_TRUE(store_->AppendInbox({Notification("o2")}).ok());

  fault = CommitFault::kDieBefore;
  EXPECT_FALSE(store_->AppendInbox({Notification("o3")}).ok());
  EXPECT_TRUE(store_->dead());
  EXPECT_FALSE(store_->LoadFeed().ok());
  EXPECT_FALSE(store_->AppendInbox({Notification("o4")}).ok());
  store_->Revive();

  fault = CommitFault::kDieAfter;
  EXPECT_FALSE(store_->AppendInbox({Notification("o5")}).ok());
  store_->Revive();
  const auto rows = store_->LoadNewInbox(NotificationId(0), 10);
  ASSERT_THAT(*rows, SizeIs(2));
  EXPECT_EQ((*rows)[0].hint.id, "o2");
  EXPECT_EQ((*rows)[1].hint.id, "o5");
}

TEST_F(SqliteStoreTest, AProbeNeedsRoomAndLeavesNothing) {
  EXPECT_TRUE(store_->Probe().ok());
  EXPECT_THAT(*store_->LoadNewInbox(NotificationId(0), 10), IsEmpty());
  EXPECT_EQ(store_->Count()->inbox_new, 0);
  store_->SetFaultForTest([](std::uint64_t) { return CommitFault::kFail; });
  EXPECT_FALSE(store_->Probe().ok());
}

// What is open: due at 9000, settles at 8000.
class ClockStepTest : public SqliteStoreTest {
 protected:
  ClockStepTest() {
    Batch batch;
    for (const auto state : {OutboxState::kDue, OutboxState::kInFlight, OutboxState::kUnknown, OutboxState::kDone}) {
      OutboxRow row = Owed(std::string(NameOf(state)), 9000, state);
      row.settles_at = UtcInstant{8000};
      batch.outbox.push_back(row);
    }
    batch.outbox.push_back(Owed("never-sent", 9000));
    EXPECT_TRUE(store_->Commit(batch).ok());
  }
  // settles_at/next_attempt_at after the batch.
  std::string After(const Batch& batch, const std::string& id) {
    EXPECT_TRUE(store_->Commit(batch).ok());
    const auto row = *store_->FindOutbox(id);
    return (row->settles_at ? std::to_string(row->settles_at->ms) : "none") + "/" +
           std::to_string(row->next_attempt_at.ms);
  }
  static Batch Step(std::int64_t now, std::int64_t by_ms, std::int64_t settles_by) {
    Batch batch;
    batch.clock_step = engine::ClockStep{{now}, by_ms, {settles_by}};
    return batch;
  }
};

TEST_F(ClockStepTest, ForwardMovesWhatSettlesAndNothingElse) {
  const Batch step = Step(100'000, 90'000, 200'000);
  EXPECT_EQ(After(step, "due"), "98000/9000");
  const Batch none;
  EXPECT_EQ(After(none, "in-flight"), "98000/9000");
  EXPECT_EQ(After(none, "unknown"), "98000/9000");
  EXPECT_EQ(After(none, "done"), "8000/9000");
  EXPECT_EQ(After(none, "never-sent"), "none/9000");
}

TEST_F(ClockStepTest, BackMakesDueAndSettlesInTime) {
  const Batch step = Step(1000, -5000, 2500);
  EXPECT_EQ(After(step, "due"), "2500/1000");  // no later than what is sent now
  const Batch none;
  EXPECT_EQ(After(none, "unknown"), "2500/1000");
  EXPECT_EQ(After(none, "done"), "8000/9000");
  EXPECT_EQ(After(none, "never-sent"), "none/1000");
}

TEST_F(ClockStepTest, AfterAStartWhatIsOpenSettlesAnew) {
  Batch start;
  start.recover_at = UtcInstant{500};
  start.settle_again_at = UtcInstant{700};
  EXPECT_EQ(After(start, "in-flight"), "700/500");
  const Batch none;
  EXPECT_EQ(After(none, "unknown"), "700/9000");
  EXPECT_EQ(After(none, "done"), "8000/9000");
  EXPECT_EQ(After(none, "never-sent"), "none/9000");
}

}  // namespace
}  // namespace facet::store
