// The file meta/N of a RocksDB backup engine's folder, which lists the files of backup N.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "switchback/error.h"

namespace switchback {

// CRC32C by path inside the backups' folder.
using FileChecksums = std::map<std::string, uint32_t>;

// Of the bytes of a meta file of schema 1, which is what is written. Any bytes at all are fine.
// Errors: kDataLoss.
[[nodiscard]] Result<FileChecksums> ParseBackupMeta(std::string_view text);
// Errors: kDataLoss, the file is missing or malformed.
[[nodiscard]] Result<FileChecksums> ReadBackupMeta(const std::string& folder, uint32_t number);

struct FileSum {
  uint32_t checksum = 0;
  uint64_t bytes = 0;
};
// Reads a whole file. Errors: kDataLoss, it is missing; kIoError.
[[nodiscard]] Result<FileSum> SumFile(const std::string& path);

}  // namespace switchback
