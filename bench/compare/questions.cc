#include "bench/compare/questions.h"

#include <algorithm>
#include <numeric>
#include <unordered_map>
#include <utility>

namespace switchback::compare {
namespace {

// Not std::uniform_int_distribution, whose numbers differ from library to library.
template <typename T>
const T& Pick(const std::vector<T>& from, std::mt19937_64& random) {
  return from[random() % from.size()];
}

}  // namespace

std::vector<QuestionSet> QuestionMaker::MakeAll(size_t count, size_t restores) const {
  std::vector<QuestionSet> sets;
  sets.push_back(Repeat("as_of", count, [this](Random& random) { return AsOf(random); }));
  sets.push_back(
      Repeat("adjacent_diff", count, [this](Random& random) { return AdjacentDiff(random); }));
  sets.push_back(Repeat("far_diff", count, [this, whole = false](Random& random) mutable {
    whole = !whole;
    return FarDiff(random, whole);
  }));
  sets.push_back(Repeat("history_busy", count, [this](Random&) { return HistoryOf(0); }));
  const size_t middle = index_.ids.size() / 2;
  sets.push_back(Repeat("history_median", count, [=, this](Random&) { return HistoryOf(middle); }));
  sets.push_back(Restores(count));
  sets.push_back(TableRestores(std::min(count, restores)));
  return sets;
}

QuestionSet QuestionMaker::Repeat(std::string_view name, size_t count, const Make& make) const {
  // Each row has its own numbers, so that a longer one leaves the others as they are.
  Random random(std::accumulate(name.begin(), name.end(), seed_,
                                [](uint64_t sum, char c) { return sum * 131 + uint64_t(c); }));
  QuestionSet set{name, {}};
  for (size_t i = 0; i < count; ++i) set.questions.push_back(make(random));
  return set;
}

Question QuestionMaker::AsOf(Random& random) const {
  const uint32_t revision = static_cast<uint32_t>(random() % index_.revisions) + 1;
  const size_t born = index_.BornBy(revision);
  return {QuestionKind::kReadAt, index_.ids[random() % born].text, 0, revision};
}

Question QuestionMaker::AdjacentDiff(Random& random) const {
  const auto& touch = Pick(index_.touches, random);
  return {QuestionKind::kDiff, index_.ids[touch.id].text, touch.revision - 1, touch.revision};
}

// Drawn by versions, not by IDs: one with many is likely.
const HistoryIndex::Id& QuestionMaker::BusyId(Random& random) const {
  return index_.ids[Pick(index_.touches, random).id];
}

// From the first version to the last, or between any two.
Question QuestionMaker::FarDiff(Random& random, bool whole) const {
  const auto& id = BusyId(random);
  const uint32_t one = Pick(id.revisions, random);
  const uint32_t other = Pick(id.revisions, random);
  if (whole) return {QuestionKind::kDiff, id.text, id.revisions.front(), id.revisions.back()};
  return {QuestionKind::kDiff, id.text, std::min(one, other), std::max(one, other)};
}

// Rank 0 has the most versions.
Question QuestionMaker::HistoryOf(size_t rank) const {
  std::vector<const HistoryIndex::Id*> order;
  order.reserve(index_.ids.size());
  for (const auto& id : index_.ids) order.push_back(&id);
  std::ranges::stable_sort(order, [](const auto* a, const auto* b) {
    return a->revisions.size() > b->revisions.size();
  });
  return {QuestionKind::kHistory, order[rank]->text, 0, 0};
}

// Each takes an ID to another version than the one it was left at.
QuestionSet QuestionMaker::Restores(size_t count) const {
  std::unordered_map<std::string, uint32_t> at;
  if (std::ranges::none_of(index_.ids, [](const auto& id) { return id.revisions.size() > 1; })) {
    count = 0;
  }
  return Repeat("restore_one", count, [&](Random& random) {
    const HistoryIndex::Id* id = &BusyId(random);
    while (id->revisions.size() < 2) id = &BusyId(random);
    const uint32_t now = at.try_emplace(id->text, id->revisions.back()).first->second;
    uint32_t target = Pick(id->revisions, random);
    while (target == now) target = Pick(id->revisions, random);
    at[id->text] = target;
    return Question{QuestionKind::kRestore, id->text, 0, target};
  });
}

// To the middle, then to and fro.
QuestionSet QuestionMaker::TableRestores(size_t count) const {
  const uint64_t targets[] = {(index_.revisions + 1) / 2, index_.revisions};
  return Repeat("restore_all", count, [&, i = size_t{0}](Random&) mutable {
    return Question{QuestionKind::kRestoreAll, "", 0, targets[i++ % 2]};
  });
}

std::vector<std::string> QuestionMaker::SampleIds(size_t count) const {
  std::vector<std::string> sample;
  const size_t step = std::max<size_t>(1, index_.ids.size() / count);
  for (size_t i = 0; i < index_.ids.size() && sample.size() < count; i += step) {
    sample.push_back(index_.ids[i].text);
  }
  return sample;
}

}  // namespace switchback::compare
