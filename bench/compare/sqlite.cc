#include "bench/compare/sqlite.h"

#include "bench/compare/system.h"

namespace switchback::compare {
namespace {

[[noreturn]] void FailSqlite(sqlite3* database) {
  Fail(std::string("SQLite: ") + sqlite3_errmsg(database));
}

}  // namespace

Database::Database(const std::string& path) {
  sqlite3* handle = nullptr;
  // One thread only: no mutexes.
  constexpr int kFlags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
  const int code = sqlite3_open_v2(path.c_str(), &handle, kFlags, nullptr);
  handle_.reset(handle);
  if (code != SQLITE_OK) FailSqlite(handle);
}

void Database::Execute(const std::string& sql) {
  if (sqlite3_exec(handle(), sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) {
    FailSqlite(handle());
  }
}

void Importing::Finish(Database& database) {
  Commit(database);
  database.Execute("PRAGMA synchronous = FULL; PRAGMA wal_checkpoint(TRUNCATE)");
}

void Importing::Commit(Database& database) {
  if (lines_ > 0) database.Execute("COMMIT");
  lines_ = 0;
}

Statement::Statement(Database& database, std::string_view sql) {
  sqlite3_stmt* handle = nullptr;
  const int code = sqlite3_prepare_v3(database.handle(), sql.data(), static_cast<int>(sql.size()),
                                      SQLITE_PREPARE_PERSISTENT, &handle, nullptr);
  handle_.reset(handle);
  if (code != SQLITE_OK) FailSqlite(database.handle());
}

bool Statement::Step() {
  const int code = sqlite3_step(handle_.get());
  if (code == SQLITE_ROW) return true;
  if (code != SQLITE_DONE) FailSqlite(sqlite3_db_handle(handle_.get()));
  sqlite3_reset(handle_.get());
  return false;
}

int64_t Statement::One(int64_t otherwise) {
  if (!Step()) return otherwise;
  const int64_t value = Int(0);
  sqlite3_reset(handle_.get());
  return value;
}

std::string_view Statement::Bytes(int column) const {
  const void* const bytes = sqlite3_column_blob(handle_.get(), column);
  const auto size = static_cast<size_t>(sqlite3_column_bytes(handle_.get(), column));
  return {static_cast<const char*>(bytes), size};
}

// SQLITE_STATIC: the caller keeps the bytes until the run is over.
void Statement::Bind(int index, int64_t value) {
  sqlite3_bind_int64(handle_.get(), index, value);
}
void Statement::Bind(int index, std::string_view text) {
  sqlite3_bind_text64(handle_.get(), index, text.data() == nullptr ? "" : text.data(), text.size(),
                      nullptr, SQLITE_UTF8);
}
void Statement::Bind(int index, Blob blob) {
  const char* const bytes = blob.bytes.data() == nullptr ? "" : blob.bytes.data();
  sqlite3_bind_blob64(handle_.get(), index, bytes, blob.bytes.size(), nullptr);
}
void Statement::Bind(int index, std::nullptr_t) {
  sqlite3_bind_null(handle_.get(), index);
}

}  // namespace switchback::compare
