// What may stand at the cursor, and where it comes from in a store: IDs, versions, revisions,
// snapshot names. Quick in a store of any size: only the rows at the ends of what fits are read.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/command.h"
#include "cli/session.h"

namespace switchback::cli {

struct Candidate {
  std::string text;
  std::string about;  // one line; may be empty
};

// The candidates of a store, each starting with `typed`. Opens the store on first use, for reading:
// takes no lock. Whatever goes wrong, there is less to offer, and no error.
class StoreCandidates {
 public:
  // `context` is borrowed, and says which store.
  StoreCandidates(const Context& context, std::vector<Candidate>& out)
      : context_(context), out_(out) {}

  // IDs that exist, in order, each with `suffix` behind it. Where more fit than are offered, the
  // last of all stands for those left out: a shell adds what all candidates begin with, and that
  // is right then.
  void AddIds(std::string_view typed, std::string_view suffix = "");
  // "ID@SELECTOR" as far as it is typed, the ID and the @ being there.
  void AddAddresses(std::string_view typed);
  // The whole table's: head, snapshot names, the newest revisions.
  void AddSelectors(std::string_view typed);
  void AddRevisions(std::string_view typed);
  void AddSnapshots(std::string_view typed, std::string_view before = "");

 private:
  // Null where the store can't be read.
  [[nodiscard]] const Reading* Open();
  void Add(std::string_view before, std::string_view typed, const std::string& text,
           std::string about);

  const Context& context_;
  std::vector<Candidate>& out_;
  bool tried_ = false;
  std::optional<Reading> reading_;
};

}  // namespace switchback::cli
