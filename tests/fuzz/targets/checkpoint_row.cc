// Checkpoints: full lists, inline or as roots.
#include "fuzz/well_formed.h"
#include "history/full_list.h"
#include "list/map_chunks.h"

namespace switchback {
namespace {

void Try(std::string_view bytes) {
  const Result<ListBase> base = DecodeCheckpointRow(bytes);
  if (!base) return RequireDataLoss(base.error());
  const auto list = LoadBase(*base, MapChunks(), ChunkCheck::kDigest);
  if (!list) return RequireDataLoss(list.error());
  RequireWellFormed(**list);
  Require((*list)->size() == base->count() && (*list)->digest() == base->digest(),
          "a list is not what its checkpoint says");
  const std::optional<std::string> block = InlineBlock(**list);
  if (!block) return;
  std::string row;
  EncodeCheckpointRow({VersionKind::kFullInline, *block, block->size()}, row);
  const Result<ListBase> again = DecodeCheckpointRow(row);
  Require(again && again->list, "a checkpoint that was just written is refused");
  RequireSameList(*again->list, **list, "a checkpoint is another list read again");
}

const RegisterFuzzTarget kTarget("checkpoint_row", Try);

}  // namespace
}  // namespace switchback
