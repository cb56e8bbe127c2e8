// Power loss, played by a file system that remembers what was synced: logs are cut back to that, so
// what only the page cache had is gone.
#include <gmock/gmock.h>
#include <rocksdb/env.h>
#include <rocksdb/file_system.h>

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "engine/engine.h"
#include "engine/engine_fixture.h"
#include "engine/rocksdb_testing.h"

namespace switchback {
namespace {

using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;

// What a disk without power would still hold of the log files. Safe from any number of threads.
class Durable {
 public:
  void Made(const std::string& log) {
    const std::scoped_lock lock(mutex_);
    logs_[log] = {};
  }
  void Synced(const std::string& log) {
    const std::scoped_lock lock(mutex_);
    logs_[log].bytes = std::filesystem::file_size(log);
  }
  void FolderSynced() {
    const std::scoped_lock lock(mutex_);
    for (auto& [log, state] : logs_) state.named = true;
  }
  // REQUIRES: nothing has the files open.
  void LosePower() {
    for (const auto& [log, state] : logs_) {
      if (!std::filesystem::exists(log)) continue;
      if (state.named) {
        std::filesystem::resize_file(log, state.bytes);
      } else {
        std::filesystem::remove(log);
      }
    }
  }

 private:
  struct State {
    uint64_t bytes = 0;
    bool named = false;  // the folder says that there is such a file
  };
  std::mutex mutex_;
  std::map<std::string, State> logs_;
};

// Of either kind of file that can be synced.
template <typename Wrapper>
class WatchedFile final : public Wrapper {
 public:
  template <typename File>
  WatchedFile(std::unique_ptr<File> file, std::string name, Durable& durable)
      : Wrapper(std::move(file)), name_(std::move(name)), durable_(durable) {}

  IOStatus Sync(const IOOptions& options, IODebugContext* debug) override {
    return Told(Wrapper::Sync(options, debug));
  }
  IOStatus Fsync(const IOOptions& options, IODebugContext* debug) override {
    return Told(Wrapper::Fsync(options, debug));
  }

 private:
  IOStatus Told(IOStatus status) {
    if (status.ok()) durable_.Synced(name_);
    return status;
  }
  const std::string name_;
  Durable& durable_;
};

class WatchedFolder final : public rocksdb::FSDirectoryWrapper {
 public:
  WatchedFolder(std::unique_ptr<rocksdb::FSDirectory> folder, Durable& durable)
      : FSDirectoryWrapper(std::move(folder)), durable_(durable) {}

  IOStatus FsyncWithDirOptions(const IOOptions& options, IODebugContext* debug,
                               const rocksdb::DirFsyncOptions& reason) override {
    IOStatus status = FSDirectoryWrapper::FsyncWithDirOptions(options, debug, reason);
    if (status.ok()) durable_.FolderSynced();
    return status;
  }

 private:
  Durable& durable_;
};

class WatchingFileSystem final : public rocksdb::FileSystemWrapper {
 public:
  explicit WatchingFileSystem(Durable& durable)
      : FileSystemWrapper(rocksdb::FileSystem::Default()), durable_(durable) {}
  [[nodiscard]] const char* Name() const override { return "WatchingFileSystem"; }
  // From now on an open for update, which is how an older log is synced, fails.
  bool refuse_updates = false;

  IOStatus NewWritableFile(const std::string& name, const rocksdb::FileOptions& options,
                           std::unique_ptr<rocksdb::FSWritableFile>* result,
                           IODebugContext* debug) override {
    IOStatus status = FileSystemWrapper::NewWritableFile(name, options, result, debug);
    if (!status.ok() || !name.ends_with(".log")) return status;
    durable_.Made(name);
    *result = std::make_unique<WatchedFile<rocksdb::FSWritableFileOwnerWrapper>>(std::move(*result),
                                                                                 name, durable_);
    return status;
  }
  IOStatus NewRandomRWFile(const std::string& name, const rocksdb::FileOptions& options,
                           std::unique_ptr<rocksdb::FSRandomRWFile>* result,
                           IODebugContext* debug) override {
    if (refuse_updates) return IOStatus::IOError("no such luck", name);
    IOStatus status = FileSystemWrapper::NewRandomRWFile(name, options, result, debug);
    if (!status.ok()) return status;
    *result = std::make_unique<WatchedFile<rocksdb::FSRandomRWFileOwnerWrapper>>(std::move(*result),
                                                                                 name, durable_);
    return status;
  }
  IOStatus NewDirectory(const std::string& name, const IOOptions& options,
                        std::unique_ptr<rocksdb::FSDirectory>* result,
                        IODebugContext* debug) override {
    IOStatus status = FileSystemWrapper::NewDirectory(name, options, result, debug);
    if (status.ok()) *result = std::make_unique<WatchedFolder>(std::move(*result), durable_);
    return status;
  }

 private:
  Durable& durable_;
};

class RocksDbPowerLossTest : public testing::Test {
 protected:
  void SetUp() override {
    if (kThreadSanitizer) GTEST_SKIP() << "RocksDB is not built for ThreadSanitizer";
    ASSERT_TRUE(Open({.create = true}));
    ASSERT_TRUE(Put(*engine_, Space::kState, "first", "row", true));
  }

  Result<void> Open(const RocksDbEngineOptions& options) {
    engine_.reset();  // which leaves what is little in the log
    auto engine = OpenRocksDbEngineForTesting(path_, options, {.env = env_.get()});
    if (!engine) return std::unexpected(engine.error());
    engine_ = *std::move(engine);
    return {};
  }
  // Of a close nothing is synced either, so to the disk it is like a kill.
  void LosePower() {
    engine_.reset();
    durable_.LosePower();
  }

  ScratchFolder folder_;
  const std::string path_ = folder_ / "db";
  Durable durable_;
  std::shared_ptr<WatchingFileSystem> files_ = std::make_shared<WatchingFileSystem>(durable_);
  std::unique_ptr<rocksdb::Env> env_ = rocksdb::NewCompositeEnv(files_);
  std::unique_ptr<Engine> engine_;
};

TEST_F(RocksDbPowerLossTest, TakesUnsyncedWritesAway) {
  ASSERT_TRUE(Put(*engine_, Space::kState, "unsynced", "row"));
  LosePower();
  ASSERT_TRUE(Open({}));
  EXPECT_EQ(ValueOf(*engine_, Space::kState, "first"), "row");
  EXPECT_EQ(ValueOf(*engine_, Space::kState, "unsynced"), "(none)") << "nothing was played";
}

// Else a synced write would outlive one that it was built upon.
TEST_F(RocksDbPowerLossTest, ASyncedWriteKeepsWhatEarlierProcessesLeftUnsynced) {
  for (const char* key : {"a", "b", "c"}) {  // three processes, a log each
    ASSERT_TRUE(Put(*engine_, Space::kHistory, key, "unsynced"));
    ASSERT_TRUE(Open({}));
  }
  ASSERT_TRUE(Put(*engine_, Space::kState, "on top", "synced", true));
  LosePower();
  ASSERT_TRUE(Open({}));
  EXPECT_EQ(ValueOf(*engine_, Space::kState, "on top"), "synced");
  for (const char* key : {"a", "b", "c"}) {
    EXPECT_EQ(ValueOf(*engine_, Space::kHistory, key), "unsynced") << key;
  }
}

TEST_F(RocksDbPowerLossTest, AnOpenThatCantSyncAnOlderLogIsRefusedAndLosesNothing) {
  ASSERT_TRUE(Put(*engine_, Space::kHistory, "a", "unsynced"));
  files_->refuse_updates = true;
  const Result<void> refused = Open({});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kIoError);
  EXPECT_THAT(refused.error().message, testing::HasSubstr(".log: the log can't be synced"));
  EXPECT_TRUE(Open({.read_only = true})) << "reading needs no sync";
  files_->refuse_updates = false;
  ASSERT_TRUE(Open({}));
  EXPECT_EQ(ValueOf(*engine_, Space::kHistory, "a"), "unsynced");
}

}  // namespace
}  // namespace switchback
