#include "bench/compare/system.h"

#include <chrono>
#include <cstdio>
#include <cstdlib>

#include "bench/scratch/folder_files.h"

namespace switchback::compare {

HistoryLine OwnLine(const std::string& message) {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  HistoryLine line;
  line.time_us = std::chrono::duration_cast<std::chrono::microseconds>(now).count();
  line.author = "compare";
  line.message = message;
  return line;
}

void Fail(const std::string& message) {
  std::fprintf(stderr, "compare: %s\n", message.c_str());
  std::exit(1);
}

uint64_t FolderBytes(const std::string& folder) {
  return bench::SizeOfFolder(folder).bytes;
}

}  // namespace switchback::compare
