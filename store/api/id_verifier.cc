#include "api/id_verifier.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "history/steady_scan.h"

namespace switchback {
namespace {

// Scripts are folded up to so many edits before they are applied: bounds memory.
constexpr size_t kMaxFoldedEdits = 1'000'000;

Error Fault(std::string what) {
  return {ErrorCode::kDataLoss, std::move(what), {}, 0};
}

std::string VersionsText(Version first, Version last) {
  if (first == last) return fmt::format("@{}", first.value);
  return fmt::format("@{} to @{}", first.value, last.value);
}

}  // namespace

Result<void> IdVerifier::Run(const CurrentVersion* current) {
  if (current != nullptr) {
    newest_ = current->version;
    newest_has_list_ = current->has_head && current->head.has_block && !current->recovered;
  }
  SteadyScan rows(view_.engine_view(), Space::kHistory, VersionsBegin(id_), VersionsEnd(id_));
  for (rows.SeekToFirst();; rows.Next()) {
    if (rows.gap()) gap_ = rows.gap()->error;
    if (!rows.valid()) break;
    if (Result<void> checked = CheckRow(rows.key(), rows.value()); !checked) return checked;
  }
  if (Result<void> status = rows.status(); !status) return status;
  EndAwaiting();
  if (newest_) {
    if (Result<void> missed = MissUpTo(newest_->Next(), gap_); !missed) return missed;
  }
  if (Result<void> settled = Settle(); !settled) return settled;
  ReportLost();
  return current == nullptr ? Result<void>() : CheckHead(*current);
}

Result<void> IdVerifier::MissUpTo(Version next, const std::optional<Error>& gap) {
  if (next <= at_.Next()) return {};
  if (Result<void> settled = Settle(); !settled) return settled;
  Lose(at_.Next(), next.Previous(), gap ? *gap : Fault("its row is missing"));
  at_ = next.Previous();
  row_whole_ = false;
  return {};
}

void IdVerifier::EndAwaiting() {
  if (base_ != Base::kAwaited) return;
  Lose(at_, at_, Fault("the version before it was pruned, and its checkpoint is missing"));
}

Result<void> IdVerifier::CheckRow(std::string_view key, std::string_view value) {
  VersionKeyParts parts;
  if (!ParseVersionKey(key, parts)) {
    Report({.what = "a key among its rows is malformed"});
    return {};
  }
  const bool above = newest_ && parts.version > *newest_;
  if (parts.checkpoint) {
    if (above) return {};  // of a revision that is not published
    if (parts.version == at_) return CheckCheckpoint(value);
    if (gap_) return {};  // it stands beside a row that can't be read
    Report({.what = fmt::format("a checkpoint stands beside no row, at version {}",
                                parts.version.value)});
    return {};
  }
  EndAwaiting();
  if (above || !newest_) {
    const Result<VersionRow> row = DecodeVersionRow(value);
    if (row && row->revision > view_.revision()) return {};
    if (above) {
      if (std::exchange(above_head_, true)) return {};
      Report({.what = fmt::format("a row of version {} lies above the head", parts.version.value),
              .consequence = "that version is not known to anyone who reads"});
      return {};
    }
  }
  if (parts.version <= at_) {
    Report({.what = fmt::format("a row of version {} stands among those that were pruned",
                                parts.version.value)});
    return {};
  }
  if (Result<void> missed = MissUpTo(parts.version, gap_); !missed) return missed;
  gap_.reset();
  return CheckVersion(parts.version, value);
}

Result<void> IdVerifier::CheckVersion(Version version, std::string_view value) {
  at_ = version;
  const Result<VersionRow> row = DecodeVersionRow(value);
  row_whole_ = row.has_value();
  if (!row) {
    if (Result<void> settled = Settle(); !settled) return settled;
    Lose(at_, at_, row.error());
    return {};
  }
  CheckOrder(*row);
  if (row->kind == VersionKind::kPruned) return PassOver(*row);
  ++report_.versions;
  const bool is_base = base_ == Base::kGone;
  if (Result<void> followed = Follow(*row); !followed) {
    if (!IsDamage(followed.error())) return followed;
    Lose(at_, at_, followed.error());
    return {};
  }
  if (base_ != Base::kKnown) return {};
  if (is_base) {
    if (Result<void> based = CheckBaseDigest(); !based) Lose(at_, at_, based.error());
  } else if (count_ != row->count) {
    Report({.what = fmt::format("{}: its row says {} endpoints, its content has {}",
                                VersionName(id_, at_), row->count, count_),
            .where = RowName(),
            .version = at_,
            .last_version = at_});
  }
  return {};
}

// What the row says beside its list.
void IdVerifier::CheckOrder(const VersionRow& row) {
  if (!row.metadata.empty()) {
    if (const auto metadata = OwnMetadata(id_, at_, row); !metadata) {
      Report({.what = metadata.error().message,
              .where = RowName(),
              .version = at_,
              .last_version = at_,
              .consequence = "who made that version, when and why can't be told; all lists can be "
                             "read"});
    }
  }
  if (row.revision <= revision_) {
    Report({.what = fmt::format("{}: is of r{}, the version before it of r{}",
                                VersionName(id_, at_), row.revision.value, revision_.value),
            .where = RowName(),
            .version = at_,
            .last_version = at_,
            .consequence = "a revision or time may find another version than it did; by number all "
                           "can be read"});
  }
  revision_ = std::max(revision_, row.revision);
}

// A run of versions that were dropped.
Result<void> IdVerifier::PassOver(const VersionRow& row) {
  if (row.run_end < at_ || (newest_ && row.run_end >= *newest_)) {
    Lose(at_, at_,
         Fault(fmt::format("says that versions up to {} were pruned", row.run_end.value)));
    return {};
  }
  if (Result<void> settled = Settle(); !settled) return settled;
  ReportLost();
  at_ = row.run_end;
  first_kept_ = at_.Next();
  base_ = Base::kGone;
  base_digest_ = row.next_digest;
  row_whole_ = false;
  return {};
}

Result<void> IdVerifier::CheckBaseDigest() const {
  if (list_->digest() == base_digest_) return {};
  return std::unexpected(
      Fault(fmt::format("{}: the list behind pruned versions has digest {}, {} was kept of it",
                        VersionName(id_, at_), list_->digest().ToHex(), base_digest_.ToHex())));
}

// Takes the list on by one version.
Result<void> IdVerifier::Follow(const VersionRow& row) {
  if (row.kind == VersionKind::kScript) return FollowScript(row);
  if (Result<void> settled = Settle(); !settled) return settled;
  if (row.kind == VersionKind::kDeletion) {
    Take(at_, std::make_shared<const EndpointList>());
    return {};
  }
  if (row.kind != VersionKind::kSameAs) {
    return TakeFull(DecodeFullList(row.kind, row.payload), row.count);
  }
  if (row.same_as >= at_) {
    return std::unexpected(Fault("says it is the same as a later version"));
  }
  auto list = content_.ReadList(id_, row.same_as);
  if (!list) return std::unexpected(list.error());
  Take(at_, std::move(*list));
  return {};
}

Result<void> IdVerifier::FollowScript(const VersionRow& row) {
  if (base_ != Base::kKnown) {
    const Result<ListDiff> script = DecodeScript(row.payload);
    if (!script) return std::unexpected(script.error());
    count_ = row.count;
    if (base_ == Base::kLost) {
      lost_->last_version = at_;
    } else {
      base_ = Base::kAwaited;
    }
    return {};
  }
  if (Result<void> added = folder_.Add(row.payload); !added) {
    Result<void> settled = Settle();  // those before it
    return settled ? added : settled;
  }
  folded_ = at_;
  count_ = count_ + row.changes.added - row.changes.removed;
  return folder_.edit_count() < kMaxFoldedEdits ? Result<void>() : Settle();
}

Result<void> IdVerifier::CheckCheckpoint(std::string_view value) {
  if (!row_whole_) return {};
  if (Result<void> settled = Settle(); !settled) return settled;
  const Result<ListBase> base = DecodeCheckpointRow(value);
  // Derived: where it can't be used readers go by the scripts, if these lead anywhere.
  if (!base || base->count() != count_) {
    const Error error =
        base ? Fault("its checkpoint has another count than its row") : base.error();
    if (base_ == Base::kAwaited) {
      Lose(at_, at_, error);
      return {};
    }
    ReportUnused(error);
    return {};
  }
  const bool known = base_ == Base::kKnown;
  const Digest digest = list_->digest();
  const bool awaited = base_ == Base::kAwaited;
  if (Result<void> taken = TakeFull(base, count_); !taken) {
    if (!IsDamage(taken.error())) return taken;
    // Readers notice chunks that can't be read, not those that hold something else.
    if (known && !LoadBase(*base, chunks_, ChunkCheck::kForm)) {
      ReportUnused(taken.error());
    } else {
      Lose(at_, at_, taken.error());
    }
    return {};
  }
  Result<void> right = awaited ? CheckBaseDigest() : Result<void>();
  if (known && list_->digest() != digest) {
    right = std::unexpected(Fault("its checkpoint holds another list than its scripts lead to"));
  }
  if (!right) Lose(at_, at_, right.error());
  return {};
}

// A checkpoint that readers do without.
void IdVerifier::ReportUnused(const Error& error) {
  const std::string row = "checkpoint of " + VersionName(id_, at_);
  Report({.what = DamageText(row, error),
          .where = error.where.empty() ? row : error.where,
          .consequence = base_ == Base::kLost ? "it can't be read by"
                                              : "lists are read without it, more slowly"});
}

Result<void> IdVerifier::TakeFull(const Result<ListBase>& base, uint64_t count) {
  if (!base) return std::unexpected(base.error());
  if (base->count() != count) {
    return std::unexpected(
        Fault(fmt::format("its row says {} endpoints, its content has {}", count, base->count())));
  }
  auto list = LoadBase(*base, chunks_, ChunkCheck::kDigest);
  if (!list) return std::unexpected(list.error());
  Take(at_, std::move(*list));
  return {};
}

void IdVerifier::Take(Version version, std::shared_ptr<const EndpointList> list) {
  // It reads by its checkpoint, where its script leads nowhere.
  if (lost_ && *lost_->last_version == version && *lost_->version < version) {
    lost_->last_version = version.Previous();
  }
  ReportLost();
  base_ = Base::kKnown;
  settled_ = version;
  list_ = std::move(list);
  count_ = list_->size();
  report_.endpoints += count_;
}

// Applies the scripts gathered so far: each must follow on the one before it, and on the list.
Result<void> IdVerifier::Settle() {
  if (folded_ <= settled_) return {};
  Result<ListDiff> diff = folder_.Finish();
  folder_ = ScriptFolder();
  Result<EndpointList> list = diff ? Apply(*list_, *diff) : std::unexpected(diff.error());
  if (list) {
    Take(folded_, std::make_shared<const EndpointList>(std::move(*list)));
    return {};
  }
  const Result<Version> first = FirstUnreadable();
  if (!first) return std::unexpected(first.error());
  Lose(*first, folded_, list.error());
  return {};
}

// Of those whose scripts were folded together: which of them does not follow, only trying tells.
Result<Version> IdVerifier::FirstUnreadable() const {
  for (Version at = settled_.Next(); at < folded_; at = at.Next()) {
    const auto list = content_.ReadList(id_, at);
    if (list) continue;
    if (!IsDamage(list.error())) return std::unexpected(list.error());
    return at;
  }
  return folded_;
}

void IdVerifier::Lose(Version first, Version last, const Error& error) {
  base_ = Base::kLost;
  folder_ = ScriptFolder();
  folded_ = settled_;
  if (lost_ && first <= lost_->last_version->Next()) {
    // Neighbours that stand in one damaged place are told of together.
    if (!error.where.empty() && error.where == lost_->where) {
      lost_->last_version = std::max(*lost_->last_version, last);
      return;
    }
    if (first <= *lost_->last_version && first > *lost_->version) {
      lost_->last_version = first.Previous();
    }
  }
  ReportLost();
  const std::string name = VersionName(id_, first);
  lost_ = Damage{.what = DamageText(name, error),
                 .where = error.where.empty() ? "version row " + name : error.where,
                 .id = id_,
                 .version = first,
                 .last_version = last};
}

void IdVerifier::ReportLost() {
  if (!lost_) return;
  const Version last = *lost_->last_version;
  lost_->consequence = fmt::format(
      "{} of {} can't be read{}; all versions that are not named here can",
      VersionsText(*lost_->version, last), id_.text(),
      newest_ == last && newest_has_list_ ? " by number, the newest list still can" : "");
  damage_.Add(std::move(*lost_));
  lost_.reset();
}

void IdVerifier::Report(Damage damage) {
  damage.id = id_;
  if (damage.where.empty()) damage.where = "rows of " + id_.text();
  if (damage.consequence.empty()) damage.consequence = "all lists can be read";
  damage_.Add(std::move(damage));
}

Result<void> IdVerifier::CheckHead(const CurrentVersion& current) {
  if (current.recovered) return TellOfHeadRow();
  const bool lost = base_ == Base::kLost;
  std::string what;
  if (current.revision != revision_ && !lost) {
    what = fmt::format("it says r{}, the version row r{}", current.revision.value, revision_.value);
  } else if (!current.has_head) {
    return {};
  } else if (current.head.first_kept != first_kept_) {
    what = fmt::format("it says that versions from {} on are there, the rows from {} on",
                       current.head.first_kept.value, first_kept_.value);
  } else if (!lost &&
             (current.head.count != list_->size() || current.head.digest != list_->digest())) {
    what = fmt::format("it says {} endpoints with digest {}, the history leads to {} with {}",
                       current.head.count, current.head.digest.ToHex(), list_->size(),
                       list_->digest().ToHex());
  } else if (!lost && current.head.has_block) {
    const auto in_head = DecodeHeadList(current.head);
    if (!in_head) {
      what = in_head.error().message;
    } else if (**in_head != *list_) {
      what = "it holds another list than the history leads to";
    }
  }
  if (what.empty()) return {};
  Report({.what = fmt::format("head row of {}: {}", id_.text(), what),
          .where = "head row of " + id_.text(),
          .version = current.version,
          .last_version = current.version,
          .consequence = fmt::format("what is read of {} as it is now may be wrong; by number all "
                                     "versions can be read",
                                     id_.text())});
  return {};
}

// What is wrong with it was not needed before.
Result<void> IdVerifier::TellOfHeadRow() {
  const std::string row = "head row of " + id_.text();
  std::string value;
  const Result<bool> found = view_.engine_view().Get(Space::kState, HeadKey(id_), value);
  if (!found && !IsDamage(found.error())) return std::unexpected(found.error());
  const Result<HeadRow> head = found ? DecodeHeadRow(value) : std::unexpected(found.error());
  Report({.what = head ? row + ": unreadable" : DamageText(row, head.error()),
          .where = head || head.error().where.empty() ? row : head.error().where,
          .consequence =
              "the ID is read by its version rows, more slowly, until the next change of "
              "it writes the row anew"});
  return {};
}

}  // namespace switchback
