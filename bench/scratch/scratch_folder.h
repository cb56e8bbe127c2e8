// The folder that a benchmark makes its stores in: under the system's folder for temporary files
// (TMPDIR chooses another) or one that is named, and gone when the object goes.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "switchback/error.h"

namespace switchback::bench {

// Removed, with what is in it, when this goes.
class ScratchFolder {
 public:
  // A new empty one, "switchback-PROGRAM-" and six letters. `above`: the folder to make it in;
  // empty: the system's for such.
  [[nodiscard]] static Result<ScratchFolder> Make(std::string_view program,
                                                  const std::string& above = {});
  ~ScratchFolder();
  ScratchFolder(ScratchFolder&& from) noexcept;
  ScratchFolder& operator=(ScratchFolder&&) = delete;
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;

  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] std::string operator/(std::string_view name) const;
  // A path in it that begins with `name`, another one at each call.
  [[nodiscard]] std::string Fresh(std::string_view name);

 private:
  explicit ScratchFolder(std::string path) : path_(std::move(path)) {}

  std::string path_;  // empty once moved from
  int made_ = 0;
};

}  // namespace switchback::bench
