// One of each kind of row, for the golden bytes and for the damage tests.
#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "history/full_list.h"
#include "history/head_row.h"
#include "history/journal.h"
#include "history/journal_segment.h"
#include "history/metadata.h"
#include "history/revision_row.h"
#include "history/store_row.h"
#include "history/version_row.h"
#include "list/block.h"
#include "list/script.h"
#include "switchback/endpoint.h"

namespace switchback {

inline BusinessId SampleId(std::string_view text) {
  return *BusinessId::Parse(text);
}

// In canonical order already.
inline EndpointList SampleList(const std::vector<std::string>& texts) {
  EndpointListBuilder builder;
  for (const std::string& text : texts) builder.Append(ParseEndpoint(text)->view());
  return builder.Finish();
}

inline Origin SampleOrigin() {
  return {"ann", "host-1", "switchback", "0.1.0"};
}

// Each bit of `flags` is one optional field.
inline Metadata SampleMetadata(unsigned flags) {
  Metadata metadata;
  metadata.operation = Operation::kEdit;
  metadata.origin = 3;
  metadata.time = Timestamp{1'700'000'000'000'000};
  metadata.effective_time = metadata.time;
  if ((flags & 1) != 0) metadata.effective_time.micros += 1'500'000;
  if ((flags & 2) != 0) metadata.original_time = Timestamp{1'600'000'000'000'001};
  if ((flags & 4) != 0) metadata.author = "ann";
  if ((flags & 8) != 0) metadata.message = "drain pool";
  if ((flags & 16) != 0) metadata.ticket = "OPS-1";
  if ((flags & 32) != 0) metadata.source = "console";
  if ((flags & 64) != 0) metadata.request_id = "req-1";
  if ((flags & 128) != 0) metadata.extensions = {{1, "why"}, {300, ""}};
  return metadata;
}

inline const std::string& SampleScript() {
  static const std::string script = [] {
    ListDiff diff;
    diff.removed = SampleList({"10.0.0.1:80 weight=1"});
    diff.changed_from = SampleList({"10.0.0.2"});
    diff.changed_to = SampleList({"10.0.0.2 weight=7"});
    diff.added = SampleList({"10.0.0.3:80 weight=1"});
    std::string bytes;
    EncodeScript(diff, bytes);
    return bytes;
  }();
  return script;
}

inline const std::string& SampleBlock() {
  static const std::string block =
      *InlineBlock(SampleList({"10.0.0.1:80 weight=1", "10.0.0.2 zone=a", "2001:db8::/32"}));
  return block;
}

// The root of a list of some thousand endpoints; its chunks are nowhere.
inline const std::string& SampleRoot() {
  static const std::string root = [] {
    EndpointListBuilder builder;
    for (uint32_t i = 0; i < 3000; ++i) {
      builder.Append({{{Family::kIPv4, 0, 0x0a000000 + i * 300}, 32, 8000}, {100 + i % 7, {}}});
    }
    const Result<ListRoot> written = WriteChunks(
        builder.Finish(), [](const ChunkName&, std::string&&) { return Result<void>(); });
    std::string bytes;
    EncodeRoot(*written, bytes);
    return bytes;
  }();
  return root;
}

template <unsigned kFlags>
const std::string& EncodedMetadata() {
  static const std::string encoded = [] {
    std::string bytes;
    EncodeMetadata(SampleMetadata(kFlags), bytes);
    return bytes;
  }();
  return encoded;
}

// All kinds, with and without metadata.
inline std::vector<VersionRow> SampleVersionRows() {
  VersionRow script;
  script.revision = Revision{300};
  script.count = 812;
  script.read_cost_kib = 3;
  script.changes = {1, 1, 1};  // as in the script itself
  script.payload = SampleScript();
  VersionRow inline_list;
  inline_list.kind = VersionKind::kFullInline;
  inline_list.revision = Revision{1};
  inline_list.count = 3;
  inline_list.changes = {0, 0, 3};
  inline_list.metadata = EncodedMetadata<4>();
  inline_list.payload = SampleBlock();
  VersionRow chunked = inline_list;
  chunked.kind = VersionKind::kFullChunked;
  chunked.count = 3000;
  chunked.changes = {3, 0, 3000};
  chunked.payload = SampleRoot();
  VersionRow same_as;
  same_as.kind = VersionKind::kSameAs;
  same_as.revision = Revision{301};
  same_as.count = 812;
  same_as.read_cost_kib = 4;
  same_as.same_as = Version{41};
  same_as.changes = {1, 0, 812};
  same_as.metadata = EncodedMetadata<127>();
  VersionRow deletion;
  deletion.kind = VersionKind::kDeletion;
  deletion.revision = Revision{302};
  deletion.changes = {812, 0, 0};
  VersionRow pruned;
  pruned.kind = VersionKind::kPruned;
  pruned.revision = Revision{303};
  pruned.run_end = Version{300};
  pruned.next_digest = Digest{0x0102030405060708, 0x090a0b0c0d0e0f10};
  return {script, inline_list, chunked, same_as, deletion, pruned};
}

inline std::vector<TouchedId> SampleTouchedIds() {
  return {{SampleId("394521"), Version{41}},
          {SampleId("394522"), Version{1}},
          {SampleId("4"), Version{300}}};
}

// One row, and how to read it and write what was read.
struct RowSample {
  std::string name;
  std::string bytes;
  std::function<Result<std::string>(std::string_view)> recode;
};

template <typename Row>
RowSample MakeSample(std::string name, const Row& row, void (*encode)(const Row&, std::string&),
                     Result<Row> (*decode)(std::string_view)) {
  RowSample sample;
  sample.name = std::move(name);
  encode(row, sample.bytes);
  sample.recode = [encode, decode](std::string_view bytes) -> Result<std::string> {
    const Result<Row> decoded = decode(bytes);
    if (!decoded) return std::unexpected(decoded.error());
    std::string again;
    encode(*decoded, again);
    return again;
  };
  return sample;
}

inline Result<Metadata> DecodeWholeMetadata(std::string_view bytes) {
  ByteReader in(bytes);
  Metadata metadata;
  if (!DecodeMetadata(in, metadata) || !in.empty()) return Fail(ErrorCode::kDataLoss, "metadata");
  return metadata;
}

inline HeadRow SampleHead() {
  HeadRow head;
  head.version = Version{41};
  head.revision = Revision{300};
  head.count = 3;
  head.has_block = true;
  head.digest = Digest{0x0102030405060708, 0x090a0b0c0d0e0f10};
  head.read_cost = 1000;
  head.base_bytes = 20;
  head.block = SampleBlock();
  return head;
}

inline StoreRow SampleStoreRow() {
  StoreRow row;
  row.uuid = "123e4567-e89b-42d3-a456-426614174000";
  row.environment = "production";
  row.created = Timestamp{1'700'000'000'000'000};
  row.published = Revision{300};
  row.pending = Revision{301};
  row.effective_time = Timestamp{1'700'000'001'500'000};
  row.records = 305;
  row.subs = 2;
  row.chain.fill(0xab);
  row.ids = 1000;
  row.versions = 70000;
  row.origins = 3;
  row.keeps_import_times = true;
  return row;
}

inline std::vector<RowSample> RecordSamples() {
  RecordRow one;
  one.ids = {{SampleId("394521"), Version{41}}};
  RecordRow many;
  many.kind = RecordKind::kManyIds;
  many.ids = SampleTouchedIds();
  many.metadata = SampleMetadata(12);
  many.id_count = 3;
  many.removed = 1;
  many.changed = 2;
  many.added = 300;
  RecordRow parts = many;
  parts.ids.clear();
  parts.id_count = 3000;
  parts.parts = 3;
  RecordRow said;
  said.kind = RecordKind::kSaid;
  said.metadata = SampleMetadata(4);
  said.metadata.operation = Operation::kSnapshotCreate;
  said.payload = "payload";
  RecordRow refusal;
  refusal.kind = RecordKind::kSaid;
  refusal.metadata = SampleMetadata(8);
  refusal.metadata.operation = Operation::kRefusal;
  AppendLengthPrefixed("prune", refusal.payload);
  return {MakeSample("record of one ID", one, EncodeRecordRow, DecodeRecordRow),
          MakeSample("record of many IDs", many, EncodeRecordRow, DecodeRecordRow),
          MakeSample("record with parts", parts, EncodeRecordRow, DecodeRecordRow),
          MakeSample("record of what was said", said, EncodeRecordRow, DecodeRecordRow),
          MakeSample("record of a refusal", refusal, EncodeRecordRow, DecodeRecordRow)};
}

inline std::vector<RowSample> RowSamples() {
  std::vector<RowSample> samples = RecordSamples();
  const auto add = [&samples](RowSample sample) { samples.push_back(std::move(sample)); };
  add(MakeSample("metadata, no flags", SampleMetadata(0), EncodeMetadata, DecodeWholeMetadata));
  add(MakeSample("metadata, all flags", SampleMetadata(127), EncodeMetadata, DecodeWholeMetadata));
  add(MakeSample("metadata, later fields", SampleMetadata(132), EncodeMetadata,
                 DecodeWholeMetadata));
  const char* kinds[] = {"script",  "inline list", "chunked list",
                         "same-as", "deletion",    "pruned run"};
  size_t kind = 0;
  for (const VersionRow& row : SampleVersionRows()) {
    add(MakeSample(std::string("version: ") + kinds[kind++], row, EncodeVersionRow,
                   DecodeVersionRow));
  }
  add(MakeSample("touched IDs", SampleTouchedIds(), EncodeTouchedIds, DecodeTouchedIds));
  add(MakeSample("head", SampleHead(), EncodeHeadRow, DecodeHeadRow));
  HeadRow pruned = SampleHead();
  pruned.first_kept = Version{40};
  pruned.has_block = false;
  pruned.block = {};
  add(MakeSample("head without a block, pruned", pruned, EncodeHeadRow, DecodeHeadRow));
  HeadRow deleted;
  deleted.version = Version{2};
  deleted.revision = Revision{2};
  deleted.deleted = true;
  add(MakeSample("head of a deleted ID", deleted, EncodeHeadRow, DecodeHeadRow));
  add(MakeSample("store", SampleStoreRow(), EncodeStoreRow, DecodeStoreRow));
  StoreRow pruned_store = SampleStoreRow();
  pruned_store.format = kFormatPruned;
  pruned_store.prune_floor = Revision{299};
  add(MakeSample("store, pruned", pruned_store, EncodeStoreRow, DecodeStoreRow));
  JournalSegment segment;
  segment.last = Revision{300};
  segment.records = 301;
  segment.before.fill(0x11);
  segment.chain.fill(0x22);
  segment.summary.fill(0x33);
  add(MakeSample("journal segment", segment, EncodeJournalSegment, DecodeJournalSegment));
  add(MakeSample("origin", SampleOrigin(), EncodeOrigin, DecodeOrigin));
  const SnapshotRow snapshot{Revision{300}, Timestamp{1'700'000'000'000'000}, "ann", "friday"};
  add(MakeSample("snapshot", snapshot, EncodeSnapshotRow, DecodeSnapshotRow));
  const RequestRow request{Revision{300}, Digest{0x0102030405060708, 0x090a0b0c0d0e0f10}};
  add(MakeSample("request", request, EncodeRequestRow, DecodeRequestRow));
  return samples;
}

}  // namespace switchback
