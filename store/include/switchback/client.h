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

struct ClientOptions {
  // unix:PATH (the socket, or the folder of the store that it serves), https://HOST[:PORT], or
  // http://LOOPBACK[:PORT].
  std::string url = {};
  // Where set, the store's environment must be this one, else kWrongEnvironment; writes say so
  // again, and the service checks it.
  std::optional<std::string> environment = {};
  // Of commits: program and version go into their origin; user and host are what the service knows.
  Origin origin = {};
  // TLS. Files in PEM form. Empty `ca_file`: the system's.
  std::string ca_file = {};
  std::string certificate_file = {};
  std::string key_file = {};
  std::string token = {};  // bearer token; never in an error or a log
  std::chrono::milliseconds connect_timeout{2'000};
  // For an answer to begin or go on. A write that takes longer has an unknown outcome.
  std::chrono::milliseconds timeout{30'000};
  size_t max_idle_connections = 4;  // kept for the next calls
  Clock clock = SystemClock();
};

// Safe from any number of threads, each call on a connection of its own from a pool. What only
// reads is asked again, once, where a connection breaks; a write only if it has a request ID, which
// then tells the truth: without one a broken connection is kUnknownOutcome.
// What differs from a store in the same process: a change goes as one message, so that one of more
// than the service takes (64 MiB unless it says otherwise) is kLimitExceeded; CommitOptions::time
// and all else are as there. DropCheckpoints, CreateBackup (a folder of the service's machine) and
// Compact act there. A view is a revision, no snapshot: what is pruned meanwhile is kPruned.
// Errors: kNotFound, nobody serves there; kIoError, the connection; kRefused, who you are is not
// known or may not; kWrongEnvironment; kInvalidArgument, the URL.
[[nodiscard]] Result<std::unique_ptr<Store>> Connect(const ClientOptions& options);

}  // namespace switchback
