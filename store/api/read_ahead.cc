#include "api/read_ahead.h"

#include <string>
#include <utility>
#include <vector>

#include "history/head_row.h"
#include "history/row_keys.h"

namespace switchback {
namespace {

// A few table blocks' worth of neighbours; their rows are held until the next group.
constexpr size_t kGroup = 128;

}  // namespace

Result<const IdChange*> ReadAhead::Next() {
  if (fetched_ == 0) {
    const Result<std::span<const IdChange* const>> ahead = source_.Ahead(kGroup);
    if (!ahead) return std::unexpected(ahead.error());
    // One alone gains nothing.
    if (ahead->size() > 1) {
      if (Result<void> fetched = Fetch(*ahead); !fetched) return std::unexpected(fetched.error());
      fetched_ = ahead->size();
    }
  }
  if (fetched_ > 0) --fetched_;
  return source_.Next();
}

// Every change needs its ID's head; a copy needs the version copied too, and the newest one, whose
// row says how the two differ where they are neighbours.
Result<void> ReadAhead::Fetch(std::span<const IdChange* const> changes) {
  ReadAheadView& rows = view_.read_ahead();
  std::vector<std::string> heads;
  heads.reserve(changes.size());
  for (const IdChange* change : changes) heads.push_back(HeadKey(change->id));
  if (Result<void> fetched = rows.Fetch(Space::kState, std::move(heads)); !fetched) return fetched;
  std::vector<std::string> versions;
  std::string value;
  for (const IdChange* change : changes) {
    const auto* copy = std::get_if<CopyVersion>(&change->action);
    if (copy == nullptr) continue;
    versions.push_back(VersionKey(change->id, copy->version));
    const Result<bool> found = rows.Get(Space::kState, HeadKey(change->id), value);
    // A damaged one is told of where it is used.
    if (!found || !*found) continue;
    const Result<HeadRow> head = DecodeHeadRow(value);
    if (!head || head->version == copy->version) continue;
    versions.push_back(VersionKey(change->id, head->version));
  }
  return rows.Fetch(Space::kHistory, std::move(versions));
}

}  // namespace switchback
