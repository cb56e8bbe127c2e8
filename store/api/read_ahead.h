// Hands out a commit's changes, with the rows that preparing them will ask for fetched ahead, many
// IDs at once: a restore of 10,000 IDs is a few hundred batches of reads, not 30,000 reads.
#pragma once

#include <cstddef>
#include <span>

#include "api/change_source.h"
#include "api/view_impl.h"

namespace switchback {

class ReadAhead {
 public:
  // All borrowed. REQUIRES: `source` was started against `view`.
  ReadAhead(const ViewImpl& view, ChangeSource& source) : view_(view), source_(source) {}
  // As ChangeSource::Next.
  [[nodiscard]] Result<const IdChange*> Next();

 private:
  [[nodiscard]] Result<void> Fetch(std::span<const IdChange* const> changes);

  const ViewImpl& view_;
  ChangeSource& source_;
  size_t fetched_ = 0;  // of the changes that come next
};

}  // namespace switchback
