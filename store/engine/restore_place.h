// Where a backup is restored to: a new folder, which becomes a database at one moment, or stays
// none.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "switchback/error.h"

namespace switchback {

// While it is there, only the folder `restoring` in it is filled. Cleans up when it goes, unless
// the database was put in place. What a kill leaves is the folder `restoring`, which the next one
// clears; if it came just while files were put in place, a folder that is refused by all.
class RestorePlace {
 public:
  // Errors: kAlreadyExists, something is there that no restore left; kHeld, another restores into
  // it; kIoError.
  [[nodiscard]] static Result<std::unique_ptr<RestorePlace>> Take(const std::string& folder);
  ~RestorePlace();
  RestorePlace(const RestorePlace&) = delete;
  RestorePlace& operator=(const RestorePlace&) = delete;

  // The folder to be filled.
  [[nodiscard]] const std::string& inside() const { return inside_; }
  // The files in it become the database in `folder`, durably. REQUIRES: they are closed and synced.
  // Errors: kIoError.
  [[nodiscard]] Result<void> PutInPlace();

 private:
  RestorePlace(std::string folder, bool made);
  [[nodiscard]] Result<void> Lock();
  [[nodiscard]] Result<void> Prepare();
  [[nodiscard]] Result<void> MoveFiles();

  const std::string folder_;
  const std::string inside_;
  const bool made_;  // was not there before
  int file_ = -1;    // the folder, locked
  bool locked_ = false;
  bool in_place_ = false;
  std::vector<std::string> moved_;  // files, out of `inside`
};

}  // namespace switchback
