#include "micro/scratch_folder.h"

#include <cstdlib>
#include <filesystem>
#include <system_error>
#include <utility>

#include "micro/program.h"

namespace switchback::bench {

ScratchFolder::ScratchFolder() {
  std::error_code fault;
  const std::filesystem::path base = std::filesystem::temp_directory_path(fault);
  path_ = (base / "switchback-bench-XXXXXX").string();
  if (fault || mkdtemp(path_.data()) == nullptr) Die("can't make a folder like " + path_);
}

ScratchFolder::ScratchFolder(ScratchFolder&& from) noexcept
    : path_(std::exchange(from.path_, {})) {}

ScratchFolder::~ScratchFolder() {
  std::error_code ignored;
  if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
}

}  // namespace switchback::bench
