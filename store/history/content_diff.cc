// ContentReader::Diff: the cheapest of the stored script, the scripts between, and a comparison of
// full lists that skips equal chunks.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <ranges>
#include <utility>

#include "history/content.h"
#include "list/script.h"

namespace switchback {
namespace {

// What comparing two full lists costs, in the bytes of version_row.h: two seeks, and about two
// bytes an endpoint on each side (1.8 measured on uniform addresses, less on clustered ones).
uint64_t ComparisonCost(uint64_t from_count, uint64_t to_count) {
  return 2 * (kMinCheckpointCost + from_count + to_count);
}

// The steps from a version down to the common ancestor, newest first.
struct Descent {
  VersionWalker walker;
  Version at;
  const VersionRow* first;  // of the version begun with, which was read before
  std::vector<std::string> scripts;

  // One row down. False: there is a full list or a deletion here, beyond which no script leads.
  Result<bool> Step(uint64_t& cost) {
    const Result<const VersionRow*> row =
        first == nullptr ? walker.At(at) : std::exchange(first, nullptr);
    if (!row) {
      // What the version above leans on was dropped: a full list stands beside that one.
      if (row.error().code == ErrorCode::kPruned) return false;
      return std::unexpected(row.error());
    }
    if ((*row)->kind == VersionKind::kScript) {
      scripts.emplace_back((*row)->payload);
      cost += (*row)->payload.size() + kRowCost;
      at = at.Previous();
      return true;
    }
    if ((*row)->kind == VersionKind::kSameAs && (*row)->same_as < at) {
      cost += kJumpCost;
      at = (*row)->same_as;
      return true;
    }
    return false;
  }
};

// What scripts, newest first, do together.
Result<ListDiff> FoldUpwards(const std::vector<std::string>& scripts) {
  ScriptFolder folder;
  for (const std::string& script : std::views::reverse(scripts)) {
    if (Result<void> added = folder.Add(script); !added) return std::unexpected(added.error());
  }
  return folder.Finish();
}

}  // namespace

Result<std::optional<ListDiff>> ContentReader::WalkToCommon(const BusinessId& id, WalkEnd from,
                                                            WalkEnd to, uint64_t budget) const {
  Descent down_from{VersionWalker(rows_, id), from.version, &from.row, {}};
  Descent down_to{VersionWalker(rows_, id), to.version, &to.row, {}};
  uint64_t cost = 0;
  while (down_from.at != down_to.at) {
    if (cost > budget) return std::nullopt;
    const Result<bool> stepped =
        down_from.at > down_to.at ? down_from.Step(cost) : down_to.Step(cost);
    if (!stepped) return std::unexpected(stepped.error());
    if (!*stepped) return std::nullopt;
  }
  // Folded upwards, as they are stored, and turned round once: undoing script by script would
  // decode each into a diff of its own, at four times the cost.
  Result<ListDiff> up = FoldUpwards(down_from.scripts);
  if (!up) return std::unexpected(up.error());
  if (down_to.scripts.empty()) return std::optional<ListDiff>(std::move(*up).Inverse());
  ScriptFolder folder;
  if (!up->empty()) folder.Add(up->Inverse());
  for (const std::string& script : std::views::reverse(down_to.scripts)) {
    if (Result<void> added = folder.Add(script); !added) return std::unexpected(added.error());
  }
  Result<ListDiff> diff = folder.Finish();
  if (!diff) return std::unexpected(diff.error());
  return std::optional<ListDiff>(std::move(*diff));
}

Result<std::optional<ListDiff>> ContentReader::DiffByScripts(const BusinessId& id, Version from,
                                                             Version to) const {
  StoredVersion newer;
  if (Result<void> read = rows_.ReadVersion(id, std::max(from, to), newer); !read) {
    return std::unexpected(read.error());
  }
  const bool adjacent = std::max(from, to) == std::min(from, to).Next();
  if (adjacent && newer.row.kind == VersionKind::kScript) {
    Result<ListDiff> diff = DecodeScript(newer.row.payload);
    if (!diff) return std::unexpected(diff.error());
    return std::optional<ListDiff>(from < to ? std::move(*diff) : std::move(*diff).Inverse());
  }
  StoredVersion older;
  if (Result<void> read = rows_.ReadVersion(id, std::min(from, to), older); !read) {
    return std::unexpected(read.error());
  }
  // Costs that rise from one row to the other are the walk's own; else the walk finds out, and
  // gives up once it has cost as much as the comparison would.
  const uint64_t budget = ComparisonCost(newer.row.count, older.row.count);
  if (newer.row.read_cost_kib > older.row.read_cost_kib + ToKiB(budget)) return std::nullopt;
  const WalkEnd upper{std::max(from, to), newer.row};
  const WalkEnd lower{std::min(from, to), older.row};
  return from < to ? WalkToCommon(id, lower, upper, budget)
                   : WalkToCommon(id, upper, lower, budget);
}

Result<ListDiff> ContentReader::DiffByContent(const LocatedContent& from,
                                              const LocatedContent& to) const {
  if (!from.base.root || !to.base.root) {
    const auto from_list = PutTogether(from);
    if (!from_list) return std::unexpected(from_list.error());
    const auto to_list = PutTogether(to);
    if (!to_list) return std::unexpected(to_list.error());
    return switchback::Diff(**from_list, **to_list);
  }
  // from -> its base -> the other's base -> to: only what differs is ever read.
  const Result<ListDiff> from_scripts = FoldedScripts(from);
  if (!from_scripts) return std::unexpected(from_scripts.error());
  const Result<ListDiff> bases = DiffRoots(*from.base.root, *to.base.root, chunks_, check_);
  if (!bases) return std::unexpected(bases.error());
  const Result<ListDiff> to_scripts = FoldedScripts(to);
  if (!to_scripts) return std::unexpected(to_scripts.error());
  ScriptFolder folder;
  folder.Add(from_scripts->Inverse());
  folder.Add(*bases);
  folder.Add(*to_scripts);
  return folder.Finish();
}

Result<ListDiff> ContentReader::CheapestDiff(const VersionRef& from, const VersionRef& to) const {
  if (from.id == to.id && from.version.value != 0 && to.version.value != 0) {
    if (from.version == to.version) {
      StoredVersion stored;
      if (Result<void> read = rows_.ReadVersion(from.id, from.version, stored); !read) {
        return std::unexpected(read.error());
      }
      return ListDiff{};
    }
    Result<std::optional<ListDiff>> diff = DiffByScripts(from.id, from.version, to.version);
    if (!diff) return std::unexpected(diff.error());
    if (*diff) return std::move(**diff);
  }
  // Lists that are cached may be of versions that this view does not know.
  for (const VersionRef* side : {&from, &to}) {
    StoredVersion stored;
    if (side->version.value == 0) continue;
    if (Result<void> read = rows_.ReadVersion(side->id, side->version, stored); !read) {
      return std::unexpected(read.error());
    }
  }
  const Result<LocatedContent> from_content = Locate(from.id, from.version);
  if (!from_content) return std::unexpected(from_content.error());
  const Result<LocatedContent> to_content = Locate(to.id, to.version);
  if (!to_content) return std::unexpected(to_content.error());
  if (from_content->base.root.has_value() == to_content->base.root.has_value()) {
    return DiffByContent(*from_content, *to_content);
  }
  // One side came from the cache, whole: chunk by chunk from both roots is still quicker.
  const ContentReader plain(rows_, nullptr, check_);
  const Result<LocatedContent> plain_from = plain.Locate(from.id, from.version);
  if (!plain_from) return std::unexpected(plain_from.error());
  const Result<LocatedContent> plain_to = plain.Locate(to.id, to.version);
  if (!plain_to) return std::unexpected(plain_to.error());
  return DiffByContent(*plain_from, *plain_to);
}

Result<ListDiff> ContentReader::DiffOfLists(const VersionRef& from, const VersionRef& to) const {
  std::array<std::shared_ptr<const EndpointList>, 2> lists;
  for (size_t side = 0; side < lists.size(); ++side) {
    const VersionRef& ref = side == 0 ? from : to;
    Result<LocatedContent> content = Locate(ref.id, ref.version);
    if (!content) return std::unexpected(content.error());
    auto list = PutTogetherAnyhow(ref.id, ref.version, std::move(*content));
    if (!list) return std::unexpected(list.error());
    lists[side] = std::move(*list);
  }
  return switchback::Diff(*lists[0], *lists[1]);
}

Result<ListDiff> ContentReader::Diff(const VersionRef& from, const VersionRef& to) const {
  Result<ListDiff> diff = CheapestDiff(from, to);  // the one that is returned: moving it costs
  if (!diff && diff.error().code == ErrorCode::kDataLoss) {
    // Something between them is damaged, or a checkpoint: the lists themselves may be whole.
    Result<ListDiff> of_lists = DiffOfLists(from, to);
    if (of_lists) diff = std::move(of_lists);
  }
  return diff;
}

}  // namespace switchback
