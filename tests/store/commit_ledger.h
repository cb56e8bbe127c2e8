// What writers were told and readers saw, for the check that both fit one order of commits: every
// reader sees the first so many revisions and nothing else, never fewer than were acknowledged
// before it looked, and every commit lands once.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>
#include <tuple>
#include <vector>

#include "store_fixture.h"
#include "switchback/view.h"

namespace switchback {

// Writer W's nth commit makes the list of its own ID have n endpoints. Safe from any number of
// threads.
template <size_t kWriters>
class CommitLedger {
 public:
  static std::string IdOf(size_t writer) { return "writer" + std::to_string(writer); }
  static Change Nth(size_t writer, uint64_t n) { return Set(IdOf(writer), Range(1000, n)); }

  void Acknowledged(Revision revision, size_t writer, uint64_t n) {
    const std::scoped_lock lock(mutex_);
    commits_.emplace_back(revision.value, writer, n);
    acknowledged_ = std::max(acknowledged_.load(), revision.value);
  }
  // The newest revision that a writer was told of: who looks from now on must see it.
  [[nodiscard]] uint64_t acknowledged() const { return acknowledged_; }

  void Saw(const View& view) {
    Seen seen{view.revision().value, {}};
    for (size_t writer = 0; writer < kWriters; ++writer) {
      const auto list = view.Read(Id(IdOf(writer)));
      if (list) {
        seen.counters.at(writer) = (*list)->list->size();
      } else {
        EXPECT_EQ(list.error().code, ErrorCode::kNotFound) << list.error().message;
      }
    }
    const std::scoped_lock lock(mutex_);
    seen_.push_back(seen);
  }

  // REQUIRES: all threads are done; each writer made `commits`.
  void Check(uint64_t commits) {
    std::sort(commits_.begin(), commits_.end());
    ASSERT_EQ(commits_.size(), kWriters * commits);
    std::vector<Counters> expected(1);  // by revision
    for (const auto& [revision, writer, n] : commits_) {
      ASSERT_EQ(revision, expected.size()) << "a revision that nobody asked for, or twice";
      expected.push_back(expected.back());
      uint64_t& counter = expected.back().at(writer);
      ASSERT_EQ(n, counter + 1);
      counter = n;
    }
    for (const Seen& seen : seen_) {
      ASSERT_LT(seen.revision, expected.size());
      EXPECT_EQ(seen.counters, expected[seen.revision]) << "at r" << seen.revision;
    }
  }

 private:
  using Counters = std::array<uint64_t, kWriters>;
  struct Seen {
    uint64_t revision = 0;
    Counters counters{};
  };

  std::mutex mutex_;
  std::atomic<uint64_t> acknowledged_ = 0;
  std::vector<std::tuple<uint64_t, size_t, uint64_t>> commits_;  // revision, writer, its nth
  std::vector<Seen> seen_;
};

}  // namespace switchback
