// A store of 1,000,000 revisions of 10,000 IDs beside one of 10,000 revisions: reading one ID's
// past, opening, and what the program takes for the same.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "child.h"
#include "engine/rocksdb_options.h"
#include "measurements.h"
#include "scratch/folder_files.h"
#include "switchback/provenance.h"
#include "timing.h"

namespace switchback::targets {
namespace {

constexpr uint32_t kVersionsPerId = 100;
constexpr uint32_t kEndpoints = 100;

// Every ID gets the same number of versions, in an order in which neighbours in time are not
// neighbours in the store.
std::string MakeStore(const Context& context, uint64_t revisions) {
  const std::string path = context.scratch.Fresh("revisions");
  const auto ids = static_cast<uint32_t>(revisions / kVersionsPerId);
  SmallLists lists(ids, kEndpoints);
  const auto store = CreateStore(path);
  std::vector<uint32_t> order(ids);
  for (uint32_t i = 0; i < ids; ++i) order[i] = i;
  std::mt19937 random{11};
  uint64_t number = 0;
  const Change first = lists.First();
  for (uint32_t version = 0; version < kVersionsPerId; ++version) {
    std::ranges::shuffle(order, random);
    for (const uint32_t id : order) {
      Change change;
      if (version == 0) {
        change.ids.push_back(first.ids[id]);
      } else {
        change = lists.Edit(id);
      }
      Must(store->Commit(change, CommitAs(++number, Durability::kBuffered)));
    }
  }
  return path;
}

void ReadHistory(const View& view, const BusinessId& id) {
  const auto history = Must(view.History(id));
  uint64_t versions = 0;
  while (Must(history->Next())) ++versions;
  if (versions != kVersionsPerId) End("a history is not as long as it was made");
}

void ReadAsOf(const View& view, const BusinessId& id, Revision revision) {
  const ResolvedVersion at = Must(view.Resolve(id, RevisionSelector{revision, false}));
  Must(view.Read(id, at.version));
}

using Question = void (*)(const View&, const BusinessId&, Revision);
void AskHistory(const View& view, const BusinessId& id, Revision /*revision*/) {
  ReadHistory(view, id);
}
void AskAsOf(const View& view, const BusinessId& id, Revision revision) {
  ReadAsOf(view, id, revision);
}

// No endpoint of the first list was ever touched: all versions are walked.
void AskBlame(const View& view, const BusinessId& id, Revision /*revision*/) {
  const ResolvedVersion head = Must(view.Resolve(id, HeadSelector{}));
  const Blame blame = Must(view.BlameList(id, head.version));
  if (blame.key_from.front() != Version{1}) End("a blame is not as it was made");
}

class Questions {
 public:
  Questions(std::string path, uint64_t revisions)
      : path_(std::move(path)),
        ids_(static_cast<uint32_t>(revisions / kVersionsPerId)),
        revisions_(revisions) {}

  // One ID of ten, so that what is asked fits the caches in the large store and in the small one.
  double Warm(Question question) {
    warm_ = true;
    if (!store_) store_ = OpenStore(path_, /*read_only=*/true);
    const auto view = Must(store_->NewView());
    std::vector<double> times;
    for (int round = 0; round < 2; ++round) {
      times.clear();
      for (uint32_t i = 0; i < 100; ++i)
        times.push_back(Ask(*view, i % std::min(ids_, 10U), question));
    }
    return Median(std::move(times));
  }
  // Nothing of the store is in memory but what opening it reads.
  double FirstTouch(Question question, uint32_t number) {
    warm_ = false;
    store_.reset();
    bench::DropPageCache(path_);
    const auto store = OpenStore(path_, /*read_only=*/true);
    bench::DropPageCache(path_);
    const auto view = Must(store->NewView());
    return Ask(*view, number, question);
  }
  void Close() { store_.reset(); }

 private:
  double Ask(const View& view, uint32_t number, Question question) const {
    const BusinessId id = IdOf(static_cast<uint64_t>(number) * 7 % ids_);
    const Revision revision{revisions_ / 2 + number};
    return warm_ ? CpuSecondsOfWork([&] { question(view, id, revision); })
                 : SecondsOfWork([&] { question(view, id, revision); });
  }

  const std::string path_;
  const uint32_t ids_;
  const uint64_t revisions_;
  bool warm_ = false;  // nothing waits for the disk: the thread's own time counts
  std::unique_ptr<Store> store_;
};

Rows AskBoth(const Context& context, Questions& large, Questions& small, const std::string& name,
             const std::string& what, Question question) {
  std::vector<double> large_warm;
  std::vector<double> small_warm;
  std::vector<double> large_first;
  std::vector<double> small_first;
  for (int round = 0; round < (context.quick ? 3 : 15); ++round) {
    large_warm.push_back(large.Warm(question) * 1e3);
    small_warm.push_back(small.Warm(question) * 1e3);
  }
  for (uint32_t round = 0; round < (context.quick ? 3U : 15U); ++round) {
    large_first.push_back(large.FirstTouch(question, round) * 1e3);
    small_first.push_back(small.FirstTouch(question, round) * 1e3);
  }
  const Floor warm_floor{"the same in a store of 10,000 revisions", Median(small_warm)};
  Row warm = MakeRow(name + "-warm", what + ", warm", "< 1 ms, no slower than with 10,000",
                     Median(large_warm), "ms", warm_floor);
  constexpr double kNoise = 1.15;
  warm.met = warm.measured < 1 && warm.ratio <= kNoise;
  warm.note = "no slower: up to 1.15, the noise of two such figures";
  const Floor first_floor{"the same in a store of 10,000 revisions", Median(small_first)};
  Row first = MakeRow(name + "-first-touch", what + ", at first touch, page cache dropped",
                      "< 5 ms, no slower than with 10,000", Median(large_first), "ms", first_floor);
  first.met = first.measured < 5 && first.ratio <= 1.5;
  first.note = "no slower: up to 1.5, the noise of the disk";
  return {warm, first};
}

double MedianOpen(const std::string& path, int rounds) {
  std::vector<double> times;
  for (int i = 0; i < rounds; ++i) {
    std::unique_ptr<Store> store;
    times.push_back(SecondsOfWork([&] { store = OpenStore(path); }) * 1e3);
  }
  return Median(std::move(times));
}

Row OpenClean(const Context& context, const std::string& path, const std::string& young_path,
              uint64_t revisions) {
  const int rounds = context.quick ? 3 : 15;
  const Floor young{"the same in a store of 10,000 revisions", MedianOpen(young_path, rounds)};
  Row row =
      MakeRow("open-clean", fmt::format("open a store of {} revisions, closed cleanly", revisions),
              "< 50 ms", MedianOpen(path, rounds), "ms", young);
  row.met = row.measured < 50;
  return row;
}

// What an operator runs, from the start of the process to its end.
Rows AskByProgram(const Context& context, const std::string& path, const std::string& young_path,
                  uint64_t revisions, uint64_t young_revisions) {
  const auto seconds_and_peak = [&](const std::string& store, uint64_t at, uint64_t& peak,
                                    const std::vector<std::string>& words) {
    std::vector<std::string> command = {context.program, "--store", store};
    const std::string id(IdOf(at / kVersionsPerId / 2).text());
    for (const std::string& word : words) {
      command.push_back(word == "ID"           ? id
                        : word == "ID@rMIDDLE" ? fmt::format("{}@r{}", id, at / 2)
                                               : word);
    }
    const Ended ended = RunChild(command, "");
    if (ended.by_signal || ended.code != 0) End("the program failed: " + words.front());
    peak = std::max(peak, ended.peak_bytes);
    return ended.seconds * 1e3;
  };
  Rows rows;
  uint64_t peak = 0;
  uint64_t young_peak = 0;
  const std::vector<std::pair<std::string, std::vector<std::string>>> commands = {
      {"log", {"log", "ID"}}, {"as-of", {"get", "ID@rMIDDLE"}}, {"blame", {"blame", "ID"}}};
  for (const auto& [name, words] : commands) {
    std::vector<double> times;
    std::vector<double> young_times;
    for (int i = 0; i < (context.quick ? 3 : 15); ++i) {
      times.push_back(seconds_and_peak(path, revisions, peak, words));
      young_times.push_back(seconds_and_peak(young_path, young_revisions, young_peak, words));
    }
    const Floor young{"the same in a store of 10,000 revisions", Median(young_times)};
    Row row = MakeRow(
        "program-" + name,
        fmt::format("`switchback {}`, a process, {} revisions", fmt::join(words, " "), revisions),
        "as in a store of 10,000", Median(times), "ms", young);
    row.met = row.ratio <= 1.5;
    rows.push_back(std::move(row));
  }
  constexpr double kMiB = 1 << 20;
  const Floor young{"the same in a store of 10,000 revisions",
                    static_cast<double>(young_peak) / kMiB};
  Row row = MakeRow("program-memory", "peak memory of these three, the largest",
                    "as in a store of 10,000", static_cast<double>(peak) / kMiB, "MiB", young);
  row.met = row.ratio <= 1.5;
  rows.push_back(std::move(row));
  return rows;
}

Row OpenKilled(const Context& context, const std::string& path, uint64_t revisions) {
  std::vector<double> times;
  for (int i = 0; i < (context.quick ? 2 : 7); ++i) {
    const Ended ended = RunChild({SelfPath(), "--child", "killed", path}, "");
    if (!ended.by_signal) End("the process that was to be killed ended by itself");
    std::unique_ptr<Store> store;
    times.push_back(SecondsOfWork([&] { store = OpenStore(path); }) * 1e3);
  }
  Row row =
      MakeRow("open-killed",
              fmt::format("open a store of {} revisions after kill -9, log at its cap of {} MiB",
                          revisions, kMaxWalBytes >> 20),
              "< 500 ms", Median(times), "ms", std::nullopt);
  row.met = row.measured < 500;
  row.note = fmt::format("slowest {:.0f} ms", *std::ranges::max_element(times));
  return row;
}

Row VerifyMemory(const Context& context, const std::string& path) {
  const Ended ended = RunChild({context.program, "--store", path, "verify"}, "");
  if (ended.by_signal || ended.code != 0) End("verify failed");
  return MemoryRow("memory-verify", "peak memory of verify over the same store", ended);
}

}  // namespace

Rows MillionRevisions(const Context& context) {
  const uint64_t many = context.quick ? 100'000 : 1'000'000;
  const uint64_t few = 10'000;
  const std::string large_path = MakeStore(context, many);
  const std::string small_path = MakeStore(context, few);
  Questions large(large_path, many);
  Questions small(small_path, few);
  Rows rows =
      AskBoth(context, large, small, "history",
              fmt::format("history of one ID, 100 versions, {} revisions", many), AskHistory);
  for (Row& row :
       AskBoth(context, large, small, "as-of",
               fmt::format("read of one ID as of a revision, {} revisions", many), AskAsOf)) {
    rows.push_back(std::move(row));
  }
  for (Row& row :
       AskBoth(context, large, small, "blame",
               fmt::format("blame of one ID, 100 versions, {} revisions", many), AskBlame)) {
    rows.push_back(std::move(row));
  }
  large.Close();
  small.Close();
  rows.push_back(OpenClean(context, large_path, small_path, many));
  for (Row& row : AskByProgram(context, large_path, small_path, many, few)) {
    rows.push_back(std::move(row));
  }
  rows.push_back(VerifyMemory(context, large_path));
  rows.push_back(OpenKilled(context, large_path, many));
  std::filesystem::remove_all(large_path);
  return rows;
}

Rows ShortProcesses(const Context& context) {
  const int processes = context.quick ? 300 : 10'000;
  const std::string path = context.scratch.Fresh("short");
  CreateStore(path).reset();
  uint64_t most = 0;
  const double seconds = SecondsOfWork([&] {
    for (int i = 0; i < processes; ++i) {
      const Ended ended = RunChild({SelfPath(), "--child", "one-write", path}, "");
      if (ended.by_signal || ended.code != 0) End("a writing process failed");
      most = std::max(most, bench::SizeOfFolder(path).files);
    }
  });
  Row row = MakeRow("short-processes",
                    fmt::format("most files at any time, {} processes of one write", processes),
                    "bounded (here: <= 40)", static_cast<double>(most), "files", std::nullopt);
  row.met = most <= 40;
  row.note = fmt::format("{:.1f} ms a process", seconds / processes * 1e3);
  return {row};
}

}  // namespace switchback::targets
