#include "history/chunk_marks.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "history/row_keys.h"
#include "history/version_row.h"
#include "list/chunk.h"

namespace switchback {
namespace {

// The root that a row holds, if it holds one.
Result<std::optional<ListRoot>> RootOf(const VersionKeyParts& parts, std::string_view value) {
  std::string_view payload;
  if (parts.checkpoint) {
    if (value.empty() || static_cast<VersionKind>(value.front()) != VersionKind::kFullChunked) {
      return std::nullopt;
    }
    payload = value.substr(1);
  } else {
    const Result<VersionRow> row = DecodeVersionRow(value);
    if (!row) return std::unexpected(row.error());
    if (row->kind != VersionKind::kFullChunked) return std::nullopt;
    payload = row->payload;
  }
  Result<ListRoot> root = DecodeRoot(payload);
  if (!root) return std::unexpected(root.error());
  return std::move(*root);
}

}  // namespace

Result<void> ChunkMarks::Gather(const EngineView& view, uint64_t share) {
  share_ = share;
  sorted_ = 0;
  named_.clear();
  const std::string begin(1, kVersionPrefix);
  const auto rows = view.Scan(Space::kHistory, begin, PrefixEnd(begin));
  for (rows->SeekToFirst(); rows->valid(); rows->Next()) {
    VersionKeyParts parts;
    if (!ParseVersionKey(rows->key(), parts)) {
      return Fail(ErrorCode::kDataLoss, "a version row's key is malformed: run verify");
    }
    const Result<std::optional<ListRoot>> root = RootOf(parts, rows->value());
    if (!root) {
      return Fail(ErrorCode::kDataLoss, fmt::format("{}@{}: {}: run verify", parts.id,
                                                    parts.version.value, root.error().message));
    }
    if (!*root) continue;
    for (const ChunkRef& chunk : (*root)->chunks) {
      if (chunk.inline_block.empty()) Add(chunk.address);
    }
  }
  if (Result<void> status = rows->status(); !status) return status;
  Compact();
  return {};
}

void ChunkMarks::Add(const Digest& address) {
  if (!InShare(address)) return;
  if (named_.size() >= most_) {
    Compact();
    // Still more than half: going on like this would sort all of them for every few.
    while (share_ == 0 && named_.size() > most_ / 2) {
      shares_ *= 2;
      std::erase_if(named_, [this](const Digest& one) { return !InShare(one); });
      sorted_ = named_.size();
    }
    if (!InShare(address)) return;
  }
  named_.push_back(address);
}

void ChunkMarks::Compact() {
  const auto middle = named_.begin() + static_cast<std::ptrdiff_t>(sorted_);
  std::sort(middle, named_.end());
  std::inplace_merge(named_.begin(), middle, named_.end());
  named_.erase(std::unique(named_.begin(), named_.end()), named_.end());
  sorted_ = named_.size();
}

bool ChunkMarks::IsNamed(const Digest& address) const {
  return std::ranges::binary_search(named_, address);
}

}  // namespace switchback
