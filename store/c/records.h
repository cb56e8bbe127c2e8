// The structs that the library makes for C, each beside what it points into. Not to be moved.
#pragma once

#include <cstddef>
#include <vector>

#include "switchback/change.h"
#include "switchback/feed.h"
#include "switchback/switchback.h"
#include "switchback/view.h"

namespace switchback::c {

class RevisionRecord {
 public:
  explicit RevisionRecord(RevisionInfo info);
  RevisionRecord(const RevisionRecord&) = delete;
  RevisionRecord& operator=(const RevisionRecord&) = delete;
  [[nodiscard]] const switchback_revision_info* get() const { return &record_; }

 private:
  const RevisionInfo info_;
  switchback_revision_info record_;
};

class VersionRecord {
 public:
  explicit VersionRecord(VersionInfo info);
  VersionRecord(const VersionRecord&) = delete;
  VersionRecord& operator=(const VersionRecord&) = delete;
  [[nodiscard]] const switchback_version_info* get() const { return &record_; }

 private:
  const BusinessId id_;
  const RevisionRecord commit_;
  switchback_version_info record_;
};

class TableRecord {
 public:
  explicit TableRecord(TableEntry entry);
  TableRecord(const TableRecord&) = delete;
  TableRecord& operator=(const TableRecord&) = delete;
  [[nodiscard]] const switchback_table_entry* get() const { return &record_; }

 private:
  const TableEntry entry_;
  switchback_table_entry record_;
};

// Records that stand in an array, as C gets them: by pointers, so that they may grow.
template <typename Record>
class RecordArray {
 public:
  void Reserve(size_t count) {
    records_.reserve(count);
    pointers_.reserve(count);
  }
  // REQUIRES: no more than were reserved.
  void Add(const Record& record) {
    records_.push_back(record);
    pointers_.push_back(&records_.back());
  }
  [[nodiscard]] const Record* const* data() const { return pointers_.data(); }
  [[nodiscard]] size_t size() const { return pointers_.size(); }

 private:
  std::vector<Record> records_;
  std::vector<const Record*> pointers_;
};

class IdChangeRecords {
 public:
  explicit IdChangeRecords(std::vector<ChangedId> changes);
  IdChangeRecords(const IdChangeRecords&) = delete;
  IdChangeRecords& operator=(const IdChangeRecords&) = delete;
  [[nodiscard]] const RecordArray<switchback_id_change>& array() const { return array_; }

 private:
  const std::vector<ChangedId> changes_;
  RecordArray<switchback_id_change> array_;
};

class EventRecord {
 public:
  explicit EventRecord(FeedEvent event);
  EventRecord(const EventRecord&) = delete;
  EventRecord& operator=(const EventRecord&) = delete;
  [[nodiscard]] const switchback_event* get() const { return &record_; }

 private:
  const RevisionRecord commit_;
  const IdChangeRecords changes_;
  switchback_event record_;
};

}  // namespace switchback::c
