// A subscription: reads revision after revision up to the newest durable one, then waits for more.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>

#include "api/revision_signal.h"
#include "api/view_impl.h"
#include "history/id_filter.h"
#include "history/revision_row.h"
#include "switchback/feed.h"

namespace switchback {

class SubscriptionImpl final : public Subscription {
 public:
  // What it needs of the store.
  class Source {
   public:
    virtual ~Source() = default;
    [[nodiscard]] virtual Result<std::unique_ptr<ViewImpl>> OpenView() const = 0;
    [[nodiscard]] virtual Revision durable() const = 0;
    // As RevisionSignal::WaitAbove.
    [[nodiscard]] virtual Result<void> WaitAbove(Revision known,
                                                 std::chrono::steady_clock::time_point deadline,
                                                 const std::function<bool()>& stop) const = 0;
    virtual void WakeAll() const = 0;
    [[nodiscard]] virtual Result<std::string> TokenAt(Revision revision) const = 0;
  };
  // `source` is borrowed; `after`: the revision that it begins behind.
  SubscriptionImpl(const Source& source, SubscribeOptions options, Revision after);

  [[nodiscard]] Result<std::optional<FeedEvent>> Next(std::chrono::milliseconds timeout) override;
  [[nodiscard]] Result<std::string> token() const override { return source_.TokenAt(done_); }
  void Cancel() override;

 private:
  // A revision under way: it may have more IDs than fit one event.
  struct Partial {
    std::unique_ptr<ViewImpl> view;
    std::unique_ptr<Cursor<TouchedId>> touched;
    RevisionInfo commit;
    std::optional<TouchedId> next;  // that matches
  };

  [[nodiscard]] Result<std::optional<FeedEvent>> ReadUpTo(Revision newest);
  [[nodiscard]] Result<std::optional<FeedEvent>> ReadPart(Partial& partial);
  [[nodiscard]] Result<std::optional<TouchedId>> NextMatch(Cursor<TouchedId>& touched) const;

  const Source& source_;
  const IdFilter filter_;
  Revision done_;  // handed out whole, or passed over
  std::optional<Partial> partial_;
  std::atomic<bool> cancelled_ = false;
};

}  // namespace switchback
