#include "client/url.h"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "types/excerpt.h"

namespace switchback::client {
namespace {

constexpr std::string_view kForms =
    "expected unix:PATH, https://HOST[:PORT], or http://LOOPBACK[:PORT]";

std::unexpected<Error> Malformed(std::string_view text, std::string_view why) {
  return Fail(ErrorCode::kInvalidArgument,
              fmt::format("'{}' is no URL of a service: {}; {}", Excerpt(text), why, kForms));
}

bool IsUnreserved(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.' || c == '_' || c == '~';
}

bool IsIpv6(const std::string& host) {
  in6_addr address{};
  return inet_pton(AF_INET6, host.c_str(), &address) == 1;
}

bool IsLoopback(const std::string& host) {
  in_addr v4{};
  if (inet_pton(AF_INET, host.c_str(), &v4) == 1) return (ntohl(v4.s_addr) >> 24) == 127;
  in6_addr v6{};
  if (inet_pton(AF_INET6, host.c_str(), &v6) == 1) return IN6_IS_ADDR_LOOPBACK(&v6);
  return host == "localhost";
}

bool IsHostName(std::string_view host) {
  return !host.empty() && host.size() <= 253 && host.front() != '-' && host.front() != '.' &&
         std::ranges::all_of(host, [](char c) { return IsUnreserved(c) && c != '~'; });
}

std::optional<uint16_t> ParsePort(std::string_view text) {
  uint16_t port = 0;
  const char* end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, port);
  if (error != std::errc{} || stopped != end || port == 0) return std::nullopt;
  return port;
}

// HOST[:PORT], where an IPv6 address stands in brackets.
Result<ServiceUrl> ParseAuthority(std::string_view text, std::string_view authority,
                                  ServiceUrl url) {
  // What comes before an @ may be a password: no message repeats it.
  if (authority.contains('@')) {
    return Malformed("...@...", "a user has no place in it; a token is given apart");
  }
  if (authority.ends_with('/')) authority.remove_suffix(1);
  std::string_view port;
  if (authority.starts_with('[')) {
    const size_t close = authority.find(']');
    if (close == std::string_view::npos) return Malformed(text, "a ']' is missing");
    url.host = authority.substr(1, close - 1);
    if (!IsIpv6(url.host)) return Malformed(text, "an IPv6 address belongs into the brackets");
    port = authority.substr(close + 1);
  } else {
    const size_t colon = std::min(authority.find(':'), authority.size());
    url.host = authority.substr(0, colon);
    if (!IsHostName(url.host)) return Malformed(text, "the host is no host name or address");
    port = authority.substr(colon);
  }
  if (port.empty()) return url;
  const std::optional<uint16_t> number =
      port.front() == ':' ? ParsePort(port.substr(1)) : std::nullopt;
  if (!number) return Malformed(text, "the port is no number from 1 to 65535");
  url.port = *number;
  return url;
}

}  // namespace

Result<ServiceUrl> ParseServiceUrl(std::string_view text) {
  constexpr std::string_view kUnix = "unix:";
  constexpr std::string_view kTls = "https://";
  constexpr std::string_view kPlain = "http://";
  ServiceUrl url;
  url.text = text;
  if (text.starts_with(kUnix)) {
    url.path = text.substr(kUnix.size());
    if (url.path.empty()) return Malformed(text, "the path is missing");
    if (url.path.contains('\0')) return Malformed(text, "the path has a NUL");
    return url;
  }
  if (text.starts_with(kTls)) {
    url.kind = ServiceUrl::Kind::kTls;
    return ParseAuthority(text, text.substr(kTls.size()), std::move(url));
  }
  if (!text.starts_with(kPlain)) {
    return Malformed(text.contains('@') ? "...@..." : text, "another scheme, or none");
  }
  url.kind = ServiceUrl::Kind::kPlain;
  Result<ServiceUrl> parsed = ParseAuthority(text, text.substr(kPlain.size()), std::move(url));
  if (parsed && !IsLoopback(parsed->host)) {
    return Malformed(text, "plain HTTP is for loopback only, https:// is for all else");
  }
  return parsed;
}

std::string ServiceUrl::HostHeader() const {
  if (kind == Kind::kUnix) return "localhost";
  return host.contains(':') ? fmt::format("[{}]:{}", host, port) : fmt::format("{}:{}", host, port);
}

std::string PercentEncode(std::string_view text) {
  std::string encoded;
  encoded.reserve(text.size());
  for (const char c : text) {
    if (IsUnreserved(c)) {
      encoded += c;
    } else {
      fmt::format_to(std::back_inserter(encoded), "%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return encoded;
}

Target& Target::Segment(std::string_view text) {
  text_ += '/';
  text_ += PercentEncode(text);
  return *this;
}

Target& Target::Query(std::string_view key, std::string_view value) {
  text_ += has_query_ ? '&' : '?';
  has_query_ = true;
  text_ += key;
  text_ += '=';
  text_ += PercentEncode(value);
  return *this;
}

}  // namespace switchback::client
