#include "history/record_walker.h"

#include <fmt/format.h>

#include <string>

#include "history/row_keys.h"

namespace switchback {
namespace {

// Steps before a search is taken to be cheaper. What is said between two commits also has rows.
constexpr uint64_t kMaxSteps = 16;

}  // namespace

bool RecordWalker::StepTo(Revision revision, std::string_view key) {
  RecordKeyParts parts;
  if (!iterator_->valid() || !ParseRecordKey(iterator_->key(), parts)) return false;
  const bool down = parts.revision >= revision;
  const uint64_t distance =
      down ? parts.revision.value - revision.value : revision.value - parts.revision.value;
  if (distance > kMaxSteps) return false;
  for (uint64_t steps = 0; steps < kMaxSteps && iterator_->valid(); ++steps) {
    const int order = iterator_->key().compare(key);
    if (order == 0) return true;
    if (down != (order > 0)) return false;
    down ? iterator_->Prev() : iterator_->Next();
  }
  return iterator_->valid() && iterator_->key() == key;
}

bool RecordWalker::Reach(Revision revision) {
  const std::string key = RecordKey(revision, 0);
  if (!iterator_) {
    const std::string prefix(1, kRecordPrefix);
    iterator_ = rows_.view().Scan(Space::kHistory, prefix, PrefixEnd(prefix));
  } else if (StepTo(revision, key)) {
    return true;
  }
  iterator_->Seek(key);
  if (iterator_->valid()) return iterator_->key() == key;
  // One that has failed may fail on wherever it is sent.
  if (!iterator_->status()) iterator_.reset();
  return false;
}

Result<RecordRow> RecordWalker::At(Revision revision) {
  // What is not there, or not a commit: let the point read say so.
  if (revision.value == 0 || revision > rows_.published() || !Reach(revision)) {
    return rows_.ReadRecord(revision);
  }
  Result<RecordRow> record = decode_(iterator_->value());
  if (!record || record->kind == RecordKind::kSaid) return rows_.ReadRecord(revision);
  return record;
}

}  // namespace switchback
