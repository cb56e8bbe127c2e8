// A whole list as rows hold it: one block while it is short, else the root of its chunks. Version
// rows of a full list, checkpoints and heads share this form.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "history/chunk_store.h"
#include "history/head_row.h"
#include "history/version_row.h"
#include "list/chunk.h"
#include "switchback/endpoint_list.h"

namespace switchback {

struct FullList {
  VersionKind kind = VersionKind::kFullInline;  // or kFullChunked
  std::string payload;                          // block or root
  uint64_t bytes = 0;                           // payload and chunks together
};
// The block of a list that is short enough to be kept inline; nothing for a longer one.
[[nodiscard]] std::optional<std::string> InlineBlock(const EndpointList& list);
// Writes chunks where the list needs them.
[[nodiscard]] Result<FullList> EncodeFullList(const EndpointList& list, ChunkStore& chunks);

// A full list as read, chunks still unread.
struct ListBase {
  std::shared_ptr<const EndpointList> list;  // inline ones
  std::optional<ListRoot> root;              // chunked ones
  [[nodiscard]] uint64_t count() const { return root ? root->count : list->size(); }
  [[nodiscard]] Digest digest() const { return root ? root->digest : list->digest(); }
};
// Errors: kDataLoss.
[[nodiscard]] Result<ListBase> DecodeFullList(VersionKind kind, std::string_view payload);
[[nodiscard]] Result<std::shared_ptr<const EndpointList>> LoadBase(const ListBase& base,
                                                                   const ChunkReader& chunks,
                                                                   ChunkCheck check);

// The list of a head row. REQUIRES: has_block. Errors: kDataLoss.
[[nodiscard]] Result<std::shared_ptr<const EndpointList>> DecodeHeadList(const HeadRow& head);

// Checkpoint row: kind byte (as of a version row), payload.
void EncodeCheckpointRow(const FullList& list, std::string& out);
[[nodiscard]] Result<ListBase> DecodeCheckpointRow(std::string_view bytes);

}  // namespace switchback
