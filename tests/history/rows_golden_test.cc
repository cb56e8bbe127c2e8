// Golden bytes of every key and row: change one, and stores that exist can't be read. doc/format.md
// says the same; change both together, with the format number.
#include <gtest/gtest.h>

#include "history/golden_rows.h"
#include "history/row_keys.h"
#include "history/row_samples.h"

namespace switchback {
namespace {

std::string Hex(std::string_view bytes) {
  std::string hex;
  for (const char c : bytes) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    const auto byte = static_cast<unsigned char>(c);
    hex += kDigits[byte >> 4];
    hex += kDigits[byte & 15];
  }
  return hex;
}

TEST(KeysGolden, StateAndChunks) {
  EXPECT_EQ(Hex(StoreRowKey()), "53");
  EXPECT_EQ(Hex(HeadKey(SampleId("a:1"))), "48613a31");
  EXPECT_EQ(Hex(OriginKey(1)), "4f0101");
  EXPECT_EQ(Hex(OriginKey(300)), "4f02012c");
  EXPECT_EQ(Hex(SnapshotKey("friday")), "4e667269646179");
  EXPECT_EQ(Hex(RequestKey("req")), "51726571");
  EXPECT_EQ(Hex(BookmarkKey("feed")), "4266656564");
  EXPECT_EQ(Hex(ChainKey(4096)), "43021000");
  EXPECT_EQ(Hex(SegmentsKey()), "4a");
  EXPECT_EQ(Hex(SegmentKey(2, Revision{300})), "4a010202012c");
  const Digest address{0x0102030405060708, 0x090a0b0c0d0e0f10};
  EXPECT_EQ(Hex(ChunkKey(ParseEndpoint("10.20.1.1:80")->key, address)),
            "040a1401010102030405060708090a0b0c0d0e0f10");
  EXPECT_EQ(Hex(ChunkKey(ParseEndpoint("2001:db8::1")->key, address)),
            "0620010db8000000000102030405060708090a0b0c0d0e0f10");
}

TEST(KeysGolden, History) {
  const BusinessId id = SampleId("394521");
  EXPECT_EQ(Hex(VersionKey(id, Version{1})), "5633393435323100010100");
  EXPECT_EQ(Hex(CheckpointKey(id, Version{1})), "5633393435323100010101");
  EXPECT_EQ(Hex(VersionKey(id, Version{256})), "563339343532310002010000");
  EXPECT_EQ(Hex(VersionsBegin(id)), "5633393435323100");
  EXPECT_EQ(Hex(VersionsEnd(id)), "5633393435323101");
  EXPECT_EQ(Hex(RecordKey(Revision{7}, 0)), "52010700");
  EXPECT_EQ(Hex(RecordKey(Revision{7}, 2)), "5201070102");
  EXPECT_EQ(Hex(PartKey(Revision{7}, 0)), "50010700");
}

TEST(KeysOrder, RowsOfAnIdAreAdjacentAndNumbersInOrder) {
  // Each below the next, bytewise: a checkpoint just behind its version, an ID before its
  // extensions.
  const std::vector<std::string> keys = {
      VersionsBegin(SampleId("a")),
      VersionKey(SampleId("a"), Version{1}),
      CheckpointKey(SampleId("a"), Version{1}),
      VersionKey(SampleId("a"), Version{2}),
      VersionKey(SampleId("a"), Version{255}),
      VersionKey(SampleId("a"), Version{256}),
      VersionKey(SampleId("a"), Version{UINT64_MAX}),
      VersionsEnd(SampleId("a")),
      VersionKey(SampleId("a-"), Version{1}),
      VersionKey(SampleId("aa"), Version{1}),
  };
  for (size_t i = 1; i < keys.size(); ++i) EXPECT_LT(keys[i - 1], keys[i]) << i;
  EXPECT_LT(RecordKey(Revision{255}, 9), RecordKey(Revision{256}, 0));
  EXPECT_LT(RecordKey(Revision{7}, 0), RecordKey(Revision{7}, 1));
  EXPECT_EQ(PrefixEnd("V"), "W");
  EXPECT_EQ(PrefixEnd("a\xff"), "b");
}

TEST(KeysParse, RoundTripAndGarbage) {
  VersionKeyParts parts;
  const std::string key = CheckpointKey(SampleId("a/b"), Version{70000});
  ASSERT_TRUE(ParseVersionKey(key, parts));
  EXPECT_EQ(parts.id, "a/b");
  EXPECT_EQ(parts.version, Version{70000});
  EXPECT_TRUE(parts.checkpoint);
  for (size_t length = 0; length < key.size(); ++length) {
    EXPECT_FALSE(ParseVersionKey(std::string_view(key).substr(0, length), parts)) << length;
  }
  EXPECT_FALSE(ParseVersionKey(key + "x", parts));
  RecordKeyParts record;
  ASSERT_TRUE(ParseRecordKey(RecordKey(Revision{70000}, 3), record));
  EXPECT_EQ(record.revision, Revision{70000});
  EXPECT_EQ(record.sub, 3U);
  EXPECT_FALSE(ParseRecordKey("R", record));
  EXPECT_FALSE(ParseRecordKey("P", record));
}

// Each sample's bytes, and that decoding and encoding gives them again.
TEST(RowsGolden, EverySampleIsThePinnedBytes) {
  const std::map<std::string, std::string> golden = GoldenRows();
  for (const RowSample& sample : RowSamples()) {
    const auto pinned = golden.find(sample.name);
    EXPECT_EQ(Hex(sample.bytes), pinned == golden.end() ? "(nothing)" : pinned->second)
        << sample.name;
    EXPECT_EQ(Hex(sample.recode(sample.bytes).value_or("(error)")), Hex(sample.bytes))
        << sample.name;
  }
  EXPECT_EQ(golden.size(), RowSamples().size());
}

TEST(RowsRoundTrip, MetadataKeepsEveryField) {
  for (unsigned flags = 0; flags < 256; ++flags) {
    const Metadata metadata = SampleMetadata(flags);
    std::string bytes;
    EncodeMetadata(metadata, bytes);
    ByteReader in(bytes);
    Metadata decoded = SampleMetadata(255);  // what was there before must not stay
    ASSERT_TRUE(DecodeMetadata(in, decoded)) << flags;
    EXPECT_TRUE(in.empty());
    EXPECT_EQ(decoded, metadata) << flags;
  }
}

// To the byte where it ends, and past the end of nothing that is cut off.
TEST(RowsRoundTrip, MetadataIsPassedOver) {
  for (unsigned flags = 0; flags < 256; ++flags) {
    std::string bytes;
    EncodeMetadata(SampleMetadata(flags), bytes);
    const std::string more = bytes + "more";
    ByteReader in(more);
    std::string_view passed;
    ASSERT_TRUE(SkipMetadata(in, passed)) << flags;
    EXPECT_EQ(passed, bytes) << flags;
    EXPECT_EQ(in.rest(), "more") << flags;
    for (size_t size = 0; size < bytes.size(); ++size) {
      ByteReader cut(std::string_view(bytes).substr(0, size));
      EXPECT_FALSE(SkipMetadata(cut, passed)) << flags << ", " << size << " bytes";
    }
  }
}

// What a later program adds is kept under its number, and costs nothing where it is absent.
TEST(RowsRoundTrip, MetadataKeepsFieldsItDoesNotKnow) {
  std::string without;
  EncodeMetadata(SampleMetadata(4), without);
  std::string bytes;
  EncodeMetadata(SampleMetadata(4 + 128), bytes);
  const std::string fields("\x01\x03why\xac\x02\x00", 8);
  // The flags are a byte longer; the fields stand at the end, behind their length.
  EXPECT_EQ(bytes, "\x84\x01" + without.substr(1) + "\x08" + fields);
}

TEST(RowsRoundTrip, MetadataRefusesMalformedLaterFields) {
  std::string whole;
  EncodeMetadata(SampleMetadata(4 + 128), whole);
  const std::string front = whole.substr(0, whole.size() - 9);
  const auto taken = [&front](std::string_view fields) {
    std::string bytes = front;
    AppendLengthPrefixed(fields, bytes);
    return DecodeWholeMetadata(bytes).has_value();
  };
  EXPECT_TRUE(taken({"\x01\x00", 2}));
  EXPECT_TRUE(taken({"\x01\x01x\x02\x00", 5}));
  EXPECT_FALSE(taken({})) << "none, but flagged";
  EXPECT_FALSE(taken({"\x00\x00", 2})) << "number 0";
  EXPECT_FALSE(taken({"\x02\x00\x01\x00", 4})) << "numbers fall";
  EXPECT_FALSE(taken({"\x01\x00\x01\x00", 4})) << "a number twice";
  EXPECT_FALSE(taken({"\x01\x02x", 3})) << "a field is cut off";
  EXPECT_FALSE(taken({"\x01", 1})) << "a number without a field";
}

TEST(RowsRoundTrip, TimesAreExactInTheFewestBytes) {
  const std::map<int64_t, size_t> sizes = {{0, 1},
                                           {1, 1},
                                           {1'000, 1},
                                           {1'000'000, 1},
                                           {1'700'000'000'000'000, 5},
                                           {1'700'000'000'123'000, 7},
                                           {1'700'000'000'123'456, 8}};
  for (const auto& [micros, size] : sizes) {
    std::string bytes;
    EncodeTime(Timestamp{micros}, bytes);
    EXPECT_EQ(bytes.size(), size) << micros;
    ByteReader in(bytes);
    Timestamp time;
    ASSERT_TRUE(DecodeTime(in, time));
    EXPECT_EQ(time.micros, micros);
  }
}

TEST(RowsRoundTrip, VersionRowKeepsEveryField) {
  for (const VersionRow& row : SampleVersionRows()) {
    std::string bytes;
    EncodeVersionRow(row, bytes);
    const Result<VersionRow> decoded = DecodeVersionRow(bytes);
    ASSERT_TRUE(decoded.has_value());
    EXPECT_EQ(decoded->kind, row.kind);
    EXPECT_EQ(decoded->revision, row.revision);
    EXPECT_EQ(decoded->count, row.count);
    EXPECT_EQ(decoded->read_cost_kib, row.read_cost_kib);
    EXPECT_EQ(decoded->changes.removed, row.changes.removed);
    EXPECT_EQ(decoded->changes.changed, row.changes.changed);
    EXPECT_EQ(decoded->changes.added, row.changes.added);
    EXPECT_EQ(decoded->same_as, row.same_as);
    EXPECT_EQ(decoded->metadata, row.metadata);
    EXPECT_EQ(decoded->payload, row.payload);
  }
}

TEST(JournalGolden, LeafAndChainOfAFixedRecord) {
  ListDiff diff;
  diff.removed = SampleList({"10.0.0.1:80 weight=1"});
  diff.changed_from = SampleList({"10.0.0.2"});
  diff.changed_to = SampleList({"10.0.0.2 weight=7 zone=a"});
  diff.added = SampleList({"2001:db8::/32"});
  ChangesHasher hasher;
  hasher.Add(SampleId("394521"), Version{41}, /*deleted=*/false, diff);
  hasher.Add(SampleId("400000"), Version{2}, /*deleted=*/true, ListDiff{});
  const Sha256 content = hasher.Finish();
  EXPECT_EQ(Sha256ToHex(content), kGoldenContent);
  const Sha256 leaf = JournalLeaf(Revision{7}, 0, SampleMetadata(127), SampleOrigin(), content);
  EXPECT_EQ(Sha256ToHex(leaf), kGoldenLeaf);
  const Sha256 first = NextChain(Sha256{}, leaf);
  EXPECT_EQ(Sha256ToHex(first), kGoldenFirstChain);
  EXPECT_EQ(Sha256ToHex(NextChain(first, leaf)), kGoldenSecondChain);
  // Everything that a record says is in its leaf.
  for (unsigned flag = 0; flag < 7; ++flag) {
    EXPECT_NE(
        JournalLeaf(Revision{7}, 0, SampleMetadata(127U & ~(1U << flag)), SampleOrigin(), content),
        leaf)
        << flag;
  }
  EXPECT_NE(JournalLeaf(Revision{7}, 0, SampleMetadata(255), SampleOrigin(), content), leaf);
  EXPECT_NE(JournalLeaf(Revision{7}, 1, SampleMetadata(127), SampleOrigin(), content), leaf);
  EXPECT_NE(JournalLeaf(Revision{8}, 0, SampleMetadata(127), SampleOrigin(), content), leaf);
}

}  // namespace
}  // namespace switchback
