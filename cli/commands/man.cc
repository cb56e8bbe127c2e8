// switchback man: the manual page. For the build, which installs it.
#include "cli/commands/commands.h"
#include "cli/manual.h"

namespace switchback::cli {
namespace {

Outcome<int> RunMan(Context& context) {
  context.out.Append(ManualPage());
  return kExitDone;
}

}  // namespace

Command ManCommand() {
  return {.name = "man",
          .usage = "",
          .summary = "print the manual page in roff",
          .details = "For the build, which installs it.\n",
          .example = "  switchback man | man -l -\n",
          .run = RunMan,
          .hidden = true};
}

}  // namespace switchback::cli
