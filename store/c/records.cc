#include "c/records.h"

#include <utility>

namespace switchback::c {
namespace {

// A subscription does not say what an ID had before; it follows from what the revision did.
std::vector<ChangedId> ToChangedIds(std::vector<FeedChange> changes) {
  std::vector<ChangedId> changed;
  changed.reserve(changes.size());
  for (FeedChange& change : changes) {
    changed.push_back({.id = std::move(change.id),
                       .version = change.version,
                       .from = change.version.Previous(),
                       .deleted = change.deleted,
                       .count_before = change.count + change.removed - change.added,
                       .count = change.count,
                       .added = change.added,
                       .removed = change.removed,
                       .changed = change.changed});
  }
  return changed;
}

}  // namespace

RevisionRecord::RevisionRecord(RevisionInfo info)
    : info_(std::move(info)),
      record_{.revision = info_.revision.value,
              .time = info_.time.micros,
              .effective_time = info_.effective_time.micros,
              .operation = OperationName(info_.operation).data(),  // a literal: ends in a NUL
              .author = info_.author.c_str(),
              .message = info_.message.c_str(),
              .ticket = info_.ticket.c_str(),
              .source = info_.source.c_str(),
              .request_id = info_.request_id.c_str(),
              .user = info_.origin.user.c_str(),
              .host = info_.origin.host.c_str(),
              .program = info_.origin.program.c_str(),
              .program_version = info_.origin.program_version.c_str(),
              .id_count = info_.id_count,
              .added = info_.added,
              .removed = info_.removed,
              .changed = info_.changed} {}

VersionRecord::VersionRecord(VersionInfo info)
    : id_(std::move(info.id)),
      commit_(std::move(info.commit)),
      record_{.id = id_.text().c_str(),
              .version = info.version.value,
              .count = info.count,
              .added = info.added,
              .removed = info.removed,
              .changed = info.changed,
              .same_as = info.same_as ? info.same_as->value : 0,
              .deleted = info.deleted,
              .pruned = info.pruned,
              .commit = commit_.get()} {}

TableRecord::TableRecord(TableEntry entry)
    : entry_(std::move(entry)),
      record_{.id = entry_.id.text().c_str(),
              .version = entry_.version.value,
              .revision = entry_.revision.value} {}

IdChangeRecords::IdChangeRecords(std::vector<ChangedId> changes) : changes_(std::move(changes)) {
  array_.Reserve(changes_.size());
  for (const ChangedId& change : changes_) {
    array_.Add({.id = change.id.text().c_str(),
                .version = change.version.value,
                .from = change.from.value,
                .count_before = change.count_before,
                .count = change.count,
                .added = change.added,
                .removed = change.removed,
                .changed = change.changed,
                .deleted = change.deleted});
  }
}

EventRecord::EventRecord(FeedEvent event)
    : commit_(std::move(event.commit)),
      changes_(ToChangedIds(std::move(event.changes))),
      record_{.commit = commit_.get(),
              .changes = changes_.array().data(),
              .change_count = changes_.array().size(),
              .last = event.last} {}

}  // namespace switchback::c
