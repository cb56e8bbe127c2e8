#include "history/net_changes.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "history/cursors.h"
#include "history/id_filter.h"
#include "list/script.h"

namespace switchback {
namespace {

struct Gathered {
  std::map<BusinessId, std::vector<VersionOfRevision>> versions;
  std::vector<Error> damage;  // of what could not be gathered
};

Result<Gathered> GatherVersions(const Rows& rows, const RevisionChoice& choice) {
  std::vector<Revision> revisions = choice.revisions;
  std::ranges::sort(revisions);
  const auto twice = std::ranges::unique(revisions);
  revisions.erase(twice.begin(), twice.end());
  const IdFilter filter(choice.glob, choice.ids);
  Gathered gathered;
  const auto is_damage = [&gathered](const Error& error) {
    if (error.code != ErrorCode::kDataLoss) return false;
    gathered.damage.push_back(error);
    return true;
  };
  for (const Revision revision : revisions) {
    const auto touched = OpenTouchedIds(rows, revision);
    if (!touched) {
      if (is_damage(touched.error())) continue;
      return std::unexpected(touched.error());
    }
    while (true) {
      Result<std::optional<TouchedId>> next = (*touched)->Next();
      if (!next && is_damage(next.error())) continue;
      if (!next) return std::unexpected(next.error());
      if (!*next) break;
      if (!filter.Matches((*next)->id)) continue;
      gathered.versions[std::move((*next)->id)].push_back({(*next)->version, revision});
    }
  }
  return gathered;
}

class NetChangeCursor final : public Cursor<NetChange> {
 public:
  NetChangeCursor(const Rows& rows, const ContentReader& content, Gathered gathered)
      : rows_(rows),
        content_(content),
        versions_(std::move(gathered.versions)),
        damage_(std::move(gathered.damage)) {}

  Result<std::optional<NetChange>> Next() override {
    if (!damage_.empty()) {
      Error error = std::move(damage_.back());
      damage_.pop_back();
      return std::unexpected(std::move(error));
    }
    if (versions_.empty()) return std::nullopt;
    auto node = versions_.extract(versions_.begin());
    NetChange change{.id = std::move(node.key()),
                     .versions = std::move(node.mapped()),
                     .diff = {},
                     .changed_between = {}};
    Result<void> filled = FillSide(change.id, change.from(), change.existed, change.count_before);
    if (filled) filled = FillSide(change.id, change.to(), change.exists, change.count);
    if (filled) filled = FillDiff(change);
    if (filled) return change;
    if (filled.error().code != ErrorCode::kDataLoss) versions_.clear();
    return std::unexpected(filled.error());
  }

 private:
  Result<void> FillSide(const BusinessId& id, Version version, bool& exists, uint64_t& count) {
    if (version.value == 0) return {};
    StoredVersion stored;
    if (Result<void> read = rows_.ReadVersion(id, version, stored); !read) return read;
    exists = stored.row.kind != VersionKind::kDeletion;
    count = stored.row.count;
    return {};
  }

  // A run of neighbouring versions counts as one step: how its ends differ costs the least.
  Result<void> FillDiff(NetChange& change) {
    const auto& versions = change.versions;
    ScriptFolder folder(ScriptFolder::Gaps::kTaken);
    for (size_t first = 0; first < versions.size();) {
      size_t last = first;
      while (last + 1 < versions.size() &&
             versions[last + 1].version == versions[last].version.Next()) {
        ++last;
      }
      Result<ListDiff> step = content_.Diff({change.id, versions[first].version.Previous()},
                                            {change.id, versions[last].version});
      if (!step) return std::unexpected(step.error());
      if (first == 0 && last + 1 == versions.size()) {
        change.diff = std::move(*step);
        return {};
      }
      folder.Add(*step);
      first = last + 1;
    }
    Result<ListDiff> net = folder.Finish();
    if (!net) return std::unexpected(net.error());
    change.diff = std::move(*net);
    change.changed_between = folder.TakeGapKeys();
    return {};
  }

  const Rows& rows_;
  const ContentReader& content_;
  std::map<BusinessId, std::vector<VersionOfRevision>> versions_;
  std::vector<Error> damage_;
};

}  // namespace

Result<std::unique_ptr<Cursor<NetChange>>> OpenNetChanges(const Rows& rows,
                                                          const ContentReader& content,
                                                          const RevisionChoice& choice) {
  Result<Gathered> gathered = GatherVersions(rows, choice);
  if (!gathered) return std::unexpected(gathered.error());
  return std::make_unique<NetChangeCursor>(rows, content, std::move(*gathered));
}

}  // namespace switchback
