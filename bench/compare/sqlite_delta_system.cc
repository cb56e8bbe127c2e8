// SQLite with deltas and snapshots made by hand: what a careful user would build in a day, and the
// one to beat. A version is a row (ID, revision) with a packed delta; a snapshot stands beside one
// as soon as the deltas since the last outweigh it; a revision is a row with packed metadata.
// `Compact` trains zstd dictionaries over both kinds and packs every row anew.
#include <algorithm>
#include <memory>
#include <optional>
#include <unordered_map>
#include <utility>

#include "bench/compare/packed_list.h"
#include "bench/compare/packed_text.h"
#include "bench/compare/sqlite.h"
#include "bench/compare/system.h"
#include "bench/compare/zstd_packer.h"

namespace switchback::compare {
namespace {

// A snapshot is due when the deltas since the last, with so much a row for looking it up, outweigh
// it; small lists wait for a page full.
constexpr uint64_t kRowCost = 16;
constexpr uint64_t kLeastDeltas = 4096;
constexpr int kLevel = 9;
constexpr int kCompactLevel = 19;
constexpr size_t kDictionaryBytes = size_t{16} << 10;
constexpr size_t kSampleRows = 20'000;
constexpr size_t kSampleBytes = 4096;  // longer rows gain nothing by a dictionary

constexpr char kPragmas[] = R"(
PRAGMA page_size = 4096;
PRAGMA journal_mode = WAL;
PRAGMA cache_size = -65536;
PRAGMA mmap_size = 1073741824;
PRAGMA temp_store = MEMORY;
)";

// `versions` is clustered, so an ID's deltas are adjacent. Snapshots are too large for that: they
// have a table of their own. `dictionaries`: row 1 for deltas, 2 for metadata.
constexpr char kRevisionColumns[] = "(revision INTEGER PRIMARY KEY, metadata BLOB NOT NULL)";
constexpr char kVersionColumns[] =
    "(id INTEGER, revision INTEGER, delta BLOB NOT NULL, PRIMARY KEY (id, revision)) WITHOUT ROWID";
constexpr char kSchema[] = R"(
CREATE TABLE ids (
  id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE,
  since_snapshot INTEGER NOT NULL, snapshot_bytes INTEGER NOT NULL);
CREATE TABLE endpoint_values (number INTEGER PRIMARY KEY, text TEXT NOT NULL);
CREATE TABLE authors (author INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE dictionaries (kind INTEGER PRIMARY KEY, bytes BLOB NOT NULL);
CREATE TABLE snapshots (id INTEGER, revision INTEGER, list BLOB NOT NULL);
CREATE UNIQUE INDEX snapshots_by_id ON snapshots (id, revision);
)";

struct Statements {
  explicit Statements(Database& db)
      : find_id(db, "SELECT id, since_snapshot, snapshot_bytes FROM ids WHERE name = ?1"),
        add_id(db, "INSERT INTO ids (name, since_snapshot, snapshot_bytes) VALUES (?1, 0, 0)"),
        set_sizes(db, "UPDATE ids SET since_snapshot = ?2, snapshot_bytes = ?3 WHERE id = ?1"),
        add_value(db, "INSERT INTO endpoint_values VALUES (?1, ?2)"),
        find_author(db, "SELECT author FROM authors WHERE name = ?1"),
        add_author(db, "INSERT INTO authors (name) VALUES (?1)"),
        add_revision(db, "INSERT INTO revisions VALUES (?1, ?2)"),
        add_version(db, "INSERT INTO versions VALUES (?1, ?2, ?3)"),
        add_snapshot(db, "INSERT INTO snapshots VALUES (?1, ?2, ?3)"),
        head(db, "SELECT max(revision) FROM revisions"),
        snapshot_at(db,
                    "SELECT revision, list FROM snapshots WHERE id = ?1 AND revision <= ?2 "
                    "ORDER BY revision DESC LIMIT 1"),
        snapshots_between(db,
                          "SELECT count(*) FROM snapshots "
                          "WHERE id = ?1 AND revision > ?2 AND revision <= ?3"),
        deltas(db,
               "SELECT delta FROM versions WHERE id = ?1 AND revision > ?2 AND revision <= ?3 "
               "ORDER BY revision"),
        history(db,
                "SELECT revision, metadata FROM versions JOIN revisions USING (revision) "
                "WHERE id = ?1 ORDER BY revision DESC"),
        all_ids(db, "SELECT name FROM ids"),
        changed_since(db, "SELECT 1 FROM versions WHERE id = ?1 AND revision > ?2 LIMIT 1") {}

  Statement find_id, add_id, set_sizes, add_value, find_author, add_author, add_revision;
  Statement add_version, add_snapshot, head, snapshot_at, snapshots_between, deltas, history;
  Statement all_ids, changed_since;
};

// The two kinds of small rows, each with its dictionary, and how to make their tables anew.
enum Kind : size_t { kDeltas, kMetadata };
struct Table {
  std::string_view name;
  std::string_view columns;
  std::string_view select;
  std::string_view insert;
};
constexpr Table kTables[] = {
    {"versions", kVersionColumns, "SELECT id, revision, delta FROM versions",
     "INSERT INTO repacked VALUES (?1, ?2, ?3)"},
    {"revisions", kRevisionColumns, "SELECT revision, 0, metadata FROM revisions",
     "INSERT INTO repacked VALUES (?1, ?3)"},
};

class SqliteDelta : public System {
 public:
  explicit SqliteDelta(const std::string& folder)
      : folder_(folder), path_(folder + "/routes.sqlite") {
    Database(path_).Execute(std::string(kPragmas) + kSchema + "CREATE TABLE revisions " +
                            kRevisionColumns + "; CREATE TABLE versions " + kVersionColumns);
    Open();
    importing_.Begin(*db_);
  }

  [[nodiscard]] std::vector<Setting> Settings() const override {
    return {
        {"SQLite", sqlite3_libversion()},
        {"zstd", ZSTD_versionString()},
        {"journal_mode", "WAL"},
        {"synchronous", "FULL (OFF while importing, 1,000 revisions a transaction)"},
        {"cache_size", "64 MiB, as the others' caches"},
        {"mmap_size", "1 GiB: reads without copying"},
        {"WITHOUT ROWID", "versions (ID, revision): an ID's deltas are adjacent"},
        {"lists and deltas", "columns of varints, addresses as differences, values interned"},
        {"snapshot", "when deltas since the last + 16 a row outweigh it and 4 KiB"},
        {"checks", "edits are taken as they come; a snapshot checks those it folds"},
        {"zstd level",
         "9; compact packs deltas and metadata anew with 19 and trained dictionaries of 16 KiB"},
        {"compact", "that, ANALYZE, VACUUM"}};
  }

  void Import(const HistoryLine& line) override {
    importing_.BeginLine(*db_);
    AddRevision(line.revision, line);
    for (const IdChange& change : line.changes) {
      AddVersion(change.id, line.revision, DeltaOf(change, values_));
    }
    importing_.EndLine(*db_);
  }
  void FinishImport() override { importing_.Finish(*db_); }
  void Compact() override;
  [[nodiscard]] uint64_t Bytes() const override { return FolderBytes(folder_); }

  void Close() override {
    statements_.reset();
    db_.reset();
    authors_.clear();
  }
  void Open() override;

  std::vector<std::string> ReadAt(const std::string& id, uint64_t revision) override {
    return TextsOf(ListAt(FindId(id).number, revision), values_);
  }
  Difference Diff(const std::string& id, uint64_t from, uint64_t to) override {
    return DifferenceOf(DeltaBetween(FindId(id).number, from, to), values_);
  }
  std::vector<HistoryEntry> History(const std::string& id) override;

  void Restore(const std::string& id, uint64_t revision) override {
    const uint64_t head = BeginRestore("restore " + id);
    RestoreId(id, revision, head);
    db_->Execute("COMMIT");
  }
  void RestoreAll(uint64_t revision) override {
    const uint64_t head = BeginRestore("restore all");
    std::vector<std::string> ids;
    Statement& rows = statements_->all_ids.With();
    while (rows.Step()) ids.emplace_back(rows.Bytes(0));
    for (const std::string& id : ids) RestoreId(id, revision, head);
    db_->Execute("COMMIT");
  }

 private:
  struct IdRow {
    int64_t number = 0;
    uint64_t since_snapshot = 0;
    uint64_t snapshot_bytes = 0;
  };

  IdRow FindId(const std::string& id) {
    IdRow row;
    Statement& rows = statements_->find_id.With(id);
    while (rows.Step()) {
      row = {rows.Int(0), static_cast<uint64_t>(rows.Int(1)), static_cast<uint64_t>(rows.Int(2))};
    }
    return row;
  }
  int64_t AuthorNumber(const std::string& name) {
    const int64_t found = statements_->find_author.With(name).One(0);
    if (found != 0) return found;
    statements_->add_author.With(name).Run();
    return sqlite3_last_insert_rowid(db_->handle());
  }
  const std::string& AuthorName(uint64_t number) {
    const auto found = authors_.find(static_cast<int64_t>(number));
    if (found != authors_.end()) return found->second;
    Statement rows(*db_, "SELECT author, name FROM authors");
    while (rows.Step()) authors_.emplace(rows.Int(0), rows.Bytes(1));
    return authors_.at(static_cast<int64_t>(number));
  }

  void AddRevision(uint64_t revision, const HistoryLine& line);
  void AddVersion(const std::string& id, uint64_t revision, const Delta& delta);
  EntryList ListAt(int64_t id, uint64_t revision);
  Delta DeltaBetween(int64_t id, uint64_t from, uint64_t to);
  std::optional<Delta> Deltas(int64_t id, uint64_t after, uint64_t to);
  IdRow PutSnapshot(int64_t id, uint64_t revision, const EntryList& list);

  uint64_t BeginRestore(const std::string& message);
  void RestoreId(const std::string& id, uint64_t revision, uint64_t head);
  std::string TrainDictionary(Kind kind);
  void Repack(Kind kind);
  void OpenPackers();

  std::string folder_;
  std::string path_;
  std::unique_ptr<Database> db_;
  std::unique_ptr<Statements> statements_;
  std::unique_ptr<ZstdPacker> packers_[2];
  ZstdPacker list_packer_{kLevel};
  ValueTable values_;
  std::unordered_map<int64_t, std::string> authors_;
  Importing importing_;
};

void SqliteDelta::Open() {
  db_ = std::make_unique<Database>(path_);
  db_->Execute(std::string(kPragmas) + "PRAGMA synchronous = FULL");
  statements_ = std::make_unique<Statements>(*db_);
  values_ = ValueTable([this](uint32_t number, std::string_view text) {
    statements_->add_value.With(uint64_t{number}, text).Run();
  });
  Statement rows(*db_, "SELECT text FROM endpoint_values ORDER BY number");
  while (rows.Step()) values_.Load(rows.Bytes(0));
  OpenPackers();
}

void SqliteDelta::OpenPackers() {
  for (const Kind kind : {kDeltas, kMetadata}) {
    std::string dictionary;
    Statement row(*db_, "SELECT bytes FROM dictionaries WHERE kind = ?1");
    row.With(uint64_t{kind});
    while (row.Step()) dictionary = row.Bytes(0);
    packers_[kind] = std::make_unique<ZstdPacker>(kLevel, dictionary);
  }
}

// Time, author and two texts with their lengths.
void SqliteDelta::AddRevision(uint64_t revision, const HistoryLine& line) {
  std::string metadata;
  // Whole seconds are most common: no three bytes for zeros.
  const bool whole = line.time_us % 1'000'000 == 0;
  const auto time = static_cast<uint64_t>(whole ? line.time_us / 1'000'000 : line.time_us);
  AppendVarint(static_cast<uint64_t>(AuthorNumber(line.author)), metadata);
  AppendVarint(line.message.size() * 2 + (whole ? 1 : 0), metadata);
  metadata.append(line.message);
  AppendVarint(line.ticket.size(), metadata);
  metadata.append(line.ticket);
  AppendVarint(time, metadata);
  const std::string packed = packers_[kMetadata]->Pack(metadata);
  statements_->add_revision.With(revision, Blob{packed}).Run();
}

void SqliteDelta::AddVersion(const std::string& id, uint64_t revision, const Delta& delta) {
  IdRow row = FindId(id);
  const bool is_first = row.number == 0;
  if (is_first) {
    statements_->add_id.With(id).Run();
    row.number = sqlite3_last_insert_rowid(db_->handle());
  }
  std::string packed = packers_[kDeltas]->Pack(EncodeDelta(delta));
  // A long first list is a snapshot, not a delta.
  const bool only_snapshot = is_first && packed.size() > kLeastDeltas;
  if (only_snapshot) packed.clear();
  statements_->add_version.With(row.number, revision, Blob{packed}).Run();
  row.since_snapshot += packed.size() + kRowCost;
  if (is_first && !only_snapshot) row = {row.number, 0, packed.size()};  // a whole list already
  if (only_snapshot) row = PutSnapshot(row.number, revision, Apply({}, delta));
  if (row.since_snapshot > std::max(kLeastDeltas, row.snapshot_bytes)) {
    row = PutSnapshot(row.number, revision, ListAt(row.number, revision));
  }
  statements_->set_sizes.With(row.number, row.since_snapshot, row.snapshot_bytes).Run();
}

SqliteDelta::IdRow SqliteDelta::PutSnapshot(int64_t id, uint64_t revision, const EntryList& list) {
  const std::string packed = list_packer_.Pack(EncodeList(list));
  statements_->add_snapshot.With(id, revision, Blob{packed}).Run();
  return {id, 0, packed.size()};
}

// Folded. Nothing where a version among them is only a snapshot.
std::optional<Delta> SqliteDelta::Deltas(int64_t id, uint64_t after, uint64_t to) {
  Delta edits;
  bool whole = true;
  Statement& rows = statements_->deltas.With(id, after, to);
  while (rows.Step()) {
    if (rows.Bytes(0).empty()) {
      whole = false;
    } else if (whole) {
      DecodeDelta(packers_[kDeltas]->Unpack(rows.Bytes(0)), edits);
    }
  }
  if (!whole) return std::nullopt;
  Fold(edits);
  return edits;
}

EntryList SqliteDelta::ListAt(int64_t id, uint64_t revision) {
  uint64_t at = 0;
  EntryList list;
  Statement& rows = statements_->snapshot_at.With(id, revision);
  while (rows.Step()) {
    at = static_cast<uint64_t>(rows.Int(0));
    list = DecodeList(list_packer_.Unpack(rows.Bytes(1)));
  }
  const auto since = Deltas(id, at, revision);
  return !since || since->empty() ? list : Apply(list, *since);
}

// A snapshot between is as much as the deltas that led to it: from two on, two lists are quicker.
Delta SqliteDelta::DeltaBetween(int64_t id, uint64_t from, uint64_t to) {
  if (from > to) return Inverse(DeltaBetween(id, to, from));
  if (statements_->snapshots_between.With(id, from, to).One(0) < 2) {
    if (auto deltas = Deltas(id, from, to)) return std::move(*deltas);
  }
  return switchback::compare::Compare(ListAt(id, from), ListAt(id, to));
}

std::vector<HistoryEntry> SqliteDelta::History(const std::string& id) {
  std::vector<HistoryEntry> entries;
  Statement& rows = statements_->history.With(FindId(id).number);
  while (rows.Step()) {
    const std::string metadata = packers_[kMetadata]->Unpack(rows.Bytes(1));
    std::string_view in = metadata;
    const std::string& author = AuthorName(TakeVarint(in));
    const uint64_t message_size = TakeVarint(in);
    const std::string_view message = in.substr(0, message_size / 2);
    in.remove_prefix(message.size());
    in.remove_prefix(TakeVarint(in));
    const auto time = static_cast<int64_t>(TakeVarint(in));
    entries.push_back({static_cast<uint64_t>(rows.Int(0)),
                       message_size % 2 == 1 ? time * 1'000'000 : time, author,
                       std::string(message)});
  }
  return entries;
}

uint64_t SqliteDelta::BeginRestore(const std::string& message) {
  db_->Execute("BEGIN IMMEDIATE");
  const auto head = static_cast<uint64_t>(statements_->head.With().One(0)) + 1;
  AddRevision(head, OwnLine(message));
  return head;
}

void SqliteDelta::RestoreId(const std::string& id, uint64_t revision, uint64_t head) {
  const int64_t number = FindId(id).number;
  if (statements_->changed_since.With(number, revision).One(0) == 0) return;
  const Delta delta = DeltaBetween(number, head - 1, revision);
  if (!delta.empty()) AddVersion(id, head, delta);
}

void SqliteDelta::Compact() {
  db_->Execute("BEGIN IMMEDIATE");
  Repack(kDeltas);
  Repack(kMetadata);
  db_->Execute("COMMIT; ANALYZE; VACUUM; PRAGMA wal_checkpoint(TRUNCATE)");
  OpenPackers();
}

// Trained on some rows, spread over all.
std::string SqliteDelta::TrainDictionary(Kind kind) {
  const std::string table(kTables[kind].name);
  const int64_t count = Statement(*db_, "SELECT count(*) FROM " + table).With().One(0);
  const int64_t step = std::max<int64_t>(1, count / static_cast<int64_t>(kSampleRows));
  std::vector<std::string> samples;
  Statement rows(*db_, kTables[kind].select);
  for (int64_t i = 0; rows.Step(); ++i) {
    if (i % step != 0) continue;
    std::string bytes = packers_[kind]->Unpack(rows.Bytes(2));
    if (bytes.size() <= kSampleBytes) samples.push_back(std::move(bytes));
  }
  return ZstdPacker::Train(samples, kDictionaryBytes);
}

// Every row of a kind anew, with a dictionary, into a table that takes the old one's place: rows
// must not change under the statement that reads them.
void SqliteDelta::Repack(Kind kind) {
  const Table& table = kTables[kind];
  const std::string dictionary = TrainDictionary(kind);
  db_->Execute("CREATE TABLE repacked " + std::string(table.columns));
  {
    ZstdPacker packer(kCompactLevel, dictionary);
    Statement put(*db_, table.insert);
    Statement rows(*db_, table.select);
    while (rows.Step()) {
      const std::string packed = packer.Pack(packers_[kind]->Unpack(rows.Bytes(2)));
      put.With(rows.Int(0), rows.Int(1), Blob{packed}).Run();
    }
  }
  const std::string name(table.name);
  db_->Execute("DROP TABLE " + name + "; ALTER TABLE repacked RENAME TO " + name);
  Statement(*db_, "INSERT OR REPLACE INTO dictionaries VALUES (?1, ?2)")
      .With(uint64_t{kind}, Blob{dictionary})
      .Run();
}

}  // namespace

std::unique_ptr<System> MakeSqliteDelta(const std::string& folder) {
  return std::make_unique<SqliteDelta>(folder);
}

}  // namespace switchback::compare
