// The list of files of a backup: RocksDB's text, and any other bytes; and the place that a backup
// is restored to.
#include "engine/rocksdb_backup_meta.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "engine/engine_fixture.h"
#include "engine/restore_place.h"

namespace switchback {
namespace {

// As RocksDB 7.8 writes it.
constexpr const char* kMeta =
    "1700000000\n17\nmetadata 0100FF\n2\n"
    "private/1/CURRENT crc32 3421780262\nshared_checksum/000012_sABC_77.sst crc32 0\n";

TEST(BackupMetaTest, NamesFilesWithTheirChecksums) {
  const auto files = ParseBackupMeta(kMeta);
  ASSERT_TRUE(files) << files.error().message;
  ASSERT_EQ(files->size(), 2U);
  EXPECT_EQ(files->at("private/1/CURRENT"), 3421780262U);
  EXPECT_EQ(files->at("shared_checksum/000012_sABC_77.sst"), 0U);
  EXPECT_TRUE(ParseBackupMeta("1\n0\n0\n")) << "without metadata and files";
}

TEST(BackupMetaTest, WhatIsMalformedIsDamage) {
  for (const char* text :
       {"", "\n", "1\n2\n", "x\n2\n0\n", "1\n2\n1\n", "1\n2\n0", "1\n2\n1\na crc32 1\nb crc32 1\n",
        "1\n2\n1\na crc32\n", "1\n2\n1\na crc32 4294967296\n", "1\n2\n1\na crc32 -1\n",
        "1\n2\n1\n/etc/passwd crc32 1\n", "1\n2\n1\n../a crc32 1\n",
        "1\n2\n2\na crc32 1\na crc32 1\n", "1\n2\n1\n crc32 1\n"}) {
    const auto files = ParseBackupMeta(text);
    ASSERT_FALSE(files) << text;
    EXPECT_EQ(files.error().code, ErrorCode::kDataLoss);
  }
}

TEST(BackupMetaTest, NoBytesAreTooMuch) {
  const std::string whole = kMeta;
  for (size_t i = 0; i < whole.size(); ++i) {
    EXPECT_FALSE(ParseBackupMeta(whole.substr(0, i))) << i;
    for (const char byte : {'\0', '\n', ' ', '9', '\xff'}) {
      std::string changed = whole;
      changed[i] = byte;
      static_cast<void>(ParseBackupMeta(changed));
    }
  }
}

// CRC32C of "123456789", from RFC 3720 and others.
TEST(BackupMetaTest, SumsAreCrc32c) {
  const ScratchFolder folder;
  std::ofstream(folder / "file") << "123456789";
  const auto sum = SumFile(folder / "file");
  ASSERT_TRUE(sum) << sum.error().message;
  EXPECT_EQ(sum->checksum, 0xe3069283U);
  EXPECT_EQ(sum->bytes, 9U);
  EXPECT_EQ(SumFile(folder / "none").error().code, ErrorCode::kDataLoss);
}

TEST(RestorePlaceTest, IsFilledByOneAndVanishesUnlessPutInPlace) {
  const ScratchFolder folder;
  const std::string to = folder / "to";
  {
    const auto place = RestorePlace::Take(to);
    ASSERT_TRUE(place) << place.error().message;
    std::ofstream((*place)->inside() + "/1.sst") << "x";
    const auto second = RestorePlace::Take(to);
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, ErrorCode::kHeld);
    EXPECT_TRUE(std::filesystem::exists((*place)->inside() + "/1.sst"));
  }
  EXPECT_FALSE(std::filesystem::exists(to));
  {
    const auto place = RestorePlace::Take(to);
    ASSERT_TRUE(place);
    // Someone else's, meanwhile.
    std::ofstream(to + "/notes") << "mine";
  }
  EXPECT_TRUE(std::filesystem::exists(to + "/notes"));
  EXPECT_FALSE(std::filesystem::exists(to + "/restoring"));
  std::filesystem::remove_all(to);
  {
    const auto place = RestorePlace::Take(to);
    ASSERT_TRUE(place);
    std::ofstream((*place)->inside() + "/CURRENT") << "MANIFEST-1\n";
    std::ofstream((*place)->inside() + "/1.sst") << "x";
    ASSERT_TRUE((*place)->PutInPlace());
  }
  EXPECT_TRUE(std::filesystem::exists(to + "/CURRENT"));
  EXPECT_TRUE(std::filesystem::exists(to + "/1.sst"));
  EXPECT_FALSE(std::filesystem::exists(to + "/restoring"));
}

}  // namespace
}  // namespace switchback
