// What the parts that deal with backups share.
#pragma once

#include <string>

#include "engine/backup_folder.h"
#include "switchback/backup.h"

namespace switchback {

// What can't be made out of `about` is damage.
[[nodiscard]] BackupInfo ToBackupInfo(const StoredBackup& stored);
// As an absolute path that ends in a name.
[[nodiscard]] std::string NormalFolder(const std::string& folder);

}  // namespace switchback
