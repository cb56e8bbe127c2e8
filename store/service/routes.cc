#include "service/routes.h"

#include <array>

namespace switchback {
namespace {

using Ids = Result<std::vector<BusinessId>>;

Ids None(const CallContext& /*call*/) {
  return std::vector<BusinessId>();
}

Ids OfPath(const CallContext& call) {
  Result<BusinessId> id = call.PathId();
  if (!id) return std::unexpected(id.error());
  return std::vector<BusinessId>{*std::move(id)};
}

Ids OfParameter(const CallContext& call) {
  return call.Ids();
}

Ids OfDiff(const CallContext& call) {
  std::vector<BusinessId> ids;
  for (const char* name : {"from_id", "to_id"}) {
    Result<BusinessId> id = call.NeededId(name);
    if (!id) return std::unexpected(id.error());
    ids.push_back(*std::move(id));
  }
  return ids;
}

// Of an array of objects in the body that have an `id`.
Ids OfBody(const CallContext& call, const char* key) {
  std::vector<BusinessId> ids;
  const auto found = call.body().find(key);
  if (found == call.body().end() || !found->is_array()) return ids;
  for (const wire::Json& one : *found) {
    const bool has_id = one.is_object() && one.contains("id") && one["id"].is_string();
    Result<BusinessId> id = BusinessId::Parse(has_id ? one["id"].get<std::string>() : "");
    if (!id) return std::unexpected(id.error());
    ids.push_back(*std::move(id));
  }
  return ids;
}

Ids OfChanges(const CallContext& call) {
  return OfBody(call, "ids");
}

Ids OfTargets(const CallContext& call) {
  return OfBody(call, "targets");
}

constexpr std::array kRoutes = {
    Route{"GET", "/v1/store", Call::kStore, None, AnswerStore},
    Route{"GET", "/v1/lists/{id}", Call::kListRead, OfPath, AnswerListRead},
    Route{"PUT", "/v1/lists/{id}", Call::kListReplace, OfPath, AnswerListReplace, "", true},
    Route{"DELETE", "/v1/lists/{id}", Call::kListDelete, OfPath, AnswerListDelete, "", true},
    Route{"GET", "/v1/lists/{id}/contains", Call::kListContains, OfPath, AnswerListContains},
    Route{"GET", "/v1/lists/{id}/history", Call::kListHistory, OfPath, AnswerListHistory},
    Route{"GET", "/v1/lists/{id}/lives", Call::kListLives, OfPath, AnswerListLives},
    Route{"GET", "/v1/lists/{id}/versions/{version}", Call::kVersion, OfPath, AnswerVersion},
    Route{"GET", "/v1/lists/{id}/versions/{version}/summary", Call::kVersionSummary, OfPath,
          AnswerVersionSummary},
    Route{"GET", "/v1/lists/{id}/versions/{version}/blame", Call::kBlame, OfPath, AnswerBlame},
    Route{"GET", "/v1/resolve", Call::kResolve, OfParameter, AnswerResolve},
    Route{"GET", "/v1/diff", Call::kDiff, OfDiff, AnswerDiff},
    Route{"GET", "/v1/table", Call::kTable, None, AnswerTable},
    Route{"GET", "/v1/table/diff", Call::kTableDiff, None, AnswerTableDiff},
    Route{"GET", "/v1/log", Call::kLog, None, AnswerLog},
    Route{"GET", "/v1/records", Call::kRecords, None, AnswerRecords},
    Route{"GET", "/v1/revisions/{revision}", Call::kRevision, None, AnswerRevision},
    Route{"GET", "/v1/revisions/{revision}/changes", Call::kRevisionChanges, None,
          AnswerRevisionChanges},
    Route{"POST", "/v1/net-changes", Call::kNetChanges, None, AnswerNetChanges,
          "revisions glob ids"},
    Route{"GET", "/v1/who-has", Call::kWhoHas, None, AnswerWhoHas},
    Route{"GET", "/v1/who-ever-had", Call::kWhoEverHad, None, AnswerWhoEverHad},
    Route{"GET", "/v1/snapshots", Call::kSnapshots, None, AnswerSnapshots},
    Route{"POST", "/v1/snapshots", Call::kSnapshotCreate, None, AnswerSnapshotCreate,
          "name revision options", true},
    Route{"POST", "/v1/snapshots/delete", Call::kSnapshotDelete, None, AnswerSnapshotDelete,
          "name options", true},
    Route{"GET", "/v1/bookmarks", Call::kBookmark, None, AnswerBookmark},
    Route{"POST", "/v1/commits", Call::kCommit, OfChanges, AnswerCommit, "ids options planned",
          true},
    Route{"POST", "/v1/restore", Call::kRestore, OfTargets, AnswerRestore,
          "targets options planned", true},
    Route{"POST", "/v1/restore-table", Call::kRestoreTable, None, AnswerRestoreTable,
          "revision glob options planned", true},
    Route{"POST", "/v1/revert", Call::kRevert, None, AnswerRevert,
          "choice skip_conflicts options planned", true},
    Route{"POST", "/v1/apply-table", Call::kApplyTable, OfChanges, AnswerApplyTable,
          "ids globs allow_empty options planned", true},
    Route{"POST", "/v1/sync", Call::kSync, None, AnswerSync, " ", true},
    Route{"POST", "/v1/prune", Call::kPrune, None, AnswerPrune, "policy options", true},
    Route{"POST", "/v1/verify", Call::kVerify, None, AnswerVerify, " "},
    Route{"POST", "/v1/probe", Call::kProbe, None, AnswerProbe, " "},
    Route{"GET", "/v1/stats", Call::kStats, None, AnswerStats},
    Route{"POST", "/v1/compact", Call::kCompact, None, AnswerCompact, " ", true},
    Route{"POST", "/v1/backups", Call::kBackup, None, AnswerBackup, "folder options", true},
    Route{"POST", "/v1/drop-checkpoints", Call::kDropCheckpoints, None, AnswerDropCheckpoints,
          "remake", true},
    Route{"GET", "/v1/watch", Call::kWatch, OfParameter, nullptr},
    Route{"GET", "/healthz", Call::kHealth, None, nullptr},
    Route{"GET", "/readyz", Call::kReady, None, nullptr},
    Route{"GET", "/metrics", Call::kMetrics, None, nullptr},
};

// Whether `path` is of the pattern; what stands for its open segments.
bool Matches(std::string_view pattern, const std::vector<std::string>& path,
             std::vector<std::string>& open) {
  open.clear();
  for (const std::string& segment : path) {
    if (!pattern.starts_with('/')) return false;
    pattern.remove_prefix(1);
    const std::string_view expected = pattern.substr(0, pattern.find('/'));
    pattern.remove_prefix(expected.size());
    if (expected.starts_with('{')) {
      open.push_back(segment);
    } else if (expected != segment) {
      return false;
    }
  }
  return pattern.empty();
}

}  // namespace

std::span<const Route> AllRoutes() {
  return kRoutes;
}

FoundRoute FindRoute(std::string_view method, const std::vector<std::string>& path) {
  FoundRoute found;
  for (const Route& route : kRoutes) {
    std::vector<std::string> open;
    if (!Matches(route.pattern, path, open)) continue;
    if (route.method == method) return {&route, std::move(open), {}};
    if (!found.allowed.empty()) found.allowed += ", ";
    found.allowed += route.method;
  }
  return found;
}

}  // namespace switchback
