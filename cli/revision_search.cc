#include "cli/revision_search.h"

#include <algorithm>

namespace switchback::cli {

Outcome<std::optional<VersionInfo>> FirstMatch(const View& view, Revision revision,
                                               const RevisionFilter& filter) {
  ASSIGN_OR_FAIL(const auto changes, view.Changes(revision));
  for (;;) {
    ASSIGN_OR_FAIL(auto change, changes->Next());
    if (!change || filter.MatchesId(change->id)) return change;
  }
}

// Where a listing that ends at a time starts: a search, not a walk.
Outcome<void> RevisionSearch::Start() {
  started_ = true;
  Revision newest = view_.revision();
  if (filter_.until) {
    ASSIGN_OR_FAIL(newest, view_.ResolveRevision(TimeSelector{*filter_.until}));
  }
  if (newest.value == 0) return {};
  ASSIGN_OR_FAIL(log_, view_.Log(newest));
  return {};
}

Outcome<std::optional<RevisionInfo>> RevisionSearch::Next() {
  if (!started_) FAIL_IF_ERROR(Start());
  while (log_) {
    ASSIGN_OR_FAIL(auto info, log_->Next());
    if (!info || filter_.IsPast(*info)) break;
    if (!filter_.Matches(*info)) continue;
    match_.reset();
    if (!filter_.chooses_ids()) return info;
    ASSIGN_OR_FAIL(match_, FirstMatch(view_, info->revision, filter_));
    if (match_) return info;
  }
  log_.reset();
  return std::nullopt;
}

void ChosenRevisions::Add(const RevisionInfo& info) {
  const auto next = static_cast<uint32_t>(authors_.size());
  const auto [author, is_new] = author_numbers_.try_emplace(info.author, next);
  if (is_new) authors_.push_back(info.author);
  author_of_[info.revision.value] = author->second;
  if (choice_.revisions.empty() || info.revision < oldest_) oldest_ = info.revision;
  if (choice_.revisions.empty() || info.revision > newest_) newest_ = info.revision;
  choice_.revisions.push_back(info.revision);
}

std::vector<std::string> ChosenRevisions::AuthorsOf(
    const std::vector<VersionOfRevision>& versions) const {
  std::vector<uint32_t> numbers;
  for (const VersionOfRevision& version : versions) {
    const uint32_t number = author_of_.at(version.revision.value);
    if (std::ranges::find(numbers, number) == numbers.end()) numbers.push_back(number);
  }
  std::vector<std::string> authors;
  authors.reserve(numbers.size());
  for (const uint32_t number : numbers) authors.push_back(authors_[number]);
  return authors;
}

void ChosenRevisions::KeepIds(const RevisionFilter& filter) {
  choice_.glob = filter.ids.value_or("");
  if (filter.id_set) choice_.ids.emplace(filter.id_set->begin(), filter.id_set->end());
}

Outcome<ChosenRevisions> ChooseRevisions(const View& view, const RevisionFilter& filter) {
  ChosenRevisions chosen;
  RevisionSearch search(view, filter);
  while (!filter.limit || chosen.size() < *filter.limit) {
    ASSIGN_OR_FAIL(const auto info, search.Next());
    if (!info) break;
    chosen.Add(*info);
  }
  chosen.KeepIds(filter);
  return chosen;
}

}  // namespace switchback::cli
