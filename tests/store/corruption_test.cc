// Damaged bytes, in files and in rows: an error or the right answer, never a wrong list and never a
// crash; verify finds what is there to be found, and IDs that are not hit go on working.
#include <fmt/format.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <functional>
#include <set>

#include "hooked_engine.h"

namespace switchback {
namespace {

// Every kind of row. IDs: `large` chunked with scripts, a same-as and a checkpoint beside one;
// `small` inline, deleted and back; `wide-N` of one revision with part rows.
constexpr int kWideIds = 70;

void Fill(Store& store) {
  const auto must = [](const auto& result) { ASSERT_TRUE(result) << result.error().message; };
  CommitOptions options = By("ann");
  options.message = "a message";
  options.ticket = "OPS-1";
  options.request_id = "request";
  options.bookmark = Bookmark{"feed", "line 1"};
  must(store.Commit(Set("large", Range(0x0a000000, 5000, 977)), options));
  for (int i = 0; i < 4; ++i) {
    must(
        store.Commit(Edits("large", {Edit(EditKind::kAdd, fmt::format("11.0.0.{}", i))}), By("x")));
  }
  must(store.Restore({{Id("large"), Version{2}, std::nullopt}}, By("x")));
  must(store.Commit(Set("small", List({"10.0.0.1:80 weight=5 zone=a", "2001:db8::1"})), By("x")));
  must(store.Commit(Delete("small"), By("x")));
  must(store.Restore({{Id("small"), Version{1}, std::nullopt}}, By("x")));
  must(store.CreateSnapshot("friday", Revision{3}, By("ann")));
  Change wide;
  for (int i = 0; i < kWideIds; ++i) {
    wide.ids.push_back({Id(fmt::format("wide-{:02}", i)), Replace{Range(0x0b000000, 2)}, {}});
  }
  must(store.Commit(wide, By("x")));
  // Scripts of some hundred bytes each, until a checkpoint is due.
  for (uint32_t i = 0; i < 14; ++i) {
    Change change = Edits("runs", {});
    auto& edits = std::get<EditEndpoints>(change.ids[0].action).edits;
    for (uint32_t k = 0; k < 200; ++k) {
      const uint32_t host = (i * 200 + k) * 2654435761U;
      edits.push_back({EditKind::kSet, {{{Family::kIPv4, 0, host}, 32, 8000}, 100, {}}, false});
    }
    must(store.Commit(change, By("x")));
  }
  ASSERT_GT(store.Stats()->checkpoints, 0U);
  // Pruned, but for what a snapshot pins: two runs, in two segments of the journal.
  for (size_t i = 1; i <= 8; ++i) must(store.Commit(Set("old", Range(0x0c000000, i)), By("x")));
  must(store.CreateSnapshot("pin", Revision{store.Stats()->revisions - 4}, By("ann")));
  must(store.Prune({.keep_last = 2, .glob = "old"}, By("pruner")));
}

// Everything that the store says, an item an answer. An item that can't be had is left out.
using Answers = std::map<std::string, std::string>;

void AskOfId(const View& view, const BusinessId& id, uint64_t versions, Answers& answers) {
  if (const auto read = view.Read(id)) {
    answers[id.text()] =
        fmt::format("v{} {}", (*read)->version.value, fmt::join(Texts(*(*read)->list), ","));
  }
  for (uint64_t v = 1; v <= versions; ++v) {
    const std::string name = fmt::format("{}@{}", id.text(), v);
    if (const auto read = view.Read(id, Version{v})) {
      answers[name] = fmt::format("{}", fmt::join(Texts(*(*read)->list), ","));
    }
    if (const auto diff = view.Diff({id, Version{v - 1}}, {id, Version{v}})) {
      answers[name + " diff"] = fmt::format("+{} -{}", fmt::join(Texts(diff->added), ","),
                                            fmt::join(Texts(diff->removed), ","));
    }
    if (const auto info = view.Describe(id, Version{v})) {
      answers[name + " info"] =
          fmt::format("{} {} {} {}", info->commit.author, info->commit.message, info->count,
                      info->commit.revision.value);
    }
  }
}

Answers Ask(const Store& store) {
  Answers answers;
  const auto view = store.NewView();
  if (!view) return answers;
  answers["revision"] = std::to_string((*view)->revision().value);
  for (const auto& [id, versions] : std::map<std::string, uint64_t>{
           {"large", 6}, {"small", 3}, {"runs", 14}, {"old", 8}, {"wide-00", 1}, {"wide-69", 1}}) {
    AskOfId(**view, Id(id), versions, answers);
  }
  if (const auto snapshots = store.ListSnapshots()) {
    answers["snapshots"] = snapshots->empty() ? "none" : snapshots->front().name;
  }
  return answers;
}

// What the damaged store still says must be what the whole one said.
void ExpectNothingWrong(const Answers& whole, const Answers& damaged) {
  for (const auto& [name, answer] : damaged) {
    const auto expected = whole.find(name);
    ASSERT_NE(expected, whole.end()) << name << " was no answer before: " << answer.substr(0, 200);
    ASSERT_EQ(answer, expected->second) << name;
  }
}

class FileCorruptionTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto store = Store::Create(whole_, {"test", {}});
    ASSERT_TRUE(store.has_value());
    Fill(**store);
    ASSERT_TRUE((*store)->Compact());
    before_last_ = Ask(**store);
    // Something behind the tables, in the log.
    ASSERT_TRUE((*store)->Commit(Set("late", List({"10.0.0.9"})), By("x")));
    answers_ = Ask(**store);
  }

  void Flip(const std::filesystem::path& file, uintmax_t at) {
    std::filesystem::remove_all(damaged_);
    std::filesystem::copy(whole_, damaged_, std::filesystem::copy_options::recursive);
    std::fstream stream(damaged_ / file, std::ios::in | std::ios::out | std::ios::binary);
    stream.seekg(static_cast<std::streamoff>(at));
    const int byte = stream.get();
    stream.seekp(static_cast<std::streamoff>(at));
    stream.put(static_cast<char>(byte ^ (1 << at % 8)));
  }

  // Whether anything was noticed.
  bool Check(bool read_only) {
    OpenOptions options;
    options.read_only = read_only;
    const auto store = Store::Open(damaged_, options);
    if (!store) {
      EXPECT_NE(store.error().code, ErrorCode::kConflict);
      return true;
    }
    Answers answers = Ask(**store);
    const Result<VerifyReport> report = (*store)->Verify({});
    const bool sound = report.has_value() && report->ok();
    // The log's last record can't be told from one torn by a power loss: without it the store is
    // what it was before that commit, and whole.
    const bool cut = answers["revision"] == before_last_["revision"];
    EXPECT_TRUE(sound || !cut);
    ExpectNothingWrong(cut ? before_last_ : answers_, answers);
    EXPECT_TRUE(!sound || answers.size() == answers_.size()) << "verify finds nothing, reads fail";
    return !sound;
  }

  const TempFolder folder_;
  const std::filesystem::path whole_ = folder_.path("whole");
  const std::filesystem::path damaged_ = folder_.path("damaged");
  Answers answers_;
  Answers before_last_;  // as of the commit before
};

TEST_F(FileCorruptionTest, FlippedBytesAreNoticedOrHarmless) {
  constexpr uintmax_t kSmall = 20;
  constexpr uintmax_t kSamples = 24;
  int flips = 0;
  int noticed = 0;
  for (const auto& entry : std::filesystem::directory_iterator(whole_)) {
    if (!entry.is_regular_file()) continue;
    const std::filesystem::path file = entry.path().filename();
    const uintmax_t size = entry.file_size();
    const uintmax_t step = size <= kSmall ? 1 : std::max<uintmax_t>(size / kSamples, 1);
    for (uintmax_t at = step / 2; at < size; at += step) {
      SCOPED_TRACE(fmt::format("{} byte {} of {}", file.string(), at, size));
      Flip(file, at);
      noticed += Check(/*read_only=*/flips % 4 == 3) ? 1 : 0;
      ++flips;
    }
  }
  EXPECT_GT(flips, 100);
  EXPECT_GT(noticed, flips / 4) << "the damage did not reach the data";
}

class RowCorruptionTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto store = lasting_.Create();
    Fill(*store);
    ASSERT_EQ(store->Commit(Set("late", List({"10.0.0.9"})), By("x"))->changes.size(), 1U);
    rows_ = lasting_.Rows();
    answers_ = Ask(*store);
    ASSERT_EQ(answers_.size(), 6 * 1 + 28 * 3 + 2 - 1) << "one version is a deletion";
  }

  using Key = RowMap::key_type;

  // One row of each kind, and a few more of those that there are many of.
  [[nodiscard]] std::vector<Key> Chosen() const {
    std::map<std::string, int> seen;
    std::vector<Key> chosen;
    for (const auto& [at, value] : rows_) {
      std::string kind(1, static_cast<char>('0' + static_cast<int>(at.first)));
      if (at.first != Space::kChunks) kind += at.second.front();
      VersionKeyParts parts;
      if (ParseVersionKey(at.second, parts)) {
        kind += parts.checkpoint ? "checkpoint" : std::to_string(value.front() & 7);
      }
      if (++seen[kind] <= 4) chosen.push_back(at);
    }
    EXPECT_EQ(seen.size(), 4U + 7 + 2 + 4) << "a kind of row is not covered";
    return chosen;
  }

  // The IDs whose lists may suffer; nothing where the row is every ID's.
  static std::optional<std::set<std::string>> Hit(const Key& at) {
    VersionKeyParts parts;
    if (ParseVersionKey(at.second, parts)) return std::set{std::string(parts.id)};
    if (at.first == Space::kChunks) return std::set<std::string>{"large", "runs"};
    if (at.first == Space::kHistory)
      return std::set<std::string>{};  // records: no list leans on them
    if (at.second.front() == kHeadPrefix) return std::set{at.second.substr(1)};
    if (at.second == StoreRowKey()) return std::nullopt;
    return std::set<std::string>{};
  }

  // Whether verify or the opening noticed.
  bool Check(const Key& at, const RowMap& damaged) {
    const LastingEngine lasting(damaged);
    const auto store = lasting.Open();
    if (!store) return true;
    const Answers answers = Ask(**store);
    const auto hit = Hit(at);
    for (const auto& [name, answer] : answers_) {
      const bool is_list = name != "revision" && name != "snapshots" && !name.contains(' ');
      if (!hit || !is_list || hit->contains(name.substr(0, name.find('@')))) continue;
      const auto still = answers.find(name);
      EXPECT_TRUE(still != answers.end() && still->second == answer) << name << " is not its own";
    }
    const Result<VerifyReport> report = (*store)->Verify({});
    if (!report || !report->ok()) return true;
    EXPECT_TRUE(answers == answers_) << "verify finds nothing, yet answers differ";
    return false;
  }

  const LastingEngine lasting_;
  RowMap rows_;
  Answers answers_;
};

TEST_F(RowCorruptionTest, MissingRowsAreReported) {
  for (const Key& at : Chosen()) {
    SCOPED_TRACE(testing::PrintToString(at.second));
    RowMap damaged = rows_;
    damaged.erase(at);
    // Bookmarks and requests leave no trace elsewhere; a checkpoint is derived.
    VersionKeyParts parts;
    const bool derived = ParseVersionKey(at.second, parts) && parts.checkpoint;
    const bool bare = at.first == Space::kState && std::string("BQ").contains(at.second.front());
    EXPECT_TRUE(Check(at, damaged) || derived || bare);
  }
}

TEST_F(RowCorruptionTest, TruncatedRowsAreReported) {
  for (const Key& at : Chosen()) {
    const std::string& value = rows_.at(at);
    for (const size_t length : {size_t{0}, size_t{1}, value.size() / 2, value.size() - 1}) {
      SCOPED_TRACE(testing::PrintToString(at.second) + " cut to " + std::to_string(length));
      if (length >= value.size()) continue;
      RowMap damaged = rows_;
      damaged[at].resize(length);
      const bool bookmark = at.first == Space::kState && at.second.front() == 'B';
      EXPECT_TRUE(Check(at, damaged) || bookmark);
    }
  }
}

TEST_F(RowCorruptionTest, FlippedBitsAreReportedOrHarmless) {
  std::mt19937 random(3);
  for (const Key& at : Chosen()) {
    const size_t bits = rows_.at(at).size() * 8;
    // More of them: tests/faults/flips_test.cc.
    for (size_t i = 0; i < 14; ++i) {
      // Headers are at the front: every bit of the first byte, then anywhere.
      const size_t bit = i < 8 ? std::min(i, bits - 1) : random() % bits;
      SCOPED_TRACE(testing::PrintToString(at.second) + " bit " + std::to_string(bit));
      RowMap damaged = rows_;
      char& byte = damaged[at][bit / 8];
      byte = static_cast<char>(byte ^ (1 << bit % 8));
      Check(at, damaged);
      if (HasFailure()) return;
    }
  }
}

// Walks pass over a row's metadata; verify must not.
TEST(MetadataCorruptionTest, MalformedMetadataIsFoundWhereverItStands) {
  for (const bool of_many : {false, true}) {
    LastingEngine lasting;
    auto store = lasting.Create();
    Change change;
    change.ids.push_back({Id("a"), Replace{Range(1, 2)}, {}});
    if (of_many) change.ids.push_back({Id("b"), Replace{Range(1, 2)}, {}});
    ASSERT_TRUE(store->Commit(change, By("x")));
    store.reset();
    std::string bytes;
    VersionRow row = PlainReader(lasting).Row(Id("a"), 1, bytes);
    // Operation 1, origin 1, and a time of a scale that there is not.
    const std::string malformed("\x00\x01\x01\x03", 4);
    row.metadata = malformed;
    std::string encoded;
    EncodeVersionRow(row, encoded);
    WriteBatch batch;
    batch.Put(Space::kHistory, VersionKey(Id("a"), Version{1}), std::move(encoded));
    ASSERT_TRUE(lasting.engine().Write(batch, false));
    store = *lasting.Open();
    EXPECT_EQ((*store->NewView())->Describe(Id("a"), Version{1}).error().code,
              ErrorCode::kDataLoss);
    const auto report = store->Verify({});
    ASSERT_TRUE(report.has_value());
    ASSERT_GT(report->damage_count, 0U) << of_many;
    EXPECT_NE(report->damage.front().what.find("malformed metadata"), std::string::npos);
  }
}

void Put(const LastingEngine& lasting, Space space, const std::string& key, std::string value) {
  WriteBatch batch;
  batch.Put(space, key, std::move(value));
  ASSERT_TRUE(lasting.engine().Write(batch, false));
}

std::string OnlyDamage(const LastingEngine& lasting) {
  const auto report = (*lasting.Open())->Verify({});
  EXPECT_TRUE(report.has_value());
  EXPECT_EQ(report->damage_count, 1U);
  return report->damage.empty() ? "" : report->damage.front().what;
}

// The chain speaks of each ID of a revision alone; the log prints the record's sums.
TEST(MetadataCorruptionTest, SumsOfARevisionOtherThanItsVersionsAreFound) {
  const LastingEngine lasting;
  {
    const auto store = lasting.Create();
    Change change;
    change.ids.push_back({Id("a"), Replace{Range(1, 2)}, {}});
    change.ids.push_back({Id("b"), Replace{Range(1, 3)}, {}});
    ASSERT_TRUE(store->Commit(change, By("x")));
  }
  const std::string key = RecordKey(Revision{1}, 0);
  const std::string whole = lasting.Value(Space::kHistory, key);
  for (uint64_t RecordRow::*sum : {&RecordRow::added, &RecordRow::removed, &RecordRow::changed}) {
    RecordRow record = *DecodeRecordRow(whole);
    ++(record.*sum);
    std::string bytes;
    EncodeRecordRow(record, bytes);
    Put(lasting, Space::kHistory, key, bytes);
    EXPECT_NE(OnlyDamage(lasting).find("r1 says 2 IDs"), std::string::npos);
  }
}

TEST(MetadataCorruptionTest, AnotherAuthorOrMessageOfASnapshotIsFound) {
  const LastingEngine lasting;
  {
    const auto store = lasting.Create();
    ASSERT_TRUE(store->Commit(Set("a", Range(1, 2)), By("x")));
    ASSERT_TRUE(store->CreateSnapshot("friday", Revision{1}, By("ann")));
  }
  const SnapshotRow row = *DecodeSnapshotRow(lasting.Value(Space::kState, SnapshotKey("friday")));
  for (std::string SnapshotRow::*text : {&SnapshotRow::author, &SnapshotRow::message}) {
    SnapshotRow damaged = row;
    damaged.*text = "eve";
    std::string bytes;
    EncodeSnapshotRow(damaged, bytes);
    Put(lasting, Space::kState, SnapshotKey("friday"), bytes);
    EXPECT_NE(OnlyDamage(lasting).find("snapshot 'friday' has another author or message"),
              std::string::npos);
  }
}

}  // namespace
}  // namespace switchback
