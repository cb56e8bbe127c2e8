// One body over both engines: iterators, their bounds and their seeks.
#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "engine/engine.h"
#include "engine/engine_fixture.h"

namespace switchback {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class EngineScanTest : public EveryEngine {
 protected:
  void Fill() {
    WriteBatch batch;
    for (const char* key : {"b", "d", "f", "h"}) batch.Put(Space::kHistory, key, "v");
    batch.Put(Space::kState, "c", "another space");
    ASSERT_TRUE(engine_->Write(batch, false));
  }

  static std::vector<std::string> Forward(const EngineView& view, std::string_view lower,
                                          std::string_view upper) {
    std::vector<std::string> keys;
    const auto it = view.Scan(Space::kHistory, lower, upper);
    EXPECT_FALSE(it->valid()) << "an iterator starts nowhere";
    for (it->SeekToFirst(); it->valid(); it->Next()) keys.emplace_back(it->key());
    EXPECT_TRUE(it->status());
    return keys;
  }

  static std::vector<std::string> Backward(const EngineView& view, std::string_view lower,
                                           std::string_view upper) {
    std::vector<std::string> keys;
    const auto it = view.Scan(Space::kHistory, lower, upper);
    for (it->SeekToLast(); it->valid(); it->Prev()) keys.emplace_back(it->key());
    EXPECT_TRUE(it->status());
    return keys;
  }

  static std::string Key(const Iterator& it) {
    return it.valid() ? std::string(it.key()) : "(end)";
  }
};
INSTANTIATE_TEST_SUITE_P(Engines, EngineScanTest, kBothEngines, EngineKindName);

TEST_P(EngineScanTest, BoundsAreHalfOpenAndEmptyIsNone) {
  Fill();
  const auto view = View();
  EXPECT_THAT(Forward(*view, "", ""), ElementsAre("b", "d", "f", "h"));
  EXPECT_THAT(Backward(*view, "", ""), ElementsAre("h", "f", "d", "b"));
  EXPECT_THAT(Forward(*view, "d", "h"), ElementsAre("d", "f"));
  EXPECT_THAT(Backward(*view, "d", "h"), ElementsAre("f", "d"));
  EXPECT_THAT(Forward(*view, "c", "g"), ElementsAre("d", "f"));
  EXPECT_THAT(Backward(*view, "c", "g"), ElementsAre("f", "d"));
  EXPECT_THAT(Forward(*view, "", "d"), ElementsAre("b"));
  EXPECT_THAT(Backward(*view, "f", ""), ElementsAre("h", "f"));
  EXPECT_THAT(Forward(*view, "i", ""), IsEmpty());
  EXPECT_THAT(Backward(*view, "", "a"), IsEmpty());
  EXPECT_THAT(Forward(*view, "e", "f"), IsEmpty());
}

TEST_P(EngineScanTest, SeeksLandOnTheNearestRowInsideTheBounds) {
  Fill();
  const auto view = View();
  const auto it = view->Scan(Space::kHistory, "c", "h");  // d, f
  const auto seek = [&](std::string_view key) {
    it->Seek(key);
    return Key(*it);
  };
  const auto seek_for_prev = [&](std::string_view key) {
    it->SeekForPrev(key);
    return Key(*it);
  };
  EXPECT_EQ(seek("a"), "d");  // below the bound: from the bound on
  EXPECT_EQ(seek("d"), "d");
  EXPECT_EQ(seek("e"), "f");
  EXPECT_EQ(seek("g"), "(end)");
  EXPECT_EQ(seek("z"), "(end)");
  EXPECT_EQ(seek_for_prev("z"), "f");  // above the bound: from the bound down
  EXPECT_EQ(seek_for_prev("h"), "f");
  EXPECT_EQ(seek_for_prev("f"), "f");
  EXPECT_EQ(seek_for_prev("e"), "d");
  EXPECT_EQ(seek_for_prev("c"), "(end)");
  EXPECT_EQ(seek_for_prev("a"), "(end)");
}

TEST_P(EngineScanTest, TurnsRoundInTheMiddle) {
  Fill();
  const auto view = View();
  const auto it = view->Scan(Space::kHistory, "", "");
  it->Seek("d");
  it->Next();
  EXPECT_EQ(Key(*it), "f");
  it->Prev();
  EXPECT_EQ(Key(*it), "d");
  it->Prev();
  EXPECT_EQ(Key(*it), "b");
  it->Next();
  EXPECT_EQ(Key(*it), "d");
  it->Prev();
  it->Prev();
  EXPECT_EQ(Key(*it), "(end)");
  it->SeekToLast();
  EXPECT_EQ(Key(*it), "h");
  it->Next();
  EXPECT_EQ(Key(*it), "(end)");
}

TEST_P(EngineScanTest, AnEmptySpaceHasNoRows) {
  EXPECT_THAT(Forward(*View(), "", ""), IsEmpty());
  EXPECT_THAT(Backward(*View(), "", ""), IsEmpty());
}

TEST_P(EngineScanTest, AnIteratorKeepsToItsView) {
  Fill();
  const auto view = View();
  const auto it = view->Scan(Space::kHistory, "", "");
  it->SeekToFirst();
  WriteBatch batch;
  batch.Put(Space::kHistory, "c", "later");
  batch.Put(Space::kHistory, "f", "later");
  batch.Delete(Space::kHistory, "d");
  batch.DeleteRange(Space::kHistory, "g", "z");
  ASSERT_TRUE(engine_->Write(batch, false));
  std::vector<std::string> rows;
  for (; it->valid(); it->Next()) {
    rows.push_back(std::string(it->key()) + "=" + std::string(it->value()));
  }
  EXPECT_THAT(rows, ElementsAre("b=v", "d=v", "f=v", "h=v"));
  EXPECT_THAT(Forward(*view, "", ""), ElementsAre("b", "d", "f", "h"));
  EXPECT_THAT(Forward(*View(), "", ""), ElementsAre("b", "c", "f"));
}

}  // namespace
}  // namespace switchback
