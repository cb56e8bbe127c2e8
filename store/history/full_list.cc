#include "history/full_list.h"

#include <fmt/format.h>

#include "list/block.h"

namespace switchback {

std::optional<std::string> InlineBlock(const EndpointList& list) {
  if (list.size() > kMaxInlineEndpoints) return std::nullopt;
  std::string block;
  EncodeBlock(list, 0, list.size(), block);
  if (block.size() > kMaxInlineBytes) return std::nullopt;
  return block;
}

Result<FullList> EncodeFullList(const EndpointList& list, ChunkStore& chunks) {
  FullList full;
  if (std::optional<std::string> block = InlineBlock(list)) {
    full.payload = std::move(*block);
    full.bytes = full.payload.size();
    return full;
  }
  full.kind = VersionKind::kFullChunked;
  const Result<ListRoot> root = chunks.Write(list, full.bytes);
  if (!root) return std::unexpected(root.error());
  EncodeRoot(*root, full.payload);
  full.bytes += full.payload.size();
  return full;
}

Result<ListBase> DecodeFullList(VersionKind kind, std::string_view payload) {
  ListBase base;
  if (kind == VersionKind::kFullChunked) {
    Result<ListRoot> root = DecodeRoot(payload);
    if (!root) return std::unexpected(root.error());
    base.root = std::move(*root);
    return base;
  }
  EndpointListBuilder builder;
  ByteReader in(payload);
  const Result<void> decoded = DecodeBlock(in, kMaxInlineEndpoints, builder);
  if (!decoded) return std::unexpected(decoded.error());
  if (!in.empty()) return Fail(ErrorCode::kDataLoss, "bytes behind an inline list");
  base.list = std::make_shared<const EndpointList>(builder.Finish());
  return base;
}

Result<std::shared_ptr<const EndpointList>> LoadBase(const ListBase& base,
                                                     const ChunkReader& chunks, ChunkCheck check) {
  if (!base.root) return base.list;
  Result<EndpointList> list = ReadChunkedList(*base.root, chunks, check);
  if (!list) return std::unexpected(list.error());
  return std::make_shared<const EndpointList>(std::move(*list));
}

Result<std::shared_ptr<const EndpointList>> DecodeHeadList(const HeadRow& head) {
  EndpointListBuilder builder;
  ByteReader in(head.block);
  const Result<void> decoded = DecodeBlock(in, kMaxInlineEndpoints, builder);
  if (!decoded) return std::unexpected(decoded.error());
  if (!in.empty() || builder.size() != head.count) {
    return Fail(ErrorCode::kDataLoss,
                fmt::format("a head row's list has {} endpoints, the row says {}", builder.size(),
                            head.count));
  }
  return std::make_shared<const EndpointList>(builder.FinishWithDigest(head.digest));
}

void EncodeCheckpointRow(const FullList& list, std::string& out) {
  out += static_cast<char>(list.kind);
  out += list.payload;
}

Result<ListBase> DecodeCheckpointRow(std::string_view bytes) {
  if (bytes.empty()) return Fail(ErrorCode::kDataLoss, "empty checkpoint row");
  const auto kind = static_cast<VersionKind>(bytes.front());
  if (kind != VersionKind::kFullInline && kind != VersionKind::kFullChunked) {
    return Fail(ErrorCode::kDataLoss, "checkpoint row of an unknown kind");
  }
  return DecodeFullList(kind, bytes.substr(1));
}

}  // namespace switchback
