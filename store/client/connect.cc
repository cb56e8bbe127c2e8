#include "switchback/client.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "client/remote_store.h"
#include "types/ascii.h"

namespace switchback {
namespace client {
namespace {

// What can stand in a header as it is: printable ASCII. Anything else could end it.
bool IsHeaderText(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~'; });
}

// A word of a User-Agent: what is no such byte becomes a dash.
std::string ProductWord(std::string_view text) {
  std::string word(text);
  for (char& c : word) {
    if (!IsLetter(c) && !IsDigit(c) && c != '.' && c != '_' && c != '+') c = '-';
  }
  return word;
}

std::string UserAgent(const Origin& origin) {
  std::string agent = ProductWord(origin.program);
  if (!origin.program_version.empty()) {
    agent += '/';
    agent += ProductWord(origin.program_version);
  }
  return agent;
}

// Errors: kInvalidArgument. The token is in no message.
Result<Headers> Identification(const ClientOptions& options, const ServiceUrl& url) {
  Headers headers = {{"Host", url.HostHeader()}};
  if (!options.origin.program.empty())
    headers.emplace_back("User-Agent", UserAgent(options.origin));
  if (!options.origin.host.empty()) {
    headers.emplace_back("Switchback-Host", ProductWord(options.origin.host));
  }
  if (options.environment) {
    if (!IsHeaderText(*options.environment)) {
      return Fail(ErrorCode::kInvalidArgument, "the environment's name has a byte that none has");
    }
    headers.emplace_back("Switchback-Environment", *options.environment);
  }
  if (!options.token.empty() && url.kind != ServiceUrl::Kind::kUnix) {
    if (!IsHeaderText(options.token) || options.token.contains(' ')) {
      return Fail(ErrorCode::kInvalidArgument, "the token has a byte that none has");
    }
    headers.emplace_back("Authorization", "Bearer " + options.token);
  }
  return headers;
}

// Of finding out whether a service that was away is there again.
std::chrono::milliseconds PatienceOfProbe(const ClientOptions& options) {
  return std::min(options.connect_timeout, options.timeout);
}

Result<std::unique_ptr<ServiceCalls>> MakeCalls(const ClientOptions& options) {
  Result<ServiceUrl> url = ParseServiceUrl(options.url);
  if (!url) return std::unexpected(std::move(url.error()));
  Result<Headers> identification = Identification(options, *url);
  if (!identification) return std::unexpected(std::move(identification.error()));
  std::unique_ptr<TlsContext> tls;
  if (url->kind == ServiceUrl::Kind::kTls) {
    auto made = TlsContext::Make({options.ca_file, options.certificate_file, options.key_file});
    if (!made) return std::unexpected(std::move(made.error()));
    tls = std::move(*made);
  }
  PoolOptions pool{.url = std::move(*url),
                   .connect_timeout = options.connect_timeout,
                   .timeout = options.timeout,
                   .max_idle = options.max_idle_connections};
  return std::make_unique<ServiceCalls>(std::move(pool), std::move(tls),
                                        std::move(*identification));
}

Error OtherEnvironment(const ClientOptions& options, std::string_view found) {
  return {.code = ErrorCode::kWrongEnvironment,
          .message = fmt::format("the environment of the store at {} is '{}', not '{}'; nothing "
                                 "was done",
                                 options.url, found, *options.environment),
          .items = {}};
}

// Null: none is asked for.
Result<std::unique_ptr<CacheKeeper>> MakeKeeper(const ClientOptions& options) {
  if (options.cache_file.empty()) return nullptr;
  if (options.cache_bytes > kMostCacheBytes) {
    return Fail(ErrorCode::kInvalidArgument,
                fmt::format("cache_bytes is {}, at most {}", options.cache_bytes, kMostCacheBytes));
  }
  return std::make_unique<CacheKeeper>(options.cache_file, options.cache_bytes);
}

// Of whose store the cache is. Errors: `away`, with why the cache does not help.
Result<StoreIdentity> IdentityIn(const CacheKeeper& keeper, const ClientOptions& options,
                                 Error away) {
  const Result<std::optional<StoreIdentity>>& found = keeper.found();
  if (!found) {
    away.message += fmt::format("; the cache file can't be used: {}", found.error().message);
  } else if (!*found) {
    away.message += fmt::format("; there is no cache file {} yet", options.cache_file);
  } else if (options.environment && *options.environment != (*found)->environment) {
    away.message += fmt::format("; the cache file {} is of environment '{}', not '{}'",
                                options.cache_file, (*found)->environment, *options.environment);
  } else {
    return **found;
  }
  return std::unexpected(std::move(away));
}

// As for any call where nothing could be done without an answer.
std::chrono::milliseconds PatienceAtConnect(const ClientOptions& options,
                                            const CacheKeeper* keeper) {
  const bool has_cache = keeper != nullptr && keeper->found() && *keeper->found();
  return has_cache ? PatienceOfProbe(options) : options.timeout;
}

// A store whose service is away. What is written later is for the environment of the cache, so that
// no other one is taken for it.
Result<std::unique_ptr<Store>> OpenOffline(ClientOptions options,
                                           std::unique_ptr<CacheKeeper> keeper, const Error& away) {
  Result<StoreIdentity> identity = IdentityIn(*keeper, options, away);
  if (!identity) return std::unexpected(std::move(identity.error()));
  options.environment = identity->environment;
  Result<std::unique_ptr<ServiceCalls>> calls = MakeCalls(options);
  if (!calls) return std::unexpected(std::move(calls.error()));
  auto store = std::make_unique<RemoteStore>(*std::move(calls), StoreState{*identity, {}, {}},
                                             options.clock);
  store->KeepLists(std::move(keeper), PatienceOfProbe(options), &away);
  return store;
}

// Errors: kInvalidArgument.
Result<CachedReads*> CachedReadsOf(const Store& store) {
  const auto* remote = dynamic_cast<const RemoteStore*>(&store);
  if (remote == nullptr || remote->cached_reads() == nullptr) {
    return Fail(ErrorCode::kInvalidArgument, "it is no store of Connect with a cache_file");
  }
  return remote->cached_reads();
}

}  // namespace
}  // namespace client

Result<std::unique_ptr<Store>> Connect(const ClientOptions& options) {
  Result<std::unique_ptr<client::ServiceCalls>> calls = client::MakeCalls(options);
  if (!calls) return std::unexpected(std::move(calls.error()));
  Result<std::unique_ptr<client::CacheKeeper>> keeper = client::MakeKeeper(options);
  if (!keeper) return std::unexpected(std::move(keeper.error()));
  auto state = client::FetchState(**calls, client::PatienceAtConnect(options, keeper->get()));
  if (!state && *keeper != nullptr && client::IsNoAnswer(state.error())) {
    return client::OpenOffline(options, *std::move(keeper), state.error().error);
  }
  if (!state) return std::unexpected(std::move(state.error().error));
  const std::string& environment = state->identity.environment;
  if (options.environment && *options.environment != environment) {
    return std::unexpected(client::OtherEnvironment(options, environment));
  }
  auto store = std::make_unique<client::RemoteStore>(*std::move(calls), *state, options.clock);
  if (*keeper != nullptr) {
    store->KeepLists(*std::move(keeper), client::PatienceOfProbe(options), /*away=*/nullptr);
  }
  return store;
}

Result<DatedList> ReadDated(const Store& store, const BusinessId& id) {
  if (const auto* remote = dynamic_cast<const client::RemoteStore*>(&store)) {
    return remote->ReadDated(id);
  }
  return Fail(ErrorCode::kInvalidArgument, "it is no store of Connect");
}

Result<ClientState> StateOf(const Store& store) {
  const Result<client::CachedReads*> reads = client::CachedReadsOf(store);
  if (!reads) return std::unexpected(reads.error());
  return (*reads)->State();
}

Result<void> FlushCache(const Store& store) {
  const Result<client::CachedReads*> reads = client::CachedReadsOf(store);
  if (!reads) return std::unexpected(reads.error());
  return (*reads)->Flush();
}

}  // namespace switchback
