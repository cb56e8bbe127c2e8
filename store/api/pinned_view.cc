#include "api/pinned_view.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "api/view_impl.h"

namespace switchback {
namespace {

// A stay as it was when `newest` was the ID's newest version. False: it had not begun.
bool CutLife(EndpointLife& life, Version newest) {
  if (life.from > newest) return false;
  if (life.until && *life.until > newest) life.until.reset();
  std::erase_if(life.values, [&](const EndpointLife::Value& one) { return one.from > newest; });
  return true;
}

class PinnedLives final : public Cursor<AddressLife> {
 public:
  PinnedLives(const PinnedView& view, std::unique_ptr<Cursor<AddressLife>> lives)
      : view_(view), lives_(std::move(lives)) {}

  Result<std::optional<AddressLife>> Next() override {
    while (true) {
      Result<std::optional<AddressLife>> next = lives_->Next();
      if (!next || !*next) return next;
      const Result<Version> newest = NewestOf((*next)->id);
      if (!newest) return std::unexpected(newest.error());
      if (CutLife((*next)->life, *newest)) return next;
    }
  }

 private:
  // Lives come by ID. 0: it was not born.
  Result<Version> NewestOf(const BusinessId& id) {
    if (id_ != id) {
      const Result<ResolvedVersion> newest = view_.Newest(id);
      if (!newest && newest.error().code != ErrorCode::kNotFound) {
        return std::unexpected(newest.error());
      }
      id_ = id;
      newest_ = newest ? newest->version : Version{0};
    }
    return newest_;
  }

  const PinnedView& view_;
  const std::unique_ptr<Cursor<AddressLife>> lives_;
  std::optional<BusinessId> id_;
  Version newest_;
};

Error NoVersion(const BusinessId& id, Version version, Version newest) {
  return {
      ErrorCode::kNotFound,
      fmt::format("{} has no version {}: its newest is {}", id.text(), version.value, newest.value),
      {},
      0};
}

}  // namespace

Result<ResolvedVersion> PinnedView::Newest(const BusinessId& id) const {
  Result<ResolvedVersion> newest = later_->Resolve(id, RevisionSelector{revision_});
  if (newest || newest.error().code != ErrorCode::kNotFound) return newest;
  return std::unexpected(UnknownId(id));
}

Result<ResolvedVersion> PinnedView::Current(const BusinessId& id) const {
  Result<ResolvedVersion> newest = Newest(id);
  if (newest && newest->deleted) return std::unexpected(DeletedId(id, newest->version));
  return newest;
}

Result<void> PinnedView::CheckVersion(const BusinessId& id, Version version) const {
  const Result<ResolvedVersion> newest = Newest(id);
  if (!newest) return std::unexpected(newest.error());
  if (version <= newest->version) return {};
  return std::unexpected(NoVersion(id, version, newest->version));
}

Result<void> PinnedView::CheckRevision(Revision revision) const {
  if (revision <= revision_) return {};
  return Fail(ErrorCode::kNotFound,
              fmt::format("no revision r{}: the newest is r{}", revision.value, revision_.value));
}

Result<ListHandle> PinnedView::Read(const BusinessId& id) const {
  const Result<ResolvedVersion> current = Current(id);
  if (!current) return std::unexpected(current.error());
  return later_->Read(id, current->version);
}

Result<ListHandle> PinnedView::Read(const BusinessId& id, Version version) const {
  if (Result<void> known = CheckVersion(id, version); !known) {
    return std::unexpected(known.error());
  }
  return later_->Read(id, version);
}

Result<bool> PinnedView::Contains(const BusinessId& id, const EndpointKey& key) const {
  const Result<ListHandle> list = Read(id);
  if (!list) return std::unexpected(list.error());
  return (*list)->list->Contains(key);
}

Result<VersionSummary> PinnedView::Summarize(const BusinessId& id, Version version) const {
  if (Result<void> known = CheckVersion(id, version); !known) {
    return std::unexpected(known.error());
  }
  return later_->Summarize(id, version);
}

Result<ResolvedVersion> PinnedView::Resolve(const BusinessId& id, const Selector& selector) const {
  Result<ResolvedVersion> newest = Newest(id);
  if (!newest) return newest;
  if (const auto* head = std::get_if<HeadSelector>(&selector)) {
    if (head->back == 0) return newest;
    if (head->back < newest->version.value) {
      return later_->Resolve(id, Version{newest->version.value - head->back});
    }
    return Fail(ErrorCode::kNotFound,
                fmt::format("{}@head~{} is before its first version: the newest is {}", id.text(),
                            head->back, newest->version.value));
  }
  if (const auto* at = std::get_if<Version>(&selector)) {
    if (*at > newest->version) return std::unexpected(NoVersion(id, *at, newest->version));
    return later_->Resolve(id, selector);
  }
  if (std::holds_alternative<TimeSelector>(selector)) {
    Result<ResolvedVersion> then = later_->Resolve(id, selector);
    return then && then->version > newest->version ? newest : then;
  }
  if (const Result<Revision> known = ResolveRevision(selector); !known) {
    return std::unexpected(known.error());
  }
  return later_->Resolve(id, selector);
}

Result<Revision> PinnedView::ResolveRevision(const Selector& selector) const {
  if (const auto* head = std::get_if<HeadSelector>(&selector)) {
    if (head->back <= revision_.value) return Revision{revision_.value - head->back};
    return Fail(ErrorCode::kNotFound,
                fmt::format("head~{} is before the first revision: the newest is r{}", head->back,
                            revision_.value));
  }
  if (const auto* at = std::get_if<RevisionSelector>(&selector)) {
    if (Result<void> known = CheckRevision(at->revision); !known) {
      return std::unexpected(known.error());
    }
  }
  Result<Revision> found = later_->ResolveRevision(selector);
  if (!found || *found <= revision_) return found;
  if (std::holds_alternative<TimeSelector>(selector)) return revision_;
  if (Result<void> known = CheckRevision(*found); !known) return std::unexpected(known.error());
  return found;
}

Result<VersionInfo> PinnedView::Describe(const BusinessId& id, Version version) const {
  if (Result<void> known = CheckVersion(id, version); !known) {
    return std::unexpected(known.error());
  }
  return later_->Describe(id, version);
}

Result<std::unique_ptr<Cursor<VersionInfo>>> PinnedView::History(
    const BusinessId& id, std::optional<Version> from) const {
  const Result<ResolvedVersion> newest = Newest(id);
  if (!newest) return std::unexpected(newest.error());
  if (from && *from > newest->version) {
    return std::unexpected(NoVersion(id, *from, newest->version));
  }
  return later_->History(id, from.value_or(newest->version));
}

Result<RevisionInfo> PinnedView::DescribeRevision(Revision revision) const {
  if (Result<void> known = CheckRevision(revision); !known) return std::unexpected(known.error());
  return later_->DescribeRevision(revision);
}

Result<std::unique_ptr<Cursor<RevisionInfo>>> PinnedView::Log(std::optional<Revision> from) const {
  if (from) {
    if (Result<void> known = CheckRevision(*from); !known) return std::unexpected(known.error());
  }
  return later_->Log(from.value_or(revision_));
}

Result<std::unique_ptr<Cursor<SaidRecord>>> PinnedView::SaidRecords(
    std::optional<Revision> from) const {
  if (from) {
    if (Result<void> known = CheckRevision(*from); !known) return std::unexpected(known.error());
  }
  return later_->SaidRecords(from.value_or(revision_));
}

Result<std::unique_ptr<Cursor<VersionInfo>>> PinnedView::Changes(Revision revision) const {
  if (Result<void> known = CheckRevision(revision); !known) return std::unexpected(known.error());
  return later_->Changes(revision);
}

Result<ListDiff> PinnedView::Diff(const VersionRef& from, const VersionRef& to) const {
  for (const VersionRef* ref : {&from, &to}) {
    if (ref->version.value == 0) continue;
    if (Result<void> known = CheckVersion(ref->id, ref->version); !known) {
      return std::unexpected(known.error());
    }
  }
  return later_->Diff(from, to);
}

Result<std::unique_ptr<Cursor<NetChange>>> PinnedView::NetChanges(
    const RevisionChoice& choice) const {
  for (const Revision revision : choice.revisions) {
    if (Result<void> known = CheckRevision(revision); !known) return std::unexpected(known.error());
  }
  return later_->NetChanges(choice);
}

Result<Blame> PinnedView::BlameList(const BusinessId& id, Version version) const {
  if (Result<void> known = CheckVersion(id, version); !known) {
    return std::unexpected(known.error());
  }
  return later_->BlameList(id, version);
}

Result<std::vector<EndpointLife>> PinnedView::Lives(const BusinessId& id,
                                                    const EndpointKey& key) const {
  const Result<ResolvedVersion> newest = Newest(id);
  if (!newest) return std::unexpected(newest.error());
  Result<std::vector<EndpointLife>> lives = later_->Lives(id, key);
  if (!lives) return lives;
  std::erase_if(*lives, [&](EndpointLife& life) { return !CutLife(life, newest->version); });
  return lives;
}

Result<std::unique_ptr<Cursor<AddressHolder>>> PinnedView::WhoHas(const AddressQuery& query,
                                                                  std::optional<Revision> revision,
                                                                  std::string_view glob) const {
  if (Result<void> known = CheckRevision(revision.value_or(revision_)); !known) {
    return std::unexpected(known.error());
  }
  return later_->WhoHas(query, revision.value_or(revision_), glob);
}

Result<std::unique_ptr<Cursor<AddressLife>>> PinnedView::WhoEverHad(const AddressQuery& query,
                                                                    std::string_view glob) const {
  auto lives = later_->WhoEverHad(query, glob);
  if (!lives) return lives;
  return std::make_unique<PinnedLives>(*this, *std::move(lives));
}

Result<std::unique_ptr<Cursor<TableEntry>>> PinnedView::Table(std::optional<Revision> revision,
                                                              const TableRange& range) const {
  if (Result<void> known = CheckRevision(revision.value_or(revision_)); !known) {
    return std::unexpected(known.error());
  }
  return later_->Table(revision.value_or(revision_), range);
}

Result<std::unique_ptr<Cursor<TableDifference>>> PinnedView::DiffTable(Revision from,
                                                                       Revision to) const {
  if (Result<void> known = CheckRevision(std::max(from, to)); !known) {
    return std::unexpected(known.error());
  }
  return later_->DiffTable(from, to);
}

}  // namespace switchback
