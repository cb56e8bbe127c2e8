// `targets`: every target of the design that exists today, each against its floor in the same run.
#include <fmt/format.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "child.h"
#include "measurements.h"
#include "report.h"

namespace switchback::targets {
namespace {

constexpr std::string_view kUsage =
    "usage: targets --out FILE.json [--quick] [--only NAME] [--cloud-ranges FILE.jsonl.zst]\n"
    "               [--program FILE] [--folder DIR]\n"
    "\n"
    "Measures the targets of the design, each against its floor in the same run, prints a table "
    "and\n"
    "writes the rows as JSON.\n"
    "\n"
    "  --out FILE            where the rows go\n"
    "  --quick               smaller stores, fewer rounds: figures not to be quoted\n"
    "  --only NAME           the measurements with a row whose name begins so; may stand "
    "repeatedly\n"
    "  --cloud-ranges FILE   a real history (JSON lines under zstd) for the row "
    "real-history-bytes\n"
    "  --program FILE        the switchback program (default: beside this one)\n"
    "  --folder DIR          where stores are made and removed (default: the system's)\n"
    "  --list                the names of all rows\n";

struct Measurement {
  std::vector<std::string_view> rows;
  Rows (*measure)(const Context& context);
};

const std::vector<Measurement>& AllMeasurements() {
  static const std::vector<Measurement> all = {
      {{"commit-bytes"}, BytesPerCommit},
      {{"large-version-bytes"}, BytesPerLargeVersion},
      {{"real-history-bytes"}, BytesOfRealHistory},
      {{"commit-synced"}, CommitsSynced},
      {{"commit-16-threads"}, CommitsTogether},
      {{"commit-unsynced", "commit-unsynced-batch"}, CommitsUnsynced},
      {{"read-by-id"}, ReadById},
      {{"read-under-commits", "read-under-commits-p99"}, ReadUnderCommits},
      {{"history-warm", "history-first-touch", "as-of-warm", "as-of-first-touch", "blame-warm",
        "blame-first-touch", "open-clean", "program-log", "program-as-of", "program-blame",
        "program-memory", "open-killed", "memory-verify"},
       MillionRevisions},
      {{"who-has", "who-has-history"}, WhoHasAnAddress},
      {{"subscriber"}, SubscriberInProcess},
      {{"short-processes"}, ShortProcesses},
      {{"diff-adjacent", "diff-100-edits"}, LargeListDiffs},
      {{"restore-near", "restore-far"}, RestoreOne},
      {{"restore-10000-ids"}, RestoreMany},
      {{"decode-rocksdb", "decode-memory"}, DecodeLarge},
      {{"set-from-text"}, SetFromText},
      {{"memory-import", "memory-import-one-line"}, MemoryOfImport},
      {{"subscriber-process"}, SubscriberInAnotherProcess},
      {{"service-read", "service-read-known", "service-commit"}, ServiceCalls},
      {{"service-watchers"}, ServiceWatchers},
      {{"service-etcd-read", "service-etcd-commit", "service-etcd-watchers"}, ServiceBesideEtcd},
      {{"service-restore", "service-restore-serve"}, RestoreBesideHolder},
  };
  return all;
}

struct Arguments {
  std::string out;
  bool quick = false;
  std::vector<std::string> only;
  std::string cloud_ranges;
  std::string program;
  std::string folder;
};

bool IsWanted(const Measurement& measurement, const std::vector<std::string>& only) {
  if (only.empty()) return true;
  for (const std::string_view row : measurement.rows) {
    for (const std::string& name : only) {
      if (row.starts_with(name)) return true;
    }
  }
  return false;
}

int Refuse(const std::string& reason) {
  fmt::print(stderr, "targets: {}; see --help\n", reason);
  return 2;
}

void ListRows() {
  for (const Measurement& measurement : AllMeasurements()) {
    for (const std::string_view row : measurement.rows) fmt::print("{}\n", row);
  }
}

int Measure(const Arguments& arguments) {
  bench::ScratchFolder scratch = Must(bench::ScratchFolder::Make("targets", arguments.folder));
  Context context{arguments.quick, scratch, arguments.program, arguments.cloud_ranges};
  if (context.program.empty()) {
    context.program = (std::filesystem::path(SelfPath()).parent_path() / "switchback").string();
  }
  Rows rows;
  for (const Measurement& measurement : AllMeasurements()) {
    if (!IsWanted(measurement, arguments.only)) continue;
    fmt::print(stderr, "{} ...\n", measurement.rows.front());
    for (Row& row : measurement.measure(context)) rows.push_back(std::move(row));
  }
  if (rows.empty()) {
    return Refuse(
        "nothing was measured: no row's name begins as --only says (--list shows them), or "
        "it needs --cloud-ranges");
  }
  fmt::print("{}", ToTable(rows));
  for (const Row& row : rows) {
    if (!row.note.empty()) fmt::print("{}: {}\n", row.name, row.note);
  }
  std::ofstream out(arguments.out);
  out << ToJson(rows, arguments.quick);
  out.close();
  if (out) return 0;
  fmt::print(stderr, "targets: {}: can't be written\n", arguments.out);
  return 8;
}

int Main(const std::vector<std::string>& words) {
  if (words.size() == 3 && words[0] == "--child") {
    const std::optional<int> ended = RunRole(words[1], words[2]);
    return ended ? *ended : Refuse("no such role");
  }
  Arguments arguments;
  for (size_t i = 0; i < words.size(); ++i) {
    const std::string& word = words[i];
    if (word == "--help") {
      fmt::print("{}", kUsage);
      return 0;
    }
    if (word == "--list") {
      ListRows();
      return 0;
    }
    if (word == "--quick") {
      arguments.quick = true;
      continue;
    }
    if (i + 1 == words.size())
      return Refuse(fmt::format("'{}': unknown, or lacks its value", word));
    const std::string& value = words[++i];
    if (word == "--out") {
      arguments.out = value;
    } else if (word == "--only") {
      arguments.only.push_back(value);
    } else if (word == "--cloud-ranges") {
      arguments.cloud_ranges = value;
    } else if (word == "--program") {
      arguments.program = value;
    } else if (word == "--folder") {
      arguments.folder = value;
    } else {
      return Refuse(fmt::format("'{}': no such option", word));
    }
  }
  if (arguments.out.empty()) return Refuse("--out is missing");
  return Measure(arguments);
}

}  // namespace
}  // namespace switchback::targets

int main(int argc, char** argv) {
  try {
    return switchback::targets::Main(std::vector<std::string>(argv + 1, argv + argc));
  } catch (const switchback::targets::Ending& ending) {
    fmt::print(stderr, "targets: {}\n", ending.what());
    return 8;
  }
}
