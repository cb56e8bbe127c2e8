// What a write did, or would do: where it went, what its arguments were taken for, which IDs
// changed and how, which were already as asked.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "cli/command.h"
#include "cli/diff_report.h"
#include "cli/failure.h"
#include "switchback/change.h"
#include "switchback/store.h"

namespace switchback::cli {

// An argument and the version or revision that it was taken for.
struct ResolvedArgument {
  std::optional<BusinessId> id;  // absent: the whole table
  std::string selector;          // canonical; times with their offset
  Version version;               // 0 for the whole table
  Revision revision;
  std::optional<Timestamp> time;  // of that revision, where there is one
};

// An ID that was already as asked, since when and by whom.
struct AlreadySo {
  BusinessId id;
  Version version;
  Timestamp since;
  std::string by;
};

// What a revert took back.
struct RevertedRevisions {
  uint64_t count = 0;
  Revision oldest;
  Revision newest;
};

struct WriteReport {
  StoreIdentity identity;
  std::string store;  // absolute path
  CommitResult result;
  bool dry_run = false;
  std::vector<ResolvedArgument> resolved;
  std::vector<AlreadySo> already;
  std::optional<uint64_t> already_count;  // where they are counted, and not named
  std::vector<std::string> warnings;
  std::optional<RevertedRevisions> reverted;  // a revert
  std::vector<RevertConflict> skipped;        // and what it left as it was
  // Dry run: what would change in an ID. Called for one after the other as they are printed, so
  // that only one diff is in memory.
  std::function<Outcome<DiffReport>(const ChangedId&)> plan;
};

// Fills `already` from the result.
[[nodiscard]] Outcome<void> FillAlready(const View& view, WriteReport& report);
// Warns, in one line, of IDs that lost more than half of their list, and says how to get it back.
void FillWarnings(const Context& context, WriteReport& report);
[[nodiscard]] Outcome<int> PrintWriteReport(Context& context, const WriteReport& report);

}  // namespace switchback::cli
