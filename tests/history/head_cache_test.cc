// Invariants 1 and 2 of head_cache.h.
#include "history/head_cache.h"

#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

namespace switchback {
namespace {

BusinessId Id(const std::string& text) {
  return *BusinessId::Parse(text);
}

ListHandle Head(const std::string& id, uint64_t version) {
  return std::make_shared<const VersionedList>(VersionedList{
      Id(id), Version{version}, Revision{version}, std::make_shared<const EndpointList>()});
}

constexpr size_t kMuch = size_t{8} << 20;

TEST(HeadCache, FindsWhatWasReadAfterTheLookUp) {
  HeadCache cache(kMuch);
  HeadCache::Ticket ticket;
  EXPECT_EQ(cache.Find(Id("a"), ticket), nullptr);
  cache.Add(Head("a", 1), ticket);
  EXPECT_EQ(cache.Find(Id("a"), ticket)->version.value, 1U);
  EXPECT_EQ(cache.Find(Id("b"), ticket), nullptr);
}

TEST(HeadCache, Invariant1AWriteTakesItsIdsOut) {
  HeadCache cache(kMuch);
  HeadCache::Ticket a;
  HeadCache::Ticket b;
  EXPECT_EQ(cache.Find(Id("a"), a), nullptr);
  cache.Add(Head("a", 1), a);
  EXPECT_EQ(cache.Find(Id("b"), b), nullptr);
  cache.Add(Head("b", 1), b);
  {
    HeadCache::Writing writing(cache);
    writing.TakeOut(Id("a"));
    EXPECT_EQ(cache.Find(Id("a"), a), nullptr);
    EXPECT_NE(cache.Find(Id("b"), b), nullptr) << "another ID stays";
  }
  EXPECT_EQ(cache.Find(Id("a"), a), nullptr);
  EXPECT_EQ(cache.Find(Id("b"), b)->version.value, 1U);
}

TEST(HeadCache, Invariant1WhatWasReadBeforeOrDuringAWriteIsNotKept) {
  HeadCache cache(kMuch);
  HeadCache::Ticket before;
  HeadCache::Ticket during;
  EXPECT_EQ(cache.Find(Id("a"), before), nullptr);
  {
    HeadCache::Writing writing(cache);
    writing.TakeOut(Id("a"));
    EXPECT_EQ(cache.Find(Id("a"), during), nullptr);
    cache.Add(Head("a", 1), before);
    cache.Add(Head("a", 1), during);
  }
  cache.Add(Head("a", 1), before);
  cache.Add(Head("a", 1), during);
  HeadCache::Ticket after;
  EXPECT_EQ(cache.Find(Id("a"), after), nullptr);
  cache.Add(Head("a", 2), after);
  EXPECT_EQ(cache.Find(Id("a"), after)->version.value, 2U);
}

TEST(HeadCache, Invariant1TakeOutAllLeavesNothing) {
  HeadCache cache(kMuch);
  for (int i = 0; i < 300; ++i) {
    HeadCache::Ticket ticket;
    const std::string id = "id-" + std::to_string(i);
    EXPECT_EQ(cache.Find(Id(id), ticket), nullptr);
    cache.Add(Head(id, 1), ticket);
  }
  EXPECT_GT(cache.Count().bytes, 0U);
  {
    HeadCache::Writing writing(cache);
    writing.TakeOut(Id("id-7"));  // an ID of its own beside them is counted once
    writing.TakeOutAll();
  }
  EXPECT_EQ(cache.Count().bytes, 0U);
  HeadCache::Ticket ticket;
  EXPECT_EQ(cache.Find(Id("id-7"), ticket), nullptr);
  cache.Add(Head("id-7", 2), ticket);
  EXPECT_NE(cache.Find(Id("id-7"), ticket), nullptr) << "it works on afterwards";
}

TEST(HeadCache, Invariant2TheBudgetHolds) {
  constexpr size_t kBudget = size_t{256} << 10;
  HeadCache cache(kBudget);
  for (int i = 0; i < 5000; ++i) {
    HeadCache::Ticket ticket;
    const std::string id = "id-" + std::to_string(i);
    if (cache.Find(Id(id), ticket) == nullptr) cache.Add(Head(id, 1), ticket);
    static_cast<void>(cache.Find(Id("id-0"), ticket));
    ASSERT_LE(cache.Count().bytes, kBudget);
  }
  EXPECT_GT(cache.Count().bytes, kBudget / 2);
  HeadCache::Ticket ticket;
  EXPECT_NE(cache.Find(Id("id-0"), ticket), nullptr) << "what is asked for all the time stays";
}

TEST(HeadCache, ZeroBudgetKeepsNothing) {
  HeadCache cache(0);
  HeadCache::Ticket ticket;
  EXPECT_EQ(cache.Find(Id("a"), ticket), nullptr);
  cache.Add(Head("a", 1), ticket);
  EXPECT_EQ(cache.Find(Id("a"), ticket), nullptr);
}

// A writer raises a number inside its guard; readers read it as an engine would be read. None may
// find in the cache what was overwritten before its look-up began.
TEST(HeadCache, Invariant1HoldsAmongThreads) {
  HeadCache cache(kMuch);
  std::atomic<uint64_t> written = 1;
  std::atomic<uint64_t> visible = 1;
  std::atomic<bool> stop = false;
  std::vector<std::thread> readers;
  readers.reserve(3);
  std::atomic<uint64_t> stale = 0;
  for (int i = 0; i < 3; ++i) {
    readers.emplace_back([&] {
      const BusinessId id = Id("a");
      while (!stop) {
        const uint64_t at_least = visible;
        HeadCache::Ticket ticket;
        ListHandle head = cache.Find(id, ticket);
        if (!head) {
          head = Head("a", written);
          cache.Add(head, ticket);
        }
        if (head->version.value < at_least) ++stale;
      }
    });
  }
  for (uint64_t i = 2; i < 20'000; ++i) {
    {
      HeadCache::Writing writing(cache);
      writing.TakeOut(Id("a"));
      written = i;
    }
    visible = i;
  }
  stop = true;
  for (std::thread& reader : readers) reader.join();
  EXPECT_EQ(stale, 0U);
}

}  // namespace
}  // namespace switchback
