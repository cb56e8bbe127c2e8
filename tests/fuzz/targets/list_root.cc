// Roots of chunked lists. Of those whose chunks all stand in them the list is read too.
#include <algorithm>

#include "fuzz/well_formed.h"
#include "list/chunk.h"
#include "list/map_chunks.h"

namespace switchback {
namespace {

bool SameRoot(const ListRoot& a, const ListRoot& b) {
  const auto same = [](const ChunkRef& x, const ChunkRef& y) {
    return x.address == y.address && x.count == y.count && x.first == y.first &&
           x.inline_block == y.inline_block;
  };
  return a.count == b.count && a.digest == b.digest && std::ranges::equal(a.chunks, b.chunks, same);
}

void TryList(const ListRoot& root) {
  const MapChunks none;
  const Result<EndpointList> list = ReadChunkedList(root, none);
  if (!list) return RequireDataLoss(list.error());
  RequireWellFormed(*list);
  Require(list->size() == root.count, "a list is longer or shorter than its root says");
  EndpointListBuilder copy;
  copy.AppendRange(*list, 0, list->size());
  RequireSameList(copy.Finish(), *list, "the digest of a root is not that of its list");
  for (const ChunkRef& chunk : root.chunks) {
    const Result<FoundValue> found = FindInChunks(root, none, chunk.first);
    Require(found && found->found, "the first key of a chunk is not found");
  }
}

void Try(std::string_view bytes) {
  const Result<ListRoot> root = DecodeRoot(bytes);
  if (!root) return RequireDataLoss(root.error());
  for (size_t i = 1; i < root->chunks.size(); ++i) {
    Require(root->chunks[i - 1].first < root->chunks[i].first, "chunks are out of order");
  }
  std::string once;
  EncodeRoot(*root, once);
  const Result<ListRoot> again = DecodeRoot(once);
  Require(again && SameRoot(*again, *root), "a root is another one read again");
  TryList(*root);
}

const RegisterFuzzTarget kTarget("list_root", Try);

}  // namespace
}  // namespace switchback
