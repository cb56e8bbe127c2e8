// A thin layer over SQLite's C interface: databases and statements that close themselves. Errors
// end the program.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace switchback::compare {

class Database {
 public:
  explicit Database(const std::string& path);
  // One or more statements without parameters.
  void Execute(const std::string& sql);
  [[nodiscard]] sqlite3* handle() const { return handle_.get(); }

 private:
  struct CloseDatabase {
    void operator()(sqlite3* handle) const { sqlite3_close(handle); }
  };
  std::unique_ptr<sqlite3, CloseDatabase> handle_;
};

// A binding of bytes, beside those of numbers and texts.
struct Blob {
  std::string_view bytes;
};

// An import: so many lines a transaction that syncs do not outweigh the work, and none of them
// waited for. What it loses in a power cut is imported again.
class Importing {
 public:
  void Begin(Database& database) { database.Execute("PRAGMA synchronous = OFF"); }
  void BeginLine(Database& database) {
    if (lines_++ == 0) database.Execute("BEGIN IMMEDIATE");
  }
  void EndLine(Database& database) {
    if (lines_ == kLines) Commit(database);
  }
  // All is durable then, and so will be each commit from now on.
  void Finish(Database& database);

 private:
  void Commit(Database& database);

  static constexpr uint64_t kLines = 1000;  // a transaction, as the settings say
  uint64_t lines_ = 0;                      // in the transaction under way; 0: there is none
};

// Prepared once, run often. Must go before its database.
class Statement {
 public:
  Statement(Database& database, std::string_view sql);

  // Starts anew with these parameters. Texts and blobs must outlive the run.
  template <typename... Values>
  Statement& With(const Values&... values) {
    sqlite3_reset(handle_.get());
    int index = 0;
    (Bind(++index, values), ...);
    return *this;
  }
  // The next row; at the end false, and the statement is let go.
  bool Step();
  void Run() {
    while (Step()) {
    }
  }
  // The first column of the only row, or `otherwise`.
  int64_t One(int64_t otherwise);

  [[nodiscard]] int64_t Int(int column) const {
    return sqlite3_column_int64(handle_.get(), column);
  }
  [[nodiscard]] bool IsNull(int column) const {
    return sqlite3_column_type(handle_.get(), column) == SQLITE_NULL;
  }
  // Text or blob, valid until the next step.
  [[nodiscard]] std::string_view Bytes(int column) const;

 private:
  struct Finalize {
    void operator()(sqlite3_stmt* handle) const { sqlite3_finalize(handle); }
  };
  void Bind(int index, uint64_t value) { Bind(index, static_cast<int64_t>(value)); }
  void Bind(int index, int64_t value);
  void Bind(int index, std::string_view text);
  void Bind(int index, const std::string& text) { Bind(index, std::string_view(text)); }
  void Bind(int index, Blob blob);
  void Bind(int index, std::nullptr_t);

  std::unique_ptr<sqlite3_stmt, Finalize> handle_;
};

}  // namespace switchback::compare
