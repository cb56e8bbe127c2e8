// Backups as they are printed, for people and as JSON.
#pragma once

#include "cli/command.h"
#include "cli/output/json_writer.h"
#include "switchback/backup.h"

namespace switchback::cli {

// The fields of one, inside an object.
void WriteBackup(const BackupInfo& info, JsonWriter& json);
void PrintBackups(const std::vector<BackupInfo>& backups, Context& context);
void PrintBackupReport(const BackupReport& report, Context& context);

}  // namespace switchback::cli
