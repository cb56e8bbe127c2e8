// Chunks in the engine: reading them, and adding those that are not there yet.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/engine.h"
#include "list/chunk.h"

namespace switchback {

class EngineChunkReader final : public ChunkReader {
 public:
  explicit EngineChunkReader(const EngineView& view) : view_(view) {}
  [[nodiscard]] Result<std::vector<std::string>> ReadChunks(
      const std::vector<ChunkName>& names) const override;

 private:
  const EngineView& view_;
};

// Writes the chunks of `list` that are not in the engine, unsynced, ahead of the commit that will
// name them: they are content-addressed, so nothing sees them before, and the log's order makes
// them durable no later than that commit. Returns the root; `bytes` grows by what root and chunks
// take. Errors: kDataLoss: another list is there under the same address; kIoError.
[[nodiscard]] Result<ListRoot> StoreChunks(const EndpointList& list, Engine& engine,
                                           uint64_t& bytes);

}  // namespace switchback
