#include "faults/simulated_disk.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <utility>

namespace switchback {
namespace {

namespace fs = std::filesystem;
using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;
using rocksdb::Slice;

constexpr uint64_t kSectorBytes = 512;

class AppendedFile final : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  AppendedFile(std::unique_ptr<rocksdb::FSWritableFile> file, std::string name, SimulatedDisk& disk)
      : FSWritableFileOwnerWrapper(std::move(file)), name_(std::move(name)), disk_(disk) {}

  IOStatus Append(const Slice& data, const IOOptions& options, IODebugContext* debug) override {
    IOStatus status = disk_.Begin(Operations::kWrites, "append", name_, /*makes_longer=*/true);
    if (status.ok()) {
      status = FSWritableFileOwnerWrapper::Append(data, options, debug);
      if (status.ok()) disk_.Appended(name_, data.size());
    } else if (disk_.tears()) {
      const Slice part(data.data(), data.size() / 2);
      if (FSWritableFileOwnerWrapper::Append(part, options, debug).ok()) {
        disk_.Appended(name_, part.size());
      }
    }
    return status;
  }
  IOStatus Append(const Slice& data, const IOOptions& options,
                  const rocksdb::DataVerificationInfo& /*info*/, IODebugContext* debug) override {
    return Append(data, options, debug);
  }
  IOStatus Truncate(uint64_t size, const IOOptions& options, IODebugContext* debug) override {
    IOStatus status = disk_.Begin(Operations::kWrites, "truncate", name_);
    if (status.ok()) status = FSWritableFileOwnerWrapper::Truncate(size, options, debug);
    if (status.ok()) disk_.CutTo(name_, size);
    return status;
  }
  // The real sync would only take time: what counts is what is kept in mind.
  IOStatus Sync(const IOOptions& /*options*/, IODebugContext* /*debug*/) override {
    IOStatus status = disk_.Begin(Operations::kWrites, "sync", name_);
    if (status.ok()) disk_.Synced(name_);
    return status;
  }
  IOStatus Fsync(const IOOptions& options, IODebugContext* debug) override {
    return Sync(options, debug);
  }
  IOStatus RangeSync(uint64_t /*offset*/, uint64_t /*bytes*/, const IOOptions& /*options*/,
                     IODebugContext* /*debug*/) override {
    return IOStatus::OK();
  }

 private:
  const std::string name_;
  SimulatedDisk& disk_;
};

class UpdatedFile final : public rocksdb::FSRandomRWFileOwnerWrapper {
 public:
  UpdatedFile(std::unique_ptr<rocksdb::FSRandomRWFile> file, std::string name, SimulatedDisk& disk)
      : FSRandomRWFileOwnerWrapper(std::move(file)), name_(std::move(name)), disk_(disk) {}
  IOStatus Sync(const IOOptions& /*options*/, IODebugContext* /*debug*/) override {
    IOStatus status = disk_.Begin(Operations::kWrites, "sync", name_);
    if (status.ok()) disk_.Synced(name_);
    return status;
  }
  IOStatus Fsync(const IOOptions& options, IODebugContext* debug) override {
    return Sync(options, debug);
  }

 private:
  const std::string name_;
  SimulatedDisk& disk_;
};

class ReadFile final : public rocksdb::FSRandomAccessFileOwnerWrapper {
 public:
  ReadFile(std::unique_ptr<rocksdb::FSRandomAccessFile> file, std::string name, SimulatedDisk& disk)
      : FSRandomAccessFileOwnerWrapper(std::move(file)), name_(std::move(name)), disk_(disk) {}
  IOStatus Read(uint64_t offset, size_t bytes, const IOOptions& options, Slice* result,
                char* scratch, IODebugContext* debug) const override {
    IOStatus status = disk_.Begin(Operations::kReads, "read", name_);
    if (!status.ok()) return status;
    return FSRandomAccessFileOwnerWrapper::Read(offset, bytes, options, result, scratch, debug);
  }

 private:
  const std::string name_;
  SimulatedDisk& disk_;
};

class StreamedFile final : public rocksdb::FSSequentialFileOwnerWrapper {
 public:
  StreamedFile(std::unique_ptr<rocksdb::FSSequentialFile> file, std::string name,
               SimulatedDisk& disk)
      : FSSequentialFileOwnerWrapper(std::move(file)), name_(std::move(name)), disk_(disk) {}
  IOStatus Read(size_t bytes, const IOOptions& options, Slice* result, char* scratch,
                IODebugContext* debug) override {
    IOStatus status = disk_.Begin(Operations::kReads, "read", name_);
    if (!status.ok()) return status;
    return FSSequentialFileOwnerWrapper::Read(bytes, options, result, scratch, debug);
  }

 private:
  const std::string name_;
  SimulatedDisk& disk_;
};

class SyncedFolder final : public rocksdb::FSDirectoryWrapper {
 public:
  SyncedFolder(std::unique_ptr<rocksdb::FSDirectory> folder, std::string name, SimulatedDisk& disk)
      : FSDirectoryWrapper(std::move(folder)), name_(std::move(name)), disk_(disk) {}
  IOStatus Fsync(const IOOptions& /*options*/, IODebugContext* /*debug*/) override {
    return Sync();
  }
  IOStatus FsyncWithDirOptions(const IOOptions& /*options*/, IODebugContext* /*debug*/,
                               const rocksdb::DirFsyncOptions& /*reason*/) override {
    return Sync();
  }

 private:
  IOStatus Sync() {
    IOStatus status = disk_.Begin(Operations::kWrites, "sync folder", name_);
    if (status.ok()) disk_.FolderSynced(name_);
    return status;
  }
  const std::string name_;
  SimulatedDisk& disk_;
};

std::string NormalName(const std::string& name) {
  std::string normal = fs::path(name).lexically_normal().string();
  if (normal.ends_with('/')) normal.pop_back();
  return normal;
}

}  // namespace

SimulatedDisk::SimulatedDisk(std::string folder)
    : FileSystemWrapper(rocksdb::FileSystem::Default()),
      folder_(NormalName(folder)),
      undo_folder_(folder_ + ".undo") {
  fs::create_directories(undo_folder_);
}

void SimulatedDisk::FailAt(uint64_t first, Fault fault, Operations kind, uint64_t count) {
  const std::scoped_lock lock(mutex_);
  fault_ = fault;
  plans_.clear();
  plans_[kind] = {0, first, count};
  powerless_ = false;
  faults_ = 0;
  last_fault_.clear();
  failed_files_.clear();
}

void SimulatedDisk::Repair() {
  const std::scoped_lock lock(mutex_);
  for (auto& [kind, plan] : plans_) plan.first = 0;
  powerless_ = false;
}

uint64_t SimulatedDisk::operations(Operations kind) const {
  const std::scoped_lock lock(mutex_);
  const auto found = plans_.find(kind);
  return found == plans_.end() ? 0 : found->second.begun;
}

uint64_t SimulatedDisk::faults() const {
  const std::scoped_lock lock(mutex_);
  return faults_;
}

std::string SimulatedDisk::last_fault() const {
  const std::scoped_lock lock(mutex_);
  return last_fault_;
}

bool SimulatedDisk::IsNamedIn(const std::string& message) const {
  const std::scoped_lock lock(mutex_);
  return std::ranges::any_of(
      failed_files_, [&](const std::string& file) { return message.find(file) != message.npos; });
}

bool SimulatedDisk::tears() const {
  const std::scoped_lock lock(mutex_);
  // Once: what comes after the moment of the loss leaves nothing.
  return faults_ == 1 && fault_ != Fault::kIoError;
}

IOStatus SimulatedDisk::Begin(Operations kind, std::string_view what, const std::string& name,
                              bool makes_longer) {
  const std::scoped_lock lock(mutex_);
  if (!Watches(name)) return IOStatus::OK();
  Plan& plan = plans_[kind];
  const bool spares = fault_ == Fault::kNoSpace && !makes_longer;
  if (!spares) ++plan.begun;
  const bool hit = !spares && plan.first != 0 && plan.begun >= plan.first &&
                   plan.begun - plan.first < plan.count;
  if (hit && fault_ == Fault::kPowerLoss) powerless_ = true;
  if (!hit && !powerless_) return IOStatus::OK();
  ++faults_;
  failed_files_.insert(NormalName(name));
  if (faults_ == 1) {
    last_fault_ = std::string(what) + " " + fs::path(name).filename().string();
  }
  if (fault_ == Fault::kNoSpace) return IOStatus::NoSpace(std::string(what), name);
  return IOStatus::IOError(std::string(what), name);
}

bool SimulatedDisk::Watches(const std::string& name) const {
  const std::string normal = NormalName(name);
  return normal == folder_ || normal.starts_with(folder_ + "/");
}

void SimulatedDisk::Appended(const std::string& name, uint64_t bytes) {
  const std::scoped_lock lock(mutex_);
  contents_[NormalName(name)].written += bytes;
}

void SimulatedDisk::CutTo(const std::string& name, uint64_t bytes) {
  const std::scoped_lock lock(mutex_);
  Content& content = contents_[NormalName(name)];
  content.written = bytes;
  content.synced = std::min(content.synced, bytes);
}

void SimulatedDisk::Synced(const std::string& name) {
  const std::scoped_lock lock(mutex_);
  Content& content = contents_[NormalName(name)];
  content.synced = content.written;
}

void SimulatedDisk::FolderSynced(const std::string& folder) {
  const std::scoped_lock lock(mutex_);
  if (NormalName(folder) != folder_) return;
  for (const NameChange& change : names_) {
    if (!change.saved.empty()) fs::remove(change.saved);
  }
  names_.clear();
}

std::string SimulatedDisk::Save(const std::string& name) {
  if (!fs::exists(name)) return {};
  std::string saved = undo_folder_ + "/" + std::to_string(++saved_);
  fs::create_hard_link(name, saved);
  return saved;
}

// What was opened, with faults.
template <typename Made, typename File>
void SimulatedDisk::Wrap(const IOStatus& status, const std::string& name,
                         std::unique_ptr<File>* file) {
  if (!status.ok() || !Watches(name)) return;
  *file = std::make_unique<Made>(std::move(*file), name, *this);
}

IOStatus SimulatedDisk::NewSequentialFile(const std::string& name,
                                          const rocksdb::FileOptions& options,
                                          std::unique_ptr<rocksdb::FSSequentialFile>* result,
                                          IODebugContext* debug) {
  IOStatus status = FileSystemWrapper::NewSequentialFile(name, options, result, debug);
  Wrap<StreamedFile>(status, name, result);
  return status;
}

IOStatus SimulatedDisk::NewRandomAccessFile(const std::string& name,
                                            const rocksdb::FileOptions& options,
                                            std::unique_ptr<rocksdb::FSRandomAccessFile>* result,
                                            IODebugContext* debug) {
  IOStatus status = FileSystemWrapper::NewRandomAccessFile(name, options, result, debug);
  Wrap<ReadFile>(status, name, result);
  return status;
}

IOStatus SimulatedDisk::NewWritableFile(const std::string& name,
                                        const rocksdb::FileOptions& options,
                                        std::unique_ptr<rocksdb::FSWritableFile>* result,
                                        IODebugContext* debug) {
  IOStatus status = Begin(Operations::kWrites, "make", name, /*makes_longer=*/true);
  if (!status.ok()) return status;
  if (!Watches(name)) return FileSystemWrapper::NewWritableFile(name, options, result, debug);
  {
    const std::scoped_lock lock(mutex_);
    NameChange change{
        NameChange::Kind::kMade, NormalName(name), {}, {}, contents_[NormalName(name)]};
    // Opening a file that is there empties it, in place: what it had is kept under another name.
    if (fs::exists(name)) {
      change.saved = Save(name);
      fs::remove(name);
    }
    names_.push_back(std::move(change));
    contents_[NormalName(name)] = {};
  }
  status = FileSystemWrapper::NewWritableFile(name, options, result, debug);
  Wrap<AppendedFile>(status, name, result);
  return status;
}

IOStatus SimulatedDisk::ReopenWritableFile(const std::string& name,
                                           const rocksdb::FileOptions& options,
                                           std::unique_ptr<rocksdb::FSWritableFile>* result,
                                           IODebugContext* debug) {
  IOStatus status = Begin(Operations::kWrites, "reopen", name);
  if (!status.ok()) return status;
  status = FileSystemWrapper::ReopenWritableFile(name, options, result, debug);
  Wrap<AppendedFile>(status, name, result);
  return status;
}

IOStatus SimulatedDisk::NewRandomRWFile(const std::string& name,
                                        const rocksdb::FileOptions& options,
                                        std::unique_ptr<rocksdb::FSRandomRWFile>* result,
                                        IODebugContext* debug) {
  IOStatus status = Begin(Operations::kWrites, "open", name);
  if (!status.ok()) return status;
  status = FileSystemWrapper::NewRandomRWFile(name, options, result, debug);
  Wrap<UpdatedFile>(status, name, result);
  return status;
}

IOStatus SimulatedDisk::NewDirectory(const std::string& name, const IOOptions& options,
                                     std::unique_ptr<rocksdb::FSDirectory>* result,
                                     IODebugContext* debug) {
  IOStatus status = FileSystemWrapper::NewDirectory(name, options, result, debug);
  Wrap<SyncedFolder>(status, name, result);
  return status;
}

IOStatus SimulatedDisk::DeleteFile(const std::string& name, const IOOptions& options,
                                   IODebugContext* debug) {
  IOStatus status = Begin(Operations::kWrites, "delete", name);
  if (!status.ok() || !Watches(name)) {
    return status.ok() ? FileSystemWrapper::DeleteFile(name, options, debug) : status;
  }
  const std::scoped_lock lock(mutex_);
  const std::string normal = NormalName(name);
  std::string saved = Save(name);
  status = FileSystemWrapper::DeleteFile(name, options, debug);
  if (!status.ok()) return status;
  names_.push_back({NameChange::Kind::kDeleted, normal, {}, std::move(saved), contents_[normal]});
  contents_.erase(normal);
  return status;
}

IOStatus SimulatedDisk::RenameFile(const std::string& from, const std::string& to,
                                   const IOOptions& options, IODebugContext* debug) {
  IOStatus status = Begin(Operations::kWrites, "rename", from);
  if (!status.ok() || !Watches(from)) {
    return status.ok() ? FileSystemWrapper::RenameFile(from, to, options, debug) : status;
  }
  const std::scoped_lock lock(mutex_);
  const std::string old_name = NormalName(from);
  const std::string new_name = NormalName(to);
  std::string saved = Save(to);
  status = FileSystemWrapper::RenameFile(from, to, options, debug);
  if (!status.ok()) return status;
  names_.push_back(
      {NameChange::Kind::kRenamed, old_name, new_name, std::move(saved), contents_[new_name]});
  contents_[new_name] = contents_[old_name];
  contents_.erase(old_name);
  return status;
}

void SimulatedDisk::Undo(const NameChange& change) {
  std::string at = change.name;
  switch (change.kind) {
    case NameChange::Kind::kMade:
      fs::remove(change.name);
      contents_.erase(change.name);
      break;
    case NameChange::Kind::kRenamed:
      if (!fs::exists(change.to)) return;  // taken away past this file system
      fs::rename(change.to, change.name);
      contents_[change.name] = contents_[change.to];
      contents_.erase(change.to);
      at = change.to;
      break;
    case NameChange::Kind::kDeleted:
      break;
  }
  if (change.saved.empty()) return;
  fs::rename(change.saved, at);
  contents_[at] = change.content;
}

void SimulatedDisk::CutContent(const std::string& file, const Content& content,
                               std::mt19937_64& random) {
  if (!fs::exists(file)) return;
  const uint64_t unsynced = content.written - content.synced;
  uint64_t kept = 0;
  uint64_t zeros = 0;
  switch (random() % 4) {
    case 0:
      break;
    case 1:
      kept = unsynced;
      break;
    case 2:
      kept = unsynced == 0 ? 0 : random() % unsynced;
      break;
    default: {  // its new length was kept, but not all sectors that were to fill it
      const uint64_t sector = (content.synced + random() % (unsynced + 1)) / kSectorBytes;
      kept = std::max(sector * kSectorBytes, content.synced) - content.synced;
      zeros = unsynced - kept;
    }
  }
  fs::resize_file(file, content.synced + kept);
  fs::resize_file(file, content.synced + kept + zeros);
}

void SimulatedDisk::LosePower(std::mt19937_64& random) {
  const std::scoped_lock lock(mutex_);
  const size_t lasting = random() % (names_.size() + 1);
  while (names_.size() > lasting) {
    Undo(names_.back());
    names_.pop_back();
  }
  for (const NameChange& change : names_) {
    if (!change.saved.empty()) fs::remove(change.saved);
  }
  names_.clear();
  for (auto& [file, content] : contents_) {
    if (content.written > content.synced) CutContent(file, content, random);
    if (fs::exists(file)) content.written = content.synced = fs::file_size(file);
  }
  plans_.clear();
  powerless_ = false;
}

}  // namespace switchback
