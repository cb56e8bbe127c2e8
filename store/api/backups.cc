// Backups without their store: listing, checking, restoring and deleting them.
#include <fmt/format.h>

#include <algorithm>
#include <ranges>
#include <utility>

#include "api/backup_about.h"
#include "api/backup_info.h"
#include "engine/backup_folder.h"
#include "engine/restore_place.h"
#include "history/row_keys.h"
#include "history/store_row.h"
#include "switchback/backup.h"

namespace switchback {
namespace {

// Whether the store's own row says what the backup does; else what is wrong with it.
std::string CompareWithRow(const BackupInfo& info, std::string_view row) {
  const Result<StoreRow> state = DecodeStoreRow(row);
  if (!state) return state.error().message;
  if (state->uuid != info.store_uuid) {
    return fmt::format("it says that it is of store {}, and holds {}", info.store_uuid,
                       state->uuid);
  }
  if (state->published != info.revision) {
    return fmt::format("it says that it is of r{}, and holds r{}", info.revision.value,
                       state->published.value);
  }
  return {};
}

// Empty: none.
Result<std::string> FaultInside(const BackupFolder& folder, const BackupInfo& info) {
  std::string row;
  const Result<bool> found = folder.ReadRow(info.number, Space::kState, StoreRowKey(), row);
  if (!found && found.error().code == ErrorCode::kIoError) return std::unexpected(found.error());
  if (!found) return found.error().message;
  return CompareWithRow(info, row);
}

Result<BackupInfo> Choose(const BackupFolder& folder, const std::string& path,
                          const RestoreBackupOptions& options) {
  std::optional<BackupInfo> chosen;
  for (const StoredBackup& stored : folder.backups()) {
    BackupInfo info = ToBackupInfo(stored);
    if (options.number ? info.number == *options.number : info.damage.empty()) {
      chosen = std::move(info);
    }
  }
  if (!chosen && options.number) {
    return Fail(ErrorCode::kNotFound, fmt::format("{}: no backup {}", path, *options.number));
  }
  if (!chosen && !folder.backups().empty()) {
    return Fail(ErrorCode::kDataLoss,
                path + ": every backup here is damaged; nothing was restored");
  }
  if (!chosen) return Fail(ErrorCode::kNotFound, path + ": there is no backup here");
  if (!chosen->damage.empty()) {
    return Fail(ErrorCode::kDataLoss, fmt::format("{}: backup {} is damaged: {}; nothing was "
                                                  "restored: take another one",
                                                  path, chosen->number, chosen->damage));
  }
  if (options.environment && *options.environment != chosen->environment) {
    return Fail(ErrorCode::kWrongEnvironment,
                fmt::format("{}: backup {} is of the environment '{}', not '{}'; nothing was done",
                            path, chosen->number, chosen->environment, *options.environment));
  }
  return *std::move(chosen);
}

// Opened for writing, it cuts off what the log's end may have of a write that was under way when it
// was copied, and is left as any closed store.
Result<void> OpenAndCheck(const std::string& path, const BackupInfo& info) {
  const Result<std::unique_ptr<Engine>> engine = OpenRocksDbEngine(path, {});
  if (!engine) return std::unexpected(engine.error());
  std::string row;
  const Result<bool> found = (*engine)->Get(Space::kState, StoreRowKey(), row);
  if (!found) return std::unexpected(found.error());
  const std::string fault = CompareWithRow(info, row);
  if (fault.empty()) return {};
  return Fail(ErrorCode::kDataLoss,
              fmt::format("backup {} is damaged: {}; nothing was restored", info.number, fault));
}

}  // namespace

BackupInfo ToBackupInfo(const StoredBackup& stored) {
  BackupInfo info;
  info.number = stored.number;
  info.bytes = stored.bytes;
  info.new_bytes = stored.new_bytes;
  info.files = stored.files;
  info.damage = stored.damage;
  if (!info.damage.empty()) return info;
  Result<BackupAbout> about = DecodeBackupAbout(stored.about);
  if (!about) {
    info.damage = about.error().message;
    return info;
  }
  info.time = about->time;
  info.revision = about->revision;
  info.store_uuid = std::move(about->store_uuid);
  info.environment = std::move(about->environment);
  return info;
}

Result<std::vector<BackupInfo>> ListBackups(const std::string& folder) {
  const auto opened = OpenBackupFolder(NormalFolder(folder), BackupAccess::kRead);
  if (!opened) return std::unexpected(opened.error());
  std::vector<BackupInfo> infos;
  for (const StoredBackup& stored : (*opened)->backups()) infos.push_back(ToBackupInfo(stored));
  return infos;
}

Result<BackupReport> VerifyBackups(const std::string& folder, std::optional<uint32_t> number,
                                   const Progress& progress) {
  const auto opened = OpenBackupFolder(NormalFolder(folder), BackupAccess::kRead);
  if (!opened) return std::unexpected(opened.error());
  std::vector<BackupInfo> chosen;
  std::vector<uint32_t> numbers;
  for (const StoredBackup& stored : (*opened)->backups()) {
    if (number && stored.number != *number) continue;
    chosen.push_back(ToBackupInfo(stored));
    numbers.push_back(stored.number);
  }
  if (number && chosen.empty()) {
    return Fail(ErrorCode::kNotFound, fmt::format("{}: no backup {}", folder, *number));
  }
  Result<BackupCheck> check = (*opened)->Check(numbers, progress);
  if (!check) return std::unexpected(check.error());
  BackupReport report{
      .backups = chosen.size(), .files = check->files, .bytes = check->bytes, .damage = {}};
  for (BackupFault& fault : check->faults) {
    report.damage.push_back({fault.number, std::move(fault.what)});
  }
  for (const BackupInfo& info : chosen) {
    // What is known to be damaged need not open.
    if (std::ranges::find(report.damage, info.number, &BackupDamage::number) !=
        report.damage.end()) {
      continue;
    }
    Result<std::string> fault =
        info.damage.empty() ? FaultInside(**opened, info) : Result<std::string>(info.damage);
    if (!fault) return std::unexpected(fault.error());
    if (!fault->empty()) report.damage.push_back({info.number, *std::move(fault)});
  }
  std::ranges::stable_sort(report.damage, {}, &BackupDamage::number);
  return report;
}

Result<BackupInfo> RestoreBackup(const std::string& folder, const std::string& to,
                                 const RestoreBackupOptions& options, const Progress& progress) {
  const std::string path = NormalFolder(folder);
  const auto opened = OpenBackupFolder(path, BackupAccess::kRead);
  if (!opened) return std::unexpected(opened.error());
  Result<BackupInfo> info = Choose(**opened, path, options);
  if (!info) return info;
  // The folder itself is refused as any other with files in it.
  if (IsWithin(to, path) && NormalFolder(to) != path) {
    return Fail(
        ErrorCode::kInvalidArgument,
        fmt::format("{}: lies in the folder of backups, {}; nothing was restored", to, path));
  }
  const auto place = RestorePlace::Take(NormalFolder(to));
  if (!place) return std::unexpected(place.error());
  Result<void> done = (*opened)->CopyInto(info->number, (*place)->inside(), progress);
  if (done) done = OpenAndCheck((*place)->inside(), *info);
  if (done) done = (*place)->PutInPlace();
  if (!done) return std::unexpected(std::move(done.error()));
  return info;
}

namespace {

// Marks those of `backups`, newest first, that are found damaged when their files are read, until
// `keep` of them are good or there are no more. How many were looked at.
Result<size_t> CheckNewest(const BackupFolder& folder, std::vector<BackupInfo>& backups,
                           size_t keep) {
  size_t looked_at = 0;
  size_t good = 0;
  while (good < keep && looked_at < backups.size()) {
    std::vector<uint32_t> numbers;  // together: they share files
    const size_t begin = looked_at;
    for (; numbers.size() < keep - good && looked_at < backups.size(); ++looked_at) {
      if (backups[looked_at].damage.empty()) numbers.push_back(backups[looked_at].number);
    }
    const Result<BackupCheck> check = folder.Check(numbers, {});
    if (!check) return std::unexpected(check.error());
    for (const BackupFault& fault : check->faults) {
      std::ranges::find(backups, fault.number, &BackupInfo::number)->damage = fault.what;
    }
    for (size_t i = begin; i < looked_at; ++i) good += backups[i].damage.empty() ? 1 : 0;
  }
  return looked_at;
}

}  // namespace

Result<PrunedBackups> PruneBackups(const std::string& folder, size_t keep) {
  if (keep == 0) {
    return Fail(ErrorCode::kInvalidArgument, "at least the newest backup has to be kept");
  }
  const auto opened = OpenBackupFolder(NormalFolder(folder), BackupAccess::kDelete);
  if (!opened) return std::unexpected(opened.error());
  std::vector<BackupInfo> backups;  // newest first
  for (const StoredBackup& stored : std::views::reverse((*opened)->backups())) {
    backups.push_back(ToBackupInfo(stored));
  }
  size_t kept = backups.size();
  if (keep < backups.size()) {
    const Result<size_t> looked_at = CheckNewest(**opened, backups, keep);
    if (!looked_at) return std::unexpected(looked_at.error());
    kept = *looked_at;
  }
  PrunedBackups pruned;
  for (size_t i = backups.size(); i-- > kept;) pruned.deleted.push_back(backups[i].number);
  backups.resize(kept);
  std::ranges::reverse(backups);
  pruned.kept = std::move(backups);
  if (Result<void> done = (*opened)->Delete(pruned.deleted); !done) {
    return std::unexpected(done.error());
  }
  return pruned;
}

}  // namespace switchback
