#include "history/content.h"

#include <fmt/format.h>

#include <ranges>
#include <utility>

#include "history/row_keys.h"
#include "list/script.h"

namespace switchback {
namespace {

std::unexpected<Error> Of(const BusinessId& id, Version version, Error error) {
  error.message = fmt::format("{}: {}", VersionName(id, version), error.message);
  return std::unexpected(std::move(error));
}

// What a version leans on must be there: pruning leaves a full list beside what leaned on what it
// dropped.
Error Below(const BusinessId& id, Version version, Error error) {
  if (error.code != ErrorCode::kPruned) return error;
  return {ErrorCode::kDataLoss,
          fmt::format("{}: its list is missing or damaged, and {}", VersionName(id, version),
                      error.message),
          {},
          0};
}

// A stored script that does not fit the list it is for is damage, whatever Apply calls it.
Error AsDamage(Error error) {
  error.code = ErrorCode::kDataLoss;
  return error;
}

}  // namespace

ContentReader::ContentReader(const Rows& rows, ListCache* cache, ChunkCheck check)
    : rows_(rows), cache_(cache), check_(check), chunks_(rows.view()) {}

bool ContentReader::FindCached(const BusinessId& id, Version at, LocatedContent& content) const {
  if (cache_ == nullptr) return false;
  auto cached = cache_->Find(id, at);
  if (!cached) return false;
  content.base.list = std::move(cached);
  return true;
}

// Sets the base where a cached list, a checkpoint or the row itself holds the whole list of `at`.
Result<bool> ContentReader::FindBase(const BusinessId& id, Version at, VersionWalker& walker,
                                     Version below, LocatedContent& content,
                                     const VersionRow** row) const {
  // Derived: where it is damaged the answer is had without it.
  const auto checkpoint = walker.CheckpointAt(at);
  if (!checkpoint && checkpoint.error().code != ErrorCode::kDataLoss) {
    return std::unexpected(checkpoint.error());
  }
  std::string full;
  if (checkpoint && *checkpoint && at < below) full = **checkpoint;
  const Result<const VersionRow*> found = walker.At(at);
  if (!found) return std::unexpected(found.error());
  *row = *found;
  if ((*row)->revision > rows_.published()) {
    StoredVersion stored;  // the point read says why not
    if (Result<void> read = rows_.ReadVersion(id, at, stored); !read) {
      return std::unexpected(read.error());
    }
  }
  if (ListCache::Keeps((*row)->count) && FindCached(id, at, content)) return true;
  if (!full.empty()) {
    Result<ListBase> base = DecodeCheckpointRow(full);
    if (base && base->count() == (*row)->count) {
      content.base_bytes = full.size();
      content.base = std::move(*base);
      content.checkpoint = at;
      return true;
    }
  }
  const VersionKind kind = (*row)->kind;
  if (kind != VersionKind::kFullInline && kind != VersionKind::kFullChunked) return false;
  Result<ListBase> base = DecodeFullList(kind, (*row)->payload);
  if (!base) return Of(id, at, base.error());
  if (base->count() != (*row)->count) {
    return Fail(ErrorCode::kDataLoss,
                fmt::format("{}: its full list has {} endpoints, its row says {}",
                            VersionName(id, at), base->count(), (*row)->count));
  }
  content.base_bytes = (*row)->payload.size();
  content.base = std::move(*base);
  return true;
}

Result<LocatedContent> ContentReader::Locate(const BusinessId& id, Version version,
                                             Version below) const {
  LocatedContent content;
  if (FindCached(id, version, content)) return content;  // no row needs to be read
  content.base.list = std::make_shared<const EndpointList>();
  VersionWalker walker(rows_, id);
  for (Version at = version; at.value != 0;) {
    const VersionRow* row = nullptr;
    const Result<bool> found = FindBase(id, at, walker, below, content, &row);
    if (!found) {
      return std::unexpected(at == version ? found.error() : Below(id, version, found.error()));
    }
    if (at == version) content.revision = row->revision;
    if (*found) return content;
    switch (row->kind) {
      case VersionKind::kScript:
        content.scripts.emplace_back(row->payload);
        content.cost += row->payload.size() + kRowCost;
        at = at.Previous();
        break;
      case VersionKind::kSameAs:
        if (row->same_as >= at) {
          return Fail(ErrorCode::kDataLoss,
                      fmt::format("{} says it is the same as version {}, which is not earlier",
                                  VersionName(id, at), row->same_as.value));
        }
        content.cost += kJumpCost;
        at = row->same_as;
        break;
      default:  // a deletion: full lists were taken by FindBase
        content.deleted = at == version;
        return content;
    }
  }
  if (version.value != 0) {
    return Fail(ErrorCode::kDataLoss,
                fmt::format("{}: version 1 is a script; nothing precedes it", id.text()));
  }
  return content;
}

Result<ListDiff> ContentReader::FoldedScripts(const LocatedContent& content) const {
  if (content.scripts.size() == 1) return DecodeScript(content.scripts.front());
  ScriptFolder folder;
  for (const std::string& script : std::views::reverse(content.scripts)) {
    if (Result<void> added = folder.Add(script); !added) return std::unexpected(added.error());
  }
  return folder.Finish();
}

Result<std::shared_ptr<const EndpointList>> ContentReader::PutTogether(
    const LocatedContent& content) const {
  auto base = LoadBase(content.base, chunks_, check_);
  if (!base || content.scripts.empty()) return base;
  const Result<ListDiff> diff = FoldedScripts(content);
  if (!diff) return std::unexpected(diff.error());
  Result<EndpointList> list = Apply(**base, *diff);
  if (!list) return std::unexpected(AsDamage(list.error()));
  return std::make_shared<const EndpointList>(std::move(*list));
}

// A checkpoint whose chunks are damaged is done without, too.
Result<std::shared_ptr<const EndpointList>> ContentReader::PutTogetherAnyhow(
    const BusinessId& id, Version version, LocatedContent content) const {
  auto list = PutTogether(content);
  while (!list && list.error().code == ErrorCode::kDataLoss && content.checkpoint.value != 0) {
    Result<LocatedContent> further = Locate(id, version, content.checkpoint);
    if (!further) return std::unexpected(further.error());
    content = std::move(*further);
    list = PutTogether(content);
  }
  return list;
}

Result<std::shared_ptr<const EndpointList>> ContentReader::ReadList(const BusinessId& id,
                                                                    Version version,
                                                                    Revision* revision) const {
  if (revision != nullptr) *revision = Revision{};
  if (const auto cached = Cached(id, version)) {
    auto list = PutTogether(*cached);
    if (!list) {
      StoredVersion stored;  // cached for a later view: its chunks may not be in this one
      if (Result<void> read = rows_.ReadVersion(id, version, stored); !read) {
        return std::unexpected(read.error());
      }
      return Of(id, version, list.error());
    }
    if (cached->whole() == nullptr) cache_->Add(id, version, *list);
    return list;
  }
  Result<LocatedContent> content = Locate(id, version);
  if (!content) return std::unexpected(content.error());
  if (revision != nullptr) *revision = content->revision;
  if (content->deleted) {
    return Fail(
        ErrorCode::kNotFound,
        fmt::format("{} is a deletion: the ID did not exist then; `switchback log {}` shows "
                    "its versions",
                    VersionName(id, version), id.text()));
  }
  auto list = PutTogetherAnyhow(id, version, std::move(*content));
  if (!list) return Of(id, version, list.error());
  if (cache_ != nullptr) cache_->Add(id, version, *list);
  return list;
}

Result<std::shared_ptr<const EditedList>> ContentReader::ReadEdited(const BusinessId& id,
                                                                    Version version) const {
  if (auto cached = Cached(id, version)) return cached;
  Result<LocatedContent> content = Locate(id, version);
  if (!content) return std::unexpected(content.error());
  Result<ListDiff> diff = FoldedScripts(*content);
  if (!diff) return Of(id, version, diff.error());
  return std::make_shared<const EditedList>(std::move(content->base), std::move(*diff));
}

Result<EndpointList> ContentReader::Pick(const EditedList& list,
                                         std::span<const EndpointKey> keys) const {
  return list.Pick(keys, chunks_, check_);
}

Result<std::shared_ptr<const EndpointList>> ContentReader::PutTogether(
    const EditedList& list) const {
  return list.PutTogether(chunks_, check_);
}

Result<VersionSummary> ContentReader::Summarize(const BusinessId& id, Version version) const {
  if (const auto cached = Cached(id, version)) {
    return VersionSummary{cached->count(), cached->digest()};
  }
  const Result<LocatedContent> content = Locate(id, version);
  if (!content) return std::unexpected(content.error());
  VersionSummary summary{content->base.count(), content->base.digest()};
  if (content->scripts.empty()) return summary;
  const Result<ListDiff> diff = FoldedScripts(*content);
  if (!diff) return Of(id, version, diff.error());
  summary.count = summary.count + diff->added.size() - diff->removed.size();
  summary.digest += diff->DigestChange();
  return summary;
}

Result<FoundValue> ContentReader::Find(const BusinessId& id, Version version,
                                       const EndpointKey& key) const {
  const auto list = ReadEdited(id, version);
  if (!list) return std::unexpected(list.error());
  const auto to_found = [](const EndpointValue& value) {
    return FoundValue{true, value.weight, std::string(value.attributes)};
  };
  const EditedList::Edited edited = (*list)->FindInEdits(key);
  if (edited.known) return edited.value ? to_found(*edited.value) : FoundValue{};
  const ListBase& base = (*list)->base();
  if (base.root) return FindInChunks(*base.root, chunks_, key);
  const size_t at = base.list->Find(key);
  return at == base.list->size() ? FoundValue{} : to_found(base.list->Value(at));
}

}  // namespace switchback
