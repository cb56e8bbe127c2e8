// The store's own row, and the small rows beside it: origins, snapshot names, requests
// (doc/format.md).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "codec/hash.h"
#include "switchback/error.h"
#include "switchback/options.h"
#include "switchback/types.h"

namespace switchback {

// Of all bytes on disk together. A store with a higher number is refused.
inline constexpr uint32_t kFormat = 2;
// What the first prune makes of it: versions may have been dropped, which a reader must know of.
inline constexpr uint32_t kFormatPruned = 3;

struct StoreRow {
  uint32_t format = kFormat;
  std::string uuid;  // 36 characters, version 4
  std::string environment;
  Timestamp created;
  Revision published;  // the newest revision that readers may see
  // A revision whose rows are being written in slices, or were when the process died; 0: none.
  Revision pending;
  Timestamp effective_time;  // of the newest revision
  uint64_t records = 0;      // in the journal
  uint64_t subs = 0;         // records said since the newest revision
  Sha256 chain{};            // the journal's tip; all zero before the first record
  uint64_t ids = 0;          // with a head row
  uint64_t versions = 0;
  uint64_t origins = 0;             // interned so far
  bool keeps_import_times = false;  // begun by an import that set its commits' times
  // The newest revision at which a version that was dropped was current; the table of every later
  // one is whole.
  Revision prune_floor;
  bool operator==(const StoreRow&) const = default;
};
void EncodeStoreRow(const StoreRow& row, std::string& out);
// Errors: kDataLoss; kInvalidArgument: a newer format.
[[nodiscard]] Result<StoreRow> DecodeStoreRow(std::string_view bytes);

void EncodeOrigin(const Origin& origin, std::string& out);
[[nodiscard]] Result<Origin> DecodeOrigin(std::string_view bytes);

// The chain's value is kept for every so many records.
inline constexpr uint64_t kChainInterval = 4096;

struct SnapshotRow {
  Revision revision;
  Timestamp created;
  std::string author;
  std::string message;
};
void EncodeSnapshotRow(const SnapshotRow& row, std::string& out);
[[nodiscard]] Result<SnapshotRow> DecodeSnapshotRow(std::string_view bytes);

// What a request ID did, and a hash of what it asked.
struct RequestRow {
  Revision revision;  // 0: there was nothing to do
  Digest content;
};
void EncodeRequestRow(const RequestRow& row, std::string& out);
[[nodiscard]] Result<RequestRow> DecodeRequestRow(std::string_view bytes);

}  // namespace switchback
