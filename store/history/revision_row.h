// One record of the journal (doc/format.md, "Record row"): a commit, or what was said between two.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "history/metadata.h"
#include "switchback/error.h"
#include "switchback/types.h"

namespace switchback {

struct TouchedId {
  BusinessId id;
  Version version;
};

// The numbers are on disk.
enum class RecordKind : uint8_t {
  kOneId = 1,    // metadata lives in the version row it names
  kManyIds = 2,  // own metadata; IDs inline or in part rows
  kSaid = 3,     // sub > 0: metadata and a payload by operation
};

// So many IDs stand in the row itself; more go to part rows of at most kIdsPerPart.
inline constexpr size_t kMaxInlineIds = 64;
inline constexpr size_t kIdsPerPart = 1024;

struct RecordRow {
  RecordKind kind = RecordKind::kOneId;
  // kOneId: the one; kManyIds: all of them, unless they stand in parts.
  std::vector<TouchedId> ids;
  Metadata metadata;  // kManyIds, kSaid
  uint64_t id_count = 0;
  uint64_t removed = 0;
  uint64_t changed = 0;
  uint64_t added = 0;
  uint64_t parts = 0;   // kManyIds: part rows; 0: the IDs are inline
  std::string payload;  // kSaid
};

void EncodeRecordRow(const RecordRow& row, std::string& out);
[[nodiscard]] Result<RecordRow> DecodeRecordRow(std::string_view bytes);
// The same with `ids` left empty where there may be many of them: for walks that ask who committed
// when, and how much.
[[nodiscard]] Result<RecordRow> DecodeRecordWithoutIds(std::string_view bytes);

// IDs in order with their versions; each ID names how much it shares with the one before.
void EncodeTouchedIds(const std::vector<TouchedId>& ids, std::string& out);
// Errors: kDataLoss; out of order or malformed IDs too.
[[nodiscard]] Result<std::vector<TouchedId>> DecodeTouchedIds(std::string_view bytes);

}  // namespace switchback
