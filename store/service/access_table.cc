#include "service/access_table.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "switchback/selector.h"

namespace switchback {
namespace {

using enum Role;
using enum Touches;

constexpr std::optional<Role> kAnyone = std::nullopt;

// What is told of revisions is of the whole table: which IDs they changed comes to light only then.
// A bookmark is of a stream, and snapshots name revisions.
constexpr auto kCalls = std::to_array<CallInfo>({
    {Call::kStore, "store", kReader, kNothing},
    {Call::kListRead, "lists.read", kReader, kIds},
    {Call::kListReplace, "lists.replace", kWriter, kIds},
    {Call::kListDelete, "lists.delete", kWriter, kIds},
    {Call::kListContains, "lists.contains", kReader, kIds},
    {Call::kListHistory, "lists.history", kReader, kIds},
    {Call::kListLives, "lists.lives", kReader, kIds},
    {Call::kVersion, "versions.read", kReader, kIds},
    {Call::kVersionSummary, "versions.summary", kReader, kIds},
    {Call::kBlame, "versions.blame", kReader, kIds},
    {Call::kResolve, "resolve", kReader, kNothing},
    {Call::kDiff, "diff", kReader, kIds},
    {Call::kTable, "table", kReader, kTable},
    {Call::kTableDiff, "table.diff", kReader, kTable},
    {Call::kLog, "log", kReader, kTable},
    {Call::kRecords, "records", kReader, kTable},
    {Call::kRevision, "revisions.read", kReader, kTable},
    {Call::kRevisionChanges, "revisions.changes", kReader, kTable},
    {Call::kNetChanges, "net-changes", kReader, kTable},
    {Call::kWhoHas, "who-has", kReader, kTable},
    {Call::kWhoEverHad, "who-ever-had", kReader, kTable},
    {Call::kSnapshots, "snapshots.list", kReader, kTable},
    {Call::kSnapshotCreate, "snapshots.create", kWriter, kTable},
    {Call::kSnapshotDelete, "snapshots.delete", kWriter, kTable},
    {Call::kBookmark, "bookmarks.read", kReader, kNothing},
    {Call::kCommit, "commits", kWriter, kIds},
    {Call::kRestore, "restore", kWriter, kIds},
    {Call::kRestoreTable, "restore-table", kWriter, kTable},
    {Call::kRevert, "revert", kWriter, kTable},
    {Call::kApplyTable, "apply-table", kWriter, kTable},
    {Call::kSync, "sync", kWriter, kNothing},
    {Call::kPrune, "prune", kAdmin, kTable},
    {Call::kVerify, "verify", kReader, kTable},
    {Call::kProbe, "probe", kReader, kTable},
    {Call::kStats, "stats", kReader, kTable},
    {Call::kCompact, "compact", kAdmin, kTable},
    {Call::kBackup, "backups", kAdmin, kTable},
    {Call::kDropCheckpoints, "drop-checkpoints", kAdmin, kTable},
    {Call::kWatch, "watch", kReader, kIdsOrTable},
    {Call::kHealth, "healthz", kAnyone, kNothing},
    {Call::kReady, "readyz", kAnyone, kNothing},
    {Call::kMetrics, "metrics", kReader, kNothing},
});

constexpr bool IsInOrder() {
  for (size_t i = 0; i < kCalls.size(); ++i) {
    if (static_cast<size_t>(kCalls[i].call) != i) return false;
  }
  return true;
}
static_assert(IsInOrder() && static_cast<size_t>(Call::kMetrics) + 1 == kCalls.size());

// So many of a caller's grants and globs are named in a denial.
constexpr size_t kMaxNamed = 8;

bool CoversId(const Grant& grant, const BusinessId& id) {
  return grant.globs.empty() || std::ranges::any_of(grant.globs, [&](const std::string& glob) {
           return GlobMatches(glob, id.text());
         });
}

bool NeedsTable(Touches touches, std::span<const BusinessId> ids) {
  return touches == kTable || (touches != kNothing && ids.empty());
}

bool Covers(const Grant& grant, Touches touches, std::span<const BusinessId> ids) {
  if (grant.globs.empty()) return true;
  if (NeedsTable(touches, ids)) return false;
  return std::ranges::all_of(ids, [&](const BusinessId& id) { return CoversId(grant, id); });
}

bool HoldsIn(const Grant& grant, const std::string& environment) {
  return !grant.environment || *grant.environment == environment;
}

std::string Describe(const std::vector<Grant>& grants) {
  std::vector<std::string> texts;
  for (const Grant& grant : grants) {
    if (texts.size() == kMaxNamed) {
      texts.emplace_back("...");
      break;
    }
    Grant shown = grant;
    if (shown.globs.size() > kMaxNamed) {
      shown.globs.resize(kMaxNamed);
      shown.globs.emplace_back("...");
    }
    texts.push_back(DescribeGrant(shown));
  }
  return fmt::format("{}", fmt::join(texts, "; "));
}

// What of `ids` none of `grants`, which all have the role here, covers.
std::string MissingIds(const std::vector<Grant>& grants, const CallInfo& about,
                       std::span<const BusinessId> ids) {
  if (NeedsTable(about.touches, ids)) {
    return about.touches == kIds
               ? "it names no ID, which only a grant without globs covers"
               : "it is on the whole table, which a grant with globs does not cover";
  }
  const auto missing = std::ranges::find_if(ids, [&](const BusinessId& id) {
    return std::ranges::none_of(grants, [&](const Grant& grant) { return CoversId(grant, id); });
  });
  if (missing != ids.end()) return fmt::format("ID {} is in none of its grants", missing->text());
  return fmt::format("no one grant covers all {} IDs", ids.size());
}

// REQUIRES: no grant is enough.
std::string Missing(std::vector<Grant> grants, const CallInfo& about,
                    const std::string& environment, std::span<const BusinessId> ids) {
  if (grants.empty()) return fmt::format("role {}: nothing is granted", RoleName(*about.least));
  std::erase_if(grants, [&](const Grant& grant) { return !Includes(grant.role, *about.least); });
  if (grants.empty()) return fmt::format("role {}", RoleName(*about.least));
  std::erase_if(grants, [&](const Grant& grant) { return !HoldsIn(grant, environment); });
  if (grants.empty()) {
    return fmt::format("role {} in environment {}", RoleName(*about.least), environment);
  }
  return MissingIds(grants, about, ids);
}

std::string_view WhoCanGive(Identity::Kind kind) {
  switch (kind) {
    case Identity::Kind::kUnixUser:
      return "an admin can grant it under `users` in the service's configuration";
    case Identity::Kind::kToken:
      return "an admin can make a token that has it: switchback token create";
    case Identity::Kind::kCertificate:
      return "an admin can grant it under `certificates` in the service's configuration";
    case Identity::Kind::kLoopback:
      return "an admin can grant it under `loopback_grants` in the service's configuration; or use "
             "the Unix socket";
  }
  return "an admin can grant it";
}

Decision Denial(const Identity& identity, const std::vector<Grant>& grants, const CallInfo& about,
                const std::string& missing) {
  const std::string has = grants.empty() ? "" : fmt::format(" (it has: {})", Describe(grants));
  return {.allowed = false,
          .missing = fmt::format("{} may not call {}: missing: {}{}; {}", identity.name, about.name,
                                 missing, has, WhoCanGive(identity.kind))};
}

}  // namespace

std::span<const CallInfo> AllCalls() {
  return kCalls;
}

const CallInfo& AboutCall(Call call) {
  return kCalls.at(static_cast<size_t>(call));
}

Decision Authorize(const Identity& identity, const std::vector<Grant>& grants, Call call,
                   const std::string& environment, std::span<const BusinessId> ids) {
  const CallInfo& about = AboutCall(call);
  if (!about.least) return {.allowed = true};
  const bool allowed = std::ranges::any_of(grants, [&](const Grant& grant) {
    return Includes(grant.role, *about.least) && HoldsIn(grant, environment) &&
           Covers(grant, about.touches, ids);
  });
  if (allowed) return {.allowed = true};
  return Denial(identity, grants, about, Missing(grants, about, environment, ids));
}

Decision AuthorizeForSome(const Identity& identity, const std::vector<Grant>& grants, Call call,
                          const std::string& environment) {
  const CallInfo& about = AboutCall(call);
  if (!about.least) return {.allowed = true};
  const bool possible = std::ranges::any_of(grants, [&](const Grant& grant) {
    return Includes(grant.role, *about.least) && HoldsIn(grant, environment) &&
           (grant.globs.empty() || about.touches != kTable);
  });
  if (possible) return {.allowed = true};
  return Denial(identity, grants, about, Missing(grants, about, environment, {}));
}

}  // namespace switchback
