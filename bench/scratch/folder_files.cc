#include "scratch/folder_files.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <vector>

namespace switchback::bench {
namespace {

struct Pages {
  uint64_t all = 0;
  uint64_t cached = 0;
};

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

FolderSize SizeOfFolder(const std::string& path) {
  FolderSize size;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(path)) {
    if (!entry.is_regular_file()) continue;
    size.bytes += entry.file_size();
    ++size.files;
  }
  return size;
}

double DropPageCache(const std::string& path) {
  Pages sum;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(path)) {
    if (!entry.is_regular_file()) continue;
    const int file = open(entry.path().c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0) continue;              // it went meanwhile
    static_cast<void>(fdatasync(file));  // dirty pages can't be dropped
    static_cast<void>(posix_fadvise(file, 0, 0, POSIX_FADV_DONTNEED));
    const Pages pages = CountPages(file, entry.file_size());
    sum.all += pages.all;
    sum.cached += pages.cached;
    close(file);
  }
  return sum.all == 0 ? 0 : static_cast<double>(sum.cached) / static_cast<double>(sum.all);
}

}  // namespace switchback::bench
