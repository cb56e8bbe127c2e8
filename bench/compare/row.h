// Asks one row of questions of a system, cold and warm, and takes times and answers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "bench/compare/answers.h"
#include "bench/compare/questions.h"
#include "bench/compare/system.h"

namespace switchback::compare {

struct RowResult {
  double cold_us = 0;       // median of the first questions after a cold Open
  double cold_open_us = 0;  // median of those Opens
  double cold_cached = 0;   // largest share of the files that stayed in the page cache
  double warm_us = 0;       // median
  double warm_p99_us = 0;
  uint64_t count = 0;  // of warm ones
  std::vector<AnswersSoFar> answers;
};

struct RowLimits {
  size_t cold_rounds = 5;
  double seconds = 20;  // of warm questions; the one under way is waited for
};

class RowAsker {
 public:
  // `system` is open, and is left open. `sample` are IDs to look at after a restore of everything.
  RowAsker(System& system, std::string folder, std::vector<std::string> sample, RowLimits limits)
      : system_(system), folder_(std::move(folder)), sample_(std::move(sample)), limits_(limits) {}

  // The first questions of the set are asked cold, the others warm.
  RowResult Ask(const QuestionSet& set);

 private:
  void AskCold(const QuestionSet& set, RowResult& result);
  void WarmUp(const QuestionSet& set);
  void AskWarm(const QuestionSet& set, RowResult& result);
  // Seconds that the system took; the answer goes into `hash_`.
  double AskOne(const Question& question);

  System& system_;
  std::string folder_;
  std::vector<std::string> sample_;
  RowLimits limits_;
  AnswerHash hash_;
};

}  // namespace switchback::compare
