#include "bench/compare/machine.h"

#include <fcntl.h>
#include <malloc.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <vector>

#include "bench/compare/system.h"

namespace switchback::compare {
namespace {

struct Pages {
  uint64_t all = 0;
  uint64_t cached = 0;
};

uint64_t OwnPeakBytes() {
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;) {
    uint64_t kilobytes = 0;
    if (word == "VmHWM:" && status >> kilobytes) return kilobytes * 1024;
  }
  return 0;
}

Pages CountPages(int file, uint64_t bytes) {
  const auto page = static_cast<uint64_t>(sysconf(_SC_PAGESIZE));
  Pages pages{(bytes + page - 1) / page, 0};
  if (bytes == 0) return pages;
  void* const mapped = mmap(nullptr, bytes, PROT_READ, MAP_SHARED, file, 0);
  if (mapped == MAP_FAILED) return pages;
  std::vector<unsigned char> there(pages.all);
  if (mincore(mapped, bytes, there.data()) == 0) {
    pages.cached =
        static_cast<uint64_t>(std::ranges::count_if(there, [](auto bits) { return bits & 1; }));
  }
  munmap(mapped, bytes);
  return pages;
}

}  // namespace

void ResetPeakMemory() {
  malloc_trim(0);
  std::ofstream("/proc/self/clear_refs") << "5";
}

uint64_t PeakMemoryBytes() {
  rusage children{};
  getrusage(RUSAGE_CHILDREN, &children);
  return std::max(OwnPeakBytes(), static_cast<uint64_t>(children.ru_maxrss) * 1024);
}

double DropPageCache(const std::string& folder) {
  Pages sum;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file()) continue;
    const int file = open(entry.path().c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0) continue;  // it went meanwhile
    fdatasync(file);
    posix_fadvise(file, 0, 0, POSIX_FADV_DONTNEED);
    const Pages pages = CountPages(file, entry.file_size());
    sum.all += pages.all;
    sum.cached += pages.cached;
    close(file);
  }
  return sum.all == 0 ? 0 : static_cast<double>(sum.cached) / static_cast<double>(sum.all);
}

}  // namespace switchback::compare
