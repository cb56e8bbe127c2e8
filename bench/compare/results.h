// What one run found, and its JSON form: what tools/bench reads.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "bench/compare/history_index.h"
#include "bench/compare/row.h"
#include "bench/compare/system.h"

namespace switchback::compare {

struct Results {
  std::string system;
  std::string history;
  HistoryIndex index;
  std::vector<Setting> settings;
  double import_seconds = 0;    // in the system, reading the history apart
  uint64_t imported_bytes = 0;  // before Compact
  double compact_seconds = 0;
  uint64_t bytes = 0;           // after it
  uint64_t peak_of_driver = 0;  // for reading the history alone; it is in the others too
  uint64_t peak_of_import = 0;  // with Compact
  uint64_t peak_of_questions = 0;
  std::vector<std::pair<std::string, RowResult>> rows;
};

void WriteResults(const Results& results, const std::string& path);

}  // namespace switchback::compare
