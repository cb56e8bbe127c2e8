#include "engine/rocksdb_tables.h"

#include <rocksdb/cache.h>
#include <rocksdb/file_system.h>

#include <algorithm>
#include <memory>
#include <vector>

#include "engine/rocksdb_options.h"

namespace switchback {

namespace {

// As few as RocksDB lets one choose: the tables are to be looked at, not to be read.
constexpr int kFewOpenFiles = 20;

// Shows no log, so that an open does not replay any.
class WithoutLogs final : public rocksdb::FileSystemWrapper {
 public:
  using FileSystemWrapper::FileSystemWrapper;
  [[nodiscard]] const char* Name() const override { return "WithoutLogs"; }
  rocksdb::IOStatus GetChildren(const std::string& folder, const rocksdb::IOOptions& options,
                                std::vector<std::string>* names,
                                rocksdb::IODebugContext* debug) override {
    rocksdb::IOStatus status = FileSystemWrapper::GetChildren(folder, options, names, debug);
    std::erase_if(*names, [](const std::string& name) { return name.ends_with(".log"); });
    return status;
  }
};

}  // namespace

rocksdb::Status ReadTableNumbers(const std::string& folder, rocksdb::Env* env,
                                 std::set<uint64_t>& numbers) {
  const auto files = env == nullptr ? rocksdb::FileSystem::Default() : env->GetFileSystem();
  const auto without_logs = rocksdb::NewCompositeEnv(std::make_shared<WithoutLogs>(files));
  rocksdb::DBOptions options = MakeDbOptions({}, without_logs.get());
  options.max_open_files = kFewOpenFiles;
  std::vector<rocksdb::ColumnFamilyHandle*> families;
  rocksdb::DB* opened = nullptr;
  const rocksdb::Status status = rocksdb::DB::OpenForReadOnly(
      options, folder, MakeFamilies(rocksdb::NewLRUCache(0)), &families, &opened);
  if (!status.ok()) return status;
  const std::unique_ptr<rocksdb::DB> db(opened);
  numbers = TableNumbersOf(*db);
  for (rocksdb::ColumnFamilyHandle* family : families) db->DestroyColumnFamilyHandle(family);
  return status;
}

std::set<uint64_t> TableNumbersOf(rocksdb::DB& db) {
  std::vector<rocksdb::LiveFileMetaData> files;
  db.GetLiveFilesMetaData(&files);
  std::set<uint64_t> numbers;
  for (const rocksdb::LiveFileMetaData& file : files) numbers.insert(file.file_number);
  return numbers;
}

}  // namespace switchback
