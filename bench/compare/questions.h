// The questions that every system gets: chosen from the history and a seed alone, so that all get
// the same ones, in the same order.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "bench/compare/history_index.h"

namespace switchback::compare {

enum class QuestionKind : uint8_t { kReadAt, kDiff, kHistory, kRestore, kRestoreAll };

struct Question {
  QuestionKind kind = QuestionKind::kReadAt;
  std::string id;     // not for kRestoreAll
  uint64_t from = 0;  // kDiff
  uint64_t to = 0;    // the revision to read at, to restore, or to compare with
};

// A row of the results.
struct QuestionSet {
  std::string_view name;
  std::vector<Question> questions;
};

class QuestionMaker {
 public:
  // `index` must outlive it.
  QuestionMaker(const HistoryIndex& index, uint64_t seed) : index_(index), seed_(seed) {}

  // All rows in the order to ask them: what writes comes last. `count` questions each, at most
  // `restores` of those that restore everything.
  [[nodiscard]] std::vector<QuestionSet> MakeAll(size_t count, size_t restores) const;
  // A few IDs, by which a restore of everything is checked.
  [[nodiscard]] std::vector<std::string> SampleIds(size_t count) const;

 private:
  using Random = std::mt19937_64;
  using Make = std::function<Question(Random&)>;

  [[nodiscard]] QuestionSet Repeat(std::string_view name, size_t count, const Make& make) const;
  [[nodiscard]] Question AsOf(Random& random) const;
  [[nodiscard]] Question AdjacentDiff(Random& random) const;
  [[nodiscard]] Question FarDiff(Random& random, bool whole) const;
  [[nodiscard]] Question HistoryOf(size_t rank) const;
  [[nodiscard]] QuestionSet Restores(size_t count) const;
  [[nodiscard]] QuestionSet TableRestores(size_t count) const;
  [[nodiscard]] const HistoryIndex::Id& BusyId(Random& random) const;

  const HistoryIndex& index_;
  uint64_t seed_;
};

}  // namespace switchback::compare
