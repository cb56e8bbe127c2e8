#include "bench/compare/row.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "bench/compare/machine.h"
#include "bench/scratch/folder_files.h"

namespace switchback::compare {
namespace {

constexpr double kMicros = 1e6;
constexpr size_t kWarmUpQuestions = 20;
constexpr double kWarmUpSeconds = 2;

// The value that a share of all is at or below.
double Quantile(std::vector<double>& values, double share) {
  if (values.empty()) return 0;
  std::ranges::sort(values);
  const auto rank =
      static_cast<size_t>(std::lround(share * static_cast<double>(values.size() - 1)));
  return values[rank];
}

bool Writes(const QuestionSet& set) {
  return set.questions.front().kind == QuestionKind::kRestore ||
         set.questions.front().kind == QuestionKind::kRestoreAll;
}

}  // namespace

RowResult RowAsker::Ask(const QuestionSet& set) {
  RowResult result;
  if (set.questions.empty()) return result;
  hash_ = AnswerHash();
  AskCold(set, result);
  // A write can't be asked twice; the cold rounds have warmed it.
  if (!Writes(set)) WarmUp(set);
  AskWarm(set, result);
  result.answers = hash_.Finish();
  return result;
}

void RowAsker::AskCold(const QuestionSet& set, RowResult& result) {
  std::vector<double> opens;
  std::vector<double> firsts;
  for (size_t i = 0; i < std::min(limits_.cold_rounds, set.questions.size()); ++i) {
    system_.Close();
    result.cold_cached = std::max(result.cold_cached, bench::DropPageCache(folder_));
    const Stopwatch open;
    system_.Open();
    opens.push_back(open.Seconds() * kMicros);
    firsts.push_back(AskOne(set.questions[i]) * kMicros);
  }
  result.cold_open_us = Quantile(opens, 0.5);
  result.cold_us = Quantile(firsts, 0.5);
}

void RowAsker::WarmUp(const QuestionSet& set) {
  AnswerHash kept = std::exchange(hash_, AnswerHash());
  const Stopwatch watch;
  for (size_t i = 0; i < set.questions.size(); ++i) {
    if (i == kWarmUpQuestions || watch.Seconds() > kWarmUpSeconds) break;
    AskOne(set.questions[i]);
  }
  hash_ = std::move(kept);
}

void RowAsker::AskWarm(const QuestionSet& set, RowResult& result) {
  std::vector<double> times;
  const Stopwatch watch;
  for (size_t i = limits_.cold_rounds; i < set.questions.size(); ++i) {
    if (watch.Seconds() > limits_.seconds) break;
    times.push_back(AskOne(set.questions[i]) * kMicros);
  }
  result.count = times.size();
  result.warm_p99_us = Quantile(times, 0.99);
  result.warm_us = Quantile(times, 0.5);
}

double RowAsker::AskOne(const Question& question) {
  // The watch stops before the answer is looked at.
  const auto timed = [this](auto ask) {
    const Stopwatch watch;
    auto answer = ask();
    const double seconds = watch.Seconds();
    hash_.Add(std::move(answer));
    return seconds;
  };
  const auto timed_write = [this](auto write, const std::vector<std::string>& changed) {
    const Stopwatch watch;
    write();
    const double seconds = watch.Seconds();
    for (const std::string& id : changed) hash_.Add(system_.ReadAt(id, kNewest));
    return seconds;
  };
  double seconds = 0;
  switch (question.kind) {
    case QuestionKind::kReadAt:
      seconds = timed([&] { return system_.ReadAt(question.id, question.to); });
      break;
    case QuestionKind::kDiff:
      seconds = timed([&] { return system_.Diff(question.id, question.from, question.to); });
      break;
    case QuestionKind::kHistory:
      seconds = timed([&] { return system_.History(question.id); });
      break;
    case QuestionKind::kRestore:
      seconds = timed_write([&] { system_.Restore(question.id, question.to); }, {question.id});
      break;
    case QuestionKind::kRestoreAll:
      seconds = timed_write([&] { system_.RestoreAll(question.to); }, sample_);
      break;
  }
  hash_.EndAnswer();
  return seconds;
}

}  // namespace switchback::compare
