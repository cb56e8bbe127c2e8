// Drives one system with one history: import, compact, questions; results as JSON. One process a
// system, so that peak memory is that system's own. `compare --help` says how it is used.
#include <cstdio>
#include <filesystem>
#include <memory>
#include <utility>

#include "bench/compare/history_reader.h"
#include "bench/compare/machine.h"
#include "bench/compare/options.h"
#include "bench/compare/results.h"
#include "bench/compare/row.h"
#include "bench/compare/systems.h"

namespace switchback::compare {
namespace {

constexpr double kSecondsBetweenReports = 5;
constexpr size_t kSampleIds = 8;

void Report(const Options& options, const std::string& what) {
  std::fprintf(stderr, "%s, %s: %s\n", options.system.c_str(), options.name.c_str(), what.c_str());
}

void PrepareFolder(const std::string& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error || !std::filesystem::is_empty(folder, error)) {
    Fail("--folder " + folder + ": not an empty folder, or it can't be made");
  }
}

void Import(const Options& options, System& system, Results& results) {
  HistoryReader reader(options.history, options.limit);
  Stopwatch since_report;
  while (const auto line = reader.Next()) {
    const Stopwatch watch;
    system.Import(*line);
    results.import_seconds += watch.Seconds();
    if (since_report.Seconds() > kSecondsBetweenReports) {
      Report(options, "imported " + std::to_string(line->revision) + " of " +
                          std::to_string(results.index.revisions));
      since_report = Stopwatch();
    }
  }
  const Stopwatch watch;
  system.FinishImport();
  results.import_seconds += watch.Seconds();
}

uint64_t ClosedBytes(System& system) {
  system.Close();
  const uint64_t bytes = system.Bytes();
  system.Open();
  return bytes;
}

void Compact(const Options& options, System& system, Results& results) {
  Report(options, "compacting");
  const Stopwatch watch;
  system.Compact();
  results.compact_seconds = watch.Seconds();
  results.bytes = ClosedBytes(system);
}

void AskAll(const Options& options, System& system, Results& results) {
  const QuestionMaker maker(results.index, options.seed);
  RowAsker asker(system, options.folder, maker.SampleIds(kSampleIds),
                 {options.cold_rounds, options.seconds});
  for (const QuestionSet& set :
       maker.MakeAll(options.queries + options.cold_rounds, options.restores)) {
    const Stopwatch watch;
    results.rows.emplace_back(set.name, asker.Ask(set));
    if (watch.Seconds() > kSecondsBetweenReports)
      Report(options, "asked " + results.rows.back().first);
  }
}

void Run(const Options& options) {
  const SystemMaker make = FindSystem(options.system);
  PrepareFolder(options.folder);
  Results results;
  results.system = options.system;
  results.history = options.name;
  ResetPeakMemory();
  results.index = IndexHistory(options.history, options.limit);
  if (results.index.revisions == 0) Fail(options.history + ": no revision in it");
  results.peak_of_driver = PeakMemoryBytes();

  ResetPeakMemory();
  const std::unique_ptr<System> system = make(options.folder);
  Import(options, *system, results);
  results.imported_bytes = ClosedBytes(*system);
  Compact(options, *system, results);
  results.peak_of_import = PeakMemoryBytes();

  ResetPeakMemory();
  AskAll(options, *system, results);
  results.settings = system->Settings();
  system->Close();
  results.peak_of_questions = PeakMemoryBytes();
  WriteResults(results, options.out);
}

}  // namespace
}  // namespace switchback::compare

int main(int argc, char** argv) {
  namespace compare = switchback::compare;
  const compare::Options options = compare::ParseOptions(argc, argv);
  if (options.list) {
    for (const std::string& name : compare::SystemNames()) std::printf("%s\n", name.c_str());
    return 0;
  }
  compare::Run(options);
  return 0;
}
