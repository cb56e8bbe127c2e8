#include "engine/restore_place.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <utility>
#include <vector>

#include "engine/rocksdb_folder.h"

namespace switchback {

namespace {

constexpr const char* kInside = "restoring";
constexpr const char* kCurrent = "CURRENT";

std::vector<std::string> NamesIn(const std::string& folder, std::error_code& fault) {
  std::vector<std::string> names;
  for (std::filesystem::directory_iterator it(folder, fault), end; !fault && it != end;
       it.increment(fault)) {
    names.push_back(it->path().filename().string());
  }
  return names;
}

}  // namespace

RestorePlace::RestorePlace(std::string folder, bool made)
    : folder_(std::move(folder)), inside_(folder_ + "/" + kInside), made_(made) {}

Result<std::unique_ptr<RestorePlace>> RestorePlace::Take(const std::string& folder) {
  std::error_code fault;
  if (std::filesystem::exists(folder, fault) && !std::filesystem::is_directory(folder, fault)) {
    return Fail(ErrorCode::kAlreadyExists,
                folder +
                    ": expected no such folder or an empty one, found something that is no "
                    "folder; nothing was restored");
  }
  fault.clear();
  const bool made = std::filesystem::create_directories(folder, fault);
  if (fault) {
    return Fail(ErrorCode::kIoError, folder + ": can't make the folder: " + fault.message());
  }
  std::unique_ptr<RestorePlace> place(new RestorePlace(folder, made));
  if (Result<void> locked = place->Lock(); !locked) return std::unexpected(locked.error());
  if (Result<void> prepared = place->Prepare(); !prepared) return std::unexpected(prepared.error());
  return place;
}

// On the folder itself: a lock file would be in the way of an empty folder.
Result<void> RestorePlace::Lock() {
  file_ = open(folder_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (file_ >= 0 && flock(file_, LOCK_EX | LOCK_NB) == 0) {
    locked_ = true;
    return {};
  }
  if (errno == EWOULDBLOCK) {
    return Fail(ErrorCode::kHeld, folder_ + ": another process is restoring into this folder");
  }
  return Fail(ErrorCode::kIoError,
              fmt::format("{}: can't be locked: {}", folder_, strerror(errno)));
}

Result<void> RestorePlace::Prepare() {
  std::error_code fault;
  const std::vector<std::string> names = NamesIn(folder_, fault);
  if (names.size() > (std::filesystem::exists(inside_, fault) ? 1 : 0)) {
    locked_ = false;  // not ours to clean
    return Fail(ErrorCode::kAlreadyExists,
                folder_ +
                    ": expected no such folder or an empty one, found other files in it; "
                    "nothing was restored");
  }
  fault.clear();
  std::filesystem::remove_all(inside_, fault);
  if (!fault) std::filesystem::create_directory(inside_, fault);
  if (!fault) return {};
  return Fail(ErrorCode::kIoError, inside_ + ": can't make the folder: " + fault.message());
}

Result<void> RestorePlace::MoveFiles() {
  std::error_code fault;
  for (const std::string& name : NamesIn(inside_, fault)) {
    if (name == kCurrent) continue;
    moved_.push_back(name);
    std::filesystem::rename(inside_ + "/" + name, folder_ + "/" + name, fault);
    if (fault) break;
  }
  if (fault) {
    return Fail(ErrorCode::kIoError, inside_ + ": can't move the files: " + fault.message());
  }
  return SyncFolder(folder_);
}

Result<void> RestorePlace::PutInPlace() {
  if (Result<void> moved = MoveFiles(); !moved) return moved;
  std::error_code fault;
  // From here on it is a database.
  std::filesystem::rename(inside_ + "/" + kCurrent, folder_ + "/" + kCurrent, fault);
  if (fault) {
    return Fail(ErrorCode::kIoError, inside_ + ": can't move CURRENT: " + fault.message());
  }
  in_place_ = true;
  std::filesystem::remove(inside_, fault);
  if (Result<void> synced = SyncFolder(folder_); !synced) return synced;
  return SyncFolder(std::filesystem::absolute(folder_).parent_path().string());
}

RestorePlace::~RestorePlace() {
  std::error_code ignored;
  if (locked_ && !in_place_) {
    for (const std::string& name : moved_) {
      std::filesystem::remove(folder_ + "/" + name, ignored);
    }
    std::filesystem::remove_all(inside_, ignored);
    if (made_)
      std::filesystem::remove(folder_, ignored);  // fails where others have put files in it
  }
  if (file_ >= 0) close(file_);
}

}  // namespace switchback
