// The revisions that a filter takes, newest first: what `log` lists, and what `log --by-id` and
// `revert` choose.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "cli/failure.h"
#include "cli/parse/filter_options.h"
#include "switchback/provenance.h"
#include "switchback/view.h"

namespace switchback::cli {

class RevisionSearch {
 public:
  // Both borrowed. The filter's limit is the caller's to keep.
  RevisionSearch(const View& view, const RevisionFilter& filter) : view_(view), filter_(filter) {}

  // Nothing once there are no more.
  [[nodiscard]] Outcome<std::optional<RevisionInfo>> Next();
  // Of the revision just handed out, where the filter chooses IDs: the first of its versions that
  // matches.
  [[nodiscard]] const std::optional<VersionInfo>& match() const { return match_; }

 private:
  [[nodiscard]] Outcome<void> Start();

  const View& view_;
  const RevisionFilter& filter_;
  std::unique_ptr<Cursor<RevisionInfo>> log_;
  bool started_ = false;
  std::optional<VersionInfo> match_;
};

// The first of a revision's versions that the filter's IDs match; nothing where none does.
[[nodiscard]] Outcome<std::optional<VersionInfo>> FirstMatch(const View& view, Revision revision,
                                                             const RevisionFilter& filter);

// Chosen revisions, with no more of each than listings need: there can be millions.
class ChosenRevisions {
 public:
  void Add(const RevisionInfo& info);
  [[nodiscard]] const RevisionChoice& choice() const { return choice_; }
  [[nodiscard]] size_t size() const { return choice_.revisions.size(); }
  // REQUIRES: not empty.
  [[nodiscard]] Revision oldest() const { return oldest_; }
  [[nodiscard]] Revision newest() const { return newest_; }
  // Distinct ones of the revisions that made these versions, in order of their first.
  [[nodiscard]] std::vector<std::string> AuthorsOf(
      const std::vector<VersionOfRevision>& versions) const;
  void KeepIds(const RevisionFilter& filter);

 private:
  RevisionChoice choice_;
  Revision oldest_;
  Revision newest_;
  std::vector<std::string> authors_;
  std::unordered_map<std::string, uint32_t> author_numbers_;
  std::unordered_map<uint64_t, uint32_t> author_of_;  // by revision
};
// All that the filter takes, its limit and IDs included.
[[nodiscard]] Outcome<ChosenRevisions> ChooseRevisions(const View& view,
                                                       const RevisionFilter& filter);

}  // namespace switchback::cli
