// The table of commands. One row here, one file in commands/.
#include <algorithm>
#include <array>

#include "cli/command.h"
#include "cli/commands/commands.h"

namespace switchback::cli {
namespace {

// One a line, so that two people who add one do not meet.
// clang-format off
const auto kCommands = std::to_array<Command>({
    InitCommand(),
    SetCommand(),
    EditCommand(),
    ApplyCommand(),
    DeleteCommand(),
    GetCommand(),
    ListCommand(),
    LogCommand(),
    ShowCommand(),
    DiffCommand(),
    BlameCommand(),
    WhoHasCommand(),
    RestoreCommand(),
    RevertCommand(),
    SnapshotCommand(),
    ImportCommand(),
    ExportCommand(),
    VerifyCommand(),
    StatsCommand(),
    PruneCommand(),
    CompactCommand(),
    BackupCommand(),
    ServeCommand(),
    TokenCommand(),
    CompletionCommand(),
    CompleteCommand(),
    ManCommand(),
});
// clang-format on

}  // namespace

std::span<const Command> Commands() {
  return kCommands;
}

const Command* FindCommand(std::string_view name) {
  const auto* found = std::ranges::find(kCommands, name, &Command::name);
  return found == kCommands.end() ? nullptr : found;
}

}  // namespace switchback::cli
