#include "bench/compare/answers.h"

#include <algorithm>
#include <cstdio>
#include <utility>

namespace switchback::compare {
namespace {

// 1, 2, 5, 10, 20, 50 ...
bool IsRound(uint64_t count) {
  while (count % 10 == 0) count /= 10;
  return count == 1 || count == 2 || count == 5;
}

}  // namespace

AnswerHash::AnswerHash() : state_(XXH3_createState()) {
  XXH3_128bits_reset(state_.get());
}

void AnswerHash::Add(uint64_t number) {
  XXH3_128bits_update(state_.get(), &number, sizeof number);
}

void AnswerHash::Add(std::string_view text) {
  Add(uint64_t{text.size()});
  XXH3_128bits_update(state_.get(), text.data(), text.size());
}

void AnswerHash::Add(std::vector<std::string> list) {
  std::ranges::sort(list);
  Add(uint64_t{list.size()});
  for (const std::string& text : list) Add(std::string_view(text));
}

void AnswerHash::Add(Difference difference) {
  Add(std::move(difference.removed));
  Add(std::move(difference.added));
}

void AnswerHash::Add(const std::vector<HistoryEntry>& entries) {
  Add(uint64_t{entries.size()});
  for (const HistoryEntry& entry : entries) {
    Add(entry.revision);
    Add(static_cast<uint64_t>(entry.time_us));
    Add(std::string_view(entry.author));
    Add(std::string_view(entry.message));
  }
}

void AnswerHash::EndAnswer() {
  ++count_;
  if (IsRound(count_)) kept_.push_back(Now());
}

AnswersSoFar AnswerHash::Now() const {
  const XXH128_hash_t hash = XXH3_128bits_digest(state_.get());
  char hex[33];
  std::snprintf(hex, sizeof hex, "%016llx%016llx", static_cast<unsigned long long>(hash.high64),
                static_cast<unsigned long long>(hash.low64));
  return {count_, hex};
}

std::vector<AnswersSoFar> AnswerHash::Finish() const {
  std::vector<AnswersSoFar> all = kept_;
  if (count_ > 0 && !IsRound(count_)) all.push_back(Now());
  return all;
}

}  // namespace switchback::compare
