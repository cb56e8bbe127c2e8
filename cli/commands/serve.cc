// switchback serve: holds the store, and lets other processes read and write it.
#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <memory>

#include "cli/commands/commands.h"
#include "cli/output/json_writer.h"
#include "cli/output/line_log.h"
#include "cli/session.h"
#include "cli/supervisor.h"
#include "switchback/service.h"
#include "switchback/token.h"

namespace switchback::cli {
namespace {

namespace po = boost::program_options;

constexpr size_t kMostLogBytes = size_t{8} << 20;

void AddOptions(po::options_description& options) {
  auto add = options.add_options();
  add("config", po::value<std::string>()->value_name("FILE"),
      "who may do what, where to listen, limits (doc/service.md)");
  add("socket", po::value<std::string>()->value_name("PATH"),
      "the Unix socket (default: service.sock in the store's folder)");
  add("loopback-http", po::value<std::string>()->value_name("ADDRESS:PORT"),
      "also plain HTTP, for this machine alone: 127.0.0.1:7080");
  AddOpenOptions(options);
}

Outcome<ServiceOptions> ReadOptions(const Context& context, const std::string& store) {
  ServiceOptions options;
  if (const auto file = context.Text("config")) {
    ASSIGN_OR_FAIL(options, ReadServiceConfig(*file));
  }
  if (const auto socket = context.Text("socket")) options.socket = *socket;
  if (const auto at = context.Text("loopback-http")) options.loopback_http = *at;
  if (options.socket.empty()) {
    options.socket = fmt::format("{}/{}", store, kServiceSocketName);
  }
  ASSIGN_OR_FAIL(options.socket, AbsolutePath(options.socket));
  if (context.global.quiet) return options;
  options.access_log = [log = std::make_shared<LineLog>(STDERR_FILENO, kMostLogBytes)](
                           std::string_view line) { log->Say(line); };
  return options;
}

Outcome<void> Announce(Context& context, const StoreIdentity& identity, const std::string& store,
                       const ServiceOptions& options, const Service& service) {
  if (context.json()) {
    JsonWriter json(context.out.buffer());
    json.BeginObject().Field("environment", identity.environment).Field("store", store);
    json.Field("store_uuid", identity.uuid).Field("socket", service.socket());
    json.Field("tls_port", uint64_t{service.tls_port()});
    json.Field("loopback_port", uint64_t{service.loopback_port()}).EndObject().EndLine();
  } else {
    std::string text =
        fmt::format("serving {} ({}) at unix:{}", identity.environment, store, service.socket());
    if (service.tls_port() != 0) text += fmt::format(", TLS port {}", service.tls_port());
    if (service.loopback_port() != 0) {
      const std::string host = options.loopback_http.substr(0, options.loopback_http.rfind(':'));
      text += fmt::format(", http://{}:{}", host, service.loopback_port());
    }
    context.out.Append(text + "\n");
  }
  FAIL_IF_ERROR(context.out.Finish());
  return {};
}

// Who comes with a token would find out else.
void NoteTokens(const Context& context, const std::string& file) {
  if (file.empty()) return;
  const auto tokens = TokenFile(file).List();
  if (!tokens) {
    context.Note(tokens.error().message);
  } else if (tokens->empty()) {
    context.Note(file + ": there is no token yet: switchback token create makes one");
  }
}

// A connection takes a file descriptor: as many as this process may have.
void AllowManyFiles() {
  rlimit files{};
  if (::getrlimit(RLIMIT_NOFILE, &files) != 0) return;
  files.rlim_cur = files.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &files);
}

Outcome<int> RunServe(Context& context) {
  AllowManyFiles();
  WriteOptions write;
  write.environment = ReadEnvironment(context);
  ASSIGN_OR_FAIL(write.wait, ReadWait(context));
  ASSIGN_OR_FAIL(const std::string path, StorePath(context));
  // Before any thread is there, the log's too: they all leave these signals to this one.
  StopSignals signals;
  ASSIGN_OR_FAIL(const ServiceOptions options, ReadOptions(context, path));
  ASSIGN_OR_FAIL(const auto store, OpenItself(context, write));
  ASSIGN_OR_FAIL(const auto service, Service::Start(*store, options));
  FAIL_IF_ERROR(Announce(context, store->identity(), path, options, *service));
  NoteTokens(context, options.tokens);
  TellSupervisor("READY=1");
  signals.Wait();
  TellSupervisor("STOPPING=1");
  service->Stop(options.limits.request_timeout);
  FAIL_IF_ERROR(store->Sync());
  return kExitDone;
}

}  // namespace

Command ServeCommand() {
  return {.name = "serve",
          .usage = "",
          .summary = "hold the store, and let other processes use it",
          .details =
              "Holds the store for writing and serves it over HTTP on a Unix socket, and\n"
              "over TLS where the configuration says so. Commands with --store find it by\n"
              "themselves where they need to write; others name it by --server.\n"
              "A line of JSON on standard error for every request, unless --quiet.\n"
              "SIGTERM and SIGINT end it: what was accepted is finished first.\n",
          .example = "  switchback --store ./routes serve --config service.json\n",
          .add_options = AddOptions,
          .run = RunServe};
}

}  // namespace switchback::cli
