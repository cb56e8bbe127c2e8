#include "service/worker_pool.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <memory>
#include <thread>
#include <vector>

namespace switchback {
namespace {

// Work that waits to be let go.
class Gate {
 public:
  void Wait() { opened_.wait(); }
  void Open() { open_.set_value(); }

 private:
  std::promise<void> open_;
  std::shared_future<void> opened_ = open_.get_future().share();
};

TEST(WorkerPoolTest, OneKeyLeavesThreadsToOthers) {
  WorkerPool pool({.threads = 3, .per_key = 2, .waiting = 10});
  Gate gate;
  std::atomic<int> begun = 0;
  for (int i = 0; i < 5; ++i) {
    ASSERT_TRUE(pool.Run("slow", [&] {
      ++begun;
      gate.Wait();
    }));
  }
  std::promise<void> other;
  ASSERT_TRUE(pool.Run("other", [&] { other.set_value(); }));
  other.get_future().wait();
  EXPECT_LE(begun, 2);
  gate.Open();
  pool.Join();
  EXPECT_EQ(begun, 5) << "those that waited had their turn";
}

// All threads are there, those of one key wait, and more of that key waits for them: who comes then
// must not be left to sleeping threads.
TEST(WorkerPoolTest, AnIdleThreadIsToldWhatMayRunBehindWhatMayNot) {
  Gate all;
  Gate slow;
  std::atomic<int> begun = 0;
  WorkerPool pool({.threads = 3, .per_key = 2, .waiting = 10});
  const auto await = [&](int count) {
    while (begun < count) std::this_thread::yield();
  };
  for (const char* key : {"a", "b", "c"}) {
    ASSERT_TRUE(pool.Run(key, [&] {
      ++begun;
      all.Wait();
    }));
  }
  await(3);
  all.Open();
  for (int i = 0; i < 5; ++i) {
    ASSERT_TRUE(pool.Run("slow", [&] {
      ++begun;
      slow.Wait();
    }));
  }
  await(5);
  for (int i = 0; i < 100; ++i) {  // the third thread has gone to sleep by one of these
    const auto other = std::make_shared<std::promise<void>>();
    ASSERT_TRUE(pool.Run("other", [other] { other->set_value(); }));
    ASSERT_EQ(other->get_future().wait_for(std::chrono::seconds(20)), std::future_status::ready);
  }
  slow.Open();
}

TEST(WorkerPoolTest, WhatOfOneKeyWaitsRunsInOrder) {
  WorkerPool pool({.threads = 2, .per_key = 1, .waiting = 200});
  std::vector<int> order;  // of one at a time
  for (int i = 0; i < 100; ++i) {
    ASSERT_TRUE(pool.Run("a", [&order, i] { order.push_back(i); }));
  }
  pool.Join();
  ASSERT_EQ(order.size(), 100U);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(order[static_cast<size_t>(i)], i);
}

TEST(WorkerPoolTest, NoMoreWaitThanMay) {
  WorkerPool pool({.threads = 1, .per_key = 1, .waiting = 2});
  Gate gate;
  EXPECT_TRUE(pool.Run("a", [&] { gate.Wait(); }));
  EXPECT_TRUE(pool.Run("b", [] {}));
  EXPECT_TRUE(pool.Run("c", [] {}));
  EXPECT_FALSE(pool.Run("d", [] {}));
  gate.Open();
  pool.Join();
  EXPECT_FALSE(pool.Run("e", [] {})) << "it is stopped";
}

TEST(WorkerPoolTest, FromManyThreadsAllThatIsTakenIsDone) {
  WorkerPool pool({.threads = 4, .per_key = 2, .waiting = 100'000});
  std::atomic<int> taken = 0;
  std::atomic<int> done = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&, i] {
      for (int n = 0; n < 2'000; ++n) {
        if (pool.Run(std::to_string((n + i) % 3), [&] { ++done; })) ++taken;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  pool.Join();
  EXPECT_EQ(done, taken);
  EXPECT_EQ(taken, 8'000);
}

}  // namespace
}  // namespace switchback
