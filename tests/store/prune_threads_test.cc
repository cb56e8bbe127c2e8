// Commits, restores and readers beside a prune.
#include <atomic>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "store_fixture.h"

namespace switchback {
namespace {

TEST(PruneConcurrency, CommitsRestoresAndReadersGoOnMeanwhile) {
  OpenOptions options;
  options.list_cache_bytes = size_t{4} << 20;
  StoreHolder store(Kind::kMemory, options);
  for (uint32_t i = 0; i < 3; ++i) {
    for (uint32_t v = 0; v < 12; ++v) {
      ASSERT_TRUE(store->Commit(Set("id-" + std::to_string(i), Scattered(v, 6000)), By("x")));
    }
  }
  std::atomic<bool> stop = false;
  std::vector<std::thread> threads;
  for (uint32_t t = 0; t < 2; ++t) {
    threads.emplace_back([&, t] {
      std::mt19937 random(t);
      while (!stop) {
        const std::string id = "id-" + std::to_string(random() % 3);
        const auto now = store->Read(Id(id));
        ASSERT_TRUE(now.has_value()) << now.error().message;
        const Version back{(*now)->version.value - random() % 3};
        const auto restored = store->Restore({{Id(id), back}}, By("restorer"));
        if (!restored) {
          ASSERT_EQ(restored.error().code, ErrorCode::kPruned) << restored.error().message;
        }
        const std::string endpoint =
            "11.0." + std::to_string(t) + "." + std::to_string(random() % 200);
        Change change =
            Edits(id, {Edit(EditKind::kSet, endpoint + " weight=" + std::to_string(random() % 9))});
        const auto edited = store->Commit(change, By("editor"));
        ASSERT_TRUE(edited.has_value()) << edited.error().message;
      }
    });
  }
  threads.emplace_back([&] {
    while (!stop) {
      const auto view = *store->NewView();
      for (uint32_t i = 0; i < 3; ++i) {
        const BusinessId id = Id("id-" + std::to_string(i));
        const auto head = view->Resolve(id, HeadSelector{});
        ASSERT_TRUE(head.has_value());
        const auto read = view->Read(id, head->version);
        ASSERT_TRUE(read.has_value()) << read.error().message;
      }
    }
  });
  for (int i = 0; i < 8; ++i) {
    const auto done = store->Prune({.keep_last = 2 + static_cast<uint64_t>(i % 3)}, By("pruner"));
    ASSERT_TRUE(done.has_value()) << done.error().message;
  }
  stop = true;
  for (std::thread& thread : threads) thread.join();
  ExpectSound(*store);
}

}  // namespace
}  // namespace switchback
