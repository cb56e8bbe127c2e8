// Backups: made beside commits and kills, each of one revision; damaged ones are found; restored
// ones are the store as it was.
#include "switchback/backup.h"

#include <gmock/gmock.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "engine/backup_folder.h"
#include "engine/engine.h"
#include "engine/writer_process.h"
#include "history/revision_row.h"
#include "history/row_keys.h"
#include "store/committing_process.h"

namespace switchback {
namespace {

using std::filesystem::directory_iterator;
using std::filesystem::path;
using std::filesystem::recursive_directory_iterator;
using ::testing::HasSubstr;

// Every ID with its version and list, as of a revision.
std::map<std::string, std::vector<std::string>> TableOf(const Store& store, Revision revision) {
  std::map<std::string, std::vector<std::string>> table;
  const auto view = *store.NewView();
  const auto entries = *view->Table(revision);
  while (const auto entry = *entries->Next()) {
    auto lines = Texts(*(*view->Read(entry->id, entry->version))->list);
    lines.push_back("@" + std::to_string(entry->version.value));
    table[entry->id.text()] = std::move(lines);
  }
  return table;
}

void FlipByte(const path& file, uintmax_t at) {
  std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
  stream.seekg(static_cast<std::streamoff>(at));
  const int byte = stream.get();
  stream.seekp(static_cast<std::streamoff>(at));
  stream.put(static_cast<char>(byte ^ 0x41));
}

std::vector<path> FilesIn(const path& folder) {
  std::vector<path> files;
  for (const auto& file : recursive_directory_iterator(folder)) {
    if (file.is_regular_file()) files.push_back(file.path());
  }
  std::ranges::sort(files);
  return files;
}

class BackupTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto store = Store::Create(path_, {"test", {}});
    ASSERT_TRUE(store.has_value()) << store.error().message;
    store_ = std::move(*store);
    Commit(Set("first", List({"10.0.0.1:80 weight=5 zone=a", "2001:db8::1"})));
    Commit(Set("large", Range(0x0a000000, 5000, 977)));
  }

  void Commit(const Change& change, Durability durability = Durability::kBuffered) const {
    const auto done = store_->Commit(change, By("ann", durability));
    ASSERT_TRUE(done.has_value()) << done.error().message;
  }
  [[nodiscard]] BackupInfo Create() const {
    const auto info = store_->CreateBackup(backups_, By("ben"), {});
    EXPECT_TRUE(info.has_value()) << (info ? "" : info.error().message);
    return info.value_or(BackupInfo{});
  }
  [[nodiscard]] Result<BackupInfo> Restore(const std::string& to,
                                           std::optional<uint32_t> number = {}) const {
    return RestoreBackup(backups_, to, {.number = number}, {});
  }
  // The restored store has what this one had at that revision, and nothing later.
  void ExpectRestores(const BackupInfo& info) const {
    SCOPED_TRACE("backup " + std::to_string(info.number));
    const std::string to = folder_.path("restored");
    std::filesystem::remove_all(to);
    const auto restored = Restore(to, info.number);
    ASSERT_TRUE(restored.has_value()) << restored.error().message;
    EXPECT_EQ(restored->revision, info.revision);
    const auto store = Store::Open(to, {});
    ASSERT_TRUE(store.has_value()) << store.error().message;
    EXPECT_EQ((*store)->identity().uuid, store_->identity().uuid);
    EXPECT_EQ((*(*store)->NewView())->revision(), info.revision);
    EXPECT_EQ(TableOf(**store, info.revision), TableOf(*store_, info.revision));
    ExpectSound(**store);
    // It goes on.
    const auto next = (*store)->Commit(Set("next", List({"10.9.9.9"})), By("x"));
    ASSERT_TRUE(next.has_value()) << next.error().message;
    EXPECT_EQ(next->revision, info.revision.Next());
  }
  [[nodiscard]] BackupReport Verify() const {
    const auto report = VerifyBackups(backups_, {}, {});
    EXPECT_TRUE(report.has_value()) << (report ? "" : report.error().message);
    return report.value_or(BackupReport{});
  }

  const TempFolder folder_;
  const std::string path_ = folder_.path("store");
  const std::string backups_ = folder_.path("backups");
  std::unique_ptr<Store> store_;
};

TEST_F(BackupTest, HoldsTheStoreAsOfItsRevision) {
  const BackupInfo first = Create();
  EXPECT_EQ(first.number, 1U);
  EXPECT_EQ(first.revision, Revision{2});
  EXPECT_EQ(first.store_uuid, store_->identity().uuid);
  EXPECT_EQ(first.environment, "test");
  EXPECT_EQ(first.new_bytes, first.bytes);
  Commit(Edits("first", {Edit(EditKind::kAdd, "10.0.0.2")}));
  ASSERT_TRUE(store_->Compact());
  const BackupInfo second = Create();
  EXPECT_EQ(second.number, 2U);
  EXPECT_EQ(second.revision, Revision{3});
  const auto listed = ListBackups(backups_);
  ASSERT_TRUE(listed.has_value()) << listed.error().message;
  ASSERT_EQ(listed->size(), 2U);
  EXPECT_EQ(listed->at(0).time, first.time);
  EXPECT_EQ(listed->at(1).files, second.files);
  const BackupReport report = Verify();
  EXPECT_TRUE(report.ok()) << report.damage[0].what;
  EXPECT_EQ(report.backups, 2U);
  EXPECT_GT(report.bytes, 0U);
  ExpectRestores(first);
  ExpectRestores(second);
}

TEST_F(BackupTest, OfAnEmptyStoreIsOne) {
  const std::string other = folder_.path("empty");
  const auto store = *Store::Create(other, {"test", {}});
  const auto info = store->CreateBackup(backups_, By("x"), {});
  ASSERT_TRUE(info.has_value()) << info.error().message;
  EXPECT_EQ(info->revision, Revision{0});
  ASSERT_TRUE(Restore(folder_.path("restored")).has_value());
  EXPECT_EQ((*(*Store::Open(folder_.path("restored"), {}))->NewView())->revision(), Revision{0});
}

// A record between commits; the bytes are in doc/format.md.
TEST_F(BackupTest, IsToldToTheJournal) {
  CommitOptions options = By("ben");
  options.message = "nightly";
  options.ticket = "OPS-1";
  ASSERT_TRUE(store_->CreateBackup(backups_, options, {}));
  ExpectSound(*store_);
  store_.reset();
  const auto engine = *OpenRocksDbEngine(path_, {.read_only = true});
  std::string bytes;
  ASSERT_TRUE(*engine->Get(Space::kHistory, RecordKey(Revision{2}, 1), bytes));
  const auto record = DecodeRecordRow(bytes);
  ASSERT_TRUE(record.has_value());
  EXPECT_EQ(record->kind, RecordKind::kSaid);
  EXPECT_EQ(record->metadata.operation, Operation::kBackupCreate);
  EXPECT_EQ(record->metadata.author, "ben");
  EXPECT_EQ(record->metadata.message, "nightly");
  EXPECT_EQ(record->metadata.ticket, "OPS-1");
  EXPECT_EQ(record->payload,
            static_cast<char>(backups_.size()) + backups_ + std::string("\x01\x02"));
}

TEST_F(BackupTest, FilesThatDidNotChangeAreNotCopiedAgain) {
  ASSERT_TRUE(store_->Compact());
  const BackupInfo first = Create();
  std::map<std::string, std::filesystem::file_time_type> before;
  for (const path& file : FilesIn(path(backups_) / "shared_checksum")) {
    before[file.string()] = std::filesystem::last_write_time(file);
  }
  ASSERT_FALSE(before.empty());
  Commit(Set("small", List({"10.0.0.9"})));
  const BackupInfo second = Create();
  for (const auto& [file, time] : before) {
    EXPECT_EQ(std::filesystem::last_write_time(file), time) << file;
  }
  EXPECT_EQ(FilesIn(path(backups_) / "shared_checksum").size(), before.size());
  EXPECT_GT(first.new_bytes, 5'000U);
  EXPECT_LT(second.new_bytes, first.new_bytes);
  EXPECT_GT(second.bytes, second.new_bytes);
  EXPECT_EQ(ListBackups(backups_)->at(1).new_bytes, second.new_bytes);
}

TEST_F(BackupTest, BesideCommitsAndCompactionsItIsAPrefixWithAllThatReturnedBefore) {
  std::atomic<bool> done = false;
  std::atomic<uint64_t> returned = 0;  // a revision that is durable
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&, thread] {
      const std::string own = "own-" + std::to_string(thread);
      for (uint32_t i = 0; !done; ++i) {
        Change change;
        for (const std::string& id : {own, own + "-twin"}) {
          change.ids.push_back({Id(id), Replace{Range(i * 16, 1 + i % 9)}, {}});
        }
        const auto result = store_->Commit(
            change, By("t", i % 3 == 0 ? Durability::kSynced : Durability::kBuffered));
        ASSERT_TRUE(result.has_value()) << result.error().message;
        uint64_t last = returned;
        while (last < result->revision->value &&
               !returned.compare_exchange_weak(last, result->revision->value)) {
        }
      }
    });
  }
  threads.emplace_back([&] {
    while (!done) ASSERT_TRUE(store_->Compact());
  });
  std::vector<BackupInfo> infos;
  for (int i = 0; i < 6; ++i) {
    const uint64_t before = returned;
    infos.push_back(Create());
    EXPECT_GE(infos.back().revision.value, before);
  }
  done = true;
  for (std::thread& thread : threads) thread.join();
  EXPECT_TRUE(Verify().ok());
  for (const BackupInfo& info : infos) ExpectRestores(info);
  ExpectSound(*store_);
}

TEST_F(BackupTest, WhatCantBeBackedUpIsRefused) {
  const auto refused = [&](const Store& asked, const std::string& to, CommitOptions options) {
    const auto info = const_cast<Store&>(asked).CreateBackup(to, options, {});
    EXPECT_FALSE(info.has_value());
    return info ? ErrorCode{} : info.error().code;
  };
  using enum ErrorCode;
  EXPECT_EQ(refused(**Store::CreateInMemory({"test", {}}), backups_, By("x")), kInvalidArgument);
  EXPECT_EQ(refused(**Store::Open(path_, {.read_only = true}), backups_, By("x")),
            kInvalidArgument);
  EXPECT_EQ(refused(*store_, path_, By("x")), kInvalidArgument);
  EXPECT_EQ(refused(*store_, path_ + "/sub/backups/", By("x")), kInvalidArgument);
  CommitOptions options = By("x");
  options.request_id = "once";
  EXPECT_EQ(refused(*store_, backups_, options), kInvalidArgument);
  options = By("x");
  options.dry_run = true;
  EXPECT_EQ(refused(*store_, backups_, options), kInvalidArgument);
  options = By("x");
  options.expect_head = Revision{1};
  EXPECT_EQ(refused(*store_, backups_, options), kConflict);
  std::filesystem::create_directory(folder_.path("other"));
  std::ofstream(folder_.path("other") + "/notes") << "mine";
  EXPECT_EQ(refused(*store_, folder_.path("other"), By("x")), kAlreadyExists);
  EXPECT_EQ(FilesIn(folder_.path("other")).size(), 1U);
  EXPECT_EQ(refused(*store_, folder_.path("other") + "/notes", By("x")), kAlreadyExists);
  EXPECT_EQ(ListBackups(backups_)->size(), 0U);
  EXPECT_EQ(ListBackups(folder_.path("none")).error().code, kNotFound);
  ExpectSound(*store_);
}

TEST_F(BackupTest, AnotherStoresBackupsAreNotAddedTo) {
  ASSERT_EQ(Create().number, 1U);
  const auto other = *Store::Create(folder_.path("other"), {"production", {}});
  const auto refused = other->CreateBackup(backups_, By("x"), {});
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, ErrorCode::kConflict);
  EXPECT_THAT(refused.error().message, HasSubstr(store_->identity().uuid));
  EXPECT_EQ(ListBackups(backups_)->size(), 1U);
  EXPECT_EQ(Create().number, 2U);
}

TEST_F(BackupTest, ARestoredStoreGoesOnInTheSameFolderOfBackups) {
  const BackupInfo first = Create();
  Commit(Set("lost", List({"10.0.0.3"})));
  ASSERT_EQ(Create().number, 2U);
  ASSERT_TRUE(Restore(folder_.path("restored"), 1));
  store_ = *Store::Open(folder_.path("restored"), {});
  Commit(Set("instead", List({"10.0.0.4"})));
  const BackupInfo third = Create();
  EXPECT_EQ(third.number, 3U);
  EXPECT_EQ(third.revision, Revision{3});
  EXPECT_TRUE(Verify().ok());
  const std::string again = folder_.path("again");
  ASSERT_TRUE(Restore(again));
  EXPECT_EQ(TableOf(**Store::Open(again, {}), Revision{3}), TableOf(*store_, Revision{3}));
}

TEST_F(BackupTest, RestoresOnlyIntoANewFolder) {
  const BackupInfo info = Create();
  const std::string to = folder_.path("to");
  std::filesystem::create_directory(to);
  std::ofstream(to + "/notes") << "mine";
  const auto refused = Restore(to);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, ErrorCode::kAlreadyExists);
  EXPECT_EQ(FilesIn(to), std::vector<path>{to + "/notes"});
  EXPECT_EQ(Restore(to + "/notes").error().code, ErrorCode::kAlreadyExists);
  EXPECT_EQ(Restore(path_).error().code, ErrorCode::kAlreadyExists);
  EXPECT_EQ(Restore(folder_.path("new"), 7).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(
      RestoreBackup(backups_, folder_.path("new"), {.environment = "production"}, {}).error().code,
      ErrorCode::kWrongEnvironment);
  EXPECT_FALSE(std::filesystem::exists(folder_.path("new")));

  // What a kill left is cleared; the folder may be there, and lie deep.
  const std::string deep = folder_.path("a/b/c");
  std::filesystem::create_directories(deep + "/restoring");
  std::ofstream(deep + "/restoring/CURRENT") << "MANIFEST-000001\n";
  EXPECT_EQ(Store::Open(deep, {}).error().code, ErrorCode::kNotFound) << "it is no store";
  ASSERT_TRUE(RestoreBackup(backups_, deep + "/", {.environment = "test"}, {}));
  EXPECT_FALSE(std::filesystem::exists(deep + "/restoring"));
  EXPECT_EQ((*(*Store::Open(deep, {}))->NewView())->revision(), info.revision);
  std::ofstream(folder_.path("a/b/notes")) << "mine";
  std::filesystem::create_directories(folder_.path("a/b/restoring"));
  EXPECT_EQ(Restore(folder_.path("a/b")).error().code, ErrorCode::kAlreadyExists);
  EXPECT_TRUE(std::filesystem::exists(folder_.path("a/b/restoring")));
}

TEST_F(BackupTest, ARestoredFolderHasWhatAClosedStoreHas) {
  ASSERT_TRUE(store_->Compact());
  ASSERT_EQ(Create().number, 1U);
  ASSERT_TRUE(Restore(folder_.path("restored")));
  for (const path& file : FilesIn(folder_.path("restored"))) {
    const std::string name = file.filename().string();
    EXPECT_FALSE(name.starts_with("OPTIONS") || name == "HOLDER" || name.ends_with(".tmp")) << name;
  }
}

TEST_F(BackupTest, PruningKeepsTheNewestGoodOnes) {
  for (int i = 0; i < 6; ++i) {
    Commit(Set("a", Range(static_cast<uint32_t>(i) * 100, 3)));
    ASSERT_TRUE(store_->Compact());
    ASSERT_EQ(Create().number, static_cast<uint32_t>(i) + 1);
  }
  const size_t files = FilesIn(backups_).size();
  std::filesystem::remove(path(backups_) / "private" / "2" / "CURRENT");
  std::filesystem::remove(path(backups_) / "private" / "5" / "CURRENT");
  EXPECT_EQ(PruneBackups(backups_, 0).error().code, ErrorCode::kInvalidArgument);
  const auto none = PruneBackups(backups_, 4);
  ASSERT_TRUE(none.has_value()) << none.error().message;
  EXPECT_EQ(none->deleted, std::vector<uint32_t>{}) << "of six, two are damaged";
  const auto pruned = PruneBackups(backups_, 2);
  ASSERT_TRUE(pruned.has_value()) << pruned.error().message;
  EXPECT_EQ(pruned->deleted, (std::vector<uint32_t>{1, 2, 3}));
  ASSERT_EQ(pruned->kept.size(), 3U);
  EXPECT_EQ(pruned->kept[1].number, 5U);
  EXPECT_NE(pruned->kept[1].damage, "");
  EXPECT_LT(FilesIn(backups_).size(), files - 6);
  ExpectRestores(pruned->kept[0]);
  ExpectRestores(pruned->kept[2]);
  EXPECT_EQ(Create().number, 7U);
}

TEST_F(BackupTest, PruningCountsNoneAsGoodThatItHasNotRead) {
  for (int i = 0; i < 3; ++i) {
    Commit(Set("a", Range(static_cast<uint32_t>(i) * 100, 3)));
    ASSERT_EQ(Create().number, static_cast<uint32_t>(i) + 1);
  }
  for (const auto& file : std::filesystem::directory_iterator(path(backups_) / "private" / "3")) {
    if (!file.path().filename().string().starts_with("MANIFEST")) continue;
    std::fstream stream(file.path(), std::ios::in | std::ios::out | std::ios::binary);
    stream.seekp(40);
    stream.put('\x5a');
  }
  const auto pruned = PruneBackups(backups_, 1);
  ASSERT_TRUE(pruned.has_value()) << pruned.error().message;
  EXPECT_EQ(pruned->deleted, std::vector<uint32_t>{1});
  ASSERT_EQ(pruned->kept.size(), 2U);
  EXPECT_NE(pruned->kept[1].damage, "");
  ExpectRestores(pruned->kept[0]);
  const auto restored = RestoreBackup(backups_, folder_.path("again"), {.number = 3}, {});
  ASSERT_FALSE(restored.has_value());
  EXPECT_NE(restored.error().message.find("MANIFEST"), std::string::npos)
      << restored.error().message;
}

TEST_F(BackupTest, OneAtATimeAddsAndReadersGoOn) {
  ASSERT_EQ(Create().number, 1U);
  store_.reset();
  const auto engine = *OpenRocksDbEngine(path_, {});
  const auto held = *engine->NewBackup(backups_);
  const auto second = engine->NewBackup(backups_);
  ASSERT_FALSE(second.has_value());
  EXPECT_EQ(second.error().code, ErrorCode::kHeld);
  EXPECT_THAT(second.error().message, HasSubstr("process " + std::to_string(getpid())));
  EXPECT_EQ(PruneBackups(backups_, 1).error().code, ErrorCode::kHeld);
  EXPECT_EQ(ListBackups(backups_)->size(), 1U);
  EXPECT_TRUE(VerifyBackups(backups_, 1, {})->ok());
  EXPECT_TRUE(Restore(folder_.path("restored")).has_value());
}

class DamagedBackupTest : public BackupTest {
 protected:
  void SetUp() override {
    BackupTest::SetUp();
    ASSERT_TRUE(store_->Compact());
    first_ = Create();
    Commit(Set("later", List({"10.0.0.7"})));
    second_ = Create();
  }
  void ExpectDamaged(uint32_t number) const {
    const std::string to = folder_.path("restored");
    const auto restored = Restore(to, number);
    ASSERT_FALSE(restored.has_value());
    EXPECT_EQ(restored.error().code, ErrorCode::kDataLoss) << restored.error().message;
    EXPECT_FALSE(std::filesystem::exists(to));
  }
  [[nodiscard]] path SharedTable() const {
    return FilesIn(path(backups_) / "shared_checksum").front();
  }

  BackupInfo first_;
  BackupInfo second_;
};

TEST_F(DamagedBackupTest, AFlippedByteInASharedTableHitsAllThatShareIt) {
  FlipByte(SharedTable(), 100);
  const BackupReport report = Verify();
  ASSERT_EQ(report.damage.size(), 2U);
  EXPECT_EQ(report.damage[0].number, 1U);
  EXPECT_EQ(report.damage[1].number, 2U);
  EXPECT_THAT(report.damage[0].what, HasSubstr(SharedTable().filename().string()));
  ExpectDamaged(1);
  ExpectDamaged(2);
}

TEST_F(DamagedBackupTest, ALostFileIsListedAndTheOtherBackupIsWhole) {
  for (const path& file : FilesIn(path(backups_) / "private" / "2")) {
    std::filesystem::remove(file);
    break;
  }
  const auto listed = *ListBackups(backups_);
  ASSERT_EQ(listed.size(), 2U);
  EXPECT_EQ(listed[0].damage, "");
  EXPECT_EQ(listed[1].number, 2U);
  EXPECT_NE(listed[1].damage, "");
  EXPECT_FALSE(Verify().ok());
  EXPECT_TRUE(VerifyBackups(backups_, 1, {})->ok());
  EXPECT_EQ(VerifyBackups(backups_, 9, {}).error().code, ErrorCode::kNotFound);
  ExpectDamaged(2);
  const auto newest_good = Restore(folder_.path("restored"));
  ASSERT_TRUE(newest_good.has_value()) << newest_good.error().message;
  EXPECT_EQ(newest_good->number, 1U);
  EXPECT_EQ(Create().number, 3U) << "and the next is made all the same";
}

// Whatever byte is hit: noticed, or what is restored is right.
TEST_F(DamagedBackupTest, FlippedBytesAreNoticedOrHarmless) {
  const path whole = folder_.path("whole");
  std::filesystem::rename(backups_, whole);
  const auto expected = TableOf(*store_, second_.revision);
  int flips = 0;
  int noticed = 0;
  for (const path& file : FilesIn(whole)) {
    const uintmax_t size = std::filesystem::file_size(file);
    const uintmax_t step = std::max<uintmax_t>(size / 12, 1);
    for (uintmax_t at = 0; at < size; at += step) {
      std::filesystem::remove_all(backups_);
      std::filesystem::copy(whole, backups_, std::filesystem::copy_options::recursive);
      const path hit = backups_ / file.lexically_relative(whole);
      SCOPED_TRACE(hit.string() + " byte " + std::to_string(at));
      FlipByte(hit, at);
      ++flips;
      const auto report = VerifyBackups(backups_, 2, {});
      noticed += report && report->ok() ? 0 : 1;
      const std::string to = folder_.path("restored");
      std::filesystem::remove_all(to);
      const auto restored = Restore(to, 2);
      if (!restored) {
        EXPECT_FALSE(std::filesystem::exists(to));
        continue;
      }
      const auto store = Store::Open(to, {});
      ASSERT_TRUE(store.has_value()) << store.error().message;
      ASSERT_EQ(TableOf(**store, second_.revision), expected);
      ExpectSound(**store);
    }
  }
  EXPECT_GT(flips, 60);
  EXPECT_GT(noticed, flips / 3);
}

class KilledBackupTest : public BackupTest {
 protected:
  void SetUp() override {
    auto store = Store::Create(path_, {"test", {}});
    ASSERT_TRUE(store.has_value());
  }
};

TEST_F(KilledBackupTest, EveryBackupThatWasReportedIsWholeAndTheNextCleansUp) {
  std::mt19937 random(5);
  uint64_t last = 0;
  for (int round = 0; round < 8 && !HasFailure(); ++round) {
    {
      WriterProcess process(SWITCHBACK_BACKING_UP_PROCESS, {path_, backups_});
      for (size_t reports = 1 + random() % 3; reports > 0; --reports) {
        last = std::max(last, process.NextReport().value_or(0));
      }
      std::this_thread::sleep_for(std::chrono::microseconds(random() % 60'000));
      EXPECT_TRUE(process.running()) << "it stopped by itself";
      process.Kill();
      while (const auto report = process.NextReport()) last = std::max(last, *report);
    }
    if (last == 0) continue;
    const auto listed = *ListBackups(backups_);
    ASSERT_GE(listed.size(), last);
    ASSERT_LE(listed.size(), last + 1) << "or one that it had not got round to reporting";
    EXPECT_TRUE(Verify().ok());
    const std::string to = folder_.path("restored");
    std::filesystem::remove_all(to);
    ASSERT_TRUE(Restore(to, static_cast<uint32_t>(last)).has_value());
    const auto store = *Store::Open(to, {});
    const auto view = *store->NewView();
    EXPECT_EQ(view->revision(), listed[last - 1].revision);
    CheckHeads(*view, view->revision().value);
    ExpectSound(*store);
    last = listed.size();
  }
  ASSERT_GT(last, 3U);
  store_ = *Store::Open(path_, {});
  const BackupInfo after = Create();
  size_t folders = 0;
  for ([[maybe_unused]] const auto& one : directory_iterator(path(backups_) / "private")) ++folders;
  EXPECT_EQ(folders, after.number) << "what was cut short is gone";
}

}  // namespace
}  // namespace switchback
