// switchback complete: what a shell offers behind a line that is being typed. For the completion
// scripts, not for people. It never fails and prints no error: nobody asked it anything.
#include <exception>

#include "cli/commands/commands.h"
#include "cli/completion/completion.h"

namespace switchback::cli {
namespace {

// The first line says what kind of thing is offered; each other one is a candidate, and behind a
// TAB what it is.
void Print(const Completion& completion, Output& out) {
  bool about = false;
  for (const Candidate& each : completion.candidates) about = about || !each.about.empty();
  out.Append("words");
  if (about) out.Append(" about");
  if (completion.open) out.Append(" open");
  if (completion.files) out.Append(" files");
  if (completion.folders) out.Append(" folders");
  out.Append("\n");
  for (const Candidate& each : completion.candidates) {
    out.Append(each.text);
    if (!each.about.empty()) out.Append("\t");
    out.Append(each.about);
    out.Append("\n");
  }
}

Outcome<int> RunComplete(Context& context) {
  Completion completion;
  try {
    completion = Complete(context, context.arguments);
  } catch (const std::exception&) {
    completion = {};
  }
  Print(completion, context.out);
  return kExitDone;
}

}  // namespace

Command CompleteCommand() {
  return {.name = "complete",
          .usage = "-- WORD ...",
          .summary = "what may stand at the end of a command line",
          .details =
              "For the scripts that completion prints. The words are those behind the\n"
              "program's name, as they are typed; the last one is to be completed.\n",
          .example = "  switchback complete -- restore 3945\n",
          .max_arguments = 1'000'000,
          .run = RunComplete,
          .hidden = true};
}

}  // namespace switchback::cli
