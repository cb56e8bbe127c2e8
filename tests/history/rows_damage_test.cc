// Decoders of rows given bytes that nobody encoded: an error, or something that means the same when
// it is written and read again. Never a crash or a read past the end (the copies below are exact,
// so that AddressSanitizer sees one).
#include <gtest/gtest.h>

#include <memory>
#include <random>

#include "history/row_keys.h"
#include "history/row_samples.h"

namespace switchback {
namespace {

// Decodes a copy in a block of memory of exactly its size.
Result<std::string> RecodeExactly(const RowSample& sample, std::string_view bytes) {
  const auto block = std::make_unique<char[]>(bytes.size());
  std::copy(bytes.begin(), bytes.end(), block.get());
  return sample.recode(std::string_view(block.get(), bytes.size()));
}

// True if it was taken. What was taken must survive a second turn unchanged.
bool TakenAndStable(const RowSample& sample, std::string_view bytes) {
  const Result<std::string> once = RecodeExactly(sample, bytes);
  if (!once) {
    EXPECT_TRUE(
        once.error().code == ErrorCode::kDataLoss ||
        (sample.name.starts_with("store") && once.error().code == ErrorCode::kInvalidArgument))
        << once.error().message;
    EXPECT_FALSE(once.error().message.empty());
    return false;
  }
  const Result<std::string> twice = RecodeExactly(sample, *once);
  EXPECT_TRUE(twice.has_value()) << "it can't be read again: " << twice.error().message;
  EXPECT_EQ(twice.value_or(""), *once);
  return true;
}

class RowsDamage : public ::testing::TestWithParam<size_t> {
 protected:
  const RowSample sample_ = RowSamples()[GetParam()];
};

TEST_P(RowsDamage, TruncatedAtEveryByte) {
  size_t taken = 0;
  for (size_t length = 0; length < sample_.bytes.size(); ++length) {
    SCOPED_TRACE(sample_.name + " cut to " + std::to_string(length));
    taken += TakenAndStable(sample_, std::string_view(sample_.bytes).substr(0, length)) ? 1 : 0;
  }
  // Open ends (a payload, an ID, a list of IDs) can be cut; a row of fixed fields can't.
  const bool closed = sample_.name == "store" || sample_.name == "origin" ||
                      sample_.name == "snapshot" || sample_.name == "request" ||
                      sample_.name.starts_with("metadata");
  EXPECT_TRUE(!closed || taken == 0) << taken << " of " << sample_.bytes.size();
}

TEST_P(RowsDamage, EveryBitFlipped) {
  for (size_t bit = 0; bit < sample_.bytes.size() * 8; ++bit) {
    SCOPED_TRACE(sample_.name + " bit " + std::to_string(bit));
    std::string damaged = sample_.bytes;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << bit % 8));
    TakenAndStable(sample_, damaged);
  }
}

TEST_P(RowsDamage, BytesOverwrittenInsertedAndLost) {
  std::mt19937 random(static_cast<uint32_t>(GetParam()));
  for (int round = 0; round < 4000; ++round) {
    std::string damaged = sample_.bytes;
    for (uint32_t n = 1 + static_cast<uint32_t>(random() % 4); n > 0; --n) {
      const size_t at = random() % (damaged.size() + 1);
      const auto byte = static_cast<char>(random() % 4 == 0 ? 0xff : random());
      switch (random() % 3) {
        case 0:
          damaged.insert(damaged.begin() + static_cast<std::ptrdiff_t>(at), byte);
          break;
        case 1:
          if (at < damaged.size()) damaged.erase(at, 1 + random() % 3);
          break;
        default:
          if (at < damaged.size()) damaged[at] = byte;
      }
    }
    TakenAndStable(sample_, damaged);
  }
}

TEST_P(RowsDamage, RandomBytes) {
  std::mt19937 random(77);
  for (int round = 0; round < 4000; ++round) {
    std::string bytes(random() % 60, '\0');
    for (char& byte : bytes) byte = static_cast<char>(random() % 3 == 0 ? random() % 4 : random());
    if (!bytes.empty() && round % 2 == 0) bytes[0] = sample_.bytes[0];  // past the first check
    TakenAndStable(sample_, bytes);
  }
}

INSTANTIATE_TEST_SUITE_P(Samples, RowsDamage, ::testing::Range<size_t>(0, RowSamples().size()));

// A full list in a checkpoint or version row: what is read is a list in order, or nothing.
TEST(FullListDamage, FlippedBitsGiveAListInOrderOrAnError) {
  int taken = 0;
  for (const std::string* payload : {&SampleBlock(), &SampleRoot()}) {
    const bool chunked = payload == &SampleRoot();
    const char kind =
        static_cast<char>(chunked ? VersionKind::kFullChunked : VersionKind::kFullInline);
    const std::string row = kind + *payload;
    ASSERT_TRUE(DecodeCheckpointRow(row).has_value());
    for (size_t bit = 0; bit < row.size() * 8; ++bit) {
      std::string damaged = row;
      damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << bit % 8));
      const Result<ListBase> base = DecodeCheckpointRow(damaged);
      if (!base) {
        EXPECT_EQ(base.error().code, ErrorCode::kDataLoss);
        continue;
      }
      ++taken;
      if (base->root) continue;
      for (size_t i = 1; i < base->list->size(); ++i) {
        ASSERT_LT(base->list->Key(i - 1), base->list->Key(i)) << bit;
      }
    }
    for (size_t length = 0; length < row.size(); ++length) {
      EXPECT_FALSE(DecodeCheckpointRow(std::string_view(row).substr(0, length)).has_value());
    }
  }
  EXPECT_GT(taken, 0) << "an inline list has no check of its own: other lists are well-formed too";
}

TEST(KeysDamage, RandomKeysParseToWhatMakesThemAgainOrNotAtAll) {
  std::mt19937 random(5);
  for (int round = 0; round < 20000; ++round) {
    std::string key = VersionKey(SampleId("a"), Version{random() % 3 == 0 ? random() : 1});
    for (int n = 0; n < 2; ++n) key[random() % key.size()] = static_cast<char>(random());
    if (random() % 4 == 0) key.resize(random() % (key.size() + 1));
    VersionKeyParts parts;
    if (ParseVersionKey(key, parts)) {
      const Result<BusinessId> id = BusinessId::Parse(parts.id);
      if (id) {
        EXPECT_EQ(
            parts.checkpoint ? CheckpointKey(*id, parts.version) : VersionKey(*id, parts.version),
            key);
      }
    }
    RecordKeyParts record;
    if (key.empty()) continue;
    key[0] = kRecordPrefix;
    EXPECT_TRUE(!ParseRecordKey(key, record) || RecordKey(record.revision, record.sub) == key);
  }
}

// A store of another format is not taken for a damaged one.
TEST(StoreRowFormat, OthersAreRefusedByName) {
  std::string bytes;
  EncodeStoreRow(SampleStoreRow(), bytes);
  for (const uint8_t format : {uint8_t{1}, static_cast<uint8_t>(kFormatPruned + 1)}) {
    bytes[0] = static_cast<char>(format);
    const Result<StoreRow> row = DecodeStoreRow(bytes);
    ASSERT_FALSE(row.has_value());
    EXPECT_EQ(row.error().code, ErrorCode::kInvalidArgument);
    EXPECT_NE(row.error().message.find("has format " + std::to_string(format)), std::string::npos)
        << row.error().message;
  }
}

}  // namespace
}  // namespace switchback
