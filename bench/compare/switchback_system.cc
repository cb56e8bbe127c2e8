// Our own store, through its public headers, with the options it has by default.
#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <utility>

#include "bench/compare/system.h"
#include "switchback/store.h"

namespace switchback::compare {
namespace {

constexpr char kEnvironment[] = "benchmark";
// As the program's `import`: what a power cut takes is imported again.
constexpr std::chrono::seconds kSyncInterval(1);

template <typename T>
T Must(Result<T> result) {
  if (!result) Fail("Switchback: " + result.error().message);
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

BusinessId ToId(const std::string& id) {
  return Must(BusinessId::Parse(id));
}

std::vector<std::string> Texts(const EndpointList& list) {
  std::vector<std::string> texts;
  texts.reserve(list.size());
  for (const Endpoint& endpoint : list) texts.push_back(FormatEndpoint(endpoint));
  return texts;
}

void AppendTexts(const EndpointList& list, std::vector<std::string>& texts) {
  for (const Endpoint& endpoint : list) texts.push_back(FormatEndpoint(endpoint));
}

EditEndpoints ToEdits(const IdChange& change) {
  EditEndpoints edits;
  edits.edits.reserve(change.remove.size() + change.add.size());
  for (const std::string& text : change.remove) {
    edits.edits.push_back({EditKind::kRemove, Must(ParseEndpoint(text)), true});
  }
  for (const std::string& text : change.add) {
    edits.edits.push_back({EditKind::kAdd, Must(ParseEndpoint(text)), false});
  }
  return edits;
}

// Nothing where the ID did not exist.
std::optional<ResolvedVersion> Resolve(const View& view, const BusinessId& id, uint64_t revision) {
  if (revision == 0) return std::nullopt;
  auto resolved = view.Resolve(id, RevisionSelector{Revision{revision}});
  if (!resolved && resolved.error().code == ErrorCode::kNotFound) return std::nullopt;
  return Must(std::move(resolved));
}

class Switchback : public System {
 public:
  explicit Switchback(const std::string& folder) : folder_(folder) {
    store_ = Must(Store::Create(folder_, {.environment = kEnvironment}));
  }

  [[nodiscard]] std::vector<Setting> Settings() const override {
    return {
        {"list_cache_bytes", std::to_string(OpenOptions().list_cache_bytes) + ", the default"},
        {"block_cache_bytes", std::to_string(OpenOptions().block_cache_bytes) + ", the default"},
        {"durability", "synced (buffered while importing, with a sync a second)"},
        {"compact", "Compact"}};
  }

  void Import(const HistoryLine& line) override {
    Change change;
    change.ids.reserve(line.changes.size());
    for (const IdChange& id : line.changes) change.ids.push_back({ToId(id.id), ToEdits(id)});
    const CommitResult result = Must(store_->Commit(change, {.operation = Operation::kImport,
                                                             .author = line.author,
                                                             .message = line.message,
                                                             .ticket = line.ticket,
                                                             .durability = Durability::kBuffered,
                                                             .time = Timestamp{line.time_us}}));
    if (result.revision != Revision{line.revision}) {
      Fail("Switchback: line " + std::to_string(line.revision) + " made no revision of its own");
    }
    const auto now = std::chrono::steady_clock::now();
    if (now - synced_ < kSyncInterval) return;
    Must(store_->Sync());
    synced_ = now;
  }
  void FinishImport() override { Must(store_->Sync()); }
  void Compact() override { Must(store_->Compact()); }
  [[nodiscard]] uint64_t Bytes() const override { return FolderBytes(folder_); }

  void Close() override { store_.reset(); }
  void Open() override { store_ = Must(Store::Open(folder_, {.environment = kEnvironment})); }

  std::vector<std::string> ReadAt(const std::string& id, uint64_t revision) override {
    const BusinessId business_id = ToId(id);
    if (revision == kNewest) {
      auto list = store_->Read(business_id);
      if (!list && list.error().code == ErrorCode::kNotFound) return {};
      return Texts(*Must(std::move(list))->list);
    }
    const auto view = Must(store_->NewView());
    const auto resolved = Resolve(*view, business_id, revision);
    if (!resolved || resolved->deleted) return {};
    return Texts(*Must(view->Read(business_id, resolved->version))->list);
  }

  Difference Diff(const std::string& id, uint64_t from, uint64_t to) override {
    const BusinessId business_id = ToId(id);
    const auto view = Must(store_->NewView());
    const auto version = [&](uint64_t revision) {
      const auto resolved = Resolve(*view, business_id, revision);
      return VersionRef{business_id, resolved ? resolved->version : Version{0}};
    };
    const ListDiff diff = Must(view->Diff(version(from), version(to)));
    Difference difference;
    AppendTexts(diff.removed, difference.removed);
    AppendTexts(diff.changed_from, difference.removed);
    AppendTexts(diff.added, difference.added);
    AppendTexts(diff.changed_to, difference.added);
    return difference;
  }

  std::vector<HistoryEntry> History(const std::string& id) override {
    const auto view = Must(store_->NewView());
    const auto cursor = Must(view->History(ToId(id)));
    std::vector<HistoryEntry> entries;
    while (auto version = Must(cursor->Next())) {
      entries.push_back({version->commit.revision.value, version->commit.time.micros,
                         std::move(version->commit.author), std::move(version->commit.message)});
    }
    return entries;
  }

  void Restore(const std::string& id, uint64_t revision) override {
    const BusinessId business_id = ToId(id);
    const auto resolved = Resolve(*Must(store_->NewView()), business_id, revision);
    if (!resolved) Fail("Switchback: " + id + " did not exist");
    Must(store_->Restore(
        {{business_id, resolved->version}},
        {.operation = Operation::kRestore, .author = "compare", .message = "restore " + id}));
  }
  void RestoreAll(uint64_t revision) override {
    Must(store_->RestoreTable(
        Revision{revision}, "",
        {.operation = Operation::kRestoreAll, .author = "compare", .message = "restore all"}));
  }

 private:
  std::string folder_;
  std::unique_ptr<Store> store_;
  std::chrono::steady_clock::time_point synced_ = std::chrono::steady_clock::now();
};

}  // namespace

std::unique_ptr<System> MakeSwitchback(const std::string& folder) {
  return std::make_unique<Switchback>(folder);
}

}  // namespace switchback::compare
