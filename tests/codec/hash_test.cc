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

}  // namespace
}  // namespace switchback
