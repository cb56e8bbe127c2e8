#include "engine/rocksdb_folder.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>

#include "engine/rocksdb_wal.h"

namespace switchback {

namespace {

std::string ReadLine(const std::string& file) {
  std::ifstream in(file);
  std::string line;
  std::getline(in, line);
  return line;
}

}  // namespace

bool FolderState::HasSameLogs(const FolderState& other) const {
  return std::ranges::equal(logs, other.logs, {}, &LogFileSize::number, &LogFileSize::number);
}

FolderState LookAtFolder(const std::string& folder) {
  FolderState state;
  state.identity = ReadLine(folder + "/IDENTITY");
  state.manifest = ReadLine(folder + "/CURRENT");
  std::error_code fault;
  const uint64_t bytes = std::filesystem::file_size(folder + "/" + state.manifest, fault);
  if (!fault) state.manifest_bytes = bytes;
  for (const LogFile& log : ListLogFiles(folder)) {
    const uint64_t log_bytes = std::filesystem::file_size(log.path, fault);
    state.logs.push_back({log.number, fault ? 0 : log_bytes});
  }
  return state;
}

Result<void> SyncFolder(const std::string& folder) {
  const int file = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const bool synced = file >= 0 && fsync(file) == 0;
  if (file >= 0) close(file);
  if (synced) return {};
  return Fail(ErrorCode::kIoError, folder + ": the folder can't be synced to disk");
}

Result<EngineStats> CountFiles(const std::string& folder) {
  EngineStats stats;
  std::error_code fault;
  std::filesystem::recursive_directory_iterator it(folder, fault);
  for (const std::filesystem::recursive_directory_iterator end; !fault && it != end;
       it.increment(fault)) {
    std::error_code vanished;  // a compaction deletes files meanwhile: those don't count
    if (!it->is_regular_file(vanished) || vanished) continue;
    const uint64_t bytes = it->file_size(vanished);
    if (vanished) continue;
    ++stats.files;
    stats.disk_bytes += bytes;
  }
  if (fault) {
    return Fail(ErrorCode::kIoError, folder + ": can't list the files: " + fault.message());
  }
  return stats;
}

}  // namespace switchback
