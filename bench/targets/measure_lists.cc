// Large lists: decoding, diffs of near versions, and a whole list set from text.
#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <map>
#include <numeric>
#include <string>
#include <vector>

#include "engine/engine.h"
#include "history/row_keys.h"
#include "list/chunk.h"
#include "measurements.h"
#include "raw_rocksdb.h"
#include "switchback/text.h"
#include "timing.h"

namespace switchback::targets {
namespace {

constexpr uint32_t kMillion = 1'000'000;
constexpr int kVersions = 400;

uint32_t Endpoints(const Context& context) {
  return context.quick ? 100'000 : kMillion;
}

EndpointList ListOf(const LargeList& large) {
  Change change = large.First();
  return std::move(std::get<Replace>(change.ids.front().action).list);
}

class MemoryChunks final : public ChunkReader {
 public:
  void Add(const Digest& address, std::string block) { blocks_[address] = std::move(block); }
  [[nodiscard]] Result<std::vector<std::string>> ReadChunks(
      const std::vector<ChunkName>& names) const override {
    std::vector<std::string> blocks;
    blocks.reserve(names.size());
    for (const ChunkName& name : names) blocks.push_back(blocks_.at(name.address));
    return blocks;
  }

 private:
  std::map<Digest, std::string> blocks_;
};

// What a decoded list of hosts is made of, copied.
class ColumnCopy {
 public:
  explicit ColumnCopy(size_t endpoints) : from_(endpoints, 1), to_(endpoints, 0) {}
  void Copy() {
    std::memcpy(to_.data(), from_.data(), from_.size() * sizeof(uint32_t));
    from_.front() = to_.back() + 1;  // so that no copy can be left out
  }

 private:
  std::vector<uint32_t> from_;
  std::vector<uint32_t> to_;
};

std::string TextOf(const EndpointList& list) {
  std::string text;
  for (const Endpoint endpoint : list) {
    AppendEndpoint(endpoint, text);
    text += '\n';
  }
  return text;
}

}  // namespace

Rows LargeListDiffs(const Context& context) {
  LargeList large(Endpoints(context));
  const std::string path = context.scratch.Fresh("diffs");
  const std::string copy = context.scratch.Fresh("diffs-raw");
  {
    const auto store = CreateStore(path);
    Must(store->Commit(large.First(), CommitAs(0, Durability::kBuffered)));
    for (int i = 1; i <= kVersions; ++i) {
      Must(
          store->Commit(large.Edit(10), CommitAs(static_cast<uint64_t>(i), Durability::kBuffered)));
    }
    Must(store->Compact());
  }
  std::filesystem::copy(path, copy, std::filesystem::copy_options::recursive);
  const auto store = OpenStore(path);
  RawRocksDb raw(copy, false);
  const auto view = Must(store->NewView());
  const auto measure = [&](uint64_t apart) {
    uint64_t our_at = 0;
    uint64_t floor_at = 0;
    const int calls = 200;
    const auto next = [&](uint64_t& at) {
      at = at % (kVersions - apart) + 1;
      return Version{at + 1};
    };
    size_t seen = 0;
    const auto ours = [&] {
      for (int i = 0; i < calls; ++i) {
        const Version from = next(our_at);
        seen +=
            Must(view->Diff({large.id(), from}, {large.id(), Version{from.value + apart}})).size();
      }
    };
    const auto floor = [&] {
      std::string value;
      for (int i = 0; i < calls; ++i) {
        const Version from = next(floor_at);
        for (uint64_t step = 1; step <= apart; ++step) {
          raw.Get(Space::kHistory, VersionKey(large.id(), Version{from.value + step}), value);
          seen += value.size();
        }
      }
    };
    ours();
    floor();
    Pair times = InterleaveCpu(context.quick ? 5 : 21, ours, floor);
    if (seen == 0) End("nothing was read");
    times.ours *= 1e6 / calls;
    times.floor *= 1e6 / calls;
    return times;
  };
  const Pair adjacent = measure(1);
  Row near =
      MakeRow("diff-adjacent",
              fmt::format("diff of adjacent versions, ten edits, list of {}", Endpoints(context)),
              "< 20 us", adjacent.ours, "us", Floor{"raw get of the version row", adjacent.floor});
  near.met = near.measured < 20;
  const Pair apart = measure(10);
  Row far = MakeRow("diff-100-edits", "diff of versions 100 edits apart, same list", "<= 500 us",
                    apart.ours, "us", Floor{"raw gets of the ten version rows", apart.floor});
  far.met = far.measured <= 500;
  return {near, far};
}

Rows DecodeLarge(const Context& context) {
  LargeList large(Endpoints(context));
  const EndpointList list = ListOf(large);
  const std::string path = context.scratch.Fresh("decode");
  {
    const auto writer = CreateStore(path);
    Must(writer->Commit(large.First(), CommitAs(0, Durability::kBuffered)));
    Must(writer->Compact());
  }
  OpenOptions options;
  options.read_only = true;
  options.list_cache_bytes = 0;  // each read decodes
  const auto store = Must(Store::Open(path, options));
  const auto view = Must(store->NewView());
  MemoryChunks chunks;
  const ListRoot root = Must(WriteChunks(list, [&](const ChunkName& name, std::string&& block) {
    chunks.Add(name.address, std::move(block));
    return Result<void>();
  }));
  ColumnCopy copy(list.size());
  const int rounds = context.quick ? 5 : 41;
  const auto copied = [&] { copy.Copy(); };
  const auto stored = [&] { Must(view->Read(large.id(), Version{1})); };
  const auto decoded = [&] { Must(ReadChunkedList(root, chunks, ChunkCheck::kForm)); };
  stored();
  const Pair from_store = InterleaveCpu(rounds, stored, copied);
  const Pair from_memory = InterleaveCpu(rounds, decoded, copied);
  const auto millions = [&](double seconds) {
    return static_cast<double>(list.size()) / seconds / 1e6;
  };
  Row rocks =
      MakeRow("decode-rocksdb",
              fmt::format("read of a checkpointed list of {}, from RocksDB, warm", list.size()),
              ">= 100 M endpoints/s", millions(from_store.ours), "M/s",
              Floor{"memcpy of its address column", millions(from_store.floor)});
  rocks.met = rocks.measured >= 100;
  Row memory = MakeRow("decode-memory", "the same from chunks in memory", ">= 250 M endpoints/s",
                       millions(from_memory.ours), "M/s",
                       Floor{"memcpy of its address column", millions(from_memory.floor)});
  memory.met = memory.measured >= 250;
  return {rocks, memory};
}

Rows SetFromText(const Context& context) {
  LargeList large(Endpoints(context));
  const EndpointList old = ListOf(large);
  static_cast<void>(large.Edit(1'000));
  const std::string text = TextOf(ListOf(large));
  const auto lines = static_cast<double>(std::ranges::count(text, '\n'));
  size_t seen = 0;
  const Pair times = InterleaveCpu(
      context.quick ? 3 : 15,
      [&] {
        const ParsedList parsed = Must(ParseEndpointList(text, "text"));
        seen += Diff(old, parsed.list).size();
      },
      [&] {
        for (const char* at = text.data();;) {
          const void* end =
              std::memchr(at, '\n', static_cast<size_t>(text.data() + text.size() - at));
          if (end == nullptr) break;
          at = static_cast<const char*>(end) + 1;
          ++seen;
        }
      });
  if (seen == 0) End("nothing was parsed");
  Row row =
      MakeRow("set-from-text", fmt::format("parse, canonicalise and diff {:.0f} lines", lines),
              ">= 5 M lines/s", lines / times.ours / 1e6, "M/s",
              Floor{"finding the ends of the same lines (memchr)", lines / times.floor / 1e6});
  row.met = row.measured >= 5;
  return {row};
}

}  // namespace switchback::targets
