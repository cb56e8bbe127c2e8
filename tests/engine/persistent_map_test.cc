// The persistent map by itself: old maps keep their rows, and its depth stays logarithmic even for
// keys that come in order.
#include "engine/persistent_map.h"

#include <gtest/gtest.h>

#include <string>

namespace switchback {
namespace {

std::string Numbered(int i) {
  std::string key = std::to_string(i);
  return std::string(7 - key.size(), '0') + key;
}

TEST(PersistentMap, AnEditLeavesTheOldMapAsItWas) {
  const PersistentMap none;
  const PersistentMap one = none.With("a", "1");
  const PersistentMap changed = one.With("a", "2");
  const PersistentMap gone = changed.Without("a");
  EXPECT_TRUE(none.empty());
  EXPECT_EQ(*one.Find("a"), "1");
  EXPECT_EQ(*changed.Find("a"), "2");
  EXPECT_EQ(gone.Find("a"), nullptr);
  EXPECT_TRUE(gone.empty());
}

TEST(PersistentMap, KeysInOrderMakeNoDeepTree) {
  constexpr int kRows = 200'000;
  PersistentMap map;
  for (int i = 0; i < kRows; ++i) map = map.With(Numbered(i), "v");
  // A list-like tree of this size would overflow the stack on erase and on destruction.
  EXPECT_LT(map.Depth(), 64U);
  PersistentMapCursor cursor(map);
  int count = 0;
  for (cursor.SeekToFirst(); cursor.valid(); cursor.Next()) {
    ASSERT_EQ(cursor.key(), Numbered(count));
    ++count;
  }
  EXPECT_EQ(count, kRows);
  map = map.WithoutRange(Numbered(10), Numbered(kRows - 10));
  PersistentMapCursor rest(map);
  count = 0;
  for (rest.SeekToLast(); rest.valid(); rest.Prev()) ++count;
  EXPECT_EQ(count, 20);
}

}  // namespace
}  // namespace switchback
