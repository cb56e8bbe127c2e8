// Chunks kept in a map, with a count of what was read.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "list/chunk.h"

namespace switchback {

class MapChunks : public ChunkReader {
 public:
  Result<std::vector<std::string>> ReadChunks(const std::vector<ChunkName>& names) const override {
    std::vector<std::string> blocks;
    for (const ChunkName& name : names) {
      const auto chunk = chunks.find(name.address);
      if (chunk == chunks.end())
        return Fail(ErrorCode::kDataLoss, "no chunk " + name.address.ToHex());
      blocks.push_back(chunk->second);
    }
    read += names.size();
    return blocks;
  }
  ChunkSink Sink() {
    return [this](const ChunkName& name, std::string&& block) -> Result<void> {
      chunks[name.address] = std::move(block);
      return {};
    };
  }

  std::map<Digest, std::string> chunks;
  mutable size_t read = 0;
};

}  // namespace switchback
