// Chunks in memory, so that chunked lists can be measured without an engine.
#pragma once

#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "list/chunk.h"

namespace switchback::bench {

class ChunkMap final : public ChunkReader {
 public:
  [[nodiscard]] Result<std::vector<std::string>> ReadChunks(
      const std::vector<ChunkName>& names) const override {
    std::vector<std::string> blocks;
    blocks.reserve(names.size());
    for (const ChunkName& name : names) blocks.push_back(chunks_.at(name.address));
    return blocks;
  }
  [[nodiscard]] ChunkSink Sink() {
    return [this](const ChunkName& name, std::string&& block) -> Result<void> {
      chunks_[name.address] = std::move(block);
      return {};
    };
  }

 private:
  struct LowHalf {
    size_t operator()(const Digest& address) const { return address.low; }
  };
  std::unordered_map<Digest, std::string, LowHalf> chunks_;
};

}  // namespace switchback::bench
