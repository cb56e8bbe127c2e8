// Answers of one row of questions, boiled down so that two systems can be compared: equal hashes at
// equal counts are equal answers.
#pragma once

#include <xxhash.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "bench/compare/system.h"

namespace switchback::compare {

// Of the first `count` answers. A slow system gives fewer, and is compared by those.
struct AnswersSoFar {
  uint64_t count = 0;
  std::string hash;  // XXH3-128, hex
};

class AnswerHash {
 public:
  AnswerHash();

  // Parts of the answer under way; order within a list does not count.
  void Add(std::vector<std::string> list);
  void Add(Difference difference);
  void Add(const std::vector<HistoryEntry>& entries);
  void EndAnswer();

  // At 1, 2, 5, 10, 20, 50 ... answers and at the last.
  [[nodiscard]] std::vector<AnswersSoFar> Finish() const;

 private:
  struct FreeState {
    void operator()(XXH3_state_t* state) const { XXH3_freeState(state); }
  };
  void Add(uint64_t number);
  void Add(std::string_view text);
  [[nodiscard]] AnswersSoFar Now() const;

  std::unique_ptr<XXH3_state_t, FreeState> state_;
  uint64_t count_ = 0;
  std::vector<AnswersSoFar> kept_;
};

}  // namespace switchback::compare
