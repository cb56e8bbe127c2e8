#include "scratch/scratch_folder.h"

#include <stdlib.h>

#include <filesystem>
#include <system_error>
#include <utility>

namespace switchback::bench {

Result<ScratchFolder> ScratchFolder::Make(std::string_view program, const std::string& above) {
  std::error_code fault;
  const std::filesystem::path base =
      above.empty() ? std::filesystem::temp_directory_path(fault) : std::filesystem::path(above);
  std::string path = (base / ("switchback-" + std::string(program) + "-XXXXXX")).string();
  if (fault || mkdtemp(path.data()) == nullptr) {
    return Fail(ErrorCode::kIoError, "can't make a folder like " + path);
  }
  return ScratchFolder(std::move(path));
}

ScratchFolder::~ScratchFolder() {
  std::error_code ignored;
  if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
}

ScratchFolder::ScratchFolder(ScratchFolder&& from) noexcept
    : path_(std::exchange(from.path_, {})), made_(from.made_) {}

std::string ScratchFolder::operator/(std::string_view name) const {
  return path_ + "/" + std::string(name);
}

std::string ScratchFolder::Fresh(std::string_view name) {
  return *this / (std::string(name) + "-" + std::to_string(++made_));
}

}  // namespace switchback::bench
