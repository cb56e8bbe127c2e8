#include "history/net_changes.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "history/cursors.h"
#include "list/script.h"
#include "switchback/selector.h"

namespace switchback {
namespace {

using VersionsById = std::map<BusinessId, std::vector<VersionOfRevision>>;

class IdFilter {
 public:
  explicit IdFilter(const RevisionChoice& choice) : glob_(choice.glob), ids_(choice.ids) {
    if (ids_) std::ranges::sort(*ids_);
  }
  [[nodiscard]] bool Matches(const BusinessId& id) const {
    return (glob_.empty() || GlobMatches(glob_, id.text())) &&
           (!ids_ || std::ranges::binary_search(*ids_, id));
  }

 private:
  std::string glob_;
  std::optional<std::vector<BusinessId>> ids_;
};

Result<VersionsById> GatherVersions(const Rows& rows, const RevisionChoice& choice) {
  std::vector<Revision> revisions = choice.revisions;
  std::ranges::sort(revisions);
  const auto twice = std::ranges::unique(revisions);
  revisions.erase(twice.begin(), twice.end());
  const IdFilter filter(choice);
  VersionsById versions;
  for (const Revision revision : revisions) {
    const auto touched = OpenTouchedIds(rows, revision);
    if (!touched) return std::unexpected(touched.error());
    while (true) {
      Result<std::optional<TouchedId>> next = (*touched)->Next();
      if (!next) return std::unexpected(next.error());
      if (!*next) break;
      if (!filter.Matches((*next)->id)) continue;
      versions[std::move((*next)->id)].push_back({(*next)->version, revision});
    }
  }
  return versions;
}

class NetChangeCursor final : public Cursor<NetChange> {
 public:
  NetChangeCursor(const Rows& rows, const ContentReader& content, VersionsById versions)
      : rows_(rows), content_(content), versions_(std::move(versions)) {}

  Result<std::optional<NetChange>> Next() override {
    if (versions_.empty()) return std::nullopt;
    auto node = versions_.extract(versions_.begin());
    NetChange change{.id = std::move(node.key()),
                     .versions = std::move(node.mapped()),
                     .diff = {},
                     .changed_between = {}};
    Result<void> filled = FillSide(change.id, change.from(), change.existed, change.count_before);
    if (filled) filled = FillSide(change.id, change.to(), change.exists, change.count);
    if (filled) filled = FillDiff(change);
    if (!filled) {
      versions_.clear();
      return std::unexpected(filled.error());
    }
    return change;
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
  VersionsById versions_;
};

}  // namespace

Result<std::unique_ptr<Cursor<NetChange>>> OpenNetChanges(const Rows& rows,
                                                          const ContentReader& content,
                                                          const RevisionChoice& choice) {
  Result<VersionsById> versions = GatherVersions(rows, choice);
  if (!versions) return std::unexpected(versions.error());
  return std::make_unique<NetChangeCursor>(rows, content, std::move(*versions));
}

}  // namespace switchback
