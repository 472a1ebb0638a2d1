#include "adapter/store/sqlite/database.hpp"

#include <sqlite3.h>

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <system_error>
#include <unistd.h>

namespace facet::store {
namespace {

struct Migration {
  int number;
  const char* sql;
};
constexpr Migration kMigrations[] = {
#include "store_migrations.inc"
};

constexpr std::int64_t kApplicationId = 0x46414354;  // "FACT", in the file's header

// Creates the file with a tight mode before SQLite would create it by the umask; WAL and shared memory inherit it.
Status CreateFile(const std::string& path, bool& created) {
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (descriptor >= 0) {
    created = true;
    ::close(descriptor);
    return {};
  }
  if (errno == EEXIST) return {};
  return MakeError(ErrorCode::kStoreOpen, path, std::generic_category().message(errno));
}

// A store of this size is looked through in some tens of milliseconds; a larger one only where the process before did
// not end by itself, which leaves a write-ahead log.
constexpr std::uintmax_t kCheckedBytes = 16U << 20U;

bool MayBeDamaged(const std::string& path) {
  const auto size_of = [](const std::string& file) {
    std::error_code none;
    const std::uintmax_t size = std::filesystem::file_size(file, none);
    return none ? 0 : size;
  };
  return size_of(path) <= kCheckedBytes || size_of(path + "-wal") > 0;
}

}  // namespace

int Database::NewestSchemaVersion() noexcept { return kMigrations[std::size(kMigrations) - 1].number; }

Result<std::unique_ptr<Database>> Database::Open(const std::string& path, Access access) {
  std::unique_ptr<Database> database(new Database());
  database->path_ = path;
  const bool in_memory = path == ":memory:";
  int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  if (access == Access::kWriter) {
    flags |= SQLITE_OPEN_READWRITE;
    if (in_memory) {
      flags |= SQLITE_OPEN_CREATE;
      database->created_ = true;
    } else {
      ADAPTER_TRY_STATUS(CreateFile(path, database->created_));
    }
  } else {
    flags |= SQLITE_OPEN_READONLY;
    if (!in_memory && ::access(path.c_str(), R_OK) != 0) {
      return MakeError(ErrorCode::kStoreOpen, path, std::generic_category().message(errno));
    }
  }
  const int opened = sqlite3_open_v2(path.c_str(), &database->handle_, flags, nullptr);
  if (opened != SQLITE_OK) return MakeError(ErrorCode::kStoreOpen, path, sqlite3_errstr(opened));
  const bool look = access == Access::kWriter && !database->created_ && MayBeDamaged(path);
  Status ready = database->Configure(access);
  if (ready.ok() && look) ready = database->LookThrough();
  if (ready.ok()) ready = database->Migrate();
  if (!ready.ok()) return database->WithAdvice(ready.error());
  return database;
}

Status Database::CheckPages() {
  Status sound = LookThrough();
  return sound.ok() ? sound : Status(WithAdvice(sound.error()));
}

Database::~Database() {
  for (const auto& [sql, statement] : statements_) sqlite3_finalize(statement);
  sqlite3_close(handle_);
}

Error Database::WithAdvice(Error error) const {
  const int code = sqlite3_errcode(handle_) & 0xFF;
  if (damaged_ || code == SQLITE_NOTADB || code == SQLITE_CORRUPT) {
    error.detail += "; restore a copy, or move the file away: an empty store takes up our CarePlans from the server";
  }
  return error;
}

Status Database::Configure(Access access) {
  sqlite3_busy_timeout(handle_, 5'000);  // a reader may hold up a checkpoint
  if (access == Access::kReader) return Execute("PRAGMA query_only = ON", ErrorCode::kStoreOpen);
  constexpr std::array kPragmas = {
      "PRAGMA journal_mode = WAL",
      "PRAGMA synchronous = FULL",  // a commit is durable before it is acknowledged
      "PRAGMA foreign_keys = ON",
      "PRAGMA secure_delete = ON",  // what was pruned is overwritten
      "PRAGMA trusted_schema = OFF", "PRAGMA temp_store = MEMORY", "PRAGMA journal_size_limit = 67108864",
  };
  for (const char* pragma : kPragmas) ADAPTER_TRY_STATUS(Execute(pragma, ErrorCode::kStoreOpen));
  return {};
}

Status Database::LookThrough() {
  // Its answer names tables and pages; what it cannot read at all is an error of its own.
  Query check(*this, ErrorCode::kStoreOpen, "PRAGMA quick_check(1)");
  const bool answered = check.Next();
  ADAPTER_TRY_STATUS(check.status());
  damaged_ = !answered || check.Text(0) != "ok";
  if (!damaged_) return {};
  return MakeError(ErrorCode::kStoreOpen, path_, "the file is damaged (PRAGMA quick_check)");
}

Status Database::Migrate() {
  ADAPTER_TRY(application, ReadPragma("PRAGMA application_id"));
  ADAPTER_TRY(version, ReadPragma("PRAGMA user_version"));
  ADAPTER_TRY(tables, ReadPragma("SELECT count(*) FROM sqlite_schema"));
  schema_version_ = static_cast<int>(version);
  if (tables > 0 && application != kApplicationId) {
    return MakeError(ErrorCode::kStoreOpen, path_, "the file is a database, but no store of facet-adapter");
  }
  if (version > NewestSchemaVersion()) {
    return MakeError(ErrorCode::kStoreSchema, path_,
                     "the store has schema " + std::to_string(version) + ", this version knows up to " +
                         std::to_string(NewestSchemaVersion()) +
                         ": install the version that wrote it, or restore the copy from before");
  }
  if (version == NewestSchemaVersion()) return {};
  if (sqlite3_db_readonly(handle_, "main") == 1) {
    return MakeError(ErrorCode::kStoreSchema, path_, "the store was not brought up to date yet: start the daemon once",
                     Retry::kLater);
  }
  for (const Migration& migration : kMigrations) {
    if (migration.number <= version) continue;
    Transaction transaction(*this);
    ADAPTER_TRY_STATUS(transaction.Begin());
    ADAPTER_TRY_STATUS(Execute(migration.sql, ErrorCode::kStoreOpen));
    const std::string stamp = "PRAGMA application_id = " + std::to_string(kApplicationId) +
                              "; PRAGMA user_version = " + std::to_string(migration.number);
    ADAPTER_TRY_STATUS(Execute(stamp.c_str(), ErrorCode::kStoreOpen));
    ADAPTER_TRY_STATUS(transaction.Commit());
    schema_version_ = migration.number;
  }
  return {};
}

Result<std::int64_t> Database::ReadPragma(const char* sql) {
  Query query(*this, ErrorCode::kStoreOpen, sql);
  std::int64_t value = 0;
  if (query.Next()) value = query.Int(0);
  ADAPTER_TRY_STATUS(query.status());
  return value;
}

Status Database::Execute(const char* sql, ErrorCode code) {
  if (sqlite3_exec(handle_, sql, nullptr, nullptr, nullptr) != SQLITE_OK) return LastError(code);
  return {};
}

Result<sqlite3_stmt*> Database::Prepare(const char* sql) {
  sqlite3_stmt*& statement = statements_[sql];
  if (statement == nullptr &&
      sqlite3_prepare_v3(handle_, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr) != SQLITE_OK) {
    return LastError(ErrorCode::kStoreRead);
  }
  return statement;
}

Error Database::LastError(ErrorCode code) const {
  return MakeError(code, path_, sqlite3_errstr(sqlite3_extended_errcode(handle_)), Retry::kLater);
}

bool Database::in_transaction() const noexcept { return sqlite3_get_autocommit(handle_) == 0; }
int Database::changes() const noexcept { return sqlite3_changes(handle_); }

Result<std::vector<QueryPlan>> Database::PlansForTest() {
  std::vector<QueryPlan> plans;
  for (const auto& [sql, used] : statements_) {
    QueryPlan& plan = plans.emplace_back();
    plan.sql = sql;
    sqlite3_stmt* explained = nullptr;
    if (sqlite3_prepare_v2(handle_, ("EXPLAIN QUERY PLAN " + plan.sql).c_str(), -1, &explained, nullptr) != SQLITE_OK) {
      return LastError(ErrorCode::kStoreRead);
    }
    while (sqlite3_step(explained) == SQLITE_ROW) {
      plan.steps.emplace_back(reinterpret_cast<const char*>(sqlite3_column_text(explained, 3)));
    }
    sqlite3_finalize(explained);
  }
  return plans;
}

// ---- Query

void Query::Attach(const char* sql) {
  auto prepared = database_.Prepare(sql);
  if (prepared.ok()) {
    statement_ = *prepared;
  } else {
    error_ = std::move(prepared).error();
    error_->code = code_;
  }
}

Query::~Query() {
  if (statement_ == nullptr) return;
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);  // no PHI lingers in a cached statement
}

void Query::Check(int result) {
  if (result != SQLITE_OK && !error_) error_ = database_.LastError(code_);
}

void Query::Bind(std::string_view value) {
  if (statement_ == nullptr) return;
  const char* data = value.data() == nullptr ? "" : value.data();
  Check(sqlite3_bind_text64(statement_, ++parameter_, data, value.size(), SQLITE_TRANSIENT, SQLITE_UTF8));
}
void Query::Bind(std::int64_t value) {
  if (statement_ != nullptr) Check(sqlite3_bind_int64(statement_, ++parameter_, value));
}
void Query::Bind(const std::optional<std::int64_t>& value) {
  if (value) return Bind(*value);
  if (statement_ != nullptr) Check(sqlite3_bind_null(statement_, ++parameter_));
}
void Query::Bind(const std::optional<std::string_view>& value) {
  if (value) return Bind(*value);
  if (statement_ != nullptr) Check(sqlite3_bind_null(statement_, ++parameter_));
}

bool Query::Next() {
  if (error_ || statement_ == nullptr) return false;
  const int result = sqlite3_step(statement_);
  if (result == SQLITE_ROW) return true;
  if (result != SQLITE_DONE) error_ = database_.LastError(code_);
  return false;
}

Status Query::Run() {
  while (Next()) {
  }
  return status();
}

Status Query::status() const {
  if (error_) return *error_;
  return {};
}

std::string Query::Text(int column) const {
  const unsigned char* data = sqlite3_column_text(statement_, column);
  const auto bytes = static_cast<std::size_t>(sqlite3_column_bytes(statement_, column));
  return data == nullptr ? std::string() : std::string(reinterpret_cast<const char*>(data), bytes);
}
std::int64_t Query::Int(int column) const { return sqlite3_column_int64(statement_, column); }
bool Query::Null(int column) const { return sqlite3_column_type(statement_, column) == SQLITE_NULL; }
std::optional<std::int64_t> Query::MaybeInt(int column) const {
  if (Null(column)) return std::nullopt;
  return Int(column);
}

// ---- Transaction

Transaction::~Transaction() {
  // SQLite itself rolls back after some failures (disk full); then there is nothing left to undo.
  if (database_.in_transaction()) static_cast<void>(database_.Execute("ROLLBACK", ErrorCode::kStoreWrite));
}
Status Transaction::Begin() { return database_.Execute("BEGIN IMMEDIATE", ErrorCode::kStoreWrite); }
Status Transaction::Commit() { return database_.Execute("COMMIT", ErrorCode::kStoreWrite); }

}  // namespace facet::store
