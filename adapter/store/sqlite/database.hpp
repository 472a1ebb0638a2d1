#pragma once
// SQLite as this room uses it: one connection, migrations, cached statements that reset themselves, transactions that
// roll back unless they are committed.
//
// Thread: one thread at a time. Owns: connection and statements. Errors: store.open, store.schema, store.read,
// store.write; texts are SQLite's own fixed ones, never values.
#include "adapter/base/result.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

struct sqlite3;
struct sqlite3_stmt;

namespace facet::store {

enum class Access : std::uint8_t {
  kWriter,  // creates, migrates, writes
  kReader,  // beside a running writer; changes nothing
};

// How SQLite goes about a statement: the lines of EXPLAIN QUERY PLAN.
struct QueryPlan {
  std::string sql;
  std::vector<std::string> steps;
};

class Database {
 public:
  // `path` may be ":memory:". A new file has mode 0600, whatever the umask is.
  static Result<std::unique_ptr<Database>> Open(const std::string& path, Access access);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  int schema_version() const noexcept { return schema_version_; }
  bool created() const noexcept { return created_; }  // there was no store before
  static int NewestSchemaVersion() noexcept;
  // Whether every page can be read, and is what it should be. A writer asks when it opens a small store, or one whose
  // last writer did not end by itself.
  Status CheckPages();

  Status Execute(const char* sql, ErrorCode code);
  // The statement of an SQL literal, compiled at first use and kept (the literal's address is the key).
  Result<sqlite3_stmt*> Prepare(const char* sql);
  // What the last failed call said.
  Error LastError(ErrorCode code) const;
  bool in_transaction() const noexcept;
  int changes() const noexcept;
  // Of every statement that was used so far.
  Result<std::vector<QueryPlan>> PlansForTest();

 private:
  Database() = default;
  // What an operator can do about it, where that is known.
  Error WithAdvice(Error error) const;
  Status Configure(Access access);
  Status LookThrough();
  Status Migrate();
  Result<std::int64_t> ReadPragma(const char* sql);

  sqlite3* handle_ = nullptr;
  std::string path_;
  std::map<const char*, sqlite3_stmt*> statements_;
  int schema_version_ = 0;
  bool created_ = false;
  bool damaged_ = false;
};

// One execution of a statement. Bind from the left, then Run (no rows) or Next (rows) until it answers false, then look
// at status().
class Query {
 public:
  template <class... Values>
  Query(Database& database, ErrorCode code, const char* sql, const Values&... values)
      : database_(database), code_(code) {
    Attach(sql);
    (Bind(values), ...);
  }
  ~Query();
  Query(const Query&) = delete;
  Query& operator=(const Query&) = delete;

  bool Next();
  Status Run();
  Status status() const;

  std::string Text(int column) const;
  std::int64_t Int(int column) const;
  bool Null(int column) const;
  std::optional<std::int64_t> MaybeInt(int column) const;

 private:
  void Attach(const char* sql);
  void Bind(std::string_view value);
  void Bind(const std::string& value) { Bind(std::string_view(value)); }
  void Bind(std::int64_t value);
  void Bind(int value) { Bind(std::int64_t{value}); }
  void Bind(bool value) { Bind(std::int64_t{value}); }
  void Bind(const std::optional<std::int64_t>& value);
  void Bind(const std::optional<std::string_view>& value);
  void Check(int result);

  Database& database_;
  ErrorCode code_;
  sqlite3_stmt* statement_ = nullptr;
  int parameter_ = 0;
  std::optional<Error> error_;
};

class Transaction {
 public:
  explicit Transaction(Database& database) : database_(database) {}
  ~Transaction();  // rolls back what was not committed
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  Status Begin();
  Status Commit();

 private:
  Database& database_;
};

}  // namespace facet::store
