// Reads that go on from the cache file while the service is away.
#pragma once

#include <atomic>
#include <expected>
#include <memory>
#include <mutex>
#include <optional>

#include "client/cache_keeper.h"
#include "client/list_answers.h"
#include "client/list_cache.h"
#include "client/service_gate.h"
#include "switchback/client.h"

namespace switchback::client {

// Safe from any number of threads.
class CachedReads {
 public:
  struct Parts {
    ServiceCalls& calls;  // borrowed, as `lists`
    ListCache& lists;
    std::chrono::milliseconds patience;  // of finding out whether the service is there again
    Clock clock;
  };

  // `keeper`: not started yet. `away`: why the service could not be asked who it is; null: it was.
  CachedReads(const Parts& parts, std::unique_ptr<CacheKeeper> keeper, StoreIdentity identity,
              const Error* away);

  // The list, from the service or from the cache; with `known` null where the version is not above
  // that. Errors: kNotFound, the ID is not there, as the one or the other says; kIoError, the
  // service is away and nothing is known of the ID; kConflict, kWrongEnvironment, another store is
  // served there now; else what the service says.
  [[nodiscard]] Result<DatedList> Read(const BusinessId& id, std::optional<Version> known);
  // As Read, from the service alone.
  [[nodiscard]] std::expected<ListHandle, CallError> Ask(const BusinessId& id,
                                                         std::optional<Version> known);
  // The list that a view has; the view was taken at `taken`.
  void KeepOfView(FetchedList fetched, Timestamp taken);

  // Errors: kConflict, kWrongEnvironment: it is not the store that the cache is of.
  [[nodiscard]] Result<void> CheckIdentity(const StoreIdentity& identity) const;
  [[nodiscard]] Timestamp Now() const;
  [[nodiscard]] ClientState State() const;
  [[nodiscard]] Result<void> Flush() { return keeper_->Flush(); }

 private:
  using Asked = std::expected<ListHandle, CallError>;

  // As Ask, where the service was away: who is there comes first, and must not take long.
  [[nodiscard]] Asked Probe(const BusinessId& id, std::optional<Version> known);
  [[nodiscard]] Asked AskOnce(const BusinessId& id, std::optional<Version> known);
  // The service is that of the same store still, be it over new connections.
  [[nodiscard]] std::expected<void, CallError> ConfirmStore(std::chrono::milliseconds patience);
  [[nodiscard]] Asked TakeIn(FetchedList fetched, KeptAnswers::Tick began);
  [[nodiscard]] KeptAnswer AnswerOf(FetchedList fetched, Timestamp heard);
  // `why` the service does not answer.
  [[nodiscard]] Result<DatedList> ReadCached(const BusinessId& id, std::optional<Version> known,
                                             const Error& why);
  [[nodiscard]] Result<ListHandle> Decoded(const KeptAnswer& answer);

  const Parts parts_;
  const StoreIdentity identity_;
  const std::unique_ptr<CacheKeeper> keeper_;
  ServiceGate gate_;
  std::atomic<uint64_t> confirmed_ = 0;  // connections opened when the store was last confirmed
  std::atomic<bool> was_cached_ = false;
};

}  // namespace switchback::client
