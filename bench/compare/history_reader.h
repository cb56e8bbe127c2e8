// A routing history (JSON lines) as the driver hands it to every system: read and checked here, so
// that no system pays for it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "bench/compare/line_source.h"
#include "bench/compare/system.h"

namespace switchback::compare {

class HistoryReader {
 public:
  // At most `limit` lines.
  HistoryReader(const std::string& path, uint64_t limit) : source_(path), limit_(limit) {}

  // The next revision; nothing at the end. A line that is no revision ends the program. A deleted
  // ID is one that lost its last endpoint: not all systems can tell these apart.
  std::optional<HistoryLine> Next();
  // How many lines the file has, those past the limit too. Reads it to its end.
  uint64_t CountAll();

 private:
  LineSource source_;
  uint64_t limit_;
  uint64_t lines_ = 0;
};

}  // namespace switchback::compare
