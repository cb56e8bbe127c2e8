#include "api/id_preparer.h"

#include <fmt/format.h>

#include <algorithm>
#include <type_traits>
#include <utility>

#include "api/list_edits.h"
#include "api/validation.h"
#include "history/full_list.h"
#include "list/chunk.h"
#include "list/script.h"
#include "switchback/limits.h"

namespace switchback {
namespace {

// Edits of fewer than one endpoint in so many are looked up one by one; more, and reading the list
// and folding them costs as little.
constexpr uint64_t kEndpointsALookUp = 64;
// What a list takes in memory, about, before it is there (IPv4 with ports or weights).
constexpr uint64_t kBytesAnEndpoint = 8;

// Bytes that a list would take as a full one, without writing it.
Result<uint64_t> MeasureFullList(const EndpointList& list) {
  if (const std::optional<std::string> block = InlineBlock(list)) return block->size();
  uint64_t bytes = 0;
  const Result<ListRoot> root = WriteChunks(list, [&bytes](const ChunkName&, std::string&& block) {
    bytes += block.size();
    return Result<void>();
  });
  if (!root) return std::unexpected(root.error());
  std::string encoded;
  EncodeRoot(*root, encoded);
  return bytes + encoded.size();
}

}  // namespace

struct IdPreparer::Work {
  explicit Work(const IdChange& asked) : change(asked) {}

  const IdChange& change;
  CurrentVersion current;
  bool known = false;   // the ID has versions
  bool exists = false;  // and the newest is a list
  std::shared_ptr<const EndpointList> old_list;
  std::shared_ptr<const EditedList> old_edited;  // in its place, where a few keys are looked up
  std::shared_ptr<const EndpointList> new_list;
  ListDiff diff;
  bool deletes = false;
  Version same_as;            // set: the new content is that version's
  uint64_t same_as_cost = 0;  // to read it
  bool unchanged = false;
  uint64_t new_count = 0;

  [[nodiscard]] uint64_t old_count() const { return exists ? current.count : 0; }
};

Result<void> IdPreparer::CheckNewCount(const Work& work) {
  const uint64_t count = work.old_count() + work.diff.added.size() - work.diff.removed.size();
  if (count <= kMaxEndpointsPerList) return {};
  return Fail(ErrorCode::kLimitExceeded,
              fmt::format("the list of {} would have {} endpoints; the limit is {}",
                          work.change.id.text(), count, kMaxEndpointsPerList));
}

Result<void> IdPreparer::LoadCurrent(const IdChange& change, Work& work) const {
  const Result<bool> known = view_.rows().Current(change.id, work.current);
  if (!known) return std::unexpected(known.error());
  work.known = *known;
  work.exists = *known && !work.current.deleted;
  if (!change.expect) return {};
  const Version found = work.exists ? work.current.version : Version{0};
  if (*change.expect == found) return {};
  Error error{ErrorCode::kConflict, "", {}, 1};
  if (change.expect->value == 0) {
    error.message = fmt::format("{}: expected not to exist, found version {}; nothing was written",
                                change.id.text(), found.value);
  } else if (!work.exists) {
    error.message =
        fmt::format("{}: expected version {}, but the ID {}; nothing was written", change.id.text(),
                    change.expect->value, work.known ? "is deleted" : "does not exist");
  } else {
    error.message = fmt::format("{}: expected version {}, found {}; nothing was written",
                                change.id.text(), change.expect->value, found.value);
  }
  error.items.push_back(error.message);
  return std::unexpected(std::move(error));
}

Result<void> IdPreparer::LoadOld(Work& work) const {
  if (work.old_list) return {};
  if (!work.exists) {
    work.old_list = std::make_shared<const EndpointList>();
    return {};
  }
  const CurrentVersion& current = work.current;
  auto list = current.has_head && current.head.has_block
                  ? DecodeHeadList(current.head)
                  : view_.content().ReadList(work.change.id, current.version);
  if (!list) return std::unexpected(list.error());
  work.old_list = std::move(*list);
  return {};
}

Result<void> IdPreparer::LoadNew(Work& work) const {
  if (work.new_list) return {};
  // A head that holds its list spares the walk to the version copied: the diff is known by now.
  const bool from_head = work.exists && work.current.has_head && work.current.head.has_block;
  if (work.same_as.value != 0 && !from_head) {
    auto list = view_.content().ReadList(work.change.id, work.same_as);
    if (!list) return std::unexpected(list.error());
    work.new_list = std::move(*list);
    return {};
  }
  if (work.old_edited) {
    const Result<EditedList> edited = work.old_edited->After(work.diff);
    if (!edited) return std::unexpected(edited.error());
    auto list = view_.content().PutTogether(*edited);
    if (!list) return std::unexpected(list.error());
    work.new_list = std::move(*list);
    return {};
  }
  if (Result<void> loaded = LoadOld(work); !loaded) return loaded;
  Result<EndpointList> list = Apply(*work.old_list, work.diff);
  if (!list) return std::unexpected(list.error());
  work.new_list = std::make_shared<const EndpointList>(std::move(*list));
  return {};
}

// The old list as far as looking up so many keys needs it. The chunks are read for a few commits;
// once these have cost as much as the whole list would, it is put together, if the cache can hold
// it.
Result<void> IdPreparer::LoadEdited(size_t keys, Work& work) const {
  const BusinessId& id = work.change.id;
  auto edited = view_.content().ReadEdited(id, work.current.version);
  if (!edited) return std::unexpected(edited.error());
  const ListBase& base = (*edited)->base();
  const bool fits = (*edited)->count() * kBytesAnEndpoint <= cache_.budget_bytes();
  if (base.root && fits && (*edited)->edits_since() + keys >= base.root->chunks.size()) {
    auto list = view_.content().PutTogether(**edited);
    if (!list) return std::unexpected(list.error());
    edited = std::make_shared<const EditedList>(std::move(*list));
  }
  work.old_edited = std::move(*edited);
  return {};
}

// The old list, or what it has under the keys of `steps`, which are so many edits: of a long list
// the edited keys alone are looked up.
template <typename Steps>
Result<std::shared_ptr<const EndpointList>> IdPreparer::LoadUnder(const Steps& steps, size_t edits,
                                                                  Work& work) const {
  const uint64_t count = work.old_count();
  // A list that may stand in its head row has to be made whole in any case.
  if (count <= kMaxInlineEndpoints || edits > count / kEndpointsALookUp) {
    if (Result<void> loaded = LoadOld(work); !loaded) return std::unexpected(loaded.error());
    return work.old_list;
  }
  const std::vector<EndpointKey> keys = KeysOf(steps);
  if (Result<void> loaded = LoadEdited(keys.size(), work); !loaded) {
    return std::unexpected(loaded.error());
  }
  Result<EndpointList> found = view_.content().Pick(*work.old_edited, keys);
  if (!found) return std::unexpected(found.error());
  return std::make_shared<const EndpointList>(std::move(*found));
}

Result<void> IdPreparer::PlanReplace(const Replace& replace, Work& work) const {
  if (Result<void> checked = CheckList(work.change.id, replace.list); !checked) return checked;
  const CurrentVersion& current = work.current;
  work.unchanged = work.exists && current.has_head && current.count == replace.list.size() &&
                   current.head.digest == replace.list.digest();
  if (work.unchanged) return {};
  if (Result<void> loaded = LoadOld(work); !loaded) return loaded;
  work.diff = Diff(*work.old_list, replace.list);
  work.unchanged = work.exists && work.diff.empty();
  // Borrowed for as long as the change lives: the caller's for the whole commit. It is never
  // cached.
  work.new_list = std::shared_ptr<const EndpointList>(std::shared_ptr<void>(), &replace.list);
  return {};
}

Result<void> IdPreparer::PlanEdits(const EditEndpoints& edits, Work& work) const {
  const auto list = LoadUnder(edits.edits, edits.edits.size(), work);
  if (!list) return std::unexpected(list.error());
  Result<ListDiff> diff = DiffOfEdits(work.change.id, **list, edits.edits, edits.if_needed);
  if (!diff) return std::unexpected(diff.error());
  work.diff = std::move(*diff);
  if (Result<void> fits = CheckNewCount(work); !fits) return fits;
  // Without edits an ID is made with an empty list; edits that all fell away make nothing.
  work.unchanged = work.diff.empty() && (work.exists || !edits.edits.empty());
  return {};
}

Result<void> IdPreparer::PlanSteps(const EditSteps& steps, Work& work) const {
  size_t edits = 0;
  for (const EditStep& step : steps.steps) edits += step.edits.size();
  const auto list = LoadUnder(steps.steps, edits, work);
  if (!list) return std::unexpected(list.error());
  SteppedId at{work.exists, work.old_count()};
  Result<ListDiff> diff = DiffOfSteps(work.change.id, **list, steps.steps, at);
  if (!diff) return std::unexpected(diff.error());
  work.diff = std::move(*diff);
  if (Result<void> fits = CheckNewCount(work); !fits) return fits;
  work.deletes = work.exists && !at.exists;
  if (work.deletes) work.new_list = std::make_shared<const EndpointList>();
  work.unchanged = work.exists == at.exists && work.diff.empty();
  return {};
}

Result<void> IdPreparer::PlanDelete(const DeleteId& removal, Work& work) const {
  if (!work.exists) {
    return std::unexpected(work.known ? DeletedId(work.change.id, work.current.version)
                                      : UnknownId(work.change.id));
  }
  if (Result<void> loaded = LoadOld(work); !loaded) return loaded;
  if (removal.removes) {
    const Result<ListDiff> removed =
        DiffOfEdits(work.change.id, *work.old_list, *removal.removes, /*if_needed=*/false);
    if (!removed) return std::unexpected(removed.error());
    if (removed->removed.size() != work.old_list->size() ||
        removed->size() != work.old_list->size()) {
      return Fail(
          ErrorCode::kConflict,
          fmt::format("{}: a delete whose removes leave {} of {} endpoints; nothing was written",
                      work.change.id.text(), work.old_list->size() - removed->removed.size(),
                      work.old_list->size()));
    }
  }
  work.diff.removed = *work.old_list;
  work.new_list = std::make_shared<const EndpointList>();
  work.deletes = true;
  return {};
}

Result<void> IdPreparer::PlanCopy(const CopyVersion& copy, Work& work) const {
  const BusinessId& id = work.change.id;
  StoredVersion source;
  if (Result<void> read = view_.rows().ReadVersion(id, copy.version, source); !read) return read;
  if (source.row.kind == VersionKind::kDeletion) {
    return Fail(
        ErrorCode::kNotFound,
        fmt::format("{} is a deletion: there is no list to restore; to delete the ID say so",
                    VersionName(id, copy.version)));
  }
  work.same_as = copy.version;
  if (source.row.kind == VersionKind::kSameAs) {
    // The row that it names counts, and what reading that one costs: not the copy's own checkpoint.
    work.same_as = source.row.same_as;
    if (Result<void> read = view_.rows().ReadVersion(id, work.same_as, source); !read) return read;
  }
  work.same_as_cost = source.row.read_cost_kib * kKiB;
  if (!work.exists) {
    if (Result<void> loaded = LoadNew(work); !loaded) return loaded;
    work.diff.added = *work.new_list;
    return {};
  }
  // By scripts where that is cheap: no list is read at all.
  Result<ListDiff> diff = view_.content().Diff({id, work.current.version}, {id, copy.version});
  if (!diff && diff.error().code == ErrorCode::kDataLoss) diff = DiffFromHead(work);
  if (!diff) return std::unexpected(diff.error());
  work.diff = std::move(*diff);
  work.unchanged = work.diff.empty();
  return {};
}

// The newest version may be damaged where its head still has the list.
Result<ListDiff> IdPreparer::DiffFromHead(Work& work) const {
  if (Result<void> loaded = LoadOld(work); !loaded) return std::unexpected(loaded.error());
  const auto source = view_.content().ReadList(work.change.id, work.same_as);
  if (!source) return std::unexpected(source.error());
  return Diff(*work.old_list, **source);
}

Result<PreparedId> IdPreparer::Prepare(const IdChange& change, ChangesHasher& hasher) const {
  Work work(change);
  Result<void> planned = LoadCurrent(change, work);
  if (planned) {
    planned = std::visit(
        [&](const auto& action) {
          using Action = std::decay_t<decltype(action)>;
          if constexpr (std::is_same_v<Action, Replace>) return PlanReplace(action, work);
          if constexpr (std::is_same_v<Action, EditEndpoints>) return PlanEdits(action, work);
          if constexpr (std::is_same_v<Action, EditSteps>) return PlanSteps(action, work);
          if constexpr (std::is_same_v<Action, DeleteId>) return PlanDelete(action, work);
          if constexpr (std::is_same_v<Action, CopyVersion>) return PlanCopy(action, work);
        },
        change.action);
  }
  if (!planned) return std::unexpected(planned.error());
  work.new_count = work.old_count() + work.diff.added.size() - work.diff.removed.size();
  const Version base = work.known ? work.current.version : Version{0};
  PreparedId prepared(ChangedId{.id = change.id,
                                .version = work.unchanged ? base : base.Next(),
                                .from = base,
                                .deleted = work.deletes,
                                .count_before = work.old_count(),
                                .count = work.new_count,
                                .added = work.diff.added.size(),
                                .removed = work.diff.removed.size(),
                                .changed = work.diff.changed_to.size()},
                      base);
  prepared.unchanged = work.unchanged;
  prepared.head_hidden = work.known && !work.current.has_head;
  if (work.unchanged) return prepared;
  hasher.Add(change.id, prepared.changed.version, work.deletes, work.diff);
  if (chunks_ == nullptr) {
    if (*planned_) (*planned_)(prepared.changed, work.diff);
    return prepared;
  }
  if (Result<void> encoded = EncodeRows(work, prepared); !encoded) {
    return std::unexpected(encoded.error());
  }
  return prepared;
}

// How the version row says it: the cheapest of script, full list and same-as.
Result<void> IdPreparer::EncodeContent(Work& work, PreparedId& prepared) const {
  const HeadRow& head = work.current.head;
  prepared.base_bytes = work.current.has_head ? head.base_bytes : 0;
  if (work.deletes) {
    prepared.kind = VersionKind::kDeletion;
    prepared.base_bytes = 0;
    return {};
  }
  if (work.same_as.value != 0) {
    prepared.kind = VersionKind::kSameAs;
    prepared.same_as = work.same_as;
    prepared.read_cost = work.same_as_cost + kJumpCost;
    // The head's base is another list's: an outage's single endpoint would make a checkpoint of a
    // million due at once, and the million would let the single one's scripts run on.
    prepared.base_bytes = EstimatedListBytes(work.new_count);
    return {};
  }
  if (!work.exists) return EncodeFull(work, prepared);
  EncodeScript(work.diff, prepared.payload);
  // A script of few and short edits is the shorter one; else both are measured.
  if (work.diff.size() * 2 >= work.new_count || prepared.payload.size() > work.new_count) {
    if (Result<void> loaded = LoadNew(work); !loaded) return loaded;
    const Result<uint64_t> full_bytes = MeasureFullList(*work.new_list);
    if (!full_bytes) return std::unexpected(full_bytes.error());
    if (*full_bytes < prepared.payload.size()) return EncodeFull(work, prepared);
  }
  prepared.kind = VersionKind::kScript;
  prepared.read_cost =
      (work.current.has_head ? head.read_cost : 0) + prepared.payload.size() + kRowCost;
  return {};
}

Result<void> IdPreparer::EncodeFull(Work& work, PreparedId& prepared) const {
  if (Result<void> loaded = LoadNew(work); !loaded) return loaded;
  Result<FullList> full = EncodeFullList(*work.new_list, *chunks_);
  if (!full) return std::unexpected(full.error());
  prepared.kind = full->kind;
  prepared.payload = std::move(full->payload);
  prepared.base_bytes = full->bytes;
  prepared.read_cost = 0;
  return {};
}

Result<void> IdPreparer::EncodeRows(Work& work, PreparedId& prepared) const {
  if (work.known && work.current.has_head) prepared.first_kept = work.current.head.first_kept;
  if (Result<void> encoded = EncodeContent(work, prepared); !encoded) return encoded;
  const bool due = prepared.read_cost > std::max(kMinCheckpointCost, prepared.base_bytes);
  const bool may_be_inline = work.new_count <= kMaxInlineEndpoints;
  // Else a long list is not made at all: the cache can do with the edits.
  if (due || may_be_inline) {
    if (Result<void> loaded = LoadNew(work); !loaded) return loaded;
  }
  if (due) {
    const Result<FullList> full = EncodeFullList(*work.new_list, *chunks_);
    if (!full) return std::unexpected(full.error());
    EncodeCheckpointRow(*full, prepared.checkpoint.emplace());
    prepared.base_bytes = full->bytes;
    prepared.read_cost = 0;
  }
  if (may_be_inline && !work.deletes) prepared.head_block = InlineBlock(*work.new_list);
  if (Result<void> kept = KeepForCache(work, prepared); !kept) return kept;
  if (work.new_list) {
    prepared.digest = work.new_list->digest();
    return {};
  }
  if (work.current.has_head) {
    prepared.digest = work.current.head.digest;
  } else {
    const Result<VersionSummary> summary =
        view_.content().Summarize(work.change.id, work.current.version);
    if (!summary) return std::unexpected(summary.error());
    prepared.digest = summary->digest;
  }
  prepared.digest += work.diff.DigestChange();
  return {};
}

Result<void> IdPreparer::KeepForCache(Work& work, PreparedId& prepared) const {
  if (!ListCache::Keeps(work.new_count) || work.same_as.value != 0) return {};
  if (!work.new_list && work.old_edited) {
    Result<EditedList> edited = work.old_edited->After(work.diff);
    if (!edited) return std::unexpected(edited.error());
    if (edited->base().root || !edited->is_long()) {
      if (edited->MemoryBytes() > cache_.budget_bytes()) return {};
      prepared.list = std::make_shared<const EditedList>(std::move(*edited));
      return {};
    }
  }
  if (Result<void> loaded = LoadNew(work); !loaded) return loaded;
  if (work.new_list->MemoryBytes() > cache_.budget_bytes()) return {};
  const bool borrowed = std::holds_alternative<Replace>(work.change.action);
  prepared.list = std::make_shared<const EditedList>(
      borrowed ? std::make_shared<const EndpointList>(*work.new_list) : work.new_list);
  return {};
}

}  // namespace switchback
