// Two bytes of LOCK, by the kernel's locks of open files: the first is who adds or deletes, alone;
// the second is held together by those who read, and alone by who deletes.
#include "engine/backup_lock.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace switchback {

namespace {

constexpr int kNoFile = -1;

int OpenLockFile(const std::string& path, BackupAccess access) {
  const int file = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (file >= 0 || access != BackupAccess::kRead) return file;
  return open(path.c_str(), O_RDONLY | O_CLOEXEC);
}

struct flock LockOf(BackupAccess access) {
  struct flock lock {};
  lock.l_type = static_cast<int16_t>(access == BackupAccess::kRead ? F_RDLCK : F_WRLCK);
  lock.l_whence = SEEK_SET;
  lock.l_start = access == BackupAccess::kRead ? 1 : 0;
  lock.l_len = access == BackupAccess::kDelete ? 2 : 1;
  return lock;
}

Error Held(const std::string& folder, BackupAccess access) {
  const std::string who = DescribeHolder(folder, /*held_here=*/false);
  return {
      ErrorCode::kHeld,
      access == BackupAccess::kDelete
          ? fmt::format("{}: backups are being read, made or deleted there, perhaps by {}; wait "
                        "until that is done",
                        folder, who)
          : fmt::format("{}: backups are being made or deleted there by {}; wait until that is "
                        "done",
                        folder, who),
      {},
      0};
}

}  // namespace

Result<std::unique_ptr<BackupLock>> BackupLock::Take(const std::string& folder,
                                                     BackupAccess access) {
  const int file = OpenLockFile(folder + "/LOCK", access);
  if (file < 0) {
    if (access == BackupAccess::kRead) return std::unique_ptr<BackupLock>(new BackupLock(kNoFile));
    return Fail(ErrorCode::kIoError,
                fmt::format("{}/LOCK: can't be opened: {}", folder, strerror(errno)));
  }
  std::unique_ptr<BackupLock> taken(new BackupLock(file));
  struct flock lock = LockOf(access);
  if (fcntl(file, F_OFD_SETLK, &lock) != 0) {
    if (errno == EAGAIN || errno == EACCES) return std::unexpected(Held(folder, access));
    return Fail(ErrorCode::kIoError,
                fmt::format("{}/LOCK: can't be locked: {}", folder, strerror(errno)));
  }
  if (access != BackupAccess::kRead) taken->note_ = std::make_unique<HolderNote>(folder);
  return taken;
}

BackupLock::~BackupLock() {
  note_.reset();  // before the lock: the next holder's note must not be removed
  if (file_ != kNoFile) close(file_);
}

}  // namespace switchback
