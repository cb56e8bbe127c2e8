// Flipped bytes in each kind of file: an error or the right answer, never a crash or a wrong one.
#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <random>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "engine/engine.h"
#include "engine/engine_fixture.h"

namespace switchback {
namespace {

constexpr int kRows = 2000;

std::string RowValue(int i) {
  return "value " + std::to_string(i * 7919);
}

class RocksDbDamageTest : public testing::Test {
 protected:
  void SetUp() override {
    if (kThreadSanitizer) GTEST_SKIP() << "RocksDB is not built for ThreadSanitizer";
    const auto engine = MustOpen(good_, {.create = true});
    for (int i = 0; i < kRows; ++i) {
      ASSERT_TRUE(Put(*engine, Space::kHistory, std::to_string(i), RowValue(i)));
      ASSERT_TRUE(Put(*engine, Space::kState, std::to_string(i), RowValue(i)));
    }
    ASSERT_TRUE(engine->Compact());
  }

  // A copy with one byte of the file chosen changed.
  std::string Damage(const std::string& file, size_t offset) {
    std::filesystem::remove_all(bad_);
    std::filesystem::copy(good_, bad_, std::filesystem::copy_options::recursive);
    std::fstream stream(bad_ + "/" + file, std::ios::in | std::ios::out | std::ios::binary);
    stream.seekg(static_cast<std::streamoff>(offset));
    const int byte = stream.get();
    stream.seekp(static_cast<std::streamoff>(offset));
    stream.put(static_cast<char>(byte ^ 0x5a));
    return bad_;
  }

  [[nodiscard]] std::vector<std::string> FilesLike(std::string_view part) const {
    std::vector<std::string> files;
    for (const auto& file : std::filesystem::directory_iterator(good_)) {
      const std::string name = file.path().filename().string();
      if (name.find(part) != std::string::npos) files.push_back(name);
    }
    return files;
  }

  // Whether every row reads right; a wrong answer fails the test, an error must be data loss.
  static bool ReadsRight(const std::string& path, bool read_only) {
    const auto engine = OpenRocksDbEngine(path, {.read_only = read_only});
    if (!engine) {
      EXPECT_EQ(engine.error().code, ErrorCode::kDataLoss) << engine.error().message;
      return false;
    }
    bool right = true;
    for (const Space space : {Space::kHistory, Space::kState}) {
      for (int i = 0; i < kRows; ++i) {
        std::string value;
        const Result<bool> there = (*engine)->Get(space, std::to_string(i), value);
        if (there) {
          EXPECT_TRUE(*there && value == RowValue(i)) << "row " << i;
        } else {
          EXPECT_EQ(there.error().code, ErrorCode::kDataLoss) << there.error().message;
          right = false;
        }
      }
      const auto it = (*(*engine)->NewView())->Scan(space, "", "");
      int rows = 0;
      for (it->SeekToFirst(); it->valid(); it->Next()) ++rows;
      if (it->status()) {
        EXPECT_EQ(rows, kRows);
      } else {
        EXPECT_EQ(it->status().error().code, ErrorCode::kDataLoss);
        right = false;
      }
    }
    return right;
  }

  ScratchFolder folder_;
  const std::string good_ = folder_ / "good";
  const std::string bad_ = folder_ / "bad";
};

TEST_F(RocksDbDamageTest, TheUndamagedCopyReadsRight) {
  EXPECT_TRUE(ReadsRight(good_, false));
}

TEST_F(RocksDbDamageTest, AFlippedByteOfATableIsFoundOrHarmless) {
  std::mt19937 random(5);
  int found = 0;
  const std::vector<std::string> tables = FilesLike(".sst");
  ASSERT_EQ(tables.size(), 2U);
  for (int i = 0; i < 40; ++i) {
    const std::string& table = tables[static_cast<size_t>(i) % tables.size()];
    const size_t offset = random() % std::filesystem::file_size(good_ + "/" + table);
    SCOPED_TRACE(table + " at " + std::to_string(offset));
    if (!ReadsRight(Damage(table, offset), i % 4 == 0)) ++found;
  }
  EXPECT_GT(found, 20);  // most bytes are rows
}

// The block that the byte lies in: not before it, and not behind its end.
TEST_F(RocksDbDamageTest, AnErrorNamesTheFileAndTheBytesThatFail) {
  for (const std::string& table : FilesLike(".sst")) {
    constexpr size_t kOffset = 5000;
    const auto engine = OpenRocksDbEngine(Damage(table, kOffset), {});
    ASSERT_TRUE(engine);
    std::set<std::string> places;
    for (const Space space : {Space::kHistory, Space::kState}) {
      for (int i = 0; i < kRows; ++i) {
        std::string value;
        const Result<bool> there = (*engine)->Get(space, std::to_string(i), value);
        if (!there) places.insert(there.error().where);
      }
      const auto it = (*(*engine)->NewView())->Scan(space, "", "");
      it->SeekToFirst();
      while (it->valid()) it->Next();
      if (!it->status()) places.insert(it->status().error().where);
    }
    ASSERT_EQ(places.size(), 1U) << testing::PrintToString(places);
    const std::string& place = *places.begin();
    const std::string begins_with = table + " at byte ";
    ASSERT_THAT(place,
                testing::AllOf(testing::StartsWith(begins_with), testing::EndsWith(" bytes)")));
    std::istringstream numbers(place.substr(begins_with.size()));
    size_t begin = 0;
    size_t size = 0;
    numbers >> begin;
    numbers.ignore(2);  // " ("
    numbers >> size;
    EXPECT_LE(begin, kOffset);
    EXPECT_GT(begin + size, kOffset);
  }
}

TEST_F(RocksDbDamageTest, AFlippedByteOfTheManifestOrCurrentIsFound) {
  const std::vector<std::string> manifests = FilesLike("MANIFEST-");
  ASSERT_EQ(manifests.size(), 1U);
  const size_t size = std::filesystem::file_size(good_ + "/" + manifests[0]);
  for (size_t offset = 0; offset < size; offset += 1 + size / 25) {
    SCOPED_TRACE("MANIFEST at " + std::to_string(offset));
    EXPECT_FALSE(ReadsRight(Damage(manifests[0], offset), false));
  }
  for (size_t offset = 0; offset < std::filesystem::file_size(good_ + "/CURRENT"); offset += 3) {
    SCOPED_TRACE("CURRENT at " + std::to_string(offset));
    EXPECT_FALSE(ReadsRight(Damage("CURRENT", offset), offset % 2 == 0));
  }
}

// RocksDB takes a wrong length for the end of the file and forgets the tables behind it.
TEST_F(RocksDbDamageTest, AWrongLengthInTheManifestIsDataLoss) {
  const std::string manifest = FilesLike("MANIFEST-").at(0);
  std::ifstream in(good_ + "/" + manifest, std::ios::binary);
  const std::string bytes(std::istreambuf_iterator<char>(in), {});
  constexpr size_t kHeader = 7;
  int records = 0;
  for (size_t at = 0; at + kHeader < bytes.size(); ++records) {
    const auto byte = [&](size_t i) { return static_cast<unsigned char>(bytes[at + i]); };
    const size_t next = at + kHeader + (byte(4) | byte(5) << 8);
    for (const bool read_only : {false, true}) {
      for (const size_t length_byte : {at + 4, at + 5}) {
        const auto engine =
            OpenRocksDbEngine(Damage(manifest, length_byte), {.read_only = read_only});
        ASSERT_FALSE(engine) << "at " << length_byte;
        EXPECT_EQ(engine.error().code, ErrorCode::kDataLoss) << engine.error().message;
      }
    }
    at = next;
  }
  EXPECT_GT(records, 3);
}

TEST_F(RocksDbDamageTest, AMissingTableIsDataLoss) {
  for (const std::string& table : FilesLike(".sst")) {
    std::filesystem::remove_all(bad_);
    std::filesystem::copy(good_, bad_, std::filesystem::copy_options::recursive);
    std::filesystem::remove(bad_ + "/" + table);
    for (const bool read_only : {false, true}) {
      const auto engine = OpenRocksDbEngine(bad_, {.read_only = read_only});
      ASSERT_FALSE(engine);
      EXPECT_EQ(engine.error().code, ErrorCode::kDataLoss);
      EXPECT_THAT(engine.error().message, testing::HasSubstr(table));
    }
  }
}

}  // namespace
}  // namespace switchback
