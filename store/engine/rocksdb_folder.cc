#include "engine/rocksdb_folder.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string_view>
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

bool HoldsOnlyEngineFiles(const std::string& path) {
  static constexpr auto kNames =
      std::to_array<std::string_view>({"LOCK", "HOLDER", "CURRENT", "IDENTITY"});
  static constexpr auto kStarts = std::to_array<std::string_view>({"MANIFEST-", "OPTIONS-"});
  static constexpr auto kEnds = std::to_array<std::string_view>({".log", ".sst", ".dbtmp"});
  const auto is_engines = [](const std::string& name) {
    return std::ranges::find(kNames, name) != kNames.end() ||
           std::ranges::any_of(kStarts, [&](auto start) { return name.starts_with(start); }) ||
           std::ranges::any_of(kEnds, [&](auto end) { return name.ends_with(end); });
  };
  std::error_code fault;
  std::filesystem::directory_iterator it(path, fault);
  for (const std::filesystem::directory_iterator end; !fault && it != end; it.increment(fault)) {
    std::error_code vanished;
    if (it->is_directory(vanished) || !is_engines(it->path().filename().string())) return false;
  }
  return !fault;
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
