// switchback completion: the script that teaches a shell to complete command lines.
#include <fmt/format.h>

#include "cli/commands/commands.h"
#include "cli/completion/scripts.h"

namespace switchback::cli {
namespace {

Outcome<int> RunCompletion(Context& context) {
  const std::string& shell = context.arguments[0];
  if (shell == "bash") {
    context.out.Append(BashCompletion());
  } else if (shell == "zsh") {
    context.out.Append(ZshCompletion());
  } else {
    return UsageFailure(fmt::format("completion takes bash or zsh, not '{}'", shell));
  }
  return kExitDone;
}

}  // namespace

Command CompletionCommand() {
  return {
      .name = "completion",
      .usage = "bash|zsh",
      .summary = "print the script that completes command lines",
      .details =
          "Completes commands, options, IDs, versions and snapshot names: what is typed\n"
          "is looked up in the store, for reading and without waiting for anybody. In\n"
          "one shell alone: source <(switchback completion bash). An installed package\n"
          "has the scripts already.\n",
      .example =
          "  switchback completion bash > ~/.local/share/bash-completion/completions/switchback\n",
      .min_arguments = 1,
      .max_arguments = 1,
      .run = RunCompletion};
}

}  // namespace switchback::cli
