// Where a service is, and how paths and queries of it are written.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "switchback/error.h"
#include "switchback/types.h"

namespace switchback::client {

inline constexpr uint16_t kDefaultServicePort = 7443;

struct ServiceUrl {
  enum class Kind : uint8_t { kUnix, kPlain, kTls };
  Kind kind = Kind::kUnix;
  std::string path = {};  // kUnix: the socket, or the folder that has it
  std::string host = {};  // else; an IPv6 address without brackets
  uint16_t port = kDefaultServicePort;
  std::string text = {};  // as given: what messages call it

  // What a request says it is for.
  [[nodiscard]] std::string HostHeader() const;
};

// unix:PATH, https://HOST[:PORT], or http://LOOPBACK[:PORT]. Errors: kInvalidArgument; plain HTTP
// to anywhere but this machine is one, and so are a user, a path and a query.
[[nodiscard]] Result<ServiceUrl> ParseServiceUrl(std::string_view text);

// Every byte as %XX but letters, digits and -._~ (RFC 3986, "unreserved").
[[nodiscard]] std::string PercentEncode(std::string_view text);

// A request target, built up: Target("/v1/lists").Segment("a/b").Query("view", 7).
class Target {
 public:
  explicit Target(std::string_view path) : text_(path) {}

  Target& Segment(std::string_view text);
  Target& Segment(uint64_t number) { return Segment(std::to_string(number)); }
  Target& Query(std::string_view key, std::string_view value);
  Target& Query(std::string_view key, uint64_t value) { return Query(key, std::to_string(value)); }
  template <typename Tag>
  Target& Query(std::string_view key, Number<Tag> value) {
    return Query(key, value.value);
  }
  // Nothing where there is no value.
  template <typename T>
  Target& QueryIf(std::string_view key, const std::optional<T>& value) {
    return value ? Query(key, *value) : *this;
  }
  Target& QueryIfAny(std::string_view key, std::string_view value) {
    return value.empty() ? *this : Query(key, value);
  }
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  std::string text_;
  bool has_query_ = false;
};

}  // namespace switchback::client
