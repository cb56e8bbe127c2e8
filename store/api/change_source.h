// Where a commit's changes come from: the caller's Change, or what is made as it is needed
// (streamed_source.h). One ID at a time, in order, so that a revision of a million IDs needs no
// second copy.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "api/view_impl.h"
#include "switchback/change.h"
#include "switchback/store.h"

namespace switchback {

class ChangeSource {
 public:
  virtual ~ChangeSource() = default;
  ChangeSource() = default;
  ChangeSource(const ChangeSource&) = delete;
  ChangeSource& operator=(const ChangeSource&) = delete;
  // From the start, against this view, which must outlive the calls to Next that follow.
  [[nodiscard]] virtual Result<void> Start(const ViewImpl& view) = 0;
  // The next ID's change, in order of IDs; null at the end. Valid until the next call.
  [[nodiscard]] virtual Result<const IdChange*> Next() = 0;
  // Some of the changes that Next will hand out, the next one first, at most `limit`; none where it
  // can't tell ahead. Valid until the next call of either.
  [[nodiscard]] virtual Result<std::span<const IdChange* const>> Ahead(size_t limit) = 0;
  // About so many changes will be handed out, as far as is known without looking.
  [[nodiscard]] virtual size_t known_size() const = 0;
  // Whether what it hands out depends on the view: a newer revision then means starting again.
  [[nodiscard]] virtual bool depends_on_view() const = 0;
  // Of what was asked, whatever the table holds: tells a repeated request from another.
  // Leaves the source to be started again.
  [[nodiscard]] virtual Result<Digest> RequestHash() = 0;
};

// Errors: kInvalidArgument, an ID twice; kLimitExceeded. Borrows `change`.
[[nodiscard]] Result<std::unique_ptr<ChangeSource>> NewChangeSource(const Change& change);
// Likewise, of copies of earlier versions. Borrows `targets`.
[[nodiscard]] Result<std::unique_ptr<ChangeSource>> NewRestoreSource(
    const std::vector<RestoreTarget>& targets);
// REQUIRES: in order of IDs, each once.
[[nodiscard]] std::unique_ptr<ChangeSource> NewSortedRestoreSource(
    std::vector<const RestoreTarget*> targets);
// What the caller's reader hands out, checked for order and number as it comes. Borrows `reader`.
[[nodiscard]] std::unique_ptr<ChangeSource> NewReaderSource(ChangeReader& reader);
// The IDs that all of `globs` match, made equal to the lists that the reader hands out. Borrows
// `lists`.
[[nodiscard]] std::unique_ptr<ChangeSource> NewTableSource(ChangeReader& lists,
                                                           std::vector<std::string> globs);
// The IDs that `glob` matches (all, if empty), back to `revision`.
[[nodiscard]] std::unique_ptr<ChangeSource> NewTableRestoreSource(Revision revision,
                                                                  std::string glob);

}  // namespace switchback
