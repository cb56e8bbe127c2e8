#include "api/subscription.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "history/cursors.h"

namespace switchback {
namespace {

Result<FeedChange> ToChange(const ViewImpl& view, const TouchedId& touched) {
  StoredVersion stored;
  if (auto read = view.rows().ReadVersion(touched.id, touched.version, stored); !read) {
    return std::unexpected(read.error());
  }
  const VersionRow& row = stored.row;
  return FeedChange{.id = touched.id,
                    .version = touched.version,
                    .deleted = row.kind == VersionKind::kDeletion,
                    .count = row.count,
                    .added = row.changes.added,
                    .removed = row.changes.removed,
                    .changed = row.changes.changed};
}

Error Explain(Error error, Revision revision) {
  if (error.code == ErrorCode::kPruned) {
    error.message = fmt::format(
        "what r{} changed is not known any more: {}; read the table anew, "
        "and subscribe behind the revision of that view",
        revision.value, error.message);
  }
  return error;
}

}  // namespace

SubscriptionImpl::SubscriptionImpl(const Source& source, SubscribeOptions options, Revision after)
    : source_(source), filter_(std::move(options.glob), std::move(options.ids)), done_(after) {}

void SubscriptionImpl::Cancel() {
  cancelled_ = true;
  source_.WakeAll();
}

Result<std::optional<FeedEvent>> SubscriptionImpl::Next(std::chrono::milliseconds timeout) {
  const auto deadline = DeadlineIn(timeout);
  bool is_over = false;
  while (!cancelled_) {
    Result<std::optional<FeedEvent>> event =
        partial_ ? ReadPart(*partial_) : ReadUpTo(source_.durable());
    if (!event) partial_.reset();
    if (!event || *event) return event;
    if (is_over) break;
    const auto stop = [this] { return cancelled_.load(); };
    if (Result<void> waited = source_.WaitAbove(done_, deadline, stop); !waited) {
      return std::unexpected(waited.error());
    }
    is_over = std::chrono::steady_clock::now() >= deadline;
  }
  return std::nullopt;
}

Result<std::optional<TouchedId>> SubscriptionImpl::NextMatch(Cursor<TouchedId>& touched) const {
  while (true) {
    Result<std::optional<TouchedId>> next = touched.Next();
    if (!next || !*next || filter_.Matches((*next)->id)) return next;
  }
}

// The first event of a revision above `done_`, up to `newest`.
Result<std::optional<FeedEvent>> SubscriptionImpl::ReadUpTo(Revision newest) {
  if (done_ >= newest) return std::nullopt;
  Result<std::unique_ptr<ViewImpl>> view = source_.OpenView();
  if (!view) return std::unexpected(view.error());
  newest = std::min(newest, (*view)->revision());
  while (done_ < newest && !cancelled_) {
    const Revision at = done_.Next();
    auto touched = OpenTouchedIds((*view)->rows(), at);
    if (!touched) return std::unexpected(touched.error());
    Result<std::optional<TouchedId>> first = NextMatch(**touched);
    if (!first) return std::unexpected(first.error());
    if (!*first) {
      done_ = at;
      continue;
    }
    Result<RevisionInfo> commit = (*view)->DescribeRevision(at);
    if (!commit) return std::unexpected(commit.error());
    partial_ =
        Partial{std::move(*view), std::move(*touched), std::move(*commit), std::move(*first)};
    return ReadPart(*partial_);
  }
  return std::nullopt;
}

Result<std::optional<FeedEvent>> SubscriptionImpl::ReadPart(Partial& partial) {
  FeedEvent event{.commit = partial.commit, .changes = {}, .last = false};
  while (partial.next && event.changes.size() < kMaxChangesPerEvent) {
    Result<FeedChange> change = ToChange(*partial.view, *partial.next);
    if (!change) return std::unexpected(Explain(change.error(), partial.commit.revision));
    event.changes.push_back(std::move(*change));
    Result<std::optional<TouchedId>> next = NextMatch(*partial.touched);
    if (!next) return std::unexpected(next.error());
    partial.next = std::move(*next);
  }
  event.last = !partial.next;
  if (event.last) {
    done_ = partial.commit.revision;
    partial_.reset();
  }
  return event;
}

}  // namespace switchback
