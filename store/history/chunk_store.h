// Chunks in the engine: reading them, adding those that are not there yet, and freeing those that
// nothing names any more.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>
#include <unordered_set>
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

// Safe from any number of threads.
class ChunkStore {
 public:
  // Borrowed.
  explicit ChunkStore(Engine& engine) : engine_(engine) {}

  // Writes the chunks of `list` that are not there, unsynced, ahead of the commit that will name
  // them: they are content-addressed, so nothing sees them before, and the log's order makes them
  // durable no later than that commit. Returns the root; `bytes` grows by what root and chunks
  // take. Errors: kDataLoss: another list is there under the same address; kIoError.
  [[nodiscard]] Result<ListRoot> Write(const EndpointList& list, uint64_t& bytes);

  // From here to EndFreeing, what Write comes to need is not freed.
  void BeginFreeing();
  void EndFreeing();
  // Deletes the chunks under these keys, but for those that were needed since BeginFreeing; returns
  // how many. Unsynced. REQUIRES: nothing that was committed before BeginFreeing, or prepared
  // before it and committed since, names them. Errors: as Engine::Write.
  [[nodiscard]] Result<uint64_t> Free(std::vector<std::string> keys);

 private:
  friend class ChunkWriter;
  void Need(const std::vector<std::string>& keys);

  Engine& engine_;
  std::atomic<bool> freeing_ = false;
  std::mutex mutex_;
  std::unordered_set<std::string> needed_;  // guarded by mutex_; keys since BeginFreeing
};

}  // namespace switchback
