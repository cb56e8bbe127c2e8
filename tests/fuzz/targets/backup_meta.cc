// The list of files of a backup, which has no checksum of its own.
#include <fmt/format.h>

#include "engine/rocksdb_backup_meta.h"
#include "fuzz/well_formed.h"

namespace switchback {
namespace {

void Try(std::string_view text) {
  const Result<FileChecksums> files = ParseBackupMeta(text);
  if (!files) return RequireDataLoss(files.error());
  std::string again = fmt::format("0\n0\n{}\n", files->size());
  for (const auto& [path, checksum] : *files) {
    Require(!path.empty() && !path.starts_with('/') && path.find("..") == std::string::npos,
            "a path leads out of the folder");
    again += fmt::format("{} crc32 {}\n", path, checksum);
  }
  const Result<FileChecksums> same = ParseBackupMeta(again);
  Require(same && *same == *files, "a list of files is another one when it is written again");
}

const RegisterFuzzTarget kTarget("backup_meta", Try);

}  // namespace
}  // namespace switchback
