// Store::CreateBackup: the state of one revision, fixed while no commit is under way, copied beside
// the next ones, and told to the journal once it is safe.
#include <fmt/format.h>

#include <chrono>
#include <filesystem>
#include <system_error>
#include <utility>

#include "api/backup_about.h"
#include "api/backup_info.h"
#include "api/store_impl.h"
#include "api/validation.h"
#include "codec/bytes.h"
#include "engine/backup_folder.h"

namespace switchback {
namespace {

constexpr std::chrono::milliseconds kReportEvery(200);
constexpr int kMostAttempts = 3;

// Before any work: what would be refused at the end, when the backup is there.
Result<void> CheckBackupOptions(const CommitOptions& options) {
  if (Result<void> checked = CheckCommitOptions(options); !checked) return checked;
  if (options.request_id.empty() && !options.dry_run) return {};
  return Fail(ErrorCode::kInvalidArgument, "a backup has no request ID and no dry run");
}

// Backups of two stores in one folder would be mistaken for one another.
Result<void> CheckSameStore(const std::vector<StoredBackup>& existing, const std::string& folder,
                            const std::string& uuid) {
  for (const StoredBackup& stored : existing) {
    const BackupInfo info = ToBackupInfo(stored);
    if (!info.damage.empty() || info.store_uuid == uuid) continue;
    return Fail(ErrorCode::kConflict,
                fmt::format("{}: expected backups of store {}, found those of store {} ({}): use "
                            "another folder; nothing was made",
                            folder, uuid, info.store_uuid, info.environment));
  }
  return {};
}

std::string RecordPayload(const std::string& folder, const BackupInfo& info) {
  std::string payload;
  AppendLengthPrefixed(folder, payload);
  AppendVarint(info.number, payload);
  AppendVarint(info.revision.value, payload);
  return payload;
}

bool IsOfDisk(const Error& error) {
  return error.code == ErrorCode::kIoError || error.code == ErrorCode::kUnknownOutcome ||
         error.code == ErrorCode::kDataLoss;
}

}  // namespace

std::string NormalFolder(const std::string& folder) {
  std::error_code fault;
  const auto absolute = std::filesystem::absolute(folder, fault).lexically_normal();
  if (fault) return folder;
  return (absolute.has_filename() ? absolute : absolute.parent_path()).string();
}

Result<BackupInfo> StoreImpl::CreateBackup(const std::string& folder, const CommitOptions& options,
                                           const Progress& progress) {
  if (Result<void> writable = CheckWritable(); !writable) return std::unexpected(writable.error());
  if (Result<void> checked = CheckBackupOptions(options); !checked) {
    return std::unexpected(checked.error());
  }
  const std::string place = NormalFolder(folder);
  const Result<StoredBackup> stored = CopyUndisturbed(place, options, progress);
  if (!stored) return std::unexpected(stored.error());
  BackupInfo info = ToBackupInfo(*stored);
  CommitOptions said = options;
  said.operation = Operation::kBackupCreate;
  said.expect_head.reset();  // held when the state was fixed; more may have landed since
  if (Result<void> kept = committer_.Say(said, RecordPayload(place, info), {}); !kept) {
    Error error = kept.error();
    error.message =
        fmt::format("backup {} of r{} is made, in {}, but the journal does not say so: {}",
                    info.number, info.revision.value, place, error.message);
    return std::unexpected(std::move(error));
  }
  return info;
}

Result<StoredBackup> StoreImpl::CopyUndisturbed(const std::string& place,
                                                const CommitOptions& options,
                                                const Progress& progress) {
  Error error;
  for (int attempt = 1; attempt <= kMostAttempts; ++attempt) {
    const uint64_t recoveries = committer_.recoveries();  // first: one under way is waited for next
    // It is to be of the engine that goes on.
    if (Result<void> good = committer_.RecoverIfFailed(); !good) {
      return std::unexpected(good.error());
    }
    Result<StoredBackup> stored = CopyState(place, options, progress);
    if (stored || committer_.recoveries() == recoveries || !IsOfDisk(stored.error())) return stored;
    error = std::move(stored.error());
  }
  // Files of an engine that another takes the place of go away: that is no damage.
  return Fail(ErrorCode::kIoError,
              fmt::format("{}: writes failed during each of {} attempts at the backup, and the "
                          "store was opened anew each time: nothing was made; see to the disk and "
                          "try again ({})",
                          place, kMostAttempts, error.message));
}

Result<StoredBackup> StoreImpl::CopyState(const std::string& place, const CommitOptions& options,
                                          const Progress& progress) {
  Result<std::unique_ptr<EngineBackup>> backup = engine_->NewBackup(place);
  if (!backup) return std::unexpected(backup.error());
  if (Result<void> same = CheckSameStore((*backup)->existing(), place, identity_.uuid); !same) {
    return std::unexpected(same.error());
  }
  if (Result<void> started = StartBackup(**backup, options); !started) {
    return std::unexpected(started.error());
  }
  while (!(*backup)->WaitFor(kReportEvery)) {
    if (progress) progress((*backup)->copied_bytes(), 0);
  }
  return (*backup)->Finish();  // behind it others may add to the folder
}

Result<void> StoreImpl::StartBackup(EngineBackup& backup, const CommitOptions& options) {
  return committer_.WithQueueHeld([&]() -> Result<void> {
    const Revision revision = committer_.published();
    if (options.expect_head && *options.expect_head != revision) {
      return Fail(ErrorCode::kConflict,
                  fmt::format("expected the store's head to be r{}, found r{}; nothing was made",
                              options.expect_head->value, revision.value));
    }
    // A backup must not have a commit that a power loss can still take from its store.
    if (Result<void> synced = committer_.SyncAlone(); !synced) return synced;
    std::string about;
    EncodeBackupAbout({identity_.uuid, identity_.environment, revision, options_.clock.now()},
                      about);
    backup.Start(about);
    return {};
  });
}

}  // namespace switchback
