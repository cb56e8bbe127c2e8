// A folder that goes with the object.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>

#include "guard/workload.h"

namespace switchback::guard {

class ScratchFolder {
 public:
  ScratchFolder() {
    std::string pattern =
        (std::filesystem::temp_directory_path() / "switchback-guard-XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr) Fail("no folder could be made at " + pattern);
    path_ = pattern;
  }
  ~ScratchFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  [[nodiscard]] std::string path(std::string_view name) const {
    return path_ + "/" + std::string(name);
  }

 private:
  std::string path_;
};

}  // namespace switchback::guard
