// Watching: every commit once and in order, from wherever it is taken up, beside commits; and who
// does not take what is told is dropped, and holds up nobody.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <tuple>
#include <vector>

#include "service/raw_connection.h"
#include "service/served_store.h"

namespace switchback {
namespace {

using std::chrono::milliseconds;

class WatchTest : public SocketServiceTest {
 protected:
  void Commit(const std::string& id, uint32_t n) const {
    ASSERT_TRUE(store_->Commit(Set(id, Range(n, 1 + n % 5)), By("w", Durability::kSynced)));
  }
};

TEST_F(WatchTest, EveryCommitComesOnceFromWhereverItIsTakenUp) {
  Start();
  constexpr uint64_t kCommits = 400;
  std::thread writer([&] {
    for (uint32_t n = 1; n <= kCommits; ++n) Commit(fmt::format("id-{}", n % 7), n);
  });
  std::vector<std::thread> watchers;
  for (int i = 0; i < 8; ++i) {
    watchers.emplace_back([&, i] {
      const auto client = Client();
      std::string token;
      uint64_t told = 0;
      // Taken up anew again and again, so that it meets every moment of the hand-over.
      while (told < kCommits) {
        SubscribeOptions from;
        from.token = token;
        if (token.empty()) from.after = Revision{0};
        const auto feed = client->Subscribe(from);
        ASSERT_TRUE(feed.has_value()) << feed.error().message;
        for (int n = 0; n < 20 + i * 10 && told < kCommits; ++n) {
          const auto event = (*feed)->Next(milliseconds(20000));
          ASSERT_TRUE(event.has_value()) << event.error().message;
          ASSERT_TRUE(event->has_value()) << "nothing more after " << told;
          ASSERT_EQ((*event)->commit.revision.value, told + 1);
          ++told;
        }
        token = *(*feed)->token();
      }
    });
  }
  writer.join();
  for (std::thread& watcher : watchers) watcher.join();
}

TEST_F(WatchTest, OnlyWhatWasAskedForComesAndTheTokenGoesOnAllTheSame) {
  Start();
  const auto client = Client();
  const auto named = client->Subscribe({.ids = {{Id("id-3")}}, .after = Revision{0}});
  const auto matched = client->Subscribe({.glob = "id-[45]", .after = Revision{0}});
  ASSERT_TRUE(named && matched);
  for (uint32_t n = 1; n <= 60; ++n) Commit(fmt::format("id-{}", n % 6), n);
  for (uint32_t n = 3; n <= 60; n += 6) {
    const auto event = (*named)->Next(milliseconds(5000));
    ASSERT_TRUE(event && *event);
    EXPECT_EQ((*event)->commit.revision.value, n);
    ASSERT_EQ((*event)->changes.size(), 1U);
    EXPECT_EQ((*event)->changes[0].id, Id("id-3"));
  }
  for (uint32_t n = 4; n <= 60; n += 6) {
    for (const uint32_t revision : {n, n + 1}) {
      const auto event = (*matched)->Next(milliseconds(5000));
      ASSERT_TRUE(event && *event);
      EXPECT_EQ((*event)->commit.revision.value, revision);
    }
  }
}

TEST_F(WatchTest, ARevisionInPartsComesWholeAlsoFiltered) {
  Start();
  const auto client = Client();
  const auto all = client->Subscribe({});
  const auto some = client->Subscribe({.glob = "id-*7"});
  ASSERT_TRUE(all && some);
  // Both watch by now.
  Commit("id-7", 1);
  ASSERT_TRUE(*(*all)->Next(milliseconds(5000)) && *(*some)->Next(milliseconds(5000)));
  Change change;
  for (uint32_t i = 0; i < 3000; ++i) {
    change.ids.push_back({Id(fmt::format("id-{:05}", i)), Replace{Range(i, 1)}, {}});
  }
  ASSERT_TRUE(store_->Commit(change, By("w", Durability::kSynced)));
  for (const auto& [feed, expected] :
       {std::pair(all->get(), size_t{3000}), {some->get(), size_t{300}}}) {
    size_t told = 0;
    while (true) {
      const auto event = feed->Next(milliseconds(5000));
      ASSERT_TRUE(event && *event);
      told += (*event)->changes.size();
      if ((*event)->last) break;
    }
    EXPECT_EQ(told, expected);
  }
}

TEST_F(WatchTest, AWatcherThatTakesNothingIsDroppedAndHoldsUpNobody) {
  options_.limits.request_timeout = milliseconds(1000);
  Start();
  RawConnection slow(service_->socket(), /*receive_buffer=*/4096);
  slow.Send("GET /v1/watch HTTP/1.1\r\nHost: x\r\n\r\n");
  std::this_thread::sleep_for(milliseconds(200));
  const auto client = Client();
  const auto quick = client->Subscribe({.after = Revision{0}});
  ASSERT_TRUE(quick.has_value());
  constexpr uint32_t kCommits = 3000;
  for (uint32_t n = 1; n <= kCommits; ++n) Commit("id", n);
  for (uint32_t n = 1; n <= kCommits; ++n) {
    const auto event = (*quick)->Next(milliseconds(5000));
    ASSERT_TRUE(event && *event);
    ASSERT_EQ((*event)->commit.revision.value, n);
  }
  // Closed by now or soon, once it has waited for it long enough.
  std::ignore = slow.Receive(milliseconds(10'000));
  EXPECT_TRUE(slow.closed());
}

// Whether it is told of every ID or of those that match, as one line or in parts: what it was not
// given in time it is given once it goes on behind its last token.
class SlowWatchTest : public WatchTest, public ::testing::WithParamInterface<const char*> {
 protected:
  // Some 100 KiB of lines.
  void CommitMany(uint32_t n) const {
    Change change;
    for (int i = 0; i < 1'000; ++i) {
      change.ids.push_back({Id(fmt::format("id-{:04}", i)), Replace{Range(n, 1)}, {}});
    }
    ASSERT_TRUE(store_->Commit(change, By("w", Durability::kSynced)));
  }
  void CommitMix(uint32_t from, uint32_t to) const {
    for (uint32_t n = from; n <= to; ++n) {
      if (n % 4 == 1) {
        CommitMany(n);
      } else {
        Commit("small", n);
      }
    }
  }
  static void ExpectAll(Subscription& feed, uint64_t to) {
    for (uint64_t n = 1; n <= to; ++n) {
      size_t changes = 0;
      bool last = false;
      while (!last) {
        const auto event = feed.Next(milliseconds(20'000));
        ASSERT_TRUE(event.has_value()) << event.error().message;
        ASSERT_TRUE(event->has_value()) << "nothing more before " << n;
        ASSERT_EQ((*event)->commit.revision.value, n);
        changes += (*event)->changes.size();
        last = (*event)->last;
      }
      ASSERT_EQ(changes, n % 4 == 1 ? 1'000U : 1U) << n;
    }
  }
  [[nodiscard]] std::string Dropped() const {
    RawConnection raw(service_->socket());
    const std::string text =
        raw.Ask("GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    const std::string name = "\nswitchback_watchers_dropped_total ";
    const size_t at = text.find(name) + name.size();
    return text.substr(at, text.find('\n', at) - at);
  }
};
INSTANTIATE_TEST_SUITE_P(Globs, SlowWatchTest, ::testing::Values("", "*"));

TEST_P(SlowWatchTest, WhoIsDroppedMissesNothing) {
  Start();
  const auto client = Client();
  const auto feed = client->Subscribe({.glob = GetParam(), .after = Revision{0}});
  ASSERT_TRUE(feed.has_value()) << feed.error().message;
  ASSERT_FALSE((*feed)->Next(milliseconds(300))->has_value());  // until the hub has it
  CommitMix(1, 120);
  std::this_thread::sleep_for(milliseconds(500));
  EXPECT_EQ(Dropped(), "1");
  ExpectAll(**feed, 120);
}

TEST_P(SlowWatchTest, WhatComesWhileItCatchesUpIsKept) {
  Start();
  CommitMix(1, 200);
  const auto client = Client();
  const auto feed = client->Subscribe({.glob = GetParam(), .after = Revision{0}});
  ASSERT_TRUE(feed.has_value()) << feed.error().message;
  std::this_thread::sleep_for(milliseconds(100));  // it has begun, and is held up
  CommitMix(201, 300);
  ExpectAll(**feed, 300);
  EXPECT_EQ(Dropped(), "0");
}

TEST_F(WatchTest, AStopEndsWatchesWithAReason) {
  Start();
  const auto client = Client();
  const auto feed = client->Subscribe({});
  ASSERT_TRUE(feed.has_value());
  ASSERT_FALSE((*feed)->Next(milliseconds(50))->has_value());
  RawConnection raw(service_->socket());
  raw.Send("GET /v1/watch HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_THAT(raw.ReceiveUntil("heartbeat", milliseconds(5000)), testing::HasSubstr("heartbeat"));
  std::this_thread::sleep_for(milliseconds(100));  // until the hub has it
  const auto begun = std::chrono::steady_clock::now();
  service_->Stop(milliseconds(10000));
  EXPECT_LT(std::chrono::steady_clock::now() - begun, milliseconds(5000));
  EXPECT_THAT(raw.Receive(), testing::HasSubstr("store_held"));
}

TEST_F(WatchTest, WhoIsGoneIsForgottenAtOnce) {
  options_.limits.max_watchers = 1;
  Start();
  for (int i = 0; i < 20; ++i) {
    RawConnection watcher(service_->socket());
    std::string head;
    // The one before may not have been seen to go yet.
    for (int tries = 0; tries < 500 && !head.starts_with("HTTP/1.1 200"); ++tries) {
      watcher.Send("GET /v1/watch?heartbeat_ms=600000&id=none HTTP/1.1\r\nHost: x\r\n\r\n");
      head = watcher.ReceiveUntil("}\n", milliseconds(5000));
    }
    ASSERT_THAT(head, testing::StartsWith("HTTP/1.1 200")) << i;
  }
}

TEST_F(WatchTest, AThousandIdleWatchersAreTold) {
  Start();
  std::vector<RawConnection> watchers;
  for (int i = 0; i < 1000; ++i) {
    watchers.emplace_back(service_->socket());
    watchers.back().Send("GET /v1/watch?heartbeat_ms=60000 HTTP/1.1\r\nHost: x\r\n\r\n");
  }
  for (RawConnection& watcher : watchers) {
    ASSERT_THAT(watcher.ReceiveUntil("heartbeat", milliseconds(10'000)),
                testing::HasSubstr("heartbeat"));
  }
  std::this_thread::sleep_for(milliseconds(200));
  Commit("id", 1);
  for (RawConnection& watcher : watchers) {
    EXPECT_THAT(watcher.ReceiveUntil("\"commit\"", milliseconds(10'000)),
                testing::HasSubstr("\"commit\""));
  }
}

}  // namespace
}  // namespace switchback
