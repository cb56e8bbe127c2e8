// switchback backup: the store copied into a folder of backups, and back.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>

#include "cli/commands/commands.h"
#include "cli/output/backup_report.h"
#include "cli/output/json_writer.h"
#include "cli/output/progress.h"
#include "cli/output/text_format.h"
#include "cli/session.h"
#include "switchback/backup.h"

namespace switchback::cli {
namespace {

namespace po = boost::program_options;

void AddOptions(po::options_description& options) {
  auto add = options.add_options();
  add("number", po::value<std::string>()->value_name("N"),
      "verify: only this one; restore: this one (default: the newest)");
  add("to", po::value<std::string>()->value_name("FOLDER"),
      "restore: where the store is to be; a new folder");
  add("keep", po::value<std::string>()->value_name("N"), "prune: how many of the newest stay");
  AddMetadataOptions(options);
  AddOpenOptions(options);
}

// A whole number from 1 on; nothing where the option was not given.
Outcome<std::optional<uint32_t>> ReadCount(const Context& context, const std::string& option) {
  const auto text = context.Text(option);
  if (!text) return std::nullopt;
  uint32_t count = 0;
  const auto [end, fault] = std::from_chars(text->data(), text->data() + text->size(), count);
  if (fault != std::errc() || end != text->data() + text->size() || count == 0) {
    return UsageFailure(fmt::format("--{} takes a number from 1 on, not '{}'", option, *text));
  }
  return count;
}

// "backing up: 12.0 MiB", on a terminal.
switchback::Progress Shown(Progress& progress, std::string_view what) {
  return [&progress, what](uint64_t done, uint64_t total) {
    if (!progress.Due()) return;
    progress.Show(total == 0 ? fmt::format("{}: {}", what, Bytes(done))
                             : fmt::format("{}: {} of {} ({})", what, Bytes(done), Bytes(total),
                                           Percent(done, total)));
  };
}

// Damaged ones take the place that good ones should have, and the next good one may take theirs.
std::vector<std::string> WarningsOf(const std::string& folder) {
  std::vector<std::string> warnings;
  const auto backups = ListBackups(folder);
  if (!backups) return warnings;
  for (const BackupInfo& info : *backups) {
    if (info.damage.empty()) continue;
    warnings.push_back(fmt::format("backup {} is damaged: {}", info.number, info.damage));
  }
  return warnings;
}

void PrintCreated(Context& context, const StoreIdentity& identity, const std::string& store,
                  const std::string& folder, const BackupInfo& info) {
  const std::vector<std::string> warnings = WarningsOf(folder);
  if (!context.json()) {
    for (const std::string& warning : warnings) context.Note(warning);
    if (context.global.quiet) return;
    context.out.Append(fmt::format("backup {} of r{} in {} ({}) made in {}: {} new of {}\n",
                                   info.number, info.revision.value, identity.environment, store,
                                   folder, Bytes(info.new_bytes), Bytes(info.bytes)));
    return;
  }
  JsonWriter json(context.out.buffer());
  json.BeginObject().Field("environment", identity.environment).Field("store", store);
  json.Field("store_uuid", identity.uuid).Key("revision").Null();
  json.Key("changes").BeginArray().EndArray().Field("folder", folder);
  json.Key("backup").BeginObject();
  WriteBackup(info, json);
  json.EndObject().Key("warnings").BeginArray();
  for (const std::string& warning : warnings) json.String(warning);
  json.EndArray().EndObject().EndLine();
}

Outcome<int> Create(Context& context, const std::string& folder) {
  ASSIGN_OR_FAIL(const WriteOptions write, ReadWriteOptions(context));
  ASSIGN_OR_FAIL(const std::string path, StoreName(context));
  ASSIGN_OR_FAIL(const auto store, OpenForWriting(context, write));
  // Who serves the store has another working folder.
  ASSIGN_OR_FAIL(const std::string place, AbsolutePath(folder));
  Progress progress(context.terminal);
  ASSIGN_OR_FAIL(const BackupInfo info,
                 store->CreateBackup(place, ToCommitOptions(write, Operation::kBackupCreate),
                                     Shown(progress, "backing up")));
  progress.Clear();
  context.landed = true;
  PrintCreated(context, store->identity(), path, folder, info);
  return kExitDone;
}

Outcome<int> List(Context& context, const std::string& folder) {
  ASSIGN_OR_FAIL(const auto backups, ListBackups(folder));
  PrintBackups(backups, context);
  return kExitDone;
}

Outcome<int> Verify(Context& context, const std::string& folder) {
  ASSIGN_OR_FAIL(const auto number, ReadCount(context, "number"));
  Progress progress(context.terminal);
  ASSIGN_OR_FAIL(const BackupReport report,
                 VerifyBackups(folder, number, Shown(progress, "checking")));
  progress.Clear();
  PrintBackupReport(report, context);
  if (report.ok()) return kExitDone;
  // The report is what was asked for, and so it is printed although the command fails.
  FAIL_IF_ERROR(context.out.Finish());
  return Fail(ErrorCode::kDataLoss,
              fmt::format("backups are damaged in {}; make another one, and keep these until it is "
                          "verified",
                          Counted(report.damage.size(), "place")));
}

Outcome<int> Restore(Context& context, const std::string& folder) {
  const auto to = context.Text("to");
  if (!to || to->empty()) return UsageFailure("backup restore needs --to FOLDER, a new one");
  RestoreBackupOptions options;
  ASSIGN_OR_FAIL(options.number, ReadCount(context, "number"));
  options.environment = ReadEnvironment(context);
  ASSIGN_OR_FAIL(const std::string store, AbsolutePath(*to));
  Progress progress(context.terminal);
  ASSIGN_OR_FAIL(const BackupInfo info,
                 RestoreBackup(folder, store, options, Shown(progress, "restoring")));
  progress.Clear();
  context.landed = true;
  if (context.json()) {
    JsonWriter json(context.out.buffer());
    json.BeginObject().Field("environment", info.environment).Field("store", store);
    json.Field("store_uuid", info.store_uuid).Key("revision").Null();
    json.Key("changes").BeginArray().EndArray().Field("folder", folder);
    json.Key("backup").BeginObject();
    WriteBackup(info, json);
    json.EndObject().EndObject().EndLine();
  } else if (!context.global.quiet) {
    context.out.Append(fmt::format("restored backup {} of {} into {}: up to r{}, of {}\n",
                                   info.number, info.environment, store, info.revision.value,
                                   LocalTime(info.time, context.clock)));
  }
  return kExitDone;
}

std::string Numbers(const std::vector<uint32_t>& numbers) {
  return numbers.empty() ? "none" : fmt::format("{}", fmt::join(numbers, ", "));
}

Outcome<int> Prune(Context& context, const std::string& folder) {
  ASSIGN_OR_FAIL(const auto keep, ReadCount(context, "keep"));
  if (!keep) return UsageFailure("backup prune needs --keep N, how many of the newest stay");
  ASSIGN_OR_FAIL(const PrunedBackups pruned, PruneBackups(folder, *keep));
  std::vector<uint32_t> kept;
  kept.reserve(pruned.kept.size());
  for (const BackupInfo& info : pruned.kept) kept.push_back(info.number);
  if (!context.json()) {
    if (!context.global.quiet) {
      context.out.Append(
          fmt::format("deleted: {}; kept: {}\n", Numbers(pruned.deleted), Numbers(kept)));
    }
    return kExitDone;
  }
  JsonWriter json(context.out.buffer());
  json.BeginObject().Field("folder", folder).Key("deleted").BeginArray();
  for (const uint32_t number : pruned.deleted) json.Number(number);
  json.EndArray().Key("kept").BeginArray();
  for (const uint32_t number : kept) json.Number(number);
  json.EndArray().EndObject().EndLine();
  return kExitDone;
}

struct Verb {
  std::string_view name;
  std::string_view options;  // of those that not all verbs take
  Outcome<int> (*run)(Context& context, const std::string& folder);
};

constexpr auto kVerbs = std::to_array<Verb>({
    {"create", "message author ticket source environment wait", Create},
    {"list", "", List},
    {"verify", "number", Verify},
    {"restore", "to number environment", Restore},
    {"prune", "keep", Prune},
});

// An option that a verb would overlook may be what the caller relies on.
Outcome<void> CheckOptions(const Context& context, const Verb& verb) {
  static constexpr auto kOptions = std::to_array<std::string_view>(
      {"number", "to", "keep", "message", "author", "ticket", "source", "environment", "wait"});
  for (const std::string_view option : kOptions) {
    const bool takes = fmt::format(" {} ", verb.options).contains(fmt::format(" {} ", option));
    if (context.Has(std::string(option)) && !takes) {
      return UsageFailure(fmt::format("backup {} takes no --{}", verb.name, option));
    }
  }
  return {};
}

Outcome<int> RunBackup(Context& context) {
  const auto* verb = std::ranges::find(kVerbs, context.arguments[0], &Verb::name);
  if (verb == kVerbs.end()) {
    return UsageFailure("usage: switchback backup create|list|verify|restore|prune DIR");
  }
  FAIL_IF_ERROR(CheckOptions(context, *verb));
  ASSIGN_OR_FAIL(const std::string folder, AbsolutePath(context.arguments[1]));
  return verb->run(context, folder);
}

}  // namespace

Command BackupCommand() {
  return {.name = "backup",
          .usage = "create|list|verify DIR | restore DIR --to FOLDER | prune DIR --keep N",
          .summary = "copies of the store, kept in a folder",
          .details =
              "create adds a backup to the folder DIR: of the newest revision, with all\n"
              "before it. Files that an earlier backup there has are not copied again. It\n"
              "needs the store for writing; a process that holds it makes backups itself,\n"
              "through the library. verify reads every file again; damage exits 6. restore\n"
              "makes a store in a new folder. prune deletes all but the newest N good ones.\n"
              "All but create work without the store.\n",
          .example =
              "  switchback backup create /backups/routes -m nightly\n"
              "  switchback backup restore /backups/routes --to /srv/routes\n",
          .min_arguments = 2,
          .max_arguments = 2,
          .add_options = AddOptions,
          .run = RunBackup};
}

}  // namespace switchback::cli
