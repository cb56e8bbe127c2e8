#include "cli/commands/restore_targets.h"

#include <fmt/format.h>

#include <unordered_map>

#include "cli/input/bad_lines.h"
#include "cli/input/faults.h"
#include "cli/input/line_reader.h"
#include "cli/output/text_format.h"
#include "cli/session.h"

namespace switchback::cli {
namespace {

// A line without blanks around it and without its note: # at the start, or after a blank.
std::string_view WithoutNote(std::string_view line) {
  for (size_t at = line.find('#'); at != std::string_view::npos; at = line.find('#', at + 1)) {
    if (at > 0 && line[at - 1] != ' ' && line[at - 1] != '\t') continue;
    line = line.substr(0, at);
    break;
  }
  const size_t start = line.find_first_not_of(" \t");
  if (start == std::string_view::npos) return "";
  return line.substr(start, line.find_last_not_of(" \t") - start + 1);
}

std::string NoSelector(const BusinessId& id) {
  return fmt::format("which version? Write {}@N; '{}' lists them", id.text(),
                     FormatCommandLine("switchback log", fmt::format(" {}", id.text()), ""));
}

// Takes the lines of a file, each ID once.
class TargetLines {
 public:
  TargetLines(const Context& context, RestoreArguments& into)
      : context_(context), into_(into), bad_(into.file) {}

  void Take(uint64_t line, std::string_view text) {
    const auto parsed = ParseVersionAddress(text, context_.clock);
    if (!parsed) return bad_.Add(line, text, parsed.error().message);
    if (!parsed->selector) return bad_.Add(line, text, NoSelector(parsed->id));
    const auto [place, is_new] = places_.emplace(parsed->id, into_.all.size());
    if (is_new) {
      into_.all.push_back({std::string(text), line});
      return;
    }
    const RestoreArgument& first = into_.all[place->second];
    if (first.text == text) {
      ++into_.duplicates;
    } else {
      bad_.Add(line, text,
               fmt::format("the same ID is on line {} with another version, {}", first.line,
                           first.text));
    }
  }
  [[nodiscard]] const BadLines& bad() const { return bad_; }

 private:
  const Context& context_;
  RestoreArguments& into_;
  BadLines bad_;
  std::unordered_map<BusinessId, size_t> places_;  // in into_.all
};

Outcome<void> ReadFile(const Context& context, const std::string& path, RestoreArguments& into) {
  ASSIGN_OR_FAIL(OpenedSource source, OpenSource(path));
  into.file = source.name;
  LineReader lines(source);
  TargetLines targets(context, into);
  for (;;) {
    ASSIGN_OR_FAIL(const auto line, lines.Next());
    if (!line) break;
    const std::string_view text = WithoutNote(*line);
    if (!text.empty()) targets.Take(lines.line(), text);
  }
  if (!targets.bad().empty()) return targets.bad().ToFailure();
  return {};
}

// "FILE:7: ", or nothing for what stands on the command line.
std::string PlaceOf(const RestoreArguments& arguments, size_t i) {
  const uint64_t line = arguments.all[i].line;
  return line == 0 ? "" : fmt::format("{}:{}: ", arguments.file, line);
}

// Every version that is not there, or is no list, is told of at once.
Outcome<std::vector<Address>> ResolveAll(const Context& context, const View& view,
                                         const RestoreArguments& arguments) {
  std::vector<Address> addresses;
  Faults missing;
  for (size_t i = 0; i < arguments.all.size(); ++i) {
    auto address = ResolveAddress(context, view, arguments.all[i].text);
    const std::string place = PlaceOf(arguments, i);
    if (!address) {
      if (address.error().ExitCode() != kExitNotFound) return std::unexpected(address.error());
      missing.Add(place + address.error().error.message, address.error().error.code);
    } else if (address->found.deleted && address->has_selector) {
      missing.Add(fmt::format("{}version {} of {} is a deletion: there is no list to restore; to "
                              "delete the ID, use 'switchback delete'",
                              place, address->found.version.value, address->id.text()),
                  ErrorCode::kNotFound);
    } else {
      addresses.push_back(*std::move(address));
    }
  }
  if (missing.empty()) return addresses;
  if (missing.count() == 1) return std::unexpected(Failure(missing.ToError()));
  return missing.ToFailure("restore", "missing version");
}

// The same restore with nothing in it that moves with head.
std::string AbsoluteCommand(const Context& context, const View& view,
                            const std::vector<Address>& addresses) {
  std::string targets;
  std::string expectations;
  for (const Address& address : addresses) {
    targets += fmt::format(" {}@{}", address.id.text(), address.found.version.value);
    if (const auto head = view.Resolve(address.id, HeadSelector{})) {
      expectations += ExpectOption(address.id, head->version);
    }
  }
  return FormatCommandLine(fmt::format("switchback{} restore", context.StoreArgument()), targets,
                           expectations);
}

// Of a file, each such line: a command with all that it names would fill the screen.
std::unexpected<Failure> MovingLines(const Context& context, const View& view,
                                     const RestoreArguments& arguments,
                                     const std::vector<Address>& addresses,
                                     const std::vector<size_t>& moving) {
  Faults faults;
  for (const size_t i : moving) {
    const Address& address = addresses[i];
    const auto head = view.Resolve(address.id, HeadSelector{});
    faults.Add(fmt::format("{}{}@{} is @{} now: write {}@{}, and give{}", PlaceOf(arguments, i),
                           address.id.text(), FormatSelector(address.selector, context.clock),
                           address.found.version.value, address.id.text(),
                           address.found.version.value,
                           ExpectOption(address.id, head ? head->version : Version{0})));
  }
  auto failure = UsageFailure(fmt::format(
      "{}: {} with every commit: two people who restore that bring the fault back", arguments.file,
      moving.size() == 1 ? "a selector moves"
                         : fmt::format("{} move", Counted(moving.size(), "selector"))));
  failure.error().error.items = faults.items();
  failure.error().error.item_count = faults.count();
  return failure;
}

Outcome<void> CheckSelectors(const Context& context, const View& view, const WriteOptions& write,
                             const RestoreArguments& arguments,
                             const std::vector<Address>& addresses) {
  std::vector<size_t> moving;
  for (size_t i = 0; i < addresses.size(); ++i) {
    const Address& address = addresses[i];
    if (!address.has_selector) {
      return UsageFailure(fmt::format("{}: {}", address.id.text(), NoSelector(address.id)));
    }
    if (!IsHeadRelative(address.selector) || ExpectedVersion(write, address.id)) continue;
    moving.push_back(i);
  }
  if (moving.empty()) return {};
  if (!arguments.file.empty()) return MovingLines(context, view, arguments, addresses, moving);
  const Address& first = addresses[moving.front()];
  return UsageFailure(
      fmt::format("{}@{} moves with every commit: two people who restore it bring the fault "
                  "back. Use\n  {}",
                  first.id.text(), FormatSelector(first.selector, context.clock),
                  AbsoluteCommand(context, view, addresses)));
}

Outcome<void> NoteInReport(const Context& context, const View& view, const Address& address,
                           WriteReport& report) {
  ASSIGN_OR_FAIL(const VersionInfo info, view.Describe(address.id, address.found.version));
  report.resolved.push_back({address.id, FormatSelector(address.selector, context.clock),
                             address.found.version, address.found.revision, info.commit.time});
  return {};
}

}  // namespace

Outcome<RestoreArguments> ReadRestoreArguments(const Context& context) {
  RestoreArguments arguments;
  if (const auto path = context.Text("from")) {
    FAIL_IF_ERROR(ReadFile(context, *path, arguments));
  }
  for (const std::string& text : context.arguments) arguments.all.push_back({text});
  if (arguments.all.empty() && !arguments.file.empty()) {
    return UsageFailure(fmt::format(
        "{}: nothing to restore: expected lines of ID@SELECTOR, found none", arguments.file));
  }
  if (arguments.all.empty()) {
    return UsageFailure(
        "nothing to restore: give ID@SELECTOR, --from FILE, or --all --to SELECTOR");
  }
  return arguments;
}

Outcome<std::vector<RestoreTarget>> ResolveTargets(const Context& context, const View& view,
                                                   const WriteOptions& write,
                                                   const RestoreArguments& arguments,
                                                   WriteReport& report) {
  ASSIGN_OR_FAIL(const std::vector<Address> addresses, ResolveAll(context, view, arguments));
  std::vector<BusinessId> ids;
  ids.reserve(addresses.size());
  for (const Address& address : addresses) ids.push_back(address.id);
  FAIL_IF_ERROR(CheckExpectations(write, ids));
  FAIL_IF_ERROR(CheckSelectors(context, view, write, arguments, addresses));
  std::vector<RestoreTarget> targets;
  for (const Address& address : addresses) {
    FAIL_IF_ERROR(NoteInReport(context, view, address, report));
    targets.push_back({address.id, address.found.version, ExpectedVersion(write, address.id)});
  }
  return targets;
}

}  // namespace switchback::cli
