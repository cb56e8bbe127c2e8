// One body over both engines: rows, batches and views.
#include "engine/engine.h"

#include <gmock/gmock.h>

#include <optional>
#include <string>
#include <vector>

#include "engine/engine_fixture.h"

namespace switchback {
namespace {

using testing::ElementsAre;
using testing::Optional;

class EngineTest : public EveryEngine {};
INSTANTIATE_TEST_SUITE_P(Engines, EngineTest, kBothEngines, EngineKindName);

TEST_P(EngineTest, GetTellsAnEmptyValueFromNoRow) {
  ASSERT_TRUE(Put(*engine_, Space::kState, "empty", ""));
  std::string value = "left over";
  EXPECT_TRUE(*engine_->Get(Space::kState, "empty", value));
  EXPECT_EQ(value, "");
  value = "left over";
  EXPECT_FALSE(*engine_->Get(Space::kState, "absent", value));
  EXPECT_EQ(value, "");
}

TEST_P(EngineTest, AnyBytesAreAKeyAndAValue) {
  const std::string key("\0\xff\0k\n", 5);
  const std::string value("\xff\0\0v", 4);
  ASSERT_TRUE(Put(*engine_, Space::kHistory, key, value));
  EXPECT_EQ(ValueOf(*engine_, Space::kHistory, key), value);
  EXPECT_EQ(ValueOf(*engine_, Space::kHistory, key.substr(0, 4)), "(none)");
}

TEST_P(EngineTest, SpacesAreApart) {
  WriteBatch batch;
  batch.Put(Space::kState, "k", "state");
  batch.Put(Space::kHistory, "k", "history");
  batch.Put(Space::kChunks, "k", "chunk");
  ASSERT_TRUE(engine_->Write(batch, true));
  WriteBatch drop;
  drop.Delete(Space::kHistory, "k");
  ASSERT_TRUE(engine_->Write(drop, false));
  EXPECT_EQ(ValueOf(*engine_, Space::kState, "k"), "state");
  EXPECT_EQ(ValueOf(*engine_, Space::kHistory, "k"), "(none)");
  EXPECT_EQ(ValueOf(*engine_, Space::kChunks, "k"), "chunk");
}

TEST_P(EngineTest, MultiGetAnswersInOrderWithRepeats) {
  ASSERT_TRUE(Put(*engine_, Space::kChunks, "a", "1"));
  ASSERT_TRUE(Put(*engine_, Space::kChunks, "b", ""));
  const std::vector<std::string> keys = {"b", "x", "a", "b"};
  const auto values = View()->MultiGet(Space::kChunks, keys);
  ASSERT_TRUE(values);
  EXPECT_THAT(*values, ElementsAre(Optional(std::string()), std::nullopt,
                                   Optional(std::string("1")), Optional(std::string())));
  EXPECT_TRUE(View()->MultiGet(Space::kChunks, {})->empty());
}

TEST_P(EngineTest, ABatchAppliesInItsOrder) {
  WriteBatch batch;
  batch.Put(Space::kState, "a", "1");
  batch.Put(Space::kState, "a", "2");
  batch.Put(Space::kState, "b", "1");
  batch.Delete(Space::kState, "b");
  batch.Put(Space::kState, "c", "1");
  batch.DeleteRange(Space::kState, "c", "d");
  batch.DeleteRange(Space::kState, "e", "f");
  batch.Put(Space::kState, "e", "after");
  EXPECT_EQ(batch.bytes(), 2U + 2 + 2 + 1 + 2 + 2 + 2 + 6);
  ASSERT_TRUE(engine_->Write(batch, false));
  EXPECT_EQ(ValueOf(*engine_, Space::kState, "a"), "2");
  EXPECT_EQ(ValueOf(*engine_, Space::kState, "b"), "(none)");
  EXPECT_EQ(ValueOf(*engine_, Space::kState, "c"), "(none)");
  EXPECT_EQ(ValueOf(*engine_, Space::kState, "e"), "after");
}

TEST_P(EngineTest, DeleteRangeTakesItsBeginAndLeavesItsEnd) {
  WriteBatch batch;
  for (const char* key : {"a", "b", "bb", "c", "d"}) batch.Put(Space::kHistory, key, key);
  batch.DeleteRange(Space::kHistory, "b", "c");
  batch.DeleteRange(Space::kHistory, "d", "d");  // empty
  batch.DeleteRange(Space::kHistory, "d", "a");  // upside down: empty too
  batch.DeleteRange(Space::kHistory, "a", "");   // not "to the end"
  ASSERT_TRUE(engine_->Write(batch, false));
  EXPECT_EQ(ValueOf(*engine_, Space::kHistory, "a"), "a");
  EXPECT_EQ(ValueOf(*engine_, Space::kHistory, "b"), "(none)");
  EXPECT_EQ(ValueOf(*engine_, Space::kHistory, "bb"), "(none)");
  EXPECT_EQ(ValueOf(*engine_, Space::kHistory, "c"), "c");
  EXPECT_EQ(ValueOf(*engine_, Space::kHistory, "d"), "d");
}

TEST_P(EngineTest, AnEmptyBatchIsFine) {
  EXPECT_TRUE(engine_->Write(WriteBatch(), false));
  EXPECT_TRUE(engine_->Write(WriteBatch(), true));
  WriteBatch cleared;
  cleared.Put(Space::kState, "a", "1");
  cleared.Clear();
  EXPECT_TRUE(cleared.empty());
  EXPECT_EQ(cleared.bytes(), 0U);
  ASSERT_TRUE(engine_->Write(cleared, false));
  EXPECT_EQ(ValueOf(*engine_, Space::kState, "a"), "(none)");
}

TEST_P(EngineTest, AViewSeesNothingLater) {
  ASSERT_TRUE(Put(*engine_, Space::kState, "changed", "old"));
  ASSERT_TRUE(Put(*engine_, Space::kState, "deleted", "old"));
  ASSERT_TRUE(Put(*engine_, Space::kState, "swept", "old"));
  const auto view = View();
  WriteBatch batch;
  batch.Put(Space::kState, "changed", "new");
  batch.Put(Space::kState, "born", "new");
  batch.Delete(Space::kState, "deleted");
  batch.DeleteRange(Space::kState, "s", "t");
  ASSERT_TRUE(engine_->Write(batch, false));
  ASSERT_TRUE(engine_->Compact());
  EXPECT_EQ(ValueOf(*view, Space::kState, "changed"), "old");
  EXPECT_EQ(ValueOf(*view, Space::kState, "deleted"), "old");
  EXPECT_EQ(ValueOf(*view, Space::kState, "swept"), "old");
  EXPECT_EQ(ValueOf(*view, Space::kState, "born"), "(none)");
  EXPECT_EQ(ValueOf(*engine_, Space::kState, "changed"), "new");
  EXPECT_EQ(ValueOf(*engine_, Space::kState, "deleted"), "(none)");
  EXPECT_EQ(ValueOf(*engine_, Space::kState, "swept"), "(none)");
  EXPECT_EQ(ValueOf(*View(), Space::kState, "born"), "new");
}

TEST_P(EngineTest, CompactAndSyncChangeNoAnswer) {
  for (int i = 0; i < 2000; ++i) {
    ASSERT_TRUE(Put(*engine_, Space::kHistory, std::to_string(i), std::to_string(i * i)));
  }
  ASSERT_TRUE(engine_->Sync());
  ASSERT_TRUE(engine_->Compact());
  ASSERT_TRUE(engine_->Compact());
  for (int i = 0; i < 2000; ++i) {
    ASSERT_EQ(ValueOf(*engine_, Space::kHistory, std::to_string(i)), std::to_string(i * i));
  }
}

}  // namespace
}  // namespace switchback
