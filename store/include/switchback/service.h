// A store served to other processes over HTTP (doc/service.md): by a Unix socket, and over TLS
// where that is configured.
//
//   auto options = ReadServiceConfig("/etc/switchback/service.json");
//   auto service = Service::Start(**store, *options);
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "switchback/store.h"

namespace switchback {

// What one may do, rising: each may all that those before it may. A reader reads, a writer also
// commits and names snapshots, an approver also lets pass what a policy asks approvals for, an
// admin also prunes, compacts and makes backups.
enum class Role : uint8_t { kReader, kWriter, kApprover, kAdmin };
std::string_view RoleName(Role role);  // "reader", ...; static storage
// Errors: kInvalidArgument; the message lists the names.
[[nodiscard]] Result<Role> ParseRole(std::string_view name);

// A role, and where it holds.
struct Grant {
  Role role = Role::kReader;
  // IDs, as GlobMatches takes them; empty: all. With globs a grant does not cover calls on the
  // whole table.
  std::vector<std::string> globs = {};
  std::optional<std::string> environment = {};  // nothing: any
};

// A grant to a user of this machine, or to a group of them. One of the three is set.
struct UserGrant {
  std::string user = {};
  std::optional<uint32_t> uid = {};
  std::string group = {};
  Grant grant = {};
};

struct CertificateGrant {
  std::string common_name = {};  // of the client certificate's subject
  Grant grant = {};
};

// TLS 1.2 and newer. Files in PEM form, read again when they have changed.
struct TlsOptions {
  std::string listen = {};       // ADDRESS:PORT, [ADDRESS]:PORT; port 0: any free one
  std::string certificate = {};  // the service's own, with what it was issued by behind it
  std::string key = {};
  std::string client_ca = {};  // who issues client certificates; empty: only tokens are taken
};

// What one client, or all together, can take of the service. Over a limit is 429 or 503 with a time
// to wait, never a call half done.
struct ServiceLimits {
  // Of one identity, and of all together; 0: no limit.
  double requests_per_second = 0;
  double total_requests_per_second = 0;
  // How many requests an identity may make at once after a rest; 0: those of one second. Of all
  // together it is always those of one second.
  uint32_t burst = 0;
  size_t max_body_bytes = size_t{64} << 20;
  size_t max_total_body_bytes = size_t{256} << 20;  // of all requests being read or worked on
  size_t max_header_bytes = size_t{16} << 10;
  uint32_t max_requests = 64;           // worked on at once
  uint32_t max_queued_requests = 1024;  // waiting for one of these to end
  // Worked on at once for one user of this machine, token or certificate; its others wait.
  uint32_t max_requests_per_caller = 48;
  // Fewer where the process may not have so many files open: some are left to the store.
  uint32_t max_connections = 12'000;
  uint32_t max_watchers = 10'000;
  std::chrono::milliseconds header_timeout{10'000};   // until a request's header is there
  std::chrono::milliseconds request_timeout{60'000};  // until its body is, and for each write back
};

// The socket of who serves a store, in the store's folder: where commands and clients look for it.
inline constexpr std::string_view kServiceSocketName = "service.sock";

// Every member has an initialiser, so that naming only some of them compiles without a warning.
struct ServiceOptions {
  // Path of the Unix socket; empty: none. Who connects there is the user that the kernel says.
  std::string socket = {};
  std::optional<TlsOptions> tls = {};
  // Plain HTTP, for whoever is on this machine and can't use the socket: 127.0.0.1:PORT or
  // [::1]:PORT; port 0: any free one. Empty, unless asked for by name: none.
  std::string loopback_http = {};
  // What plain HTTP may; empty: reader of everything.
  std::vector<Grant> loopback_grants = {};
  std::string tokens = {};  // the file of bearer tokens; empty: none are taken
  // What users may who connect to the socket: all grants to the user and to its groups together.
  // Whoever has none reads; root and the user that the service runs as are admins.
  std::vector<UserGrant> users = {};
  // What client certificates may. One that is not named may nothing.
  std::vector<CertificateGrant> certificates = {};
  ServiceLimits limits = {};
  // Told of every request once it is answered, as one JSON object in one line, without its end;
  // tokens are never in it. Called from any of the service's threads, also at the same time.
  std::function<void(std::string_view json_line)> access_log = {};
  Clock clock = SystemClock();  // of tokens and of the log
};

// The configuration file of a service: one JSON object, comments allowed, every key optional
// (doc/service.md). Relative paths are of the file's folder. Errors: kNotFound, no such file;
// kIoError; kInvalidArgument, naming the file and the place in it: malformed, a key that is unknown
// or stands twice, a value of another kind or out of range, or keys that don't go together.
[[nodiscard]] Result<ServiceOptions> ReadServiceConfig(const std::string& path);

// A store being served, from Start until it is destroyed. Safe from any number of threads.
class Service {
 public:
  // Listens where `options` says, and serves from threads of its own. `store` must outlive it, and
  // may be used by others meanwhile. Errors: kInvalidArgument, the options, a certificate or key;
  // kHeld, another serves on the socket or the port; kIoError.
  [[nodiscard]] static Result<std::unique_ptr<Service>> Start(Store& store,
                                                              const ServiceOptions& options);
  // As Stop, with patience for whatever was accepted.
  ~Service();
  Service(const Service&) = delete;
  Service& operator=(const Service&) = delete;

  // Accepts nothing new, ends watches, finishes the requests that were accepted, and closes every
  // connection. What is not done after `patience` is cut off; a commit is never, it is only not
  // answered. The second call does nothing.
  void Stop(std::chrono::milliseconds patience);

  // The ports that it listens on; 0: it does not.
  [[nodiscard]] uint16_t tls_port() const;
  [[nodiscard]] uint16_t loopback_port() const;
  [[nodiscard]] const std::string& socket() const;  // its path; empty: none

 private:
  class Impl;
  explicit Service(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace switchback
