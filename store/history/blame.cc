#include "history/blame.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "history/endpoint_lives.h"
#include "history/version_changes.h"
#include "list/edit_cursor.h"

namespace switchback {
namespace {

// Hands the changes of `version` and those before it to `take`, until it says that it has enough.
// Returns the oldest version that is there, where the walk came to its end; else 1.
Result<Version> WalkDown(const Rows& rows, const ContentReader& content, const BusinessId& id,
                         Version version, const std::function<bool(const VersionChange&)>& take) {
  VersionChanges changes(rows, content, id, version);
  while (true) {
    const Result<std::optional<VersionChange>> change = changes.Next();
    if (!change) return std::unexpected(change.error());
    if (!*change) return changes.oldest_kept();
    if (!take(**change)) return Version{1};
  }
}

// Places of the parts' keys among `size` keys, the i-th of which is keys(i).
template <typename Find, typename Take>
void ForEachFound(const EndpointList& part, const Find& find, const Take& take) {
  for (size_t i = 0; i < part.size(); ++i) {
    if (const std::optional<size_t> at = find(part.Key(i))) take(*at);
  }
}

class Blamer {
 public:
  explicit Blamer(ListHandle list) : unexplained_(list->list->size()) {
    blame_.value_from.resize(unexplained_);
    blame_.key_from.resize(unexplained_);
    blame_.list = std::move(list);
  }

  bool Take(const VersionChange& change) {
    const EndpointList& list = *blame_.list->list;
    const auto find = [&](const EndpointKey& key) -> std::optional<size_t> {
      const size_t at = list.Find(key);
      // What was explained by a later version is another stay of the same key.
      if (at == list.size() || blame_.key_from[at].value != 0) return std::nullopt;
      return at;
    };
    ForEachFound(change.diff.changed_to, find,
                 [&](size_t at) { ExplainValue(at, change.version); });
    ForEachFound(change.diff.added, find, [&](size_t at) {
      ExplainValue(at, change.version);
      blame_.key_from[at] = change.version;
      --unexplained_;
    });
    return unexplained_ > 0;
  }

  Blame Finish(Version oldest) && {
    if (unexplained_ == 0) return std::move(blame_);
    blame_.oldest_kept = oldest;
    for (size_t at = 0; at < blame_.key_from.size(); ++at) {
      ExplainValue(at, oldest);
      if (blame_.key_from[at].value == 0) blame_.key_from[at] = oldest;
    }
    return std::move(blame_);
  }

  [[nodiscard]] bool done() const { return unexplained_ == 0; }

 private:
  void ExplainValue(size_t at, Version version) {
    if (blame_.value_from[at].value == 0) blame_.value_from[at] = version;
  }

  Blame blame_;
  size_t unexplained_;
};

// Keys without values: the same walk for who-has and for conflicts.
std::optional<size_t> FindKey(std::span<const EndpointKey> keys, const EndpointKey& key) {
  const auto found = std::ranges::lower_bound(keys, key);
  if (found == keys.end() || *found != key) return std::nullopt;
  return static_cast<size_t>(found - keys.begin());
}

}  // namespace

Result<Blame> BlameVersion(const Rows& rows, const ContentReader& content, const BusinessId& id,
                           Version version) {
  StoredVersion stored;
  if (Result<void> read = rows.ReadVersion(id, version, stored); !read) {
    return std::unexpected(read.error());
  }
  auto list = content.ReadList(id, version);
  if (!list) return std::unexpected(list.error());
  Blamer blamer(std::make_shared<const VersionedList>(
      VersionedList{id, version, stored.row.revision, std::move(*list)}));
  if (blamer.done()) return std::move(blamer).Finish(Version{1});
  const Result<Version> oldest = WalkDown(
      rows, content, id, version, [&](const VersionChange& change) { return blamer.Take(change); });
  if (!oldest) return std::unexpected(oldest.error());
  return std::move(blamer).Finish(*oldest);
}

Result<std::vector<EndpointLife>> LivesOf(const Rows& rows, const BusinessId& id,
                                          const EndpointKey& key) {
  CurrentVersion current;
  const Result<bool> exists = rows.Current(id, current);
  if (!exists) return std::unexpected(exists.error());
  if (!*exists) {
    return Fail(ErrorCode::kNotFound, fmt::format("no business ID {} in this store", id.text()));
  }
  const WantedKeys wanted{.takes = [&key](const EndpointKey& other) { return other == key; },
                          .find =
                              [&key](const EndpointList& list) {
                                const size_t at = list.Find(key);
                                return at == list.size() ? std::vector<size_t>() : std::vector{at};
                              }};
  EndpointLives lives(rows, wanted);
  const auto versions = rows.view().Scan(Space::kHistory, VersionsBegin(id), VersionsEnd(id));
  for (versions->SeekToFirst(); versions->valid(); versions->Next()) {
    VersionKeyParts parts;
    if (!ParseVersionKey(versions->key(), parts)) {
      return Fail(ErrorCode::kDataLoss,
                  fmt::format("a key among the rows of {} is malformed", id.text()));
    }
    if (Result<void> taken = lives.Take(parts, versions->value()); !taken) {
      Error error = taken.error();
      error.message = fmt::format("{}: {}", VersionName(id, parts.version), error.message);
      return std::unexpected(std::move(error));
    }
  }
  if (Result<void> status = versions->status(); !status) return std::unexpected(status.error());
  return lives.Finish();
}

Result<std::vector<KeyOrigin>> OriginsOf(const Rows& rows, const ContentReader& content,
                                         const BusinessId& id, Version version,
                                         std::span<const EndpointKey> keys) {
  std::vector<KeyOrigin> origins(keys.size());
  size_t unexplained = keys.size();
  const auto take = [&](const VersionChange& change) {
    ForEachFound(
        change.diff.added, [&](const EndpointKey& key) { return FindKey(keys, key); },
        [&](size_t at) {
          if (origins[at].from.value != 0) return;
          origins[at].from = change.version;
          --unexplained;
        });
    return unexplained > 0;
  };
  if (keys.empty()) return origins;
  const Result<Version> oldest = WalkDown(rows, content, id, version, take);
  if (!oldest) return std::unexpected(oldest.error());
  for (KeyOrigin& origin : origins) {
    if (origin.from.value == 0) origin = {*oldest, oldest->value > 1};
  }
  return origins;
}

Result<std::vector<LastTouch>> LastTouchesOf(const Rows& rows, const ContentReader& content,
                                             const BusinessId& id, Version newest, Version above,
                                             const std::function<bool(Version)>& passed,
                                             std::span<const EndpointKey> keys) {
  std::vector<LastTouch> touches(keys.size());
  size_t missing = keys.size();
  const auto take = [&](const VersionChange& change) {
    if (change.version <= above) return false;
    if (passed(change.version)) return true;
    for (EditCursor edit(change.diff); !edit.done(); edit.Next()) {
      const std::optional<size_t> at = FindKey(keys, edit.key());
      if (!at || touches[*at].version.value != 0) continue;
      touches[*at] = {change.version, change.revision};
      --missing;
    }
    return missing > 0;
  };
  if (keys.empty()) return touches;
  const Result<Version> oldest = WalkDown(rows, content, id, newest, take);
  if (!oldest) return std::unexpected(oldest.error());
  return touches;
}

}  // namespace switchback
