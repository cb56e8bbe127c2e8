#include "client/kept_answers.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace switchback::client {
namespace {

bool SayTheSame(const KeptAnswer& a, const KeptAnswer& b) {
  if ((a.list == nullptr) != (b.list == nullptr)) return false;
  return a.version == b.version && a.revision == b.revision &&
         (a.list == nullptr || a.list == b.list || *a.list == *b.list);
}

}  // namespace

KeptAnswers::Tick KeptAnswers::Begin() {
  const std::scoped_lock lock(mutex_);
  return ++tick_;
}

bool KeptAnswers::IsOvertaken(const KeptAnswer& answer, Tick began, const Entry& entry) {
  if (began > entry.noted || answer.list == nullptr) return false;
  return entry.answer->list == nullptr || answer.version < entry.answer->version;
}

void KeptAnswers::Keep(KeptAnswer answer, Tick began) {
  const std::scoped_lock lock(mutex_);
  const auto found = by_id_.find(answer.id);
  if (found == by_id_.end()) {
    Put(std::move(answer), order_.begin());
  } else if (!IsOvertaken(answer, began, *found->second)) {
    const KeptAnswer& before = *found->second->answer;
    // What says that it is not there does not say since which version.
    if (answer.list == nullptr) answer.version = std::max(answer.version, before.version);
    order_.splice(order_.begin(), order_, found->second);
    Replace(*found->second, std::move(answer));
  }
  DropPastBound();
}

void KeptAnswers::KeepOlder(KeptAnswer answer) {
  const std::scoped_lock lock(mutex_);
  const auto found = by_id_.find(answer.id);
  if (found == by_id_.end()) {
    Put(std::move(answer), order_.begin());
  } else if (const KeptAnswer& before = *found->second->answer;
             before.list != nullptr && before.version < answer.version) {
    order_.splice(order_.begin(), order_, found->second);
    Replace(*found->second, std::move(answer));
  }
  DropPastBound();
}

void KeptAnswers::Merge(std::vector<KeptAnswer> answers) {
  // So that of those nobody here has used, the ones heard of longest ago go first.
  std::ranges::sort(answers, std::ranges::greater(), &KeptAnswer::heard);
  const std::scoped_lock lock(mutex_);
  for (KeptAnswer& answer : answers) {
    const auto found = by_id_.find(answer.id);
    if (found == by_id_.end()) {
      Put(std::move(answer), order_.end());
    } else if (found->second->answer->heard < answer.heard) {
      Replace(*found->second, std::move(answer));
    }
  }
  DropPastBound();
}

void KeptAnswers::Clear() {
  const std::scoped_lock lock(mutex_);
  order_.clear();
  by_id_.clear();
  bytes_ = 0;
}

KeptAnswerHandle KeptAnswers::Find(const BusinessId& id) {
  const std::scoped_lock lock(mutex_);
  const auto found = by_id_.find(id);
  if (found == by_id_.end()) return nullptr;
  order_.splice(order_.begin(), order_, found->second);
  return found->second->answer;
}

std::vector<KeptAnswerHandle> KeptAnswers::All() const {
  std::vector<KeptAnswerHandle> all;
  {
    const std::scoped_lock lock(mutex_);
    all.reserve(order_.size());
    for (const Entry& entry : order_) all.push_back(entry.answer);
  }
  std::ranges::sort(all, [](const auto& a, const auto& b) { return a->id < b->id; });
  return all;
}

uint64_t KeptAnswers::generation() const {
  const std::scoped_lock lock(mutex_);
  return generation_;
}

void KeptAnswers::Put(KeptAnswer answer, Order::iterator before) {
  bytes_ += CacheBytesOf(answer);
  ++generation_;
  const BusinessId id = answer.id;
  const auto entry =
      order_.insert(before, {std::make_shared<const KeptAnswer>(std::move(answer)), ++tick_});
  by_id_.insert_or_assign(id, entry);
}

void KeptAnswers::Replace(Entry& entry, KeptAnswer answer) {
  if (!SayTheSame(*entry.answer, answer)) ++generation_;
  bytes_ -= CacheBytesOf(*entry.answer);
  bytes_ += CacheBytesOf(answer);
  entry.answer = std::make_shared<const KeptAnswer>(std::move(answer));
  entry.noted = ++tick_;
}

void KeptAnswers::Drop(Order::iterator entry) {
  bytes_ -= CacheBytesOf(*entry->answer);
  by_id_.erase(entry->answer->id);
  order_.erase(entry);
  ++generation_;
}

void KeptAnswers::DropPastBound() {
  if (bytes_ <= most_bytes_) return;
  // One that is too long on its own must not drive out all the others.
  if (CacheBytesOf(*order_.front().answer) > most_bytes_) Drop(order_.begin());
  while (bytes_ > most_bytes_) Drop(std::prev(order_.end()));
}

}  // namespace switchback::client
