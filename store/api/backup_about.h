// What a backup says of itself, kept with its list of files (doc/backup.md).
#pragma once

#include <string>
#include <string_view>

#include "switchback/error.h"
#include "switchback/types.h"

namespace switchback {

struct BackupAbout {
  std::string store_uuid;
  std::string environment;
  Revision revision;
  Timestamp time;
  bool operator==(const BackupAbout&) const = default;
};

// Of the bytes below; a change of them raises it.
inline constexpr uint32_t kBackupFormat = 1;

void EncodeBackupAbout(const BackupAbout& about, std::string& out);
// Any bytes at all are fine. Errors: kDataLoss; kInvalidArgument: a newer format.
[[nodiscard]] Result<BackupAbout> DecodeBackupAbout(std::string_view bytes);

}  // namespace switchback
