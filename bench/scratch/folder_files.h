// The files of a folder that something is measured in: how large they are, and how to read them
// cold.
#pragma once

#include <cstdint>
#include <string>

namespace switchback::bench {

// Of all files, those in folders below too; as `du -sb` counts without the folders.
struct FolderSize {
  uint64_t bytes = 0;
  uint64_t files = 0;
};
[[nodiscard]] FolderSize SizeOfFolder(const std::string& path);

// Writes what is dirty in all files of a folder and drops them from the page cache. Returns the
// share of their bytes that is still there: what someone has mapped stays, as does all of a tmpfs.
double DropPageCache(const std::string& path);

}  // namespace switchback::bench
