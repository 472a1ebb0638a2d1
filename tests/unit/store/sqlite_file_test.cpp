// The SQLite store as a file: reopening, the lock, a full disk, readers, damage, file modes.
#include "rows.hpp"

#include "adapter/store/sqlite/sqlite_store.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>

#include <csignal>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace facet::store {
namespace {

using engine::Batch;
using engine::PatientUpdate;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::Notification;
using testing::Owed;
using testing::Patient;
using ::testing::SizeIs;
using testing::TempDir;

// The same batch with the N-th statement of a full disk failing: all of it, or nothing.
TEST(SqliteStoreFile, AFullDiskLosesNothingAndHeals) {
  const TempDir dir;
  auto opened = SqliteStore::Open(dir.File("state.db"), Access::kWriter);
  ASSERT_TRUE(opened.ok()) << opened.error().ToString();
  SqliteStore& store = **opened;
  ASSERT_TRUE(store.AppendInbox({Notification("o1")}).ok());
  ASSERT_TRUE(store.LimitPagesForTest(1).ok());  // never below what is there: the next page is refused
  Batch batch;
  batch.feed = R"({"watermark":2})";
  for (int i = 0; i < 100; ++i) batch.patients.push_back(Patient("Patient/" + std::to_string(i)));
  for (PatientUpdate& update : batch.patients) update.row.document = std::string(5000, 'x');
  const Status refused = store.Commit(batch);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, ErrorCode::kStoreWrite);
  EXPECT_EQ(refused.error().retry, Retry::kLater);
  EXPECT_THAT(refused.error().detail, HasSubstr("full"));
  EXPECT_EQ(*store.LoadFeed(), std::nullopt);
  EXPECT_THAT(*store.LoadNewInbox(NotificationId(0), 10), SizeIs(1));
  ASSERT_TRUE(store.LimitPagesForTest(1 << 30).ok());
  EXPECT_TRUE(store.Commit(batch).ok());
  EXPECT_THAT(*store.ListPatients(), SizeIs(100));
}

TEST(SqliteStoreFile, ReopeningFindsEverything) {
  const TempDir dir;
  const std::string path = dir.File("state.db");
  {
    auto store = SqliteStore::Open(path, Access::kWriter);
    ASSERT_TRUE(store.ok()) << store.error().ToString();
    EXPECT_TRUE((*store)->created());
    EXPECT_EQ((*store)->schema_version(), Database::NewestSchemaVersion());
    ASSERT_TRUE((*store)->AppendInbox({Notification("o1")}).ok());
  }
  auto store = SqliteStore::Open(path, Access::kWriter);
  ASSERT_TRUE(store.ok());
  EXPECT_FALSE((*store)->created());
  EXPECT_THAT(*(*store)->LoadNewInbox(NotificationId(0), 10), SizeIs(1));
}

TEST(SqliteStoreFile, OnlyTheOwnerMayReadIt) {
  const TempDir dir;
  const std::string path = dir.File("state.db");
  const mode_t before = ::umask(0);
  auto store = SqliteStore::Open(path, Access::kWriter);
  ::umask(before);
  ASSERT_TRUE(store.ok());
  ASSERT_TRUE((*store)->AppendInbox({Notification("o1")}).ok());
  for (const char* suffix : {"", "-wal", "-shm", ".lock"}) {
    struct stat info {};
    ASSERT_EQ(::stat((path + suffix).c_str(), &info), 0) << suffix;
    EXPECT_EQ(info.st_mode & 0777U, 0600U) << suffix;
  }
}

TEST(SqliteStoreFile, ASecondWriterIsRefusedAndAReaderIsNot) {
  const TempDir dir;
  const std::string path = dir.File("state.db");
  auto writer = SqliteStore::Open(path, Access::kWriter);
  ASSERT_TRUE(writer.ok());
  auto second = SqliteStore::Open(path, Access::kWriter);
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().code, ErrorCode::kStoreLocked);

  auto reader = SqliteStore::Open(path, Access::kReader);
  ASSERT_TRUE(reader.ok()) << reader.error().ToString();
  EXPECT_THAT(*(*reader)->ListOutbox(), IsEmpty());
  Batch batch;
  batch.outbox = {Owed("c1", 1)};
  ASSERT_TRUE((*writer)->Commit(batch).ok());
  EXPECT_THAT(*(*reader)->ListOutbox(), SizeIs(1));
  EXPECT_FALSE((*reader)->Commit(batch).ok());
  batch.outbox = {Owed("c2", 1)};
  EXPECT_TRUE((*writer)->Commit(batch).ok());

  writer->reset();
  EXPECT_TRUE(SqliteStore::Open(path, Access::kWriter).ok());
}

TEST(SqliteStoreFile, AReaderNeedsNoRunningWriter) {
  const TempDir dir;
  const std::string path = dir.File("state.db");
  ASSERT_TRUE((*SqliteStore::Open(path, Access::kWriter))->AppendInbox({Notification("o1")}).ok());
  auto reader = SqliteStore::Open(path, Access::kReader);
  ASSERT_TRUE(reader.ok()) << reader.error().ToString();
  EXPECT_THAT(*(*reader)->LoadNewInbox(NotificationId(0), 10), SizeIs(1));
  // And a writer may start beside a reader.
  auto writer = SqliteStore::Open(path, Access::kWriter);
  ASSERT_TRUE(writer.ok()) << writer.error().ToString();
  EXPECT_TRUE((*writer)->AppendInbox({Notification("o2")}).ok());
  EXPECT_THAT(*(*reader)->LoadNewInbox(NotificationId(0), 10), SizeIs(2));
}

TEST(SqliteStoreFile, AKilledWriterLeavesWhatItCommittedAndNoLock) {
  const TempDir dir;
  const std::string path = dir.File("state.db");
  const pid_t child = ::fork();
  if (child == 0) {
    auto store = SqliteStore::Open(path, Access::kWriter);
    if (!store.ok() || !(*store)->AppendInbox({Notification("o1")}).ok()) ::_exit(1);
    ::kill(::getpid(), SIGKILL);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFSIGNALED(status));
  {
    auto reader = SqliteStore::Open(path, Access::kReader);
    ASSERT_TRUE(reader.ok()) << reader.error().ToString();
    EXPECT_THAT(*(*reader)->LoadNewInbox(NotificationId(0), 10), SizeIs(1));
  }
  auto store = SqliteStore::Open(path, Access::kWriter);
  ASSERT_TRUE(store.ok()) << store.error().ToString();
  EXPECT_THAT(*(*store)->LoadNewInbox(NotificationId(0), 10), SizeIs(1));
}

void ExecuteRaw(const std::string& path, const char* sql) {
  sqlite3* handle = nullptr;
  ASSERT_EQ(sqlite3_open(path.c_str(), &handle), SQLITE_OK);
  EXPECT_EQ(sqlite3_exec(handle, sql, nullptr, nullptr, nullptr), SQLITE_OK);
  sqlite3_close(handle);
}

TEST(SqliteStoreFile, RefusesWhatIsNewerForeignOrDamaged) {
  const TempDir dir;
  const std::string newer = dir.File("newer.db");
  ASSERT_TRUE(SqliteStore::Open(newer, Access::kWriter).ok());
  ExecuteRaw(newer, "PRAGMA user_version = 999");
  auto store = SqliteStore::Open(newer, Access::kWriter);
  ASSERT_FALSE(store.ok());
  EXPECT_EQ(store.error().code, ErrorCode::kStoreSchema);
  EXPECT_THAT(store.error().detail, HasSubstr("999"));
  EXPECT_THAT(store.error().detail, HasSubstr("install the version")) << "what the operator can do";

  const std::string foreign = dir.File("foreign.db");
  ExecuteRaw(foreign, "CREATE TABLE x (y)");
  store = SqliteStore::Open(foreign, Access::kWriter);
  ASSERT_FALSE(store.ok());
  EXPECT_EQ(store.error().code, ErrorCode::kStoreOpen);

  const std::string damaged = dir.File("damaged.db");
  FILE* file = std::fopen(damaged.c_str(), "w");
  std::fputs("this is no database at all, and long enough to be looked at", file);
  std::fclose(file);
  store = SqliteStore::Open(damaged, Access::kWriter);
  ASSERT_FALSE(store.ok());
  EXPECT_EQ(store.error().code, ErrorCode::kStoreOpen);
  EXPECT_THAT(store.error().detail, HasSubstr("restore a copy")) << "what the operator can do";
}

// Writes over half a page in the middle of the file.
void Damage(const std::string& path) {
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  const auto size = static_cast<std::streamoff>(std::filesystem::file_size(path));
  file.seekp(size / 2 / 4096 * 4096);
  file << std::string(2048, 'x');
}

TEST(SqliteStoreFile, RefusesAPageThatIsDamaged) {
  const TempDir dir;
  const std::string path = dir.File("state.db");
  {
    auto store = SqliteStore::Open(path, Access::kWriter);
    ASSERT_TRUE(store.ok());
    for (int i = 0; i < 50; ++i) {
      engine::Batch batch;
      for (int j = 0; j < 20; ++j) {
        engine::JudgementRow row;
        row.episode = EpisodeId("e" + std::to_string(i) + "-" + std::to_string(j));
        row.patient = PatientRef("Patient/p" + std::to_string(i));
        row.verdict = "no-response";
        row.document = "{\"text\":\"" + std::string(500, 'a') + "\"}";
        batch.judgements.push_back(std::move(row));
      }
      ASSERT_TRUE((*store)->Commit(batch).ok());
    }
  }
  {
    auto store = SqliteStore::Open(path, Access::kWriter);
    ASSERT_TRUE(store.ok()) << store.error().ToString();
    EXPECT_TRUE((*store)->CheckPages().ok());
  }
  Damage(path);
  auto store = SqliteStore::Open(path, Access::kWriter);
  ASSERT_FALSE(store.ok());
  EXPECT_EQ(store.error().code, ErrorCode::kStoreOpen);
  EXPECT_EQ(store.error().where, path);
  EXPECT_THAT(store.error().detail, HasSubstr("restore a copy")) << "what the operator can do";
  store = SqliteStore::Open(path, Access::kReader);
  ASSERT_TRUE(store.ok());  // explain says what can still be read; `check` asks
  EXPECT_EQ((*store)->CheckPages().error().code, ErrorCode::kStoreOpen);
  EXPECT_THAT((*store)->CheckPages().error().detail, HasSubstr("restore a copy"));
}

TEST(SqliteStoreFile, MissingPlacesAreNamed) {
  const TempDir dir;
  auto store = SqliteStore::Open(dir.File("no/such/dir/state.db"), Access::kWriter);
  ASSERT_FALSE(store.ok());
  EXPECT_EQ(store.error().code, ErrorCode::kStoreOpen);
  store = SqliteStore::Open(dir.File("absent.db"), Access::kReader);
  ASSERT_FALSE(store.ok());
  EXPECT_EQ(store.error().code, ErrorCode::kStoreOpen);
  EXPECT_FALSE(std::filesystem::exists(dir.File("absent.db")));
}

TEST(SqliteStoreFile, TablesWithDataOfPatientsAreNamedSo) {
  const TempDir dir;
  const std::string path = dir.File("state.db");
  ASSERT_TRUE(SqliteStore::Open(path, Access::kWriter).ok());
  sqlite3* handle = nullptr;
  ASSERT_EQ(sqlite3_open(path.c_str(), &handle), SQLITE_OK);
  sqlite3_stmt* statement = nullptr;
  ASSERT_EQ(sqlite3_prepare_v2(handle,
                               "SELECT l.name, l.strict FROM pragma_table_list l JOIN pragma_table_info(l.name) c"
                               " WHERE l.type = 'table' AND c.name IN ('patient', 'resource', 'document', 'payload')"
                               " AND l.name NOT LIKE 'sqlite_%'",
                               -1, &statement, nullptr),
            SQLITE_OK);
  int tables = 0;
  while (sqlite3_step(statement) == SQLITE_ROW) {
    ++tables;
    EXPECT_THAT(reinterpret_cast<const char*>(sqlite3_column_text(statement, 0)), ::testing::StartsWith("phi_"));
    EXPECT_EQ(sqlite3_column_int(statement, 1), 1);
  }
  EXPECT_GT(tables, 5);
  sqlite3_finalize(statement);
  sqlite3_close(handle);
}

}  // namespace
}  // namespace facet::store
