#include "api/streamed_source.h"

#include <algorithm>
#include <type_traits>
#include <utility>

#include "api/request_hash.h"

namespace switchback {
namespace {

// What is looked at ahead may take, whatever number is asked for: a change can be a list of
// millions.
constexpr size_t kMaxAheadBytes = size_t{1} << 20;

size_t HeapBytes(const std::vector<EndpointEdit>& edits) {
  size_t bytes = edits.size() * sizeof(EndpointEdit);
  for (const EndpointEdit& edit : edits) bytes += edit.endpoint.attributes.capacity();
  return bytes;
}

size_t HeapBytes(const IdChange& change) {
  return std::visit(
      [](const auto& action) -> size_t {
        using Action = std::decay_t<decltype(action)>;
        if constexpr (std::is_same_v<Action, Replace>) return action.list.MemoryBytes();
        if constexpr (std::is_same_v<Action, EditEndpoints>) {
          return HeapBytes(action.edits);
        }
        if constexpr (std::is_same_v<Action, DeleteId>) {
          return action.removes ? HeapBytes(*action.removes) : 0;
        }
        if constexpr (std::is_same_v<Action, EditSteps>) {
          size_t bytes = action.steps.size() * sizeof(EditStep);
          for (const EditStep& step : action.steps) bytes += HeapBytes(step.edits);
          return bytes;
        }
        return 0;
      },
      change.action);
}

}  // namespace

Result<void> StreamedSource::Start(const ViewImpl& view) {
  Forget();
  ended_ = false;
  return Begin(&view);
}

Result<const IdChange*> StreamedSource::Next() {
  const auto ahead = Ahead(1);
  if (!ahead) return std::unexpected(ahead.error());
  return ahead->empty() ? nullptr : ahead_[at_++];
}

Result<std::span<const IdChange* const>> StreamedSource::Ahead(size_t limit) {
  if (at_ == ahead_.size()) {
    if (Result<void> read = ReadSome(limit); !read) return std::unexpected(read.error());
  }
  return std::span<const IdChange* const>(ahead_).subspan(at_,
                                                          std::min(limit, ahead_.size() - at_));
}

Result<Digest> StreamedSource::HashAll() {
  if (Result<void> begun = Begin(nullptr); !begun) return std::unexpected(begun.error());
  RequestHasher hasher;
  while (true) {
    const Result<std::optional<IdChange>> next = ReadOne();
    if (!next) return std::unexpected(next.error());
    if (!*next) return hasher.Finish();
    hasher.Add(**next);
  }
}

void StreamedSource::Forget() {
  changes_.clear();
  ahead_.clear();
  at_ = 0;
}

// The next so many changes, in place of those handed out.
Result<void> StreamedSource::ReadSome(size_t limit) {
  Forget();
  for (size_t bytes = 0; !ended_ && changes_.size() < limit && bytes < kMaxAheadBytes;) {
    Result<std::optional<IdChange>> next = ReadOne();
    if (!next) return std::unexpected(next.error());
    ended_ = !next->has_value();
    if (ended_) break;
    bytes += HeapBytes(**next);
    changes_.push_back(std::move(**next));
  }
  for (const IdChange& change : changes_) ahead_.push_back(&change);
  return {};
}

}  // namespace switchback
