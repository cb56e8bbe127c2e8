// Options that choose revisions: --since --until --author --source --ticket --ids --ids-from
// --limit.
#pragma once

#include <boost/program_options.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <unordered_set>

#include "cli/command.h"
#include "cli/failure.h"
#include "switchback/view.h"

namespace switchback::cli {

struct RevisionFilter {
  // Both inclusive; compared with effective times, which never go back.
  std::optional<Timestamp> since;
  std::optional<Timestamp> until;
  // Globs; the text itself matches too, whatever is in it.
  std::optional<std::string> author;
  std::optional<std::string> source;
  std::optional<std::string> ticket;
  std::optional<std::string> ids;  // glob
  std::optional<std::unordered_set<BusinessId>> id_set;
  std::optional<uint64_t> limit;

  // Everything but the limit and the IDs.
  [[nodiscard]] bool Matches(const RevisionInfo& info) const;
  [[nodiscard]] bool chooses_ids() const { return ids.has_value() || id_set.has_value(); }
  [[nodiscard]] bool MatchesId(const BusinessId& id) const;
  // Whether this revision, and so every older one, is before `since`.
  [[nodiscard]] bool IsPast(const RevisionInfo& info) const {
    return since && info.effective_time < *since;
  }
};

void AddFilterOptions(boost::program_options::options_description& options);
[[nodiscard]] Outcome<RevisionFilter> ReadFilterOptions(const Context& context);

}  // namespace switchback::cli
