// SQLite as a temporal table: a row for each time that an endpoint was in an ID's list, with the
// revisions that put it in and took it out. Every question is one SQL statement.
#include <memory>
#include <unordered_map>
#include <utility>

#include "bench/compare/sqlite.h"
#include "bench/compare/system.h"

namespace switchback::compare {
namespace {

constexpr char kPragmas[] = R"(
PRAGMA page_size = 8192;
PRAGMA journal_mode = WAL;
PRAGMA cache_size = -65536;
PRAGMA mmap_size = 1073741824;
PRAGMA temp_store = MEMORY;
)";

// `spans` is clustered by (ID, added), so that rows go in at an ID's end and what one revision
// added is adjacent. Its two indexes find what is there now, and what one revision took away.
constexpr char kSchema[] = R"(
CREATE TABLE ids (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE endpoints (endpoint INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE);
CREATE TABLE authors (author INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE revisions (
  revision INTEGER PRIMARY KEY, time INTEGER, author INTEGER, message TEXT, ticket TEXT);
CREATE TABLE versions (
  id INTEGER, revision INTEGER, PRIMARY KEY (id, revision)) WITHOUT ROWID;
CREATE TABLE spans (
  id INTEGER, added INTEGER, endpoint INTEGER, removed INTEGER,
  PRIMARY KEY (id, added, endpoint)) WITHOUT ROWID;
CREATE UNIQUE INDEX spans_now ON spans (id, endpoint) WHERE removed IS NULL;
CREATE INDEX spans_removed ON spans (id, removed) WHERE removed IS NOT NULL;
)";

// ?1 an ID, ?2 a revision. Split in two, since each half has its own index: lists grow slowly
// beside what was ever removed.
constexpr char kReadNow[] =
    "SELECT text FROM spans JOIN endpoints USING (endpoint) WHERE id = ?1 AND removed IS NULL";
constexpr char kReadAt[] = R"(
SELECT text FROM spans INDEXED BY spans_now JOIN endpoints USING (endpoint)
WHERE id = ?1 AND removed IS NULL AND added <= ?2
UNION ALL
SELECT text FROM spans INDEXED BY spans_removed JOIN endpoints USING (endpoint)
WHERE id = ?1 AND removed > ?2 AND added <= ?2
)";

// There at ?2 and not at ?3, where ?2 < ?3. What came back in between cancels out.
constexpr char kLost[] = R"(
SELECT text FROM (
  SELECT endpoint FROM spans
  WHERE id = ?1 AND removed > ?2 AND removed <= ?3 AND added <= ?2
  EXCEPT
  SELECT endpoint FROM spans
  WHERE id = ?1 AND added > ?2 AND added <= ?3 AND (removed IS NULL OR removed > ?3)
) JOIN endpoints USING (endpoint)
)";
constexpr char kGained[] = R"(
SELECT text FROM (
  SELECT endpoint FROM spans
  WHERE id = ?1 AND added > ?2 AND added <= ?3 AND (removed IS NULL OR removed > ?3)
  EXCEPT
  SELECT endpoint FROM spans
  WHERE id = ?1 AND removed > ?2 AND removed <= ?3 AND added <= ?2
) JOIN endpoints USING (endpoint)
)";

constexpr char kHistory[] = R"(
SELECT revision, time, name, message
FROM versions JOIN revisions USING (revision) JOIN authors USING (author)
WHERE id = ?1 ORDER BY revision DESC
)";

// A restore to ?2 as revision ?3: closes what came since, and opens anew what went since.
constexpr char kClose[] =
    "UPDATE spans SET removed = ?3 WHERE id = ?1 AND removed IS NULL AND added > ?2 "
    "AND endpoint NOT IN (SELECT endpoint FROM spans WHERE id = ?1 AND removed > ?2 AND added <= "
    "?2)";
constexpr char kReopen[] =
    "INSERT INTO spans (id, added, endpoint) "
    "SELECT id, ?3, endpoint FROM spans AS old WHERE id = ?1 AND removed > ?2 AND removed <= ?3 "
    "AND added <= ?2 AND NOT EXISTS (SELECT 1 FROM spans AS now "
    "WHERE now.id = ?1 AND now.endpoint = old.endpoint AND now.removed IS NULL)";

struct Statements {
  explicit Statements(Database& db)
      : add_id(db, "INSERT OR IGNORE INTO ids (name) VALUES (?1)"),
        find_id(db, "SELECT id FROM ids WHERE name = ?1"),
        add_endpoint(db, "INSERT OR IGNORE INTO endpoints (text) VALUES (?1)"),
        find_endpoint(db, "SELECT endpoint FROM endpoints WHERE text = ?1"),
        add_author(db, "INSERT OR IGNORE INTO authors (name) VALUES (?1)"),
        find_author(db, "SELECT author FROM authors WHERE name = ?1"),
        add_revision(db, "INSERT INTO revisions VALUES (?1, ?2, ?3, ?4, ?5)"),
        add_version(db, "INSERT INTO versions VALUES (?1, ?2)"),
        add_span(db, "INSERT INTO spans (id, added, endpoint) VALUES (?1, ?2, ?3)"),
        end_span(db,
                 "UPDATE spans SET removed = ?3 WHERE id = ?1 AND endpoint = ?2 "
                 "AND removed IS NULL"),
        head(db, "SELECT max(revision) FROM revisions"),
        changed_since(db, "SELECT max(revision) FROM versions WHERE id = ?1 AND revision > ?2"),
        all_ids(db, "SELECT id FROM ids"),
        read_now(db, kReadNow),
        read_at(db, kReadAt),
        lost(db, kLost),
        gained(db, kGained),
        history(db, kHistory),
        close(db, kClose),
        reopen(db, kReopen) {}

  Statement add_id, find_id, add_endpoint, find_endpoint, add_author, find_author;
  Statement add_revision, add_version, add_span, end_span, head, changed_since, all_ids;
  Statement read_now, read_at, lost, gained, history, close, reopen;
};

class SqliteTemporal : public System {
 public:
  explicit SqliteTemporal(const std::string& folder)
      : folder_(folder), path_(folder + "/routes.sqlite") {
    Database(path_).Execute(std::string(kPragmas) + kSchema);
    Open();
    importing_.Begin(*db_);
  }

  [[nodiscard]] std::vector<Setting> Settings() const override {
    return {{"SQLite", sqlite3_libversion()},
            {"page_size", "8192: fewer pages a list than with 4096"},
            {"journal_mode", "WAL"},
            {"synchronous", "FULL (OFF while importing, 1,000 revisions a transaction)"},
            {"cache_size", "64 MiB, as the others' caches"},
            {"mmap_size", "1 GiB: reads without copying"},
            {"WITHOUT ROWID", "spans (ID, added, endpoint), versions (ID, revision)"},
            {"interned", "IDs, endpoints, authors"},
            {"compact", "ANALYZE, VACUUM"}};
  }

  void Import(const HistoryLine& line) override {
    importing_.BeginLine(*db_);
    AddRevision(line.revision, line);
    for (const IdChange& change : line.changes) ImportChange(line.revision, change);
    importing_.EndLine(*db_);
  }
  void FinishImport() override { importing_.Finish(*db_); }
  void Compact() override { db_->Execute("ANALYZE; VACUUM; PRAGMA wal_checkpoint(TRUNCATE)"); }
  [[nodiscard]] uint64_t Bytes() const override { return FolderBytes(folder_); }

  void Close() override {
    statements_.reset();
    db_.reset();
  }
  void Open() override {
    db_ = std::make_unique<Database>(path_);
    db_->Execute(std::string(kPragmas) + "PRAGMA synchronous = FULL");
    statements_ = std::make_unique<Statements>(*db_);
  }

  std::vector<std::string> ReadAt(const std::string& id, uint64_t revision) override {
    const int64_t number = FindId(id);
    return revision == kNewest ? Texts(statements_->read_now.With(number))
                               : Texts(statements_->read_at.With(number, revision));
  }
  Difference Diff(const std::string& id, uint64_t from, uint64_t to) override {
    if (from > to) {
      Difference back = Diff(id, to, from);
      return {std::move(back.added), std::move(back.removed)};
    }
    const int64_t number = FindId(id);
    return {Texts(statements_->lost.With(number, from, to)),
            Texts(statements_->gained.With(number, from, to))};
  }
  std::vector<HistoryEntry> History(const std::string& id) override {
    std::vector<HistoryEntry> entries;
    Statement& rows = statements_->history.With(FindId(id));
    while (rows.Step()) {
      entries.push_back({static_cast<uint64_t>(rows.Int(0)), rows.Int(1),
                         std::string(rows.Bytes(2)), std::string(rows.Bytes(3))});
    }
    return entries;
  }
  void Restore(const std::string& id, uint64_t revision) override {
    const uint64_t head = BeginRestore("restore " + id);
    RestoreId(FindId(id), revision, head);
    db_->Execute("COMMIT");
  }
  void RestoreAll(uint64_t revision) override {
    const uint64_t head = BeginRestore("restore all");
    std::vector<int64_t> ids;
    Statement& rows = statements_->all_ids.With();
    while (rows.Step()) ids.push_back(rows.Int(0));
    for (const int64_t id : ids) RestoreId(id, revision, head);
    db_->Execute("COMMIT");
  }

 private:
  static std::vector<std::string> Texts(Statement& rows) {
    std::vector<std::string> texts;
    while (rows.Step()) texts.emplace_back(rows.Bytes(0));
    return texts;
  }
  static int64_t Intern(Statement& find, Statement& add, const std::string& text) {
    const int64_t found = find.With(text).One(0);
    if (found != 0) return found;
    add.With(text).Run();
    return find.With(text).One(0);
  }
  int64_t FindId(const std::string& id) { return statements_->find_id.With(id).One(0); }

  void AddRevision(uint64_t revision, const HistoryLine& line) {
    const int64_t author = Intern(statements_->find_author, statements_->add_author, line.author);
    statements_->add_revision.With(revision, line.time_us, author, line.message, line.ticket).Run();
  }
  void ImportChange(uint64_t revision, const IdChange& change) {
    const int64_t id = Intern(statements_->find_id, statements_->add_id, change.id);
    statements_->add_version.With(id, revision).Run();
    for (const std::string& text : change.remove) {
      const int64_t endpoint = statements_->find_endpoint.With(text).One(0);
      statements_->end_span.With(id, endpoint, revision).Run();
      if (sqlite3_changes(db_->handle()) != 1) Fail(change.id + " has no " + text + " to remove");
    }
    for (const std::string& text : change.add) {
      const int64_t endpoint = Intern(statements_->find_endpoint, statements_->add_endpoint, text);
      statements_->add_span.With(id, revision, endpoint).Run();
    }
  }

  uint64_t BeginRestore(const std::string& message) {
    db_->Execute("BEGIN IMMEDIATE");
    const auto head = static_cast<uint64_t>(statements_->head.With().One(0)) + 1;
    AddRevision(head, OwnLine(message));
    return head;
  }
  void RestoreId(int64_t id, uint64_t revision, uint64_t head) {
    if (statements_->changed_since.With(id, revision).One(0) == 0) return;
    statements_->close.With(id, revision, head).Run();
    const int closed = sqlite3_changes(db_->handle());
    statements_->reopen.With(id, revision, head).Run();
    if (closed + sqlite3_changes(db_->handle()) > 0) statements_->add_version.With(id, head).Run();
  }

  std::string folder_;
  std::string path_;
  std::unique_ptr<Database> db_;
  std::unique_ptr<Statements> statements_;
  Importing importing_;
};

}  // namespace

std::unique_ptr<System> MakeSqliteTemporal(const std::string& folder) {
  return std::make_unique<SqliteTemporal>(folder);
}

}  // namespace switchback::compare
