#include "codec/hash.h"

#include <gtest/gtest.h>

#include <utility>

namespace switchback {
namespace {

std::string Sha256Of(std::initializer_list<std::string_view> pieces) {
  Sha256Hasher hasher;
  for (const std::string_view piece : pieces) hasher.Update(piece);
  return Sha256ToHex(hasher.Finish());
}

// From FIPS 180-4's examples.
TEST(Hash, Sha256MatchesThePublishedVectors) {
  EXPECT_EQ(Sha256Of({}), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(Sha256Of({"abc"}), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(Sha256Of({"a", "", "bc"}), Sha256Of({"abc"}));
}

TEST(Hash, AMovedHasherGoesOnWhereItWas) {
  Sha256Hasher first;
  first.Update("a");
  Sha256Hasher second = std::move(first);
  second.Update("bc");
  EXPECT_EQ(Sha256ToHex(second.Finish()), Sha256Of({"abc"}));
}

// XXH3-128 of nothing, as the xxHash project publishes it (xxh128sum of an empty file).
TEST(Hash, Xxh3OfNothingIsThePublishedValue) {
  EXPECT_EQ(HashBytes(""), (Digest{0x99aa06d3014798d8, 0x6001c324468d497f}));
  EXPECT_NE(HashBytes("a"), HashBytes("b"));
}

TEST(Hash, Xxh3OfPiecesIsThatOfTheWhole) {
  std::string bytes;
  for (int i = 0; i < 5000; ++i) bytes += static_cast<char>(i * 31 >> 3);
  // Around the sizes at which XXH3 goes another way.
  for (const size_t size : {0, 1, 3, 16, 17, 128, 129, 240, 241, 256, 1024, 1025, 5000}) {
    const std::string_view whole = std::string_view(bytes).substr(0, size);
    for (const size_t piece : {1, 7, 240, 4000}) {
      BytesHasher hasher;
      hasher.Update("");
      for (size_t at = 0; at < size; at += piece) hasher.Update(whole.substr(at, piece));
      EXPECT_EQ(hasher.Finish(), HashBytes(whole)) << size << " by " << piece;
    }
  }
}

}  // namespace
}  // namespace switchback
