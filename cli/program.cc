#include "cli/program.h"

#include <fmt/format.h>
#include <unistd.h>

#include <csignal>
#include <exception>
#include <new>

#include "cli/command.h"
#include "cli/help.h"
#include "cli/output/failure_report.h"
#include "cli/parse/command_line.h"

namespace switchback::cli {
namespace {

Outcome<int> PrintAndFinish(std::string_view text, Output& out) {
  out.Append(text);
  FAIL_IF_ERROR(out.Finish());
  return kExitDone;
}

Outcome<int> RunCommand(const Command& command, CommandLine line, Output& out) {
  Context context{.global = std::move(line.global),
                  .arguments = std::move(line.arguments),
                  .values = std::move(line.values),
                  .clock = SystemClock(),
                  .terminal = {},
                  .out = out};
  context.terminal = DetectTerminal(context.global.color, context.json(), context.global.quiet);
  auto code = command.run(context);
  if (code) {
    if (auto finished = out.Finish(); !finished) {
      code = std::unexpected(Failure(std::move(finished).error()));
    }
  }
  if (!code && context.landed && code.error().committed == Committed::kNo) {
    // It is the report that failed. A script that goes by the exit code alone must not take a
    // service that has gone since for an ID that is not there.
    Error& error = code.error().error;
    if (error.code != ErrorCode::kDataLoss) error.code = ErrorCode::kIoError;
    code.error().committed = Committed::kYes;
    code.error().last_revision = context.landed_revision;
  }
  return code;
}

Outcome<int> Run(const std::vector<std::string>& arguments, Output& out) {
  ASSIGN_OR_FAIL(CommandLine line, ParseCommandLine(arguments));
  if (line.global.version) {
    return PrintAndFinish(line.global.format == Format::kJson
                              ? fmt::format("{{\"version\":\"{}\"}}\n", ProgramVersion())
                              : fmt::format("switchback {}\n", ProgramVersion()),
                          out);
  }
  if (line.global.help || line.command == nullptr) {
    return PrintAndFinish(line.command == nullptr ? ProgramHelp() : CommandHelp(*line.command),
                          out);
  }
  const Command& command = *line.command;
  return RunCommand(command, std::move(line), out);
}

// What no command foresaw, such as memory running out, still ends with a message and a code.
Outcome<int> RunGuarded(const std::vector<std::string>& arguments, Output& out) {
  try {
    return Run(arguments, out);
  } catch (const std::bad_alloc&) {
    return Fail(ErrorCode::kIoError, "out of memory; nothing more was written");
  } catch (const std::exception& exception) {
    return Fail(ErrorCode::kIoError, fmt::format("internal error: {}", exception.what()));
  }
}

}  // namespace

int RunProgram(const std::vector<std::string>& arguments) {
  // A closed pipe is an error of a write, told like any other, and not a silent death.
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);  // so is a file's size at the limit of the shell
  Output out(STDOUT_FILENO);
  auto code = RunGuarded(arguments, out);
  if (code) return *code;
  out.Discard();
  // A reader that has seen enough (`| head`) needs no message, unless something was written.
  const bool reader_left = out.reader_left() && code.error().committed == Committed::kNo;
  if (!reader_left) PrintFailure(code.error(), WantsJson(arguments), STDERR_FILENO);
  return code.error().ExitCode();
}

}  // namespace switchback::cli
