#include "cli/commands/restore_targets.h"

#include <fmt/format.h>

#include "cli/input/bad_lines.h"
#include "cli/input/line_reader.h"
#include "cli/output/text_format.h"
#include "cli/session.h"

namespace switchback::cli {
namespace {

Outcome<std::vector<std::string>> ReadFile(const Context& context, const std::string& path) {
  ASSIGN_OR_FAIL(OpenedSource source, OpenSource(path));
  LineReader lines(source);
  BadLines bad(source.name);
  std::vector<std::string> texts;
  for (;;) {
    ASSIGN_OR_FAIL(const auto line, lines.Next());
    if (!line) break;
    const size_t start = line->find_first_not_of(" \t");
    if (start == std::string_view::npos || (*line)[start] == '#') continue;
    const std::string_view text = line->substr(start, line->find_last_not_of(" \t") - start + 1);
    if (auto parsed = ParseVersionAddress(text, context.clock); parsed) {
      texts.emplace_back(text);
    } else {
      bad.Add(lines.line(), text, parsed.error().message);
    }
  }
  if (!bad.empty()) return bad.ToFailure();
  return texts;
}

// The same restore with nothing in it that moves with head.
std::string AbsoluteCommand(const Context& context, const View& view,
                            const std::vector<Address>& addresses) {
  std::string targets;
  std::string expectations;
  for (const Address& address : addresses) {
    targets += fmt::format(" {}@{}", address.id.text(), address.found.version.value);
    if (const auto head = view.Resolve(address.id, HeadSelector{})) {
      expectations += fmt::format(" --expect {}={}", address.id.text(), head->version.value);
    }
  }
  return fmt::format("switchback{} restore{}{}", context.StoreArgument(), targets, expectations);
}

Outcome<void> CheckSelectors(const Context& context, const View& view, const WriteOptions& write,
                             const std::vector<Address>& addresses) {
  for (const Address& address : addresses) {
    if (!address.has_selector) {
      return UsageFailure(
          fmt::format("{}: which version? Write {}@N; 'switchback log {}' lists them",
                      address.id.text(), address.id.text(), address.id.text()));
    }
    if (IsHeadRelative(address.selector) && !ExpectedVersion(write, address.id)) {
      return UsageFailure(
          fmt::format("{}@{} moves with every commit: two people who restore it bring the fault "
                      "back. Use\n  {}",
                      address.id.text(), FormatSelector(address.selector, context.clock),
                      AbsoluteCommand(context, view, addresses)));
    }
  }
  return {};
}

Outcome<void> NoteInReport(const Context& context, const View& view, const Address& address,
                           WriteReport& report) {
  ASSIGN_OR_FAIL(const VersionInfo info, view.Describe(address.id, address.found.version));
  report.resolved.push_back({address.id, FormatSelector(address.selector, context.clock),
                             address.found.version, address.found.revision, info.commit.time});
  return {};
}

}  // namespace

Outcome<std::vector<std::string>> ReadRestoreArguments(const Context& context) {
  std::vector<std::string> texts = context.arguments;
  if (const auto path = context.Text("from")) {
    ASSIGN_OR_FAIL(const auto more, ReadFile(context, *path));
    texts.insert(texts.end(), more.begin(), more.end());
  }
  if (texts.empty()) {
    return UsageFailure(
        "nothing to restore: give ID@SELECTOR, --from FILE, or --all --to SELECTOR");
  }
  return texts;
}

Outcome<std::vector<RestoreTarget>> ResolveTargets(const Context& context, const View& view,
                                                   const WriteOptions& write,
                                                   const std::vector<std::string>& texts,
                                                   WriteReport& report) {
  std::vector<Address> addresses;
  std::vector<BusinessId> ids;
  for (const std::string& text : texts) {
    ASSIGN_OR_FAIL(Address address, ResolveAddress(context, view, text));
    ids.push_back(address.id);
    addresses.push_back(std::move(address));
  }
  FAIL_IF_ERROR(CheckExpectations(write, ids));
  FAIL_IF_ERROR(CheckSelectors(context, view, write, addresses));
  std::vector<RestoreTarget> targets;
  for (const Address& address : addresses) {
    FAIL_IF_ERROR(NoteInReport(context, view, address, report));
    targets.push_back({address.id, address.found.version, ExpectedVersion(write, address.id)});
  }
  return targets;
}

}  // namespace switchback::cli
