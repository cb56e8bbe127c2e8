// Checks of a service's options, and of the addresses in them.
#include <arpa/inet.h>
#include <fmt/format.h>
#include <sys/un.h>

#include <algorithm>
#include <cmath>

#include "service/role.h"
#include "service/service_config.h"
#include "types/ascii.h"
#include "types/excerpt.h"

namespace switchback {
namespace {

// The kernel's limit, with the 0 at the end.
constexpr size_t kMaxSocketName = 80;
// A header must hold a token and a path of two IDs; less would refuse everything.
constexpr size_t kLeastHeaderBytes = 1'024;
// Once in some 17 minutes; a rate below is a mistake, and would make waits without end.
constexpr double kLeastRate = 0.001;

std::unexpected<Error> Bad(std::string_view key, std::string_view why) {
  return Fail(ErrorCode::kInvalidArgument, fmt::format("{}: {}", key, why));
}

Result<void> CheckSocket(const ServiceOptions& options) {
  // A long path is reached by its folder, opened (socket_path.h); its last part has to fit behind.
  const size_t name = options.socket.size() - (options.socket.rfind('/') + 1);
  if (name <= kMaxSocketName) return {};
  return Bad("socket", fmt::format("expected a name of at most {} bytes, found one of {}",
                                   kMaxSocketName, name));
}

Result<void> CheckTls(const ServiceOptions& options) {
  const TlsOptions& tls = *options.tls;
  if (const auto address = ParseListenAddress(tls.listen); !address) {
    return Bad("tls.listen", address.error().message);
  }
  if (tls.certificate.empty()) return Bad("tls.certificate", "expected a file");
  if (tls.key.empty()) return Bad("tls.key", "expected a file");
  if (tls.client_ca.empty() && options.tokens.empty()) {
    return Bad("tls", "nobody could say who they are: set tls.client_ca, tokens, or both");
  }
  return {};
}

bool IsLoopback(const std::string& host) {
  in_addr v4{};
  in6_addr v6{};
  if (inet_pton(AF_INET, host.c_str(), &v4) == 1) return (ntohl(v4.s_addr) >> 24) == 127;
  return inet_pton(AF_INET6, host.c_str(), &v6) == 1 && IN6_IS_ADDR_LOOPBACK(&v6);
}

Result<void> CheckLoopback(const ServiceOptions& options) {
  if (options.loopback_http.empty()) {
    if (options.loopback_grants.empty()) return {};
    return Bad("loopback_grants", "are of nothing without loopback_http");
  }
  const auto address = ParseListenAddress(options.loopback_http);
  if (!address) return Bad("loopback_http", address.error().message);
  if (!IsLoopback(address->host)) {
    return Bad("loopback_http",
               fmt::format("expected an address of this machine alone, 127.0.0.1:PORT or "
                           "[::1]:PORT, found '{}'; others are served over tls",
                           Excerpt(options.loopback_http)));
  }
  return {};
}

Result<void> CheckUser(const UserGrant& user, const std::string& place) {
  const int named = (user.user.empty() ? 0 : 1) + (user.uid ? 1 : 0) + (user.group.empty() ? 0 : 1);
  if (named != 1) return Bad(place, "expected one of user, uid and group");
  return CheckGrant(user.grant, place + ".");
}

Result<void> CheckCertificate(const CertificateGrant& certificate, const std::string& place) {
  if (certificate.common_name.empty()) return Bad(place + ".common_name", "is empty");
  return CheckGrant(certificate.grant, place + ".");
}

template <typename Entry, typename Check>
Result<void> CheckEach(const std::vector<Entry>& entries, std::string_view key,
                       const Check& check) {
  for (size_t i = 0; i < entries.size(); ++i) {
    Result<void> checked = check(entries[i], fmt::format("{}[{}]", key, i));
    if (!checked) return checked;
  }
  return {};
}

Result<void> CheckGrants(const ServiceOptions& options) {
  if (!options.certificates.empty() && (!options.tls || options.tls->client_ca.empty())) {
    return Bad("certificates", "none are taken without tls.client_ca");
  }
  Result<void> checked = CheckEach(options.users, "users", CheckUser);
  if (checked) checked = CheckEach(options.certificates, "certificates", CheckCertificate);
  if (!checked) return checked;
  return CheckEach(
      options.loopback_grants, "loopback_grants",
      [](const Grant& grant, const std::string& place) { return CheckGrant(grant, place + "."); });
}

Result<void> CheckRate(double rate, std::string_view key) {
  if (rate == 0 || (std::isfinite(rate) && rate >= kLeastRate)) return {};
  return Bad(key, fmt::format("expected 0 (no limit) or {} and more, found {}", kLeastRate, rate));
}

Result<void> CheckLimits(const ServiceLimits& limits) {
  Result<void> checked = CheckRate(limits.requests_per_second, "limits.requests_per_second");
  if (checked) {
    checked = CheckRate(limits.total_requests_per_second, "limits.total_requests_per_second");
  }
  if (!checked) return checked;
  if (limits.burst > 0 && limits.requests_per_second == 0) {
    return Bad("limits.burst", "is of nothing without limits.requests_per_second");
  }
  if (limits.max_body_bytes == 0) return Bad("limits.max_body_bytes", "must be above 0");
  if (limits.max_total_body_bytes < limits.max_body_bytes) {
    return Bad("limits.max_total_body_bytes",
               fmt::format("expected {} at least, as one body may have, found {}",
                           limits.max_body_bytes, limits.max_total_body_bytes));
  }
  if (limits.max_header_bytes < kLeastHeaderBytes) {
    return Bad("limits.max_header_bytes", fmt::format("expected {} at least, found {}",
                                                      kLeastHeaderBytes, limits.max_header_bytes));
  }
  if (limits.max_requests == 0) return Bad("limits.max_requests", "must be above 0");
  if (limits.max_requests_per_caller == 0) {
    return Bad("limits.max_requests_per_caller", "must be above 0");
  }
  if (limits.max_connections == 0) return Bad("limits.max_connections", "must be above 0");
  if (limits.header_timeout.count() <= 0) return Bad("limits.header_timeout_ms", "must be above 0");
  if (limits.request_timeout.count() <= 0) {
    return Bad("limits.request_timeout_ms", "must be above 0");
  }
  return {};
}

}  // namespace

Result<ListenAddress> ParseListenAddress(std::string_view text) {
  const auto bad = [&] {
    return Fail(ErrorCode::kInvalidArgument,
                fmt::format("expected HOST:PORT or [ADDRESS]:PORT, found '{}'", Excerpt(text)));
  };
  const size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return bad();
  std::string_view host = text.substr(0, colon);
  const auto port = ParseNumber(text.substr(colon + 1), 65'535);
  const bool in_brackets = host.starts_with('[') && host.ends_with(']');
  if (in_brackets) host = host.substr(1, host.size() - 2);
  const bool has_blank = std::ranges::any_of(host, [](char c) { return c <= ' ' || c > '~'; });
  // The last colon of a bare IPv6 address is not what the port stands behind.
  if (host.empty() || has_blank || !port || host.contains(':') != in_brackets) return bad();
  return ListenAddress{.host = std::string(host), .port = static_cast<uint16_t>(*port)};
}

Result<void> CheckServiceOptions(const ServiceOptions& options) {
  Result<void> checked = CheckSocket(options);
  if (checked && options.tls) checked = CheckTls(options);
  if (checked) checked = CheckLoopback(options);
  if (checked) checked = CheckGrants(options);
  if (checked) checked = CheckLimits(options.limits);
  return checked;
}

}  // namespace switchback
