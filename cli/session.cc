#include "cli/session.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>

#include "cli/identity.h"
#include "cli/output/text_format.h"
#include "cli/wait_for_store.h"
#include "switchback/client.h"

namespace switchback::cli {
namespace {

// Whether people need telling what a selector was taken for: a number says it itself.
bool NeedsNote(const Selector& selector) {
  return std::holds_alternative<TimeSelector>(selector) ||
         std::holds_alternative<NameSelector>(selector);
}

// The first line of a file: a token that is in no command line, and so in no list of processes.
Outcome<std::string> ReadToken(const std::string& path) {
  if (path.empty()) return std::string();
  std::ifstream file(path);
  std::string token;
  if (!std::getline(file, token) || token.empty()) {
    return Fail(ErrorCode::kIoError, fmt::format("{}: there is no token to read in it", path));
  }
  return token;
}

Outcome<std::unique_ptr<Store>> ConnectTo(const Context& context, const std::string& url,
                                          const std::optional<std::string>& environment) {
  ClientOptions options;
  options.url = url;
  options.environment = environment;
  options.origin = ProcessOrigin();
  options.ca_file = context.global.ca_file;
  ASSIGN_OR_FAIL(options.token, ReadToken(context.global.token_file));
  options.clock = context.clock;
  return Connect(options);
}

OpenOptions OptionsOf(const WriteOptions& write) {
  OpenOptions options;
  options.environment = write.environment;
  options.read_only = write.dry_run;
  options.origin = ProcessOrigin();
  return options;
}

// Another process has the store, or it is another user's, who lets others ask by a socket.
bool MayBeServed(const std::string& path, const Error& error) {
  if (error.code == ErrorCode::kHeld) return true;
  return error.code == ErrorCode::kIoError && access((path + "/LOCK").c_str(), W_OK) != 0 &&
         errno == EACCES;
}

}  // namespace

Outcome<std::string> AbsolutePath(const std::string& path) {
  std::error_code error;
  auto absolute = std::filesystem::absolute(path, error).lexically_normal();
  if (error) {
    return Fail(ErrorCode::kIoError, fmt::format("the folder {}: {}", path, error.message()));
  }
  if (!absolute.has_filename()) absolute = absolute.parent_path();  // "routes/" is "routes"
  return absolute.string();
}

Outcome<std::string> StorePath(const Context& context) {
  if (context.global.server) {
    return UsageFailure("this needs the store itself: give --store DIR, not --server");
  }
  if (!context.global.store || context.global.store->empty()) {
    return UsageFailure(
        "no store named: give --store DIR or set SWITCHBACK_STORE, or --server URL");
  }
  return AbsolutePath(*context.global.store);
}

Outcome<std::string> StoreName(const Context& context) {
  if (context.global.server) return *context.global.server;
  return StorePath(context);
}

Outcome<std::unique_ptr<Store>> OpenForReading(const Context& context) {
  if (context.global.server) return ConnectTo(context, *context.global.server, std::nullopt);
  ASSIGN_OR_FAIL(const std::string path, StorePath(context));
  OpenOptions options;
  options.read_only = true;
  options.origin = ProcessOrigin();
  return Store::Open(path, options);
}

Outcome<std::unique_ptr<Store>> OpenForWriting(const Context& context, const WriteOptions& write) {
  if (context.global.server) return ConnectTo(context, *context.global.server, write.environment);
  ASSIGN_OR_FAIL(const std::string path, StorePath(context));
  const OpenOptions options = OptionsOf(write);
  return OpenWhenFree(context, write.wait, [&]() -> Result<std::unique_ptr<Store>> {
    Result<std::unique_ptr<Store>> store = Store::Open(path, options);
    if (store || !MayBeServed(path, store.error())) return store;
    auto served = ConnectTo(context, "unix:" + path, write.environment);
    if (served) return *std::move(served);
    // It serves nobody: a command that will be done soon, perhaps.
    if (served.error().error.code == ErrorCode::kNotFound) return store;
    return std::unexpected(served.error().error);
  });
}

Outcome<std::unique_ptr<Store>> OpenItself(const Context& context, const WriteOptions& write) {
  ASSIGN_OR_FAIL(const std::string path, StorePath(context));
  const OpenOptions options = OptionsOf(write);
  return OpenWhenFree(context, write.wait, [&] { return Store::Open(path, options); });
}

Outcome<Reading> StartReading(const Context& context) {
  ASSIGN_OR_FAIL(auto store, OpenForReading(context));
  ASSIGN_OR_FAIL(auto view, store->NewView());
  return Reading{std::move(store), std::move(view)};
}

Outcome<Address> ResolveAddress(const Context& context, const View& view, std::string_view text) {
  ASSIGN_OR_FAIL(VersionAddress parsed, ParseVersionAddress(text, context.clock));
  const Selector selector = parsed.selector.value_or(HeadSelector{});
  ASSIGN_OR_FAIL(ResolvedVersion found, view.Resolve(parsed.id, selector));
  return Address{parsed.id, selector, parsed.selector.has_value(), found};
}

void NoteResolved(const Context& context, const View& view, const Address& address) {
  if (!NeedsNote(address.selector)) return;
  const auto info = view.Describe(address.id, address.found.version);
  const std::string when =
      info ? fmt::format(", {}", LocalTime(info->commit.time, context.clock)) : "";
  context.Note(fmt::format("{}@{} is @{} (r{}{})", address.id.text(),
                           FormatSelector(address.selector, context.clock),
                           address.found.version.value, address.found.revision.value, when));
}

Outcome<Revision> ResolveTableSelector(const Context& context, const View& view,
                                       std::string_view text) {
  ASSIGN_OR_FAIL(const Selector selector, ParseSelector(text, context.clock));
  ASSIGN_OR_FAIL(const Revision revision, view.ResolveRevision(selector));
  if (NeedsNote(selector)) {
    const auto info = view.DescribeRevision(revision);
    const std::string when = info ? fmt::format(" ({})", LocalTime(info->time, context.clock)) : "";
    context.Note(
        fmt::format("{} is r{}{}", FormatSelector(selector, context.clock), revision.value, when));
  }
  return revision;
}

bool IsHeadRelative(const Selector& selector) {
  return std::holds_alternative<HeadSelector>(selector);
}

void MarkLanded(Context& context, const CommitResult& result) {
  if (!result.revision || context.Flag("dry-run")) return;
  context.landed = true;
  context.landed_revision = result.revision;
}

}  // namespace switchback::cli
