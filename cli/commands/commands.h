// One function a command: its row of the table of commands.
#pragma once

#include "cli/command.h"

namespace switchback::cli {

Command InitCommand();
Command SetCommand();
Command EditCommand();
Command ApplyCommand();
Command DeleteCommand();
Command GetCommand();
Command ListCommand();
Command LogCommand();
Command ShowCommand();
Command DiffCommand();
Command BlameCommand();
Command WhoHasCommand();
Command RestoreCommand();
Command RevertCommand();
Command SnapshotCommand();
Command ImportCommand();
Command ExportCommand();
Command VerifyCommand();
Command PruneCommand();
Command StatsCommand();
Command CompactCommand();
Command BackupCommand();
Command ServeCommand();
Command TokenCommand();
Command CompletionCommand();
// For programs, not for people.
Command CompleteCommand();
Command ManCommand();

}  // namespace switchback::cli
