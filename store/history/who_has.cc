#include "history/who_has.h"

#include <fmt/format.h>

#include <utility>

#include "history/blame.h"
#include "history/endpoint_lives.h"
#include "history/head_walker.h"
#include "history/resolver.h"
#include "history/steady_scan.h"
#include "switchback/selector.h"
#include "types/address_text.h"

namespace switchback {
namespace {

OwnedEndpoint Own(const Endpoint& endpoint) {
  return {endpoint.key, endpoint.value.weight, std::string(endpoint.value.attributes)};
}

// Hands out, one by one, what each ID gave; damage is one ID's alone.
template <typename T>
class ByIdCursor : public Cursor<T> {
 public:
  Result<std::optional<T>> Next() final {
    while (at_ == found_.size()) {
      if (ended_) return std::nullopt;
      found_.clear();
      at_ = 0;
      const Result<bool> more = NextId(found_);
      ended_ = more ? !*more : more.error().code != ErrorCode::kDataLoss;
      if (!more) {
        found_.clear();
        return std::unexpected(more.error());
      }
    }
    return std::move(found_[at_++]);
  }

 protected:
  // False: there are no more IDs.
  [[nodiscard]] virtual Result<bool> NextId(std::vector<T>& found) = 0;

 private:
  std::vector<T> found_;
  size_t at_ = 0;
  bool ended_ = false;
};

class WhoHasCursor final : public ByIdCursor<AddressHolder> {
 public:
  WhoHasCursor(const Rows& rows, const ContentReader& content, const AddressQuery& query,
               Revision revision, std::string glob)
      : rows_(rows),
        content_(content),
        resolver_(rows),
        query_(query),
        revision_(revision),
        heads_(rows, "", std::move(glob)) {}

 private:
  Result<bool> NextId(std::vector<AddressHolder>& found) override {
    std::optional<BusinessId> id;
    CurrentVersion current;
    const Result<bool> more = heads_.Next(id, current);
    if (!more || !*more) return more;
    const auto at = resolver_.VersionAt(*id, current, revision_);
    if (!at) return std::unexpected(at.error());
    if (!*at || (*at)->deleted) return true;
    const auto list = ListOf(*id, current, (*at)->version);
    if (!list) return std::unexpected(list.error());
    if (Result<void> added = AddFound(*id, (*at)->version, **list, found); !added) {
      return std::unexpected(added.error());
    }
    return true;
  }

  Result<std::shared_ptr<const EndpointList>> ListOf(const BusinessId& id,
                                                     const CurrentVersion& current,
                                                     Version version) {
    if (version == current.version && current.has_head && current.head.has_block) {
      return DecodeHeadList(current.head);
    }
    return content_.ReadList(id, version);
  }

  Result<void> AddFound(const BusinessId& id, Version version, const EndpointList& list,
                        std::vector<AddressHolder>& found) {
    const std::vector<size_t> places = FindAddress(list, query_);
    if (places.empty()) return {};
    std::vector<EndpointKey> keys;
    keys.reserve(places.size());
    for (const size_t place : places) keys.push_back(list.Key(place));
    const auto origins = OriginsOf(rows_, content_, id, version, keys);
    if (!origins) return std::unexpected(origins.error());
    for (size_t i = 0; i < places.size(); ++i) {
      found.push_back({.id = id,
                       .endpoint = Own(list[places[i]]),
                       .match = *MatchAddress(query_, keys[i]),
                       .version = version,
                       .from = (*origins)[i].from,
                       .since_before = (*origins)[i].since_before});
    }
    return {};
  }

  const Rows& rows_;
  const ContentReader& content_;
  const Resolver resolver_;
  const AddressQuery query_;
  const Revision revision_;
  HeadWalker heads_;
};

// One pass over the rows of all versions.
class WhoEverHadCursor final : public ByIdCursor<AddressLife> {
 public:
  WhoEverHadCursor(const Rows& rows, const AddressQuery& query, std::string glob)
      : query_(query),
        glob_(std::move(glob)),
        wanted_{
            .takes =
                [this](const EndpointKey& key) { return MatchAddress(query_, key).has_value(); },
            .find = [this](const EndpointList& list) { return FindAddress(list, query_); }},
        lives_(rows, wanted_),
        rows_(rows.view(), Space::kHistory, std::string(1, kVersionPrefix),
              PrefixEnd(std::string(1, kVersionPrefix))) {
    rows_.SeekToFirst();
  }

 private:
  Result<bool> NextId(std::vector<AddressLife>& found) override {
    if (Result<void> told = TellOfGap(); !told) return std::unexpected(told.error());
    if (!rows_.valid()) {
      if (Result<void> status = rows_.status(); !status) return std::unexpected(status.error());
      return false;
    }
    VersionKeyParts parts;
    const bool parsed = ParseVersionKey(rows_.key(), parts);
    Result<BusinessId> id = BusinessId::Parse(parsed ? parts.id : "");
    if (!id) {
      rows_.Next();
      return Malformed();
    }
    if (!glob_.empty() && !GlobMatches(glob_, id->text())) {
      rows_.Seek(VersionsEnd(*id));
      return true;
    }
    const Result<void> taken = TakeRows(*id);
    std::vector<EndpointLife> lives = lives_.Finish();
    if (!taken) {
      if (rows_.valid() && rows_.key().starts_with(VersionsBegin(*id))) {
        rows_.Seek(VersionsEnd(*id));
      }
      return std::unexpected(taken.error());
    }
    for (EndpointLife& life : lives) {
      const AddressMatch match = *MatchAddress(query_, life.key);
      found.push_back({*id, match, std::move(life)});
    }
    return true;
  }

  // All rows of the ID, of which the first is the one stood on.
  Result<void> TakeRows(const BusinessId& id) {
    const std::string begin = VersionsBegin(id);
    while (rows_.valid() && rows_.key().starts_with(begin)) {
      VersionPlace place;
      if (!ParseVersionPlace(rows_.key().substr(begin.size()), place)) return Malformed();
      if (Result<void> taken = lives_.Take(place, rows_.value()); !taken) {
        Error error = taken.error();
        error.message = fmt::format("{}: {}", VersionName(id, place.version), error.message);
        return std::unexpected(std::move(error));
      }
      rows_.Next();
      // Rows of this ID may be among those passed over.
      if (Result<void> told = TellOfGap(); !told) return told;
    }
    return rows_.status();
  }

  // Once of each stretch that can't be read.
  Result<void> TellOfGap() {
    if (!rows_.gap() || rows_.gap()->from == told_) return {};
    told_ = rows_.gap()->from;
    return std::unexpected(rows_.gap()->error);
  }

  static std::unexpected<Error> Malformed() {
    return Fail(ErrorCode::kDataLoss, "a version row's key is malformed: run verify");
  }

  const AddressQuery query_;
  const std::string glob_;
  const WantedKeys wanted_;
  EndpointLives lives_;
  SteadyScan rows_;
  std::string told_;  // where the last gap that was told of begins
};

// The first key that an endpoint of this range can have.
EndpointKey FirstKey(const Address& address, unsigned prefix_length) {
  return {address, static_cast<uint8_t>(prefix_length), 0};
}

bool HoldsRanges(const EndpointList& list, Family family) {
  const Column<uint8_t>& prefixes =
      family == Family::kIPv4 ? list.ipv4_prefixes() : list.ipv6_prefixes();
  return !prefixes.is_constant() ||
         (prefixes.size() > 0 && prefixes[0] != HostPrefixLength(family));
}

}  // namespace

std::vector<size_t> FindAddress(const EndpointList& list, const AddressQuery& query) {
  std::vector<size_t> places;
  const auto take = [&](size_t at) {
    if (MatchAddress(query, list.Key(at))) places.push_back(at);
  };
  // Ranges that cover it begin at its network of each shorter length: wider ones sort first.
  if (HoldsRanges(list, query.address.family)) {
    for (unsigned length = 0; length < query.prefix_length; ++length) {
      const EndpointKey first = FirstKey(Network(query.address, length), length);
      for (size_t at = list.LowerBound(first); at < list.size(); ++at) {
        const EndpointKey key = list.Key(at);
        if (key.address != first.address || key.prefix_length != length) break;
        take(at);
      }
    }
  }
  // It, and what lies within it, stand together.
  for (size_t at = list.LowerBound(FirstKey(query.address, query.prefix_length)); at < list.size();
       ++at) {
    const Address& address = list.Key(at).address;
    if (address.family != query.address.family ||
        Network(address, query.prefix_length) != query.address) {
      break;
    }
    take(at);
  }
  return places;
}

Result<std::unique_ptr<Cursor<AddressHolder>>> OpenWhoHas(const Rows& rows,
                                                          const ContentReader& content,
                                                          const AddressQuery& query,
                                                          Revision revision, std::string glob) {
  if (revision > rows.published()) {
    return Fail(ErrorCode::kNotFound, fmt::format("no revision r{}: the newest is r{}",
                                                  revision.value, rows.published().value));
  }
  return std::make_unique<WhoHasCursor>(rows, content, query, revision, std::move(glob));
}

Result<std::unique_ptr<Cursor<AddressLife>>> OpenWhoEverHad(const Rows& rows,
                                                            const AddressQuery& query,
                                                            std::string glob) {
  return std::make_unique<WhoEverHadCursor>(rows, query, std::move(glob));
}

}  // namespace switchback
