// One flipped bit, in any file of a store and in any row: an answer is right, or says that data is
// damaged; never another one. And what any read would stumble on, verify finds.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "faults/every_row.h"
#include "faults/faulty_store.h"
#include "store/hooked_engine.h"

namespace switchback {
namespace {

OpenOptions WithoutCaches() {
  OpenOptions options;
  options.list_cache_bytes = options.head_cache_bytes = 0;
  return options;
}

OpenOptions AnotherOrigin() {
  OpenOptions options;
  options.origin = {"root", "host-2", "tool", "2"};
  return options;
}

struct Counts {
  int flips = 0;
  int refused = 0;         // the store could not be opened
  int met = 0;             // a read said so
  int only_by_verify = 0;  // wrong or not, no read said so
  int harmless = 0;
  int unchecked = 0;  // a wrong answer where the format has no check, as said below
  int wrong = 0;
  // Rows have no sum of their own: RocksDB's is what stands before this on disk.
  int unchecked_lists = 0;

  [[nodiscard]] std::string text() const {
    return fmt::format(
        "{} flips: {} refused at the open, {} met by reads, {} found by verify alone, {} changed "
        "nothing, {} in what has no check, {} wrong; {} where a list is read wrong if nobody "
        "verifies",
        flips, refused, met, only_by_verify, harmless, unchecked, wrong, unchecked_lists);
  }
};

class FileFlipsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    {
      const auto store = Store::Create(path_, {"test", {}});
      ASSERT_TRUE(store.has_value()) << store.error().message;
      FillWithEveryRow(**store);
      ASSERT_TRUE((*store)->Compact());
    }
    // Less than what a close folds into tables: it stays in the log.
    CommitTwoMore(**Store::Open(path_, AnotherOrigin()));
    const auto store = Store::Open(path_, Options(true));
    ASSERT_TRUE(store.has_value()) << store.error().message;
    whole_ = AskEverything(**store);
    ExpectSound(**store);
  }

  static OpenOptions Options(bool read_only) {
    OpenOptions options = WithoutCaches();
    options.read_only = read_only;
    return options;
  }

  static void Flip(const std::filesystem::path& file, uintmax_t at) {
    std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
    stream.seekg(static_cast<std::streamoff>(at));
    const int byte = stream.get();
    stream.seekp(static_cast<std::streamoff>(at));
    stream.put(static_cast<char>(byte ^ 1 << at % 8));
    ASSERT_TRUE(stream.flush().good());
  }

  void Check(const std::string& path, bool read_only) {
    ++counts_.flips;
    const auto store = Store::Open(path, Options(read_only));
    if (!store) {
      EXPECT_EQ(store.error().code, ErrorCode::kDataLoss) << store.error().message;
      ++counts_.refused;
      return;
    }
    const Comparison compared = Compare(whole_, AskEverything(**store));
    if (!compared.wrong.empty()) ++counts_.wrong;
    EXPECT_TRUE(compared.wrong.empty()) << compared.how;
    const Result<VerifyReport> report = (*store)->Verify({});
    ASSERT_TRUE(report.has_value()) << report.error().message;
    EXPECT_TRUE(!compared.stumbled || !report->ok()) << "a read stumbles, verify finds nothing";
    ++(compared.stumbled ? counts_.met : report->ok() ? counts_.harmless : counts_.only_by_verify);
  }

  // In place, for a reader; and in a copy, since a writer may change what it opens.
  void FlipAndCheck(const std::filesystem::path& file, uintmax_t at) {
    SCOPED_TRACE(fmt::format("{} byte {}", file.filename().string(), at));
    Flip(file, at);
    Check(path_, /*read_only=*/true);
    if (file.extension() != ".sst" || at % 5 == 0) {
      std::filesystem::remove_all(copy_);
      std::filesystem::copy(path_, copy_, std::filesystem::copy_options::recursive);
      Check(copy_, /*read_only=*/false);
    }
    Flip(file, at);
  }

  const TempFolder folder_;
  const std::string path_ = folder_.path();
  const std::string copy_ = folder_.path("copy");
  Answers whole_;
  Counts counts_;
};

TEST_F(FileFlipsTest, NoFlippedBitOfAFileGivesAWrongAnswer) {
  const Stride stride = Stride::Of(251);
  std::vector<std::filesystem::path> files;
  std::set<std::string> kinds;
  for (const auto& entry : std::filesystem::directory_iterator(path_)) {
    if (entry.file_size() == 0) continue;
    files.push_back(entry.path());
    const std::string name = entry.path().filename().string();
    kinds.insert(name.substr(name.find_first_not_of("0123456789"), 8));
  }
  std::ranges::sort(files);
  EXPECT_EQ(kinds, (std::set<std::string>{".log", ".sst", "CURRENT", "IDENTITY", "MANIFEST"}));
  for (const std::filesystem::path& file : files) {
    const uintmax_t size = std::filesystem::file_size(file);
    // Of small files some all the same.
    const uintmax_t every = std::min<uintmax_t>(stride.every, std::max<uintmax_t>(size / 8, 1));
    for (uintmax_t at = stride.offset % every; at < size; at += every) FlipAndCheck(file, at);
    FlipAndCheck(file, size - 1);
  }
  RecordProperty("flips", counts_.flips);
  std::cout << counts_.text() << "\n";
  EXPECT_EQ(counts_.wrong, 0);
  EXPECT_GT(counts_.refused, 0);
  EXPECT_GT(counts_.met, 0);
}

class RowFlipsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    FillWithEveryRow(*lasting_.Create());
    CommitTwoMore(**lasting_.Open(AnotherOrigin()));
    rows_ = lasting_.Rows();
    const auto store = Open();
    ASSERT_TRUE(store.has_value()) << store.error().message;
    whole_ = AskEverything(**store);
    ExpectSound(**store);
  }

  using Key = RowMap::key_type;

  [[nodiscard]] Result<std::unique_ptr<Store>> Open() const {
    OpenOptions options = WithoutCaches();
    options.read_only = true;
    return lasting_.Open(options);
  }

  [[nodiscard]] static std::string KindOf(const Key& at, const std::string& value) {
    if (at.first == Space::kChunks) return "chunk";
    std::string kind(1, at.second.front());
    VersionKeyParts version;
    RecordKeyParts record;
    if (at.first == Space::kHistory && ParseVersionKey(at.second, version)) {
      kind += fmt::format("{}{}", version.checkpoint ? "c" : "", value.front() & 7);
    } else if (at.first == Space::kHistory && ParseRecordKey(at.second, record)) {
      kind += fmt::format("{}", value.front() & 7);
    } else if (kind == "J" && at.second.size() > 1) {
      kind += "s";
    }
    return kind;
  }

  // What no byte elsewhere says too, so that nobody can tell: the caller's own bytes, what names
  // the store (in tokens too), and when exactly a snapshot was made.
  [[nodiscard]] static bool HasCheck(const Comparison& compared) {
    static const std::set<std::string> unchecked{"bookmark", "identity", "snapshots made", "token"};
    const bool token_alone = compared.wrong == std::set<std::string>{"token"};
    return token_alone || !std::ranges::includes(unchecked, compared.wrong);
  }

  void Put(const Key& at, const std::string& value) const {
    WriteBatch batch;
    batch.Put(at.first, at.second, value);
    ASSERT_TRUE(lasting_.engine().Write(batch, false));
  }

  void Check() {
    ++counts_.flips;
    const auto store = Open();
    if (!store) {
      ++counts_.refused;
      return;
    }
    const Comparison compared = Compare(whole_, AskEverything(**store));
    if (!compared.wrong_lists.empty()) ++counts_.unchecked_lists;
    const Result<VerifyReport> report = (*store)->Verify({});
    ASSERT_TRUE(report.has_value()) << report.error().message;
    if (!report->ok()) {
      ++(compared.stumbled ? counts_.met : counts_.only_by_verify);
      return;
    }
    EXPECT_FALSE(compared.stumbled) << "a read stumbles, verify finds nothing";
    if (compared.wrong.empty()) {
      ++counts_.harmless;
    } else if (HasCheck(compared)) {
      ++counts_.wrong;
      ADD_FAILURE() << compared.how << "; verify finds nothing";
    } else {
      ++counts_.unchecked;
    }
  }

  void FlipAndCheck(const Key& at, size_t bit) {
    const std::string& value = rows_.at(at);
    SCOPED_TRACE(fmt::format("{} {} bit {} of {}", KindOf(at, value),
                             testing::PrintToString(at.second), bit, value.size() * 8));
    std::string flipped = value;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ 1 << bit % 8);
    Put(at, flipped);
    Check();
    Put(at, value);
  }

  const LastingEngine lasting_;
  RowMap rows_;
  Answers whole_;
  Counts counts_;
};

TEST_F(RowFlipsTest, NoFlippedBitOfARowGivesAnAnswerThatVerifyWouldLetPass) {
  const Stride stride = Stride::Of(1009);
  std::set<std::string> kinds;
  std::map<std::string, size_t> ahead;  // of each kind, how many bits to the next flip
  for (const auto& [at, value] : rows_) {
    const size_t bits = value.size() * 8;
    const std::string kind = KindOf(at, value);
    kinds.insert(kind);
    // In the first row of each kind at least one.
    size_t& bit = ahead.try_emplace(kind, stride.offset % bits).first->second;
    for (; bit < bits; bit += stride.every) FlipAndCheck(at, bit);
    bit -= bits;
  }
  EXPECT_EQ(kinds, (std::set<std::string>{"B",  "H",  "J",  "Js", "N",   "O",   "P",
                                          "Q",  "R1", "R2", "R3", "S",   "V1",  "V2",
                                          "V3", "V4", "V5", "V6", "Vc2", "Vc3", "chunk"}));
  RecordProperty("flips", counts_.flips);
  std::cout << counts_.text() << "\n";
  EXPECT_EQ(counts_.wrong, 0);
}

}  // namespace
}  // namespace switchback
