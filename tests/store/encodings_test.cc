// Which encoding a version gets, at every boundary between them, and what walking costs (invariants
// 1 to 4 in history/content.h), with checkpoints and without.
#include <random>

#include "hooked_engine.h"
#include "list/script.h"

namespace switchback {
namespace {

class EncodingsTest : public ::testing::Test {
 protected:
  // The next version of `id_` holds `list`.
  void Land(const Change& change, EndpointList list) {
    const Result<CommitResult> result = store_->Commit(change, By("x"));
    ASSERT_TRUE(result.has_value()) << result.error().message;
    ASSERT_EQ(result->changes.size(), 1U);
    lists_.push_back(std::move(list));
    ASSERT_EQ(result->changes[0].version.value, lists_.size());
  }
  void Replace(const EndpointList& list) { Land(Set("a", list), list); }
  void Add(const std::string& endpoint) { EditBy(EditKind::kAdd, endpoint); }
  void EditBy(EditKind kind, const std::string& endpoint) {
    const Change change = Edits("a", {Edit(kind, endpoint)});
    const OwnedEndpoint parsed = *ParseEndpoint(endpoint);
    EndpointListBuilder one;
    one.Append(parsed.view());
    ListDiff diff;
    (kind == EditKind::kAdd ? diff.added : diff.removed) = one.Finish();
    Land(change, *Apply(lists_.back(), diff));
  }
  void Restore(uint64_t version) {
    Change change;
    change.ids.push_back({id_, CopyVersion{Version{version}}, std::nullopt});
    Land(change, lists_[version - 1]);
  }
  void DeleteIt() { Land(Delete("a"), EndpointList()); }

  [[nodiscard]] VersionRow Row(uint64_t version) {
    return PlainReader(lasting_).Row(id_, version, bytes_);
  }
  [[nodiscard]] VersionKind NewestKind() { return Row(lists_.size()).kind; }
  [[nodiscard]] HeadRow Head() {
    bytes_ = lasting_.Value(Space::kState, HeadKey(id_));
    return *DecodeHeadRow(bytes_);
  }

  // Every way to read a version gives the same.
  void CheckAnswers() {
    const PlainReader plain(lasting_);
    const auto view = *store_->NewView();
    for (uint64_t v = 1; v <= lists_.size(); ++v) {
      const EndpointList& expected = lists_[v - 1];
      const auto summary = plain.content().Summarize(id_, Version{v});
      ASSERT_TRUE(summary.has_value()) << summary.error().message;
      ASSERT_EQ(summary->digest, expected.digest()) << v;
      ASSERT_EQ(summary->count, expected.size());
      ASSERT_EQ(view->Summarize(id_, Version{v})->digest, expected.digest());
      const auto list = plain.content().ReadList(id_, Version{v});
      if (!list) {
        ASSERT_EQ(list.error().code, ErrorCode::kNotFound) << list.error().message;
        ASSERT_EQ(plain.Row(id_, v, bytes_).kind, VersionKind::kDeletion);
        continue;
      }
      ASSERT_EQ(**list, expected) << v;
      for (const uint64_t probe :
           {0x0a000000U, 0x0a000003U, 0x0a0003d1U, 0x0b000000U, 0x0b000007U}) {
        const EndpointKey key{{Family::kIPv4, 0, probe}, 32, 8000};
        const auto found = plain.content().Find(id_, Version{v}, key);
        ASSERT_TRUE(found.has_value()) << found.error().message;
        ASSERT_EQ(found->found, expected.Contains(key)) << v;
      }
    }
  }

  // Invariants 2 and 4, and that no row tells less than what its walk costs.
  void CheckWalks() {
    const PlainReader plain(lasting_);
    const auto scratch = NewMemoryEngine();
    ChunkStore chunks(*scratch);
    uint64_t last_restored_count = 0;  // since the last full list
    for (uint64_t v = 1; v <= lists_.size(); ++v) {
      const Result<LocatedContent> content = plain.content().Locate(id_, Version{v});
      ASSERT_TRUE(content.has_value()) << content.error().message;
      const VersionRow row = plain.Row(id_, v, bytes_);
      ASSERT_GE(row.read_cost_kib, ToKiB(content->cost)) << v;
      ASSERT_EQ(row.read_cost_kib == 0, content->cost == 0) << v;
      if (content->cost == 0) last_restored_count = 0;
      if (row.kind == VersionKind::kSameAs) last_restored_count = row.count;
      EndpointList base;
      if (content->base.root || !content->base.list->empty()) {
        base = **LoadBase(content->base, EngineChunkReader(plain.rows().view()), ChunkCheck::kForm);
      }
      const uint64_t base_bytes = EncodeFullList(base, chunks)->bytes;
      const uint64_t estimated = EstimatedListBytes(last_restored_count);
      ASSERT_LE(content->cost, std::max({kMinCheckpointCost, base_bytes, estimated}) + kJumpCost)
          << "version " << v << ": its base takes " << base_bytes;
      if (row.kind == VersionKind::kSameAs) {
        ASSERT_LT(row.same_as.value, v);
        ASSERT_LE(static_cast<int>(plain.Row(id_, row.same_as.value, bytes_).kind),
                  static_cast<int>(VersionKind::kFullChunked));
      }
    }
  }

  void CheckWithAndWithoutCheckpoints() {
    CheckAnswers();
    CheckWalks();
    ExpectSound(*store_);
    const uint64_t checkpoints = store_->Stats()->checkpoints;
    const RowMap rows = lasting_.Rows();
    ASSERT_TRUE(store_->DropCheckpoints(/*remake=*/false));
    EXPECT_EQ(store_->Stats()->checkpoints, 0U);
    CheckAnswers();
    ExpectSound(*store_);
    ASSERT_TRUE(store_->DropCheckpoints(/*remake=*/true));
    EXPECT_EQ(store_->Stats()->checkpoints, checkpoints);
    EXPECT_TRUE(lasting_.Rows() == rows) << "remade checkpoints are the same bytes";
    CheckWalks();
  }

  const BusinessId id_ = Id("a");
  const LastingEngine lasting_;
  const std::unique_ptr<Store> store_ = lasting_.Create();
  std::vector<EndpointList> lists_;  // by version - 1
  std::string bytes_;
};

// Addresses that do not compress well: about two bytes each.
EndpointList Scattered(size_t count, uint32_t seed = 1) {
  std::mt19937 random(seed);
  uint32_t address = 0x0a000000;
  EndpointListBuilder builder;
  for (size_t i = 0; i < count; ++i) {
    address += 1 + static_cast<uint32_t>(random() % 2000);
    builder.Append({{{Family::kIPv4, 0, address}, 32, 8000}, {100, {}}});
  }
  return builder.Finish();
}

// The most endpoints of a Scattered list whose block still fits inline.
size_t LargestInline() {
  size_t count = 1024;
  while (InlineBlock(Scattered(count + 1))) ++count;
  return count;
}

TEST_F(EncodingsTest, ListIsInlineUpToTheLimitOfBytes) {
  const size_t limit = LargestInline();
  ASSERT_LT(limit, kMaxInlineEndpoints);
  ASSERT_GT(InlineBlock(Scattered(limit))->size(), kMaxInlineBytes - 4);
  Replace(Scattered(limit));
  EXPECT_EQ(NewestKind(), VersionKind::kFullInline);
  EXPECT_TRUE(Head().has_block);
  EXPECT_EQ(store_->Stats()->chunks, 0U);
  // One more: the same list again from the other side.
  DeleteIt();
  Replace(Scattered(limit + 1));
  EXPECT_EQ(NewestKind(), VersionKind::kFullChunked);
  EXPECT_FALSE(Head().has_block);
  EXPECT_GT(store_->Stats()->chunks, 0U);
  // And over the limit by a script, and back: only the head changes its form.
  DeleteIt();
  Replace(Scattered(limit));
  Add("11.0.0.0:8000");
  EXPECT_EQ(NewestKind(), VersionKind::kScript);
  EXPECT_EQ(Head().has_block, InlineBlock(lists_.back()).has_value());
  for (int i = 1; Head().has_block; ++i) Add("11.0.0." + std::to_string(i * 17 % 256));
  EditBy(EditKind::kRemove, "11.0.0.0:8000");
  CheckWithAndWithoutCheckpoints();
}

TEST_F(EncodingsTest, ListIsInlineUpToTheLimitOfEndpoints) {
  ASSERT_TRUE(InlineBlock(Range(0x0a000000, kMaxInlineEndpoints)));
  Replace(Range(0x0a000000, kMaxInlineEndpoints));
  EXPECT_EQ(NewestKind(), VersionKind::kFullInline);
  DeleteIt();
  Replace(Range(0x0a000000, kMaxInlineEndpoints + 1));
  EXPECT_EQ(NewestKind(), VersionKind::kFullChunked);
  DeleteIt();
  Replace(EndpointList());
  EXPECT_EQ(NewestKind(), VersionKind::kFullInline);
  CheckWithAndWithoutCheckpoints();
}

TEST_F(EncodingsTest, ReplaceIsStoredTheCheaperWay) {
  Replace(Scattered(1000));
  EndpointList most = Scattered(990);
  Replace(most);
  EXPECT_EQ(NewestKind(), VersionKind::kScript) << "ten removed";
  Replace(Range(0x0a000000, 900));
  EXPECT_EQ(NewestKind(), VersionKind::kFullInline) << "a dense list, shorter than naming the old";
  Replace(List({"172.16.9.4:8000"}));
  EXPECT_EQ(NewestKind(), VersionKind::kFullInline) << "the outage";
  Replace(Scattered(20000));
  EXPECT_EQ(NewestKind(), VersionKind::kFullChunked);
  Replace(Scattered(20000, 2));
  EXPECT_EQ(NewestKind(), VersionKind::kFullChunked);
  // Whatever was chosen, it is not the dearer one.
  for (uint64_t v = 2; v <= lists_.size(); ++v) {
    std::string script;
    EncodeScript(Diff(lists_[v - 2], lists_[v - 1]), script);
    const auto scratch = NewMemoryEngine();
    ChunkStore chunks(*scratch);
    const uint64_t full = EncodeFullList(lists_[v - 1], chunks)->bytes;
    EXPECT_EQ(Row(v).kind == VersionKind::kScript, script.size() <= full) << v;
  }
  CheckWithAndWithoutCheckpoints();
}

TEST_F(EncodingsTest, RestoreNamesAListOrScriptAndNeverARestore) {
  Replace(Scattered(700));  // 1
  Add("11.0.0.1");          // 2
  Restore(1);               // 3
  EXPECT_EQ(Row(3).same_as, Version{1});
  Add("11.0.0.2");  // 4: on top of a restore
  EXPECT_EQ(Row(4).kind, VersionKind::kScript);
  Restore(3);  // 5: a restore of a restore
  EXPECT_EQ(Row(5).same_as, Version{1});
  Restore(2);  // 6
  EXPECT_EQ(Row(6).same_as, Version{2});
  DeleteIt();  // 7
  EXPECT_EQ(store_->Restore({{id_, Version{7}}}, By("x")).error().code, ErrorCode::kNotFound);
  Restore(6);  // 8: after a deletion
  EXPECT_EQ(Row(8).same_as, Version{2});
  EXPECT_EQ(Row(8).changes.added, 701U);
  Add("11.0.0.3");  // 9
  DeleteIt();       // 10
  Add("11.0.0.4");  // 11: edits on a deleted ID start from nothing
  EXPECT_EQ(Row(11).kind, VersionKind::kFullInline);
  Restore(4);  // 12
  Restore(9);  // 13
  CheckWithAndWithoutCheckpoints();
}

TEST_F(EncodingsTest, CheckpointComesWhenWalkingCostsMoreThanIt) {
  for (const size_t count : {30, 3000}) {
    Replace(Scattered(count, static_cast<uint32_t>(count)));
    for (int i = 0; i < 500; ++i) {
      const std::string endpoint =
          "11." + std::to_string(i % 7) + ".0." + std::to_string(i / 7 % 3);
      const bool there = lists_.back().Contains(ParseEndpoint(endpoint)->key);
      EditBy(there ? EditKind::kRemove : EditKind::kAdd, endpoint);
    }
  }
  EXPECT_GE(store_->Stats()->checkpoints, 3U);
  EXPECT_LE(store_->Stats()->checkpoints, 20U);
  CheckWithAndWithoutCheckpoints();
}

// Large and small lists in turn, with long runs of scripts that are restored from afar.
TEST_F(EncodingsTest, RestoreFromAfarKeepsTheBound) {
  Replace(List({"10.0.0.1:8000"}));
  for (int i = 0; i < 120; ++i) Add("11.0.0." + std::to_string(i));
  const uint64_t run = lists_.size();
  Replace(Scattered(20000));
  Add("11.1.0.0");
  Restore(run);
  for (int i = 0; i < 400; ++i) {
    Add("12.0." + std::to_string(i / 200) + "." + std::to_string(i % 200));
  }
  CheckWithAndWithoutCheckpoints();
}

// The outage: a large list with scripts since its base, overwritten by one endpoint. Putting it
// back must not write it whole.
TEST_F(EncodingsTest, RestoreAfterAnOverwriteWritesNoCheckpoint) {
  Replace(Scattered(20000));
  for (int i = 0; i < 300; ++i) {
    Add("11.0." + std::to_string(i / 200) + "." + std::to_string(i % 200));
  }
  ASSERT_GT(Row(lists_.size()).read_cost_kib, ToKiB(kMinCheckpointCost));
  Replace(List({"172.16.9.4:8000"}));
  const StoreStats before = *store_->Stats();
  Restore(lists_.size() - 1);
  EXPECT_EQ(store_->Stats()->checkpoints, before.checkpoints);
  EXPECT_EQ(store_->Stats()->chunks, before.chunks);
  CheckWithAndWithoutCheckpoints();
}

TEST_F(EncodingsTest, RandomWorkKeepsEveryInvariant) {
  std::mt19937 random(7);
  Replace(Scattered(500));
  for (int step = 0; step < 600 && !HasFailure(); ++step) {
    const uint32_t what = static_cast<uint32_t>(random() % 100);
    const bool deleted = NewestKind() == VersionKind::kDeletion;
    if (what < 80) {
      const std::string key =
          "11.0." + std::to_string(random() % 4) + "." + std::to_string(random() % 250);
      const bool there = lists_.back().Contains(ParseEndpoint(key)->key);
      EditBy(there ? EditKind::kRemove : EditKind::kAdd, key);
    } else if (what < 86) {
      static constexpr size_t kSizes[] = {0, 1, 60, 1500, 5000};
      const EndpointList list = Scattered(kSizes[random() % 5], static_cast<uint32_t>(random()));
      if (deleted || list.digest() != lists_.back().digest()) Replace(list);
    } else if (what < 98) {
      const uint64_t version = 1 + random() % lists_.size();
      const bool same = !deleted && lists_[version - 1].digest() == lists_.back().digest();
      if (!same && Row(version).kind != VersionKind::kDeletion) Restore(version);
    } else if (!deleted) {
      DeleteIt();
    }
  }
  CheckWithAndWithoutCheckpoints();
}

TEST_F(EncodingsTest, EqualListsShareTheirChunks) {
  Replace(Scattered(9000));
  const uint64_t chunks = store_->Stats()->chunks;
  ASSERT_GT(chunks, 5U);
  ASSERT_TRUE(store_->Commit(Set("b", lists_[0]), By("x")));
  DeleteIt();
  Replace(lists_[0]);
  EXPECT_EQ(NewestKind(), VersionKind::kFullChunked);
  EXPECT_EQ(store_->Stats()->chunks, chunks);
  // A list that differs in one endpoint shares all but the chunk that it is in.
  ListDiff one;
  one.added = List({"10.0.0.0:8000"});
  ASSERT_TRUE(store_->Commit(Set("c", *Apply(lists_[0], one)), By("x")));
  EXPECT_EQ(store_->Stats()->chunks, chunks + 1);
  ExpectSound(*store_);
}

}  // namespace
}  // namespace switchback
