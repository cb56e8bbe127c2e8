// A store that another process holds, over its service: the same Store, the same types, the same
// errors (doc/service.md). Link switchback::client; it needs nothing of the store's own engine.
//
//   auto store = Connect({.url = "unix:/var/lib/routes/service.sock"});
//   auto now = (*store)->Read(*BusinessId::Parse("394521"));
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>

#include "switchback/store.h"

namespace switchback {

// The most that ClientOptions::cache_bytes can be, in bytes: the file is written as a whole.
inline constexpr size_t kMostCacheBytes = 1'000'000'000;

struct ClientOptions {
  // unix:PATH (the socket, or the folder of the store that it serves), https://HOST[:PORT], or
  // http://LOOPBACK[:PORT].
  std::string url = {};
  // Where set, the store's environment must be this one, else kWrongEnvironment; writes say so
  // again, and the service checks it.
  std::optional<std::string> environment = {};
  // Of commits: program and version go into their origin; user and host are what the service knows.
  Origin origin = {};
  // TLS. Files in PEM form. Empty `ca_file`: the system's. They are read again when they have
  // changed (looked at once a second): the next connections are made with the new ones, those that
  // were idle are closed. While the new ones can't be used the old go on.
  std::string ca_file = {};
  std::string certificate_file = {};
  std::string key_file = {};
  std::string token = {};  // bearer token; never in an error or a log
  std::chrono::milliseconds connect_timeout{2'000};
  // For an answer to begin or go on. A write that takes longer has an unknown outcome.
  std::chrono::milliseconds timeout{30'000};
  size_t max_idle_connections = 4;  // kept for the next calls
  // Where what the service last said of each ID is kept, for when it is away (doc/service.md, "The
  // cache file"); FILE.lock and FILE.new are beside it. Empty: nowhere.
  std::string cache_file = {};
  // Of the file, and of as much memory; at most kMostCacheBytes. Past it, what was read longest ago
  // is dropped.
  size_t cache_bytes = size_t{256} << 20;
  Clock clock = SystemClock();
};

// Safe from any number of threads, each call on a connection of its own from a pool. What only
// reads is asked again, once, where a connection breaks; a write only if it has a request ID, which
// then tells the truth: without one a broken connection is kUnknownOutcome.
// What differs from a store in the same process: a change goes as one message, so that one of more
// than the service takes (64 MiB unless it says otherwise) is kLimitExceeded; CommitOptions::time
// and all else are as there. DropCheckpoints, CreateBackup (a folder of the service's machine) and
// Compact act there. A view is a revision, no snapshot: what is pruned meanwhile is kPruned.
// With a cache file Read and ReadIfNewer are answered from it while the service is away, or what it
// says is no answer: with the last list that it sent, with kNotFound where it last said that the ID
// is not there, and with kIoError where nothing is known of the ID. It is asked again once a second
// or so, by one reader; the others don't wait. Where it is away now already, the store is that of
// the cache. What is served there later must be the same store, else reads are kConflict or
// kWrongEnvironment. All other calls need the service.
// Errors: kNotFound, nobody serves there; kIoError, the connection; kRefused, who you are is not
// known or may not; kWrongEnvironment; kInvalidArgument, the URL. A cache file that can't be used
// is none: see ClientState.
[[nodiscard]] Result<std::unique_ptr<Store>> Connect(const ClientOptions& options);

// A list, and how old the news is.
struct DatedList {
  ListHandle list;
  Timestamp heard;          // when the service said so, by ClientOptions::clock
  bool from_cache = false;  // the service did not answer: it said so before
};
// As Store::Read, of a store that Connect made. Safe from any number of threads. Errors: also
// kInvalidArgument, it is another.
[[nodiscard]] Result<DatedList> ReadDated(const Store& store, const BusinessId& id);

// How a client with a cache file fares.
struct ClientState {
  Timestamp last_contact;  // when the service last answered a read, also before a restart; 0: never
  bool from_cache = false;         // the last read was answered from the cache
  std::optional<Error> away = {};  // why the service is not asked; nothing: it is
  // What is wrong with the file: as it was found, else of the last write. Reads go on without it.
  std::optional<Error> cache_fault = {};
};
// Safe from any number of threads. Errors: kInvalidArgument, `store` has no cache file.
[[nodiscard]] Result<ClientState> StateOf(const Store& store);
// Writes what the cache file lacks, now, and waits until it is synced. Without this it is written
// at most once a second, and when the store is closed. Safe from any number of threads. Errors:
// kIoError; kHeld, another process writes it; kInvalidArgument, as StateOf. Cost: the whole file.
[[nodiscard]] Result<void> FlushCache(const Store& store);

}  // namespace switchback
