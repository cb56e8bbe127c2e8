// The one table of what calls there are and what each takes, and the one place where a call is
// authorised. A call that is not in the table can't be made.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "service/identity.h"
#include "service/role.h"
#include "switchback/types.h"

namespace switchback {

// One for each route (doc/service.md).
enum class Call : uint8_t {
  kStore,
  kListRead,
  kListReplace,
  kListDelete,
  kListContains,
  kListHistory,
  kListLives,
  kVersion,
  kVersionSummary,
  kBlame,
  kResolve,
  kDiff,
  kTable,
  kTableDiff,
  kLog,
  kRecords,
  kRevision,
  kRevisionChanges,
  kNetChanges,
  kWhoHas,
  kWhoEverHad,
  kSnapshots,
  kSnapshotCreate,
  kSnapshotDelete,
  kBookmark,
  kCommit,
  kRestore,
  kRestoreTable,
  kRevert,
  kApplyTable,
  kSync,
  kPrune,
  kVerify,
  kProbe,
  kStats,
  kCompact,
  kBackup,
  kDropCheckpoints,
  kWatch,
  kHealth,
  kReady,
  kMetrics,
};

// What of the table a call touches: what the globs of a grant are held against.
enum class Touches : uint8_t {
  kIds,         // the IDs that it names; naming none, a grant with globs does not cover it
  kIdsOrTable,  // the IDs that it names, or all of them where it names none
  kTable,       // all of them, or those that come to light only in the call
  kNothing,     // what is of no ID; where it names IDs all the same, they must match
};

struct CallInfo {
  Call call;
  std::string_view name;      // in logs and denials: "lists.read"
  std::optional<Role> least;  // nothing: anyone, without any identity
  Touches touches;
};

// In the order of Call.
[[nodiscard]] std::span<const CallInfo> AllCalls();
[[nodiscard]] const CallInfo& AboutCall(Call call);

struct Decision {
  bool allowed = false;
  // If not allowed: who, which call, which role, environment or ID is missing, and who can give it.
  std::string missing = {};
};

// Allowed if one of `grants` alone has the role, is for `environment` (the store's) and covers
// every one of `ids`, those that the call touches. Grants are never added up: who may write a/* in
// test and read all of production writes nothing in production. Cost: ids x globs.
[[nodiscard]] Decision Authorize(const Identity& identity, const std::vector<Grant>& grants,
                                 Call call, const std::string& environment,
                                 std::span<const BusinessId> ids);
// The same before it is known which IDs the call touches: whether it may be allowed for some.
[[nodiscard]] Decision AuthorizeForSome(const Identity& identity, const std::vector<Grant>& grants,
                                        Call call, const std::string& environment);

}  // namespace switchback
