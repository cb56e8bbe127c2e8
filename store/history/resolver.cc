#include "history/resolver.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>

#include "history/row_keys.h"
#include "history/store_row.h"
#include "history/version_walker.h"

namespace switchback {
namespace {

ResolvedVersion ToResolved(const BusinessId& id, Version version, const VersionRow& row) {
  return {id, version, row.revision, row.kind == VersionKind::kDeletion};
}

// Rows to go through one by one before searching again.
constexpr uint64_t kMaxSteps = 8;

// Times are shown in whole seconds: one that is copied from a log must name what was logged there.
Timestamp LastMoment(Timestamp time) {
  constexpr int64_t kSecond = 1'000'000;
  return time.micros % kSecond == 0 ? Timestamp{time.micros + kSecond - 1} : time;
}

}  // namespace

// Versions carry rising revisions and rising effective times, so "early enough" holds up to some
// version and for none behind it. Steps back from the newest in doubling strides, then halves.
Result<std::optional<ResolvedVersion>> Resolver::NewestThat(const BusinessId& id,
                                                            const CurrentVersion& current,
                                                            const IsEarlyEnough& early) const {
  const uint64_t before_kept = current.first_kept.value - 1;
  uint64_t low = before_kept;                 // early enough, or before the first kept
  uint64_t high = current.version.value + 1;  // too late, or behind the newest
  std::optional<ResolvedVersion> best;
  const auto probe = [&](uint64_t at) -> Result<void> {
    StoredVersion stored;
    if (Result<void> read = rows_.ReadVersion(id, Version{at}, stored); !read) return read;
    const Result<bool> is_early = early(Version{at}, stored.row);
    if (!is_early) return std::unexpected(is_early.error());
    if (*is_early) {
      low = at;
      best = ToResolved(id, Version{at}, stored.row);
    } else {
      high = at;
    }
    return {};
  };
  for (uint64_t stride = 1; low == before_kept && high > before_kept + 1; stride *= 2) {
    const uint64_t at = high > before_kept + stride ? high - stride : before_kept + 1;
    if (Result<void> probed = probe(at); !probed) return std::unexpected(probed.error());
  }
  while (low != before_kept && high - low > 1) {
    if (Result<void> probed = probe(low + (high - low) / 2); !probed) {
      return std::unexpected(probed.error());
    }
  }
  return best || before_kept == 0 ? best : AmongPinned(id, current, early);
}

// They are few: gone through one by one, from the newest down.
Result<std::optional<ResolvedVersion>> Resolver::AmongPinned(const BusinessId& id,
                                                             const CurrentVersion& current,
                                                             const IsEarlyEnough& early) const {
  const auto rows =
      rows_.view().Scan(Space::kHistory, VersionsBegin(id), VersionKey(id, current.first_kept));
  for (rows->SeekToLast(); rows->valid(); rows->Prev()) {
    VersionKeyParts parts;
    if (!ParseVersionKey(rows->key(), parts)) {
      return Fail(ErrorCode::kDataLoss,
                  fmt::format("a key among the rows of {} is malformed", id.text()));
    }
    if (parts.checkpoint) continue;
    const Result<VersionRow> row = DecodeVersionRow(rows->value());
    if (!row) return std::unexpected(row.error());
    const Result<bool> is_early = early(parts.version, *row);
    if (!is_early) return std::unexpected(is_early.error());
    if (!*is_early) continue;
    if (row->kind != VersionKind::kPruned) return ToResolved(id, parts.version, *row);
    return Fail(
        ErrorCode::kPruned,
        fmt::format("what {} was then was pruned, as versions {} to {}; all versions from "
                    "{} on are there",
                    id.text(), parts.version.value, row->run_end.value, current.first_kept.value));
  }
  if (Result<void> status = rows->status(); !status) return std::unexpected(status.error());
  return std::nullopt;
}

// Between a version known to be early enough and one known to be too late, looks where the revision
// would be if they were spread evenly, which mostly leaves a few candidates: those just below a
// version that is too late are gone through one by one. Every other search halves, so that no
// spread costs more than twice a binary search, and a few steps for each.
Result<std::optional<ResolvedVersion>> Resolver::VersionAt(const BusinessId& id,
                                                           const CurrentVersion& current,
                                                           Revision revision) const {
  if (current.revision <= revision) {
    return ResolvedVersion{id, current.version, current.revision, current.deleted};
  }
  std::optional<ResolvedVersion> best;
  VersionWalker walker(rows_, id);
  uint64_t low = current.first_kept.value - 1;
  uint64_t low_revision = 0;
  uint64_t high = current.version.value;
  uint64_t high_revision = current.revision.value;
  bool halve = false;
  uint64_t steps = kMaxSteps;  // since the last search; before the first the walker stands nowhere
  while (high - low > 1) {
    const double share = static_cast<double>(revision.value - low_revision) /
                         static_cast<double>(high_revision - low_revision);
    const auto guess = low + static_cast<uint64_t>(share * static_cast<double>(high - low));
    uint64_t at = high - 1;
    if (steps < kMaxSteps && high - guess <= kMaxSteps) {
      ++steps;
    } else {
      // One above the guess: steps lead down.
      at = std::clamp(halve ? low + (high - low) / 2 : guess + 1, low + 1, high - 1);
      halve = !halve;
      steps = 0;
    }
    const Result<const VersionRow*> row = walker.At(Version{at});
    if (!row) return std::unexpected(row.error());
    const uint64_t found = (*row)->revision.value;
    if (found <= low_revision || found >= high_revision) {
      return Fail(ErrorCode::kDataLoss, fmt::format("{}: r{} does not lie between its neighbours'",
                                                    VersionName(id, Version{at}), found));
    }
    if (found <= revision.value) {
      low = at;
      low_revision = found;
      best = ToResolved(id, Version{at}, **row);
    } else {
      high = at;
      high_revision = found;
    }
  }
  if (best || current.first_kept.value == 1) return best;
  return AmongPinned(id, current, [revision](Version, const VersionRow& row) -> Result<bool> {
    return row.revision <= revision;
  });
}

Result<std::optional<ResolvedVersion>> Resolver::VersionAtMoment(const BusinessId& id,
                                                                 const CurrentVersion& current,
                                                                 Timestamp moment) const {
  return NewestThat(id, current, [&](Version version, const VersionRow& row) -> Result<bool> {
    const Result<Metadata> metadata = rows_.MetadataOf(id, version, row);
    if (!metadata) return std::unexpected(metadata.error());
    return metadata->effective_time <= moment;
  });
}

// Of revision `at`, or where that is damaged of the nearest one between `low` and `high` that is
// not; `at` becomes that one.
Result<Metadata> Resolver::MetadataNear(uint64_t low, uint64_t high, uint64_t& at) const {
  Result<Metadata> metadata = rows_.ReadMetadata(Revision{at});
  const auto damaged = [](const Result<Metadata>& read) {
    return !read && read.error().code == ErrorCode::kDataLoss;
  };
  for (uint64_t step = 1; damaged(metadata) && step < high - low; ++step) {
    for (const uint64_t near : {at + step, at - std::min(step, at)}) {
      if (near <= low || near >= high) continue;
      Result<Metadata> other = rows_.ReadMetadata(Revision{near});
      if (damaged(other)) continue;
      at = near;
      return other;
    }
  }
  return metadata;
}

Result<Revision> Resolver::RevisionAt(Timestamp time) const {
  uint64_t low = 0;  // not after `time`
  uint64_t high = rows_.published().value + 1;
  while (high - low > 1) {
    uint64_t middle = low + (high - low) / 2;
    const Result<Metadata> metadata = MetadataNear(low, high, middle);
    if (!metadata) return std::unexpected(metadata.error());
    (metadata->effective_time <= time ? low : high) = middle;
  }
  return Revision{low};
}

Result<Revision> Resolver::NamedRevision(const std::string& name) const {
  std::string value;
  const Result<bool> found = rows_.view().Get(Space::kState, SnapshotKey(name), value);
  if (!found) return std::unexpected(found.error());
  if (!*found) return Fail(ErrorCode::kNotFound, fmt::format("no snapshot named '{}'", name));
  const Result<SnapshotRow> row = DecodeSnapshotRow(value);
  if (!row) return std::unexpected(row.error());
  return row->revision;
}

Result<Revision> Resolver::ResolveRevision(const Selector& selector) const {
  const Revision newest = rows_.published();
  if (const auto* head = std::get_if<HeadSelector>(&selector)) {
    if (head->back <= newest.value) return Revision{newest.value - head->back};
    return Fail(ErrorCode::kNotFound,
                fmt::format("head~{} is before the first revision: the newest is r{}", head->back,
                            newest.value));
  }
  if (const auto* at = std::get_if<RevisionSelector>(&selector)) {
    if (at->revision.value == 0 || at->revision > newest) {
      return Fail(ErrorCode::kNotFound, fmt::format("no revision r{}: the newest is r{}",
                                                    at->revision.value, newest.value));
    }
    return at->before ? at->revision.Previous() : at->revision;
  }
  if (const auto* at = std::get_if<TimeSelector>(&selector))
    return RevisionAt(LastMoment(at->time));
  if (const auto* name = std::get_if<NameSelector>(&selector)) return NamedRevision(name->name);
  const uint64_t number = std::get<Version>(selector).value;
  return Fail(ErrorCode::kInvalidArgument,
              fmt::format("'{}' is a version of one ID; for the whole table name a revision: r{}",
                          number, number));
}

Result<ResolvedVersion> Resolver::ResolveNumber(const BusinessId& id, Version version) const {
  StoredVersion stored;
  if (Result<void> read = rows_.ReadVersion(id, version, stored); !read) {
    return std::unexpected(read.error());
  }
  return ToResolved(id, version, stored.row);
}

Result<ResolvedVersion> Resolver::ResolveEarlier(const BusinessId& id,
                                                 const CurrentVersion& current,
                                                 const Selector& selector) const {
  Result<std::optional<ResolvedVersion>> found;
  if (const auto* at = std::get_if<TimeSelector>(&selector)) {
    found = VersionAtMoment(id, current, LastMoment(at->time));
  } else {
    const Result<Revision> revision = ResolveRevision(selector);
    if (!revision) return std::unexpected(revision.error());
    found = VersionAt(id, current, *revision);
  }
  if (!found) return std::unexpected(found.error());
  if (*found) return std::move(**found);
  return Fail(ErrorCode::kNotFound,
              fmt::format("{} did not exist then: its first version is later", id.text()));
}

Result<ResolvedVersion> Resolver::Resolve(const BusinessId& id, const Selector& selector) const {
  // Also of an ID of which nobody can say any more what its newest version is.
  if (const auto* version = std::get_if<Version>(&selector)) return ResolveNumber(id, *version);
  CurrentVersion current;
  const Result<bool> found = rows_.Current(id, current);
  if (!found) return std::unexpected(found.error());
  if (!*found) {
    return Fail(ErrorCode::kNotFound, fmt::format("no business ID {} in this store", id.text()));
  }
  if (const auto* head = std::get_if<HeadSelector>(&selector)) {
    if (head->back == 0) {
      return ResolvedVersion{id, current.version, current.revision, current.deleted};
    }
    if (head->back < current.version.value) {
      return ResolveNumber(id, Version{current.version.value - head->back});
    }
    return Fail(ErrorCode::kNotFound,
                fmt::format("{}@head~{} is before its first version: the newest is {}", id.text(),
                            head->back, current.version.value));
  }
  return ResolveEarlier(id, current, selector);
}

}  // namespace switchback
