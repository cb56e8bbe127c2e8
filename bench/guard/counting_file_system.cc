#include "guard/counting_file_system.h"

#include <rocksdb/file_system.h>

#include <string>
#include <utility>

namespace switchback::guard {
namespace {

using rocksdb::FileOptions;
using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;
using rocksdb::Slice;

class CountingWritableFile final : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  CountingWritableFile(std::unique_ptr<rocksdb::FSWritableFile> file, FileCounts& counts)
      : FSWritableFileOwnerWrapper(std::move(file)), counts_(counts) {}

  IOStatus Append(const Slice& data, const IOOptions& options, IODebugContext* debug) override {
    ++counts_.writes;
    counts_.bytes_written += data.size();
    return FSWritableFileOwnerWrapper::Append(data, options, debug);
  }
  IOStatus Append(const Slice& data, const IOOptions& options,
                  const rocksdb::DataVerificationInfo& /*info*/, IODebugContext* debug) override {
    return Append(data, options, debug);
  }
  IOStatus Sync(const IOOptions& options, IODebugContext* debug) override {
    ++counts_.syncs;
    return FSWritableFileOwnerWrapper::Sync(options, debug);
  }
  IOStatus Fsync(const IOOptions& options, IODebugContext* debug) override {
    ++counts_.syncs;
    return FSWritableFileOwnerWrapper::Fsync(options, debug);
  }

 private:
  FileCounts& counts_;
};

class CountingRandomFile final : public rocksdb::FSRandomAccessFileOwnerWrapper {
 public:
  CountingRandomFile(std::unique_ptr<rocksdb::FSRandomAccessFile> file, FileCounts& counts)
      : FSRandomAccessFileOwnerWrapper(std::move(file)), counts_(counts) {}

  IOStatus Read(uint64_t offset, size_t length, const IOOptions& options, Slice* result,
                char* scratch, IODebugContext* debug) const override {
    ++counts_.reads;
    counts_.bytes_read += length;
    return FSRandomAccessFileOwnerWrapper::Read(offset, length, options, result, scratch, debug);
  }
  IOStatus MultiRead(rocksdb::FSReadRequest* requests, size_t count, const IOOptions& options,
                     IODebugContext* debug) override {
    counts_.reads += count;
    for (size_t i = 0; i < count; ++i) counts_.bytes_read += requests[i].len;
    return FSRandomAccessFileOwnerWrapper::MultiRead(requests, count, options, debug);
  }

 private:
  FileCounts& counts_;
};

class CountingSequentialFile final : public rocksdb::FSSequentialFileOwnerWrapper {
 public:
  CountingSequentialFile(std::unique_ptr<rocksdb::FSSequentialFile> file, FileCounts& counts)
      : FSSequentialFileOwnerWrapper(std::move(file)), counts_(counts) {}

  IOStatus Read(size_t length, const IOOptions& options, Slice* result, char* scratch,
                IODebugContext* debug) override {
    IOStatus status = FSSequentialFileOwnerWrapper::Read(length, options, result, scratch, debug);
    ++counts_.reads;
    counts_.bytes_read += result->size();
    return status;
  }

 private:
  FileCounts& counts_;
};

class CountingDirectory final : public rocksdb::FSDirectoryWrapper {
 public:
  CountingDirectory(std::unique_ptr<rocksdb::FSDirectory> directory, FileCounts& counts)
      : FSDirectoryWrapper(std::move(directory)), counts_(counts) {}

  IOStatus Fsync(const IOOptions& options, IODebugContext* debug) override {
    ++counts_.syncs;
    return FSDirectoryWrapper::Fsync(options, debug);
  }
  IOStatus FsyncWithDirOptions(const IOOptions& options, IODebugContext* debug,
                               const rocksdb::DirFsyncOptions& directory) override {
    ++counts_.syncs;
    return FSDirectoryWrapper::FsyncWithDirOptions(options, debug, directory);
  }

 private:
  FileCounts& counts_;
};

class CountingFileSystem final : public rocksdb::FileSystemWrapper {
 public:
  explicit CountingFileSystem(FileCounts& counts)
      : FileSystemWrapper(rocksdb::FileSystem::Default()), counts_(counts) {}

  [[nodiscard]] const char* Name() const override { return "CountingFileSystem"; }
  IOStatus NewWritableFile(const std::string& name, const FileOptions& options,
                           std::unique_ptr<rocksdb::FSWritableFile>* result,
                           IODebugContext* debug) override {
    return Wrap<CountingWritableFile>(
        FileSystemWrapper::NewWritableFile(name, options, result, debug), *result);
  }
  IOStatus NewRandomAccessFile(const std::string& name, const FileOptions& options,
                               std::unique_ptr<rocksdb::FSRandomAccessFile>* result,
                               IODebugContext* debug) override {
    return Wrap<CountingRandomFile>(
        FileSystemWrapper::NewRandomAccessFile(name, options, result, debug), *result);
  }
  IOStatus NewSequentialFile(const std::string& name, const FileOptions& options,
                             std::unique_ptr<rocksdb::FSSequentialFile>* result,
                             IODebugContext* debug) override {
    return Wrap<CountingSequentialFile>(
        FileSystemWrapper::NewSequentialFile(name, options, result, debug), *result);
  }
  IOStatus NewDirectory(const std::string& name, const IOOptions& options,
                        std::unique_ptr<rocksdb::FSDirectory>* result,
                        IODebugContext* debug) override {
    IOStatus status = FileSystemWrapper::NewDirectory(name, options, result, debug);
    if (status.ok()) *result = std::make_unique<CountingDirectory>(std::move(*result), counts_);
    return status;
  }

 private:
  template <typename Counting, typename File>
  IOStatus Wrap(IOStatus status, std::unique_ptr<File>& file) {
    if (!status.ok()) return status;
    ++counts_.files_opened;
    file = std::make_unique<Counting>(std::move(file), counts_);
    return status;
  }

  FileCounts& counts_;
};

}  // namespace

std::unique_ptr<rocksdb::Env> NewCountingEnv(FileCounts& counts) {
  return rocksdb::NewCompositeEnv(std::make_shared<CountingFileSystem>(counts));
}

}  // namespace switchback::guard
