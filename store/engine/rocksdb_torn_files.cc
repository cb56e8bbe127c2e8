#include "engine/rocksdb_torn_files.h"

#include <fmt/format.h>
#include <rocksdb/cache.h>
#include <rocksdb/db.h>
#include <rocksdb/file_system.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <optional>
#include <utility>

#include "engine/rocksdb_log_order.h"
#include "engine/rocksdb_options.h"
#include "engine/rocksdb_wal.h"

namespace switchback {

namespace {

using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;

class CutFile final : public rocksdb::FSSequentialFileOwnerWrapper {
 public:
  CutFile(std::unique_ptr<rocksdb::FSSequentialFile> file, uint64_t bytes)
      : FSSequentialFileOwnerWrapper(std::move(file)), left_(bytes) {}
  IOStatus Read(size_t bytes, const IOOptions& options, rocksdb::Slice* result, char* scratch,
                IODebugContext* debug) override {
    IOStatus status = FSSequentialFileOwnerWrapper::Read(std::min<uint64_t>(bytes, left_), options,
                                                         result, scratch, debug);
    if (status.ok()) left_ -= result->size();
    return status;
  }
  IOStatus Skip(uint64_t bytes) override {
    const uint64_t skipped = std::min(bytes, left_);
    left_ -= skipped;
    return FSSequentialFileOwnerWrapper::Skip(skipped);
  }

 private:
  uint64_t left_;
};

class CuttingFileSystem final : public rocksdb::FileSystemWrapper {
 public:
  // `opening`: in which logs are opened in their order; null: one that does not end.
  CuttingFileSystem(const std::shared_ptr<rocksdb::FileSystem>& files,
                    const std::vector<TornFile>& torn, std::shared_ptr<Opening> opening)
      : FileSystemWrapper(files), opening_(std::move(opening)) {
    for (const TornFile& file : torn) bytes_[NormalPath(file.path)] = file.good_bytes;
  }
  [[nodiscard]] const char* Name() const override { return "CuttingFileSystem"; }
  // Of the logs that were opened: RocksDB opens those that it needs, and no others.
  [[nodiscard]] std::optional<uint64_t> first_log() const { return first_log_; }

  IOStatus NewSequentialFile(const std::string& name, const rocksdb::FileOptions& options,
                             std::unique_ptr<rocksdb::FSSequentialFile>* result,
                             IODebugContext* debug) override {
    if (opening_ == nullptr || opening_->under_way()) {
      if (IOStatus followed = NoteLog(name); !followed.ok()) return followed;
    }
    IOStatus status = FileSystemWrapper::NewSequentialFile(name, options, result, debug);
    const auto cut = bytes_.find(NormalPath(name));
    if (status.ok() && cut != bytes_.end()) {
      *result = std::make_unique<CutFile>(std::move(*result), cut->second);
    }
    return status;
  }
  IOStatus DeleteFile(const std::string& name, const IOOptions& options,
                      IODebugContext* debug) override {
    const bool is_table = std::filesystem::path(name).extension() == ".sst";
    if (is_table && opening_ != nullptr && opening_->Spare(name)) return IOStatus::OK();
    return FileSystemWrapper::DeleteFile(name, options, debug);
  }

 private:
  static std::filesystem::path NormalPath(const std::filesystem::path& path) {
    return path.lexically_normal();
  }

  IOStatus NoteLog(const std::string& name) {
    const std::optional<uint64_t> number = FileNumber(name, ".log");
    if (!number) return IOStatus::OK();
    if (!first_log_ || *number < *first_log_) first_log_ = number;
    return order_.Follow(name, *number, *target());
  }

  std::map<std::filesystem::path, uint64_t> bytes_;
  const std::shared_ptr<Opening> opening_;
  LogOrder order_;
  std::optional<uint64_t> first_log_;
};

Error LogDamage(const std::string& log, uint64_t offset) {
  return {ErrorCode::kDataLoss,
          fmt::format("{}: the log is damaged at byte {}: expected a record with a good checksum, "
                      "found one that is not, and that no power loss leaves so; the writes from "
                      "there on can't be trusted: restore a backup",
                      log, offset),
          {},
          0};
}

// Of the logs from number `first` on. Zeros at the end, which may have been to become records, are
// cut off of any of them: RocksDB does not take all of these. What is torn must be the last.
Result<void> FindTornLogs(const std::string& folder, uint64_t first, std::vector<TornFile>& torn) {
  std::optional<TornFile> broken;
  for (const LogFile& log : ListLogFiles(folder)) {
    if (log.number < first) continue;
    std::ifstream in(log.path, std::ios::binary);
    const std::string bytes(std::istreambuf_iterator<char>(in), {});
    if (!in.good() && !in.eof()) {
      return Fail(ErrorCode::kIoError, fmt::format("{}: can't be read", log.path.string()));
    }
    const LogFinding finding = ExamineLog(bytes);
    if (broken && finding.records > 0) {
      return std::unexpected(LogDamage(broken->path, broken->good_bytes));
    }
    if (finding.state == LogState::kDamaged) {
      return std::unexpected(LogDamage(log.path.string(), finding.fault_offset));
    }
    if (finding.good_bytes == bytes.size()) continue;
    torn.push_back({log.path.string(), finding.good_bytes});
    if (finding.state == LogState::kTorn) broken = torn.back();
  }
  return {};
}

}  // namespace

Result<std::vector<TornFile>> FindTornFiles(const std::string& folder, rocksdb::Env* env) {
  if (env == nullptr) env = rocksdb::Env::Default();
  std::vector<TornFile> torn;
  const std::optional<ManifestFinding> manifest = ExamineManifest(folder);
  if (manifest && manifest->finding.state != LogState::kDamaged &&
      manifest->finding.good_bytes < manifest->bytes) {
    torn.push_back({manifest->path, manifest->finding.good_bytes});
  }
  const auto files = std::make_shared<CuttingFileSystem>(env->GetFileSystem(), torn, nullptr);
  const auto watched = rocksdb::NewCompositeEnv(files);
  std::vector<rocksdb::ColumnFamilyHandle*> families;
  rocksdb::DB* opened = nullptr;
  const rocksdb::Status status =
      rocksdb::DB::OpenForReadOnly(MakeDbOptions({}, watched.get()), folder,
                                   MakeFamilies(rocksdb::NewLRUCache(0)), &families, &opened);
  const std::unique_ptr<rocksdb::DB> db(opened);
  for (rocksdb::ColumnFamilyHandle* family : families) db->DestroyColumnFamilyHandle(family);
  if (!status.IsCorruption() || !files->first_log()) return torn;
  if (Result<void> logs = FindTornLogs(folder, *files->first_log(), torn); !logs) {
    return std::unexpected(std::move(logs.error()));
  }
  return torn;
}

bool Opening::Spare(const std::string& table) {
  if (!under_way_) return false;
  const std::lock_guard lock(mutex_);
  spared_.push_back(table);
  return true;
}

std::vector<std::string> Opening::spared() {
  const std::lock_guard lock(mutex_);
  return spared_;
}

OpeningEnv MakeOpeningEnv(const rocksdb::Env& env, const std::vector<TornFile>& files) {
  OpeningEnv made;
  made.opening = std::make_shared<Opening>();
  made.env = rocksdb::NewCompositeEnv(
      std::make_shared<CuttingFileSystem>(env.GetFileSystem(), files, made.opening));
  return made;
}

}  // namespace switchback
