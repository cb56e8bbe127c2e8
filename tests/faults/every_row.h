// A store with every kind of row that there is, and everything that it says: what is asked of the
// store again once a bit of it has changed.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>

#include "store/store_fixture.h"
#include "switchback/store.h"

namespace switchback {

// Fills an empty store. Versions: scripts, inline and chunked full lists, same-as, a deletion,
// pruned runs. Checkpoints of both kinds, one of them behind a pruned run. Revisions of one ID, of
// two and of many; what is said of snapshots and a prune. Requests, a bookmark.
void FillWithEveryRow(Store& store);
// Two commits more; for the log, behind tables, and by another program for a second origin.
void CommitTwoMore(Store& store);

// What a call said: a list, or a text, as far as it came; and how it failed.
struct Answer {
  std::string said;
  std::optional<EndpointList> list;
  std::optional<ErrorCode> error;
  bool operator==(const Answer&) const = default;
};
using Answers = std::map<std::string, Answer>;

[[nodiscard]] Answers AskEverything(const Store& store);

struct Comparison {
  bool stumbled = false;  // some call says that data is damaged
  // The names of answers that are neither right nor such an error; and how the first one is wrong.
  std::set<std::string> wrong;
  std::set<std::string> wrong_lists;  // of these, where a list was read and is another one
  std::string how;
};
[[nodiscard]] Comparison Compare(const Answers& whole, const Answers& damaged);

}  // namespace switchback
