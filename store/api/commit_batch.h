// The rows of one revision, as they go into write batches.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/id_preparer.h"
#include "engine/engine.h"
#include "history/metadata.h"
#include "history/revision_row.h"
#include "history/store_row.h"
#include "switchback/options.h"

namespace switchback {

// One revision being written: its number, its metadata, and the store row as it will be after it.
struct RevisionDraft {
  Revision revision;
  Metadata metadata;
  Origin origin;
  bool new_origin = false;  // to be interned with this revision
  StoreRow state;
};

// The origin that a draft interns, or null.
[[nodiscard]] inline const Origin* NewOriginOf(const RevisionDraft& draft) {
  return draft.new_origin ? &draft.origin : nullptr;
}

// Version, checkpoint and head row of one ID. `own_metadata`: the revision touches this ID alone.
void AppendIdRows(const PreparedId& prepared, const RevisionDraft& draft, bool own_metadata,
                  WriteBatch& batch);

// What a revision did in all: sums for its row.
struct RevisionTotals {
  uint64_t ids = 0;
  uint64_t new_ids = 0;  // those without a head row before
  uint64_t removed = 0;
  uint64_t changed = 0;
  uint64_t added = 0;
  void Add(const PreparedId& prepared);
};

// The record of a commit. `ids` empty: they are in `parts` part rows.
void AppendCommitRecord(const RevisionDraft& draft, const RevisionTotals& totals,
                        std::vector<TouchedId> ids, bool own_metadata, uint64_t parts,
                        WriteBatch& batch);

// All rows of a record that is no commit; the draft's state becomes what it leaves.
void AppendSaid(const CommitOptions& options, std::string_view payload, RevisionDraft& draft,
                WriteBatch& batch);

// The journal moves on by one record, and the store row with it; a newly interned origin, the
// chain's kept values, the request and the bookmark join the batch.
void AppendStateRows(RevisionDraft& draft, uint64_t sub, const Sha256& content,
                     const CommitOptions& options, const std::optional<Digest>& request_content,
                     WriteBatch& batch);

}  // namespace switchback
