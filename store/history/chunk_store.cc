#include "history/chunk_store.h"

#include <fmt/format.h>

#include "codec/bytes.h"
#include "history/row_keys.h"
#include "list/block.h"

namespace switchback {
namespace {

// So many chunks are looked up and written together: about 128 KiB.
constexpr size_t kGroup = 64;

Result<bool> SameContent(const std::string& block, const std::string& stored) {
  if (block == stored) return true;  // all but always: one encoder makes one block
  EndpointListBuilder mine;
  EndpointListBuilder theirs;
  ByteReader my_bytes(block);
  ByteReader their_bytes(stored);
  Result<void> decoded = DecodeBlock(my_bytes, kMaxChunkEndpoints, mine);
  if (decoded) decoded = DecodeBlock(their_bytes, kMaxChunkEndpoints, theirs);
  if (!decoded) return std::unexpected(decoded.error());
  return mine.Finish() == theirs.Finish();
}

}  // namespace

class ChunkWriter {
 public:
  explicit ChunkWriter(ChunkStore& store) : store_(store), engine_(store.engine_) {}

  Result<void> Add(const ChunkName& name, std::string&& block) {
    bytes_ += block.size();
    keys_.push_back(ChunkKey(name.first, name.address));
    blocks_.push_back(std::move(block));
    return keys_.size() < kGroup ? Result<void>() : Flush();
  }

  Result<void> Flush() {
    if (keys_.empty()) return {};
    store_.Need(keys_);  // before looking: what is there must not go
    const auto view = engine_.NewView();
    if (!view) return std::unexpected(view.error());
    const auto stored = (*view)->MultiGet(Space::kChunks, keys_);
    if (!stored) return std::unexpected(stored.error());
    WriteBatch batch;
    for (size_t i = 0; i < keys_.size(); ++i) {
      if (!(*stored)[i]) {
        batch.Put(Space::kChunks, std::move(keys_[i]), std::move(blocks_[i]));
        continue;
      }
      const Result<bool> same = SameContent(blocks_[i], *(*stored)[i]);
      if (!same) return std::unexpected(same.error());
      if (!*same) {
        return Fail(
            ErrorCode::kDataLoss,
            "two different chunks have one address: a hash collision or damage; run verify");
      }
    }
    keys_.clear();
    blocks_.clear();
    if (batch.empty()) return {};
    Result<void> written = engine_.Write(batch, /*sync=*/false);
    // Whether these chunks are there or not: the commit that would name them has not been tried.
    if (!written) written.error().code = ErrorCode::kIoError;
    return written;
  }

  [[nodiscard]] uint64_t bytes() const { return bytes_; }

 private:
  ChunkStore& store_;
  Engine& engine_;
  std::vector<std::string> keys_;
  std::vector<std::string> blocks_;
  uint64_t bytes_ = 0;
};

Result<std::vector<std::string>> EngineChunkReader::ReadChunks(
    const std::vector<ChunkName>& names) const {
  std::vector<std::string> keys;
  keys.reserve(names.size());
  for (const ChunkName& name : names) keys.push_back(ChunkKey(name.first, name.address));
  auto rows = view_.MultiGet(Space::kChunks, keys);
  if (!rows) return std::unexpected(rows.error());
  std::vector<std::string> blocks;
  blocks.reserve(rows->size());
  for (size_t i = 0; i < rows->size(); ++i) {
    if (!(*rows)[i]) {
      return Fail(ErrorCode::kDataLoss,
                  fmt::format("chunk {} is missing", names[i].address.ToHex()));
    }
    blocks.push_back(std::move(*(*rows)[i]));
  }
  return blocks;
}

Result<ListRoot> ChunkStore::Write(const EndpointList& list, uint64_t& bytes) {
  ChunkWriter writer(*this);
  Result<ListRoot> root = WriteChunks(list, [&](const ChunkName& name, std::string&& block) {
    return writer.Add(name, std::move(block));
  });
  if (!root) return root;
  const Result<void> flushed = writer.Flush();
  if (!flushed) return std::unexpected(flushed.error());
  bytes += writer.bytes();
  return root;
}

void ChunkStore::BeginFreeing() {
  const std::lock_guard lock(mutex_);
  needed_.clear();
  freeing_ = true;
}

void ChunkStore::EndFreeing() {
  const std::lock_guard lock(mutex_);
  freeing_ = false;
  needed_.clear();
}

void ChunkStore::Need(const std::vector<std::string>& keys) {
  if (!freeing_) return;
  const std::lock_guard lock(mutex_);
  needed_.insert(keys.begin(), keys.end());
}

Result<uint64_t> ChunkStore::Free(std::vector<std::string> keys) {
  // Held until they are gone: whoever needs one from then on finds it missing, and writes it.
  const std::lock_guard lock(mutex_);
  WriteBatch batch;
  uint64_t freed = 0;
  for (std::string& key : keys) {
    if (needed_.contains(key)) continue;
    batch.Delete(Space::kChunks, std::move(key));
    ++freed;
  }
  if (batch.empty()) return freed;
  if (Result<void> written = engine_.Write(batch, /*sync=*/false); !written) {
    return std::unexpected(written.error());
  }
  return freed;
}

}  // namespace switchback
