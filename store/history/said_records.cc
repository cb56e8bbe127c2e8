#include "history/said_records.h"

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <utility>

#include "codec/bytes.h"
#include "codec/hash.h"
#include "history/row_keys.h"

namespace switchback {
namespace {

bool ReadSubject(ByteReader& in, SaidRecord& said) {
  std::string_view subject;
  if (!in.ReadLengthPrefixed(subject)) return false;
  said.subject = subject;
  return true;
}

bool ReadTarget(ByteReader& in, SaidRecord& said) {
  return in.ReadVarint(said.target.emplace().value);
}

bool ReadPrune(ByteReader& in, SaidRecord& said) {
  uint64_t keep_last = 0;
  uint64_t has_time = 0;
  Timestamp keep_since;
  if (!in.ReadVarint(keep_last) || !in.ReadVarint(has_time)) return false;
  if (has_time != 0 && !DecodeTime(in, keep_since)) return false;
  uint64_t ids = 0;
  uint64_t dropped = 0;
  if (!ReadSubject(in, said) || !in.ReadVarint(ids) || !in.ReadVarint(dropped)) return false;
  return in.rest().size() == Sha256().size();
}

bool ReadBackup(ByteReader& in, SaidRecord& said) {
  uint64_t number = 0;
  return ReadSubject(in, said) && in.ReadVarint(number) && ReadTarget(in, said) && in.empty();
}

// doc/format.md, "Record row". Of an operation that is not known here the metadata is told alone.
bool ReadPayload(std::string_view payload, SaidRecord& said) {
  ByteReader in(payload);
  switch (said.info.operation) {
    case Operation::kSnapshotCreate:
    case Operation::kSnapshotDelete:
      return ReadSubject(in, said) && ReadTarget(in, said) && in.empty();
    case Operation::kPrune:
      return ReadPrune(in, said);
    case Operation::kBackupCreate:
      return ReadBackup(in, said);
    case Operation::kRefusal:
      return ReadSubject(in, said) && in.empty();
    default:
      return true;
  }
}

class SaidRecordsCursor final : public Cursor<SaidRecord> {
 public:
  SaidRecordsCursor(const Rows& rows, Revision from) : rows_(rows), last_(from.Next()) {
    ScanBefore(last_);
  }

  Result<std::optional<SaidRecord>> Next() override {
    while (records_->valid()) {
      RecordKeyParts at;
      const bool is_record = ParseRecordKey(records_->key(), at);
      if (is_record) last_ = at.revision;
      if (is_record && at.sub == 0) {
        records_->Prev();
        continue;
      }
      Result<SaidRecord> said =
          is_record ? Describe(at, records_->value())
                    : Fail(ErrorCode::kDataLoss, "the key of a record is malformed");
      records_->Prev();
      if (!said) return std::unexpected(said.error());
      return std::move(*said);
    }
    return EndOrDamage();
  }

 private:
  // Stands on the newest record below the commit of `revision`.
  void ScanBefore(Revision revision) {
    const std::string begin(1, kRecordPrefix);
    records_ = rows_.view().Scan(Space::kHistory, begin, RecordKey(revision, 0));
    records_->SeekToLast();
  }

  [[nodiscard]] Result<SaidRecord> Describe(const RecordKeyParts& at,
                                            std::string_view value) const {
    const auto damaged = [&at](std::string_view what) {
      return Fail(ErrorCode::kDataLoss,
                  fmt::format("what was said as r{}.{}: {}", at.revision.value, at.sub, what));
    };
    Result<RecordRow> record = DecodeRecordRow(value);
    if (!record) return damaged(record.error().message);
    if (record->kind != RecordKind::kSaid) return damaged("a commit stands in its place");
    Result<SaidRecord> said = rows_.DescribeSaid(at.revision, at.sub, std::move(record->metadata));
    if (said && !ReadPayload(record->payload, *said)) return damaged("malformed payload");
    return said;
  }

  // Rows that can't be read are told of once. A search below each commit before them, one after
  // another, finds where those that can be read go on.
  Result<std::optional<SaidRecord>> EndOrDamage() {
    const Result<void> status = ended_ ? Result<void>() : records_->status();
    if (status) return std::nullopt;
    Result<void> found = status;
    while (!found && found.error().code == ErrorCode::kDataLoss && last_.value > 0) {
      ScanBefore(last_);
      last_ = last_.Previous();
      found = records_->valid() ? Result<void>() : records_->status();
    }
    ended_ = !found;
    return std::unexpected(status.error());
  }

  const Rows& rows_;
  Revision last_;       // of the record that was read last
  bool ended_ = false;  // nothing behind can be read
  std::unique_ptr<Iterator> records_;
};

}  // namespace

Result<std::unique_ptr<Cursor<SaidRecord>>> OpenSaidRecords(const Rows& rows,
                                                            std::optional<Revision> from) {
  if (from && *from > rows.published()) {
    return Fail(ErrorCode::kNotFound, fmt::format("no revision r{}: the newest is r{}", from->value,
                                                  rows.published().value));
  }
  return std::make_unique<SaidRecordsCursor>(rows, from.value_or(rows.published()));
}

}  // namespace switchback
