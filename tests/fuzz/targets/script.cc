// Edit scripts as bytes: what is taken is a diff that is written and read as the same, and that its
// inverse undoes.
#include "list/script.h"

#include "fuzz/well_formed.h"

namespace switchback {
namespace {

// A script of some bytes may be millions of edits, all of them in order: no finding.
constexpr uint64_t kMostEdits = 20'000;

bool IsLong(const ScriptCounts& counts) {
  return counts.removed + counts.changed + counts.added > kMostEdits;
}

void RequireFolds(std::string_view bytes, const ListDiff& diff) {
  ScriptFolder folder;
  Require(folder.Add(bytes).has_value(), "the folder refuses what the decoder takes");
  Require(folder.edit_count() == diff.size(), "the folder has another number of edits");
  const Result<ListDiff> folded = folder.Finish();
  Require(folded.has_value(), "one script alone can't be folded");
  RequireSameDiff(*folded, diff, "one script alone folds to another diff");
}

void RequireUndone(const ListDiff& diff) {
  ScriptFolder folder;
  folder.Add(diff);
  folder.Add(diff.Inverse());
  const Result<ListDiff> nothing = folder.Finish();
  Require(nothing && nothing->empty(), "a diff and its inverse are not nothing");
}

void Try(std::string_view bytes) {
  const Result<ScriptCounts> counts = ReadScriptCounts(bytes);
  if (counts && IsLong(*counts)) return;
  const Result<ListDiff> diff = DecodeScript(bytes);
  if (!diff) {
    RequireDataLoss(diff.error());
    Require(!ScriptFolder().Add(bytes).has_value(), "the folder takes what the decoder refuses");
    return;
  }
  Require(counts && counts->removed == diff->removed.size() &&
              counts->changed == diff->changed_to.size() && counts->added == diff->added.size(),
          "the counts of a script are not those of its edits");
  for (const EndpointList* part :
       {&diff->removed, &diff->changed_from, &diff->changed_to, &diff->added}) {
    RequireWellFormed(*part);
  }
  RequireFolds(bytes, *diff);
  RequireUndone(*diff);
  std::string once;
  EncodeScript(*diff, once);
  const Result<ListDiff> again = DecodeScript(once);
  Require(again.has_value(), "a script that was just written is refused");
  RequireSameDiff(*again, *diff, "a script is another diff read again");
  std::string twice;
  EncodeScript(*again, twice);
  Require(once == twice, "the script of a diff depends on where the diff comes from");
}

const RegisterFuzzTarget kTarget("script", Try);

}  // namespace
}  // namespace switchback
