#include "client/cached_reads.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "codec/bytes.h"
#include "wire/binary_list.h"

namespace switchback::client {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr int32_t kUtc = 0;

// The same version of an ID need not be the same list: a restored backup may have other histories.
bool IsListOf(const KeptAnswer& answer, const Digest& digest) {
  if (answer.list == nullptr) return false;
  std::string end;
  AppendBigEndian64(digest.high, end);
  AppendBigEndian64(digest.low, end);
  return answer.list->ends_with(end);
}

}  // namespace

CachedReads::CachedReads(const Parts& parts, std::unique_ptr<CacheKeeper> keeper,
                         StoreIdentity identity, const Error* away)
    : parts_(parts), identity_(std::move(identity)), keeper_(std::move(keeper)) {
  keeper_->Start(identity_);
  if (away != nullptr) {
    gate_.Away(*away, {});
  } else {
    confirmed_ = parts_.calls.connections_opened();
    keeper_->NoteContact(Now());
  }
}

Timestamp CachedReads::Now() const {
  return std::max(parts_.clock.now(), Timestamp{0});
}

// -- From the service

Result<void> CachedReads::CheckIdentity(const StoreIdentity& identity) const {
  if (identity.environment != identity_.environment) {
    return Fail(
        ErrorCode::kWrongEnvironment,
        fmt::format("the environment of the store at {} is '{}' now, not '{}': connect anew",
                    parts_.calls.url(), identity.environment, identity_.environment));
  }
  if (identity.uuid != identity_.uuid) {
    return Fail(ErrorCode::kConflict,
                fmt::format("the store at {} is {} now, not {}: connect anew", parts_.calls.url(),
                            identity.uuid, identity_.uuid));
  }
  return {};
}

std::expected<void, CallError> CachedReads::ConfirmStore(milliseconds patience) {
  const uint64_t opened = parts_.calls.connections_opened();
  if (opened != 0 && opened == confirmed_) return {};
  const auto state = FetchState(parts_.calls, patience);
  if (!state) return std::unexpected(state.error());
  if (Result<void> same = CheckIdentity(state->identity); !same) {
    return std::unexpected(CallError{std::move(same.error()), /*is_answer=*/true, 0});
  }
  confirmed_ = opened;
  return {};
}

KeptAnswer CachedReads::AnswerOf(FetchedList fetched, Timestamp heard) {
  const VersionedList& list = *fetched.list;
  KeptAnswer answer{list.id, list.version, list.revision, heard, nullptr};
  if (!fetched.bytes.empty()) {
    answer.list = std::make_shared<const std::string>(std::move(fetched.bytes));
    return answer;
  }
  const KeptAnswerHandle kept = keeper_->answers().Find(list.id);
  const bool is_kept = kept != nullptr && IsListOf(*kept, list.digest());
  answer.list = is_kept ? kept->list
                        : std::make_shared<const std::string>(wire::EncodeBinaryList(*list.list));
  return answer;
}

CachedReads::Asked CachedReads::TakeIn(FetchedList fetched, KeptAnswers::Tick began) {
  ListHandle list = fetched.list;
  if (list != nullptr) {
    parts_.lists.Keep(list);
    keeper_->answers().Keep(AnswerOf(std::move(fetched), Now()), began);
  }
  return list;
}

CachedReads::Asked CachedReads::AskOnce(const BusinessId& id, std::optional<Version> known) {
  const KeptAnswers::Tick began = keeper_->answers().Begin();
  Target target = ListTarget(id);
  target.QueryIf("newer_than", known);
  std::expected<FetchedList, CallError> fetched =
      FetchList(parts_.calls, id, target, parts_.lists.Find(id));
  const bool is_not_there =
      !fetched && fetched.error().is_answer && fetched.error().error.code == ErrorCode::kNotFound;
  if (!fetched && !is_not_there) return std::unexpected(std::move(fetched.error()));
  if (fetched && fetched->list == nullptr && !known) {
    return NoSuchAnswer(parts_.calls, "an answer without a list");
  }
  if (auto same = ConfirmStore(milliseconds{0}); !same) {
    return std::unexpected(std::move(same.error()));
  }
  if (fetched) return TakeIn(*std::move(fetched), began);
  keeper_->answers().Keep({id, Version{}, Revision{}, Now(), nullptr}, began);
  return std::unexpected(std::move(fetched.error()));
}

CachedReads::Asked CachedReads::Ask(const BusinessId& id, std::optional<Version> known) {
  const auto begin = steady_clock::now();
  Asked asked = AskOnce(id, known);
  if (!asked && IsAway(asked.error())) {
    gate_.Away(asked.error().error, steady_clock::now() - begin);
    return asked;
  }
  gate_.Reached();
  if (asked || !IsNoAnswer(asked.error())) keeper_->NoteContact(Now());
  return asked;
}

CachedReads::Asked CachedReads::Probe(const BusinessId& id, std::optional<Version> known) {
  const auto begin = steady_clock::now();
  confirmed_ = 0;
  if (auto same = ConfirmStore(parts_.patience); !same) {
    if (IsAway(same.error())) {
      gate_.Away(same.error().error, steady_clock::now() - begin);
    } else {
      gate_.Reached();
    }
    return std::unexpected(std::move(same.error()));
  }
  return Ask(id, known);
}

void CachedReads::KeepOfView(FetchedList fetched, Timestamp taken) {
  keeper_->answers().KeepOlder(AnswerOf(std::move(fetched), taken));
  keeper_->NoteContact(Now());
}

// -- From the cache

Result<DatedList> CachedReads::Read(const BusinessId& id, std::optional<Version> known) {
  const ServiceGate::Turn turn = gate_.Enter();
  if (turn == ServiceGate::Turn::kSpare) return ReadCached(id, known, gate_.why());
  Asked asked = turn == ServiceGate::Turn::kProbe ? Probe(id, known) : Ask(id, known);
  if (!asked && IsNoAnswer(asked.error())) return ReadCached(id, known, asked.error().error);
  was_cached_ = false;
  if (!asked) return std::unexpected(std::move(asked.error().error));
  return DatedList{*std::move(asked), Now(), /*from_cache=*/false};
}

Result<DatedList> CachedReads::ReadCached(const BusinessId& id, std::optional<Version> known,
                                          const Error& why) {
  const KeptAnswerHandle kept = keeper_->answers().Find(id);
  if (kept == nullptr) {
    return Fail(ErrorCode::kIoError,
                fmt::format("nothing is known of {}: it is not in the cache file, and {}",
                            id.text(), why.message));
  }
  was_cached_ = true;
  if (kept->list == nullptr) {
    return Fail(ErrorCode::kNotFound,
                fmt::format("{} is not there, as the service said at {}; now {}", id.text(),
                            FormatTime(kept->heard, kUtc), why.message));
  }
  if (known && kept->version <= *known) return DatedList{nullptr, kept->heard, true};
  Result<ListHandle> list = Decoded(*kept);
  if (!list) return std::unexpected(std::move(list.error()));
  return DatedList{*std::move(list), kept->heard, /*from_cache=*/true};
}

Result<ListHandle> CachedReads::Decoded(const KeptAnswer& answer) {
  ListHandle decoded = parts_.lists.Find(answer.id);
  const bool is_decoded = decoded != nullptr && decoded->version == answer.version &&
                          decoded->revision == answer.revision &&
                          IsListOf(answer, decoded->digest());
  if (is_decoded) return decoded;
  Result<EndpointList> list = wire::DecodeBinaryList(*answer.list);
  if (!list) {
    list.error().message =
        fmt::format("{} in the cache file: {}", answer.id.text(), list.error().message);
    return std::unexpected(std::move(list.error()));
  }
  auto handle = std::make_shared<const VersionedList>(
      VersionedList{answer.id, answer.version, answer.revision,
                    std::make_shared<const EndpointList>(std::move(*list))});
  parts_.lists.Keep(handle);
  return handle;
}

ClientState CachedReads::State() const {
  ClientState state{.last_contact = keeper_->contact(), .from_cache = was_cached_};
  if (gate_.is_away()) state.away = gate_.why();
  state.cache_fault = keeper_->fault();
  return state;
}

}  // namespace switchback::client
