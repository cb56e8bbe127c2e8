#include "bench/compare/results.h"

#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

namespace switchback::compare {
namespace {

using Json = nlohmann::ordered_json;

// Three digits: more would be noise.
double Rounded(double value) {
  return std::round(value * 1000) / 1000;
}

double Share(double part, double whole) {
  return whole > 0 ? Rounded(part / whole) : 0;
}

Json RowJson(const RowResult& row) {
  Json answers = Json::array();
  for (const AnswersSoFar& answer : row.answers) {
    answers.push_back({{"count", answer.count}, {"hash", answer.hash}});
  }
  return {{"cold_us", Rounded(row.cold_us)},
          {"cold_open_us", Rounded(row.cold_open_us)},
          {"cold_cached", Rounded(row.cold_cached)},
          {"warm_us", Rounded(row.warm_us)},
          {"warm_p99_us", Rounded(row.warm_p99_us)},
          {"count", row.count},
          {"answers", std::move(answers)}};
}

Json SettingsJson(const std::vector<Setting>& settings) {
  Json json = Json::array();
  for (const Setting& setting : settings) {
    json.push_back({{"name", setting.name}, {"value", setting.value}});
  }
  return json;
}

Json ResultsJson(const Results& results) {
  const double revisions = results.index.revisions;
  Json questions = Json::object();
  for (const auto& [name, row] : results.rows) questions[name] = RowJson(row);
  return {{"system", results.system},
          {"history", results.history},
          {"revisions", results.index.revisions},
          {"lines_in_history", results.index.lines_in_history},
          {"ids", results.index.ids.size()},
          {"settings", SettingsJson(results.settings)},
          {"import",
           {{"seconds", Rounded(results.import_seconds)},
            {"revisions_per_second", Share(revisions, results.import_seconds)},
            {"bytes", results.imported_bytes}}},
          {"compact", {{"seconds", Rounded(results.compact_seconds)}}},
          {"bytes", results.bytes},
          {"bytes_per_revision", Share(static_cast<double>(results.bytes), revisions)},
          {"peak_memory_bytes",
           {{"driver", results.peak_of_driver},
            {"import", results.peak_of_import},
            {"questions", results.peak_of_questions}}},
          {"questions", std::move(questions)}};
}

}  // namespace

void WriteResults(const Results& results, const std::string& path) {
  std::ofstream file(path);
  file << ResultsJson(results).dump(1) << "\n";
  if (!file.flush()) Fail(path + ": can't be written");
}

}  // namespace switchback::compare
