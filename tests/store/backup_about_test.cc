// What a backup says of itself: these bytes, and no others.
#include "api/backup_about.h"

#include <gtest/gtest.h>

#include <string>

namespace switchback {
namespace {

TEST(BackupAboutTest, HasTheseBytes) {
  const BackupAbout about{"0123", "production", Revision{300}, Timestamp{1'700'000'000'000'000}};
  std::string bytes;
  EncodeBackupAbout(about, bytes);
  const std::string head(
      "\x01\x00\x00\x00\x04"
      "0123"
      "\x0a"
      "production"
      "\xac\x02",
      22);
  EXPECT_EQ(bytes.substr(0, 22), head);
  EXPECT_EQ(bytes.substr(22, 8), "\x80\x80\xf9\xc0\xc1\xc4\x82\x03");
  EXPECT_EQ(bytes.substr(30), ".j\xc3\xb3\xf5\xcd\xc0;");
  EXPECT_EQ(*DecodeBackupAbout(bytes), about);
}

TEST(BackupAboutTest, AnyOtherBytesAreRefused) {
  std::string bytes;
  EncodeBackupAbout({"uuid", "test", Revision{3}, Timestamp{5}}, bytes);
  for (size_t length = 0; length < bytes.size(); ++length) {
    EXPECT_FALSE(DecodeBackupAbout(bytes.substr(0, length)).has_value()) << length;
  }
  EXPECT_FALSE(DecodeBackupAbout(bytes + "x").has_value());
  for (size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    std::string flipped = bytes;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << bit % 8));
    EXPECT_FALSE(DecodeBackupAbout(flipped).has_value()) << bit;
  }
}

}  // namespace
}  // namespace switchback
