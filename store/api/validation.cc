#include "api/validation.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "history/metadata.h"
#include "list/columns.h"
#include "list/digest.h"
#include "switchback/limits.h"

namespace switchback {
namespace {

// Length of the UTF-8 sequence at the front of `text`, 0 if malformed (RFC 3629: no overlong forms,
// no surrogates, nothing above U+10FFFF).
size_t Utf8Length(std::string_view text) {
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
  const auto tail = [&](size_t i) { return i < text.size() && (byte(i) & 0xc0) == 0x80; };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return 1;
  if (lead >= 0xc2 && lead <= 0xdf) return tail(1) ? 2 : 0;
  if (lead >= 0xe0 && lead <= 0xef) {
    if (!tail(1) || !tail(2)) return 0;
    if (lead == 0xe0 && byte(1) < 0xa0) return 0;
    return lead == 0xed && byte(1) > 0x9f ? 0 : 3;
  }
  if (lead >= 0xf0 && lead <= 0xf4) {
    if (!tail(1) || !tail(2) || !tail(3)) return 0;
    if (lead == 0xf0 && byte(1) < 0x90) return 0;
    return lead == 0xf4 && byte(1) > 0x8f ? 0 : 4;
  }
  return 0;
}

bool IsText(std::string_view text, bool lines) {
  while (!text.empty()) {
    const size_t length = Utf8Length(text);
    if (length == 0) return false;
    const unsigned char c = static_cast<unsigned char>(text.front());
    const bool allowed = lines && (c == '\n' || c == '\r' || c == '\t');
    if ((c < 0x20 && !allowed) || c == 0x7f) return false;
    // U+0080 to U+009F are control characters too: U+009B starts a terminal's escape sequence.
    if (c == 0xc2 && static_cast<unsigned char>(text[1]) < 0xa0) return false;
    text.remove_prefix(length);
  }
  return true;
}

Result<void> CheckText(std::string_view name, std::string_view text, size_t limit,
                       bool lines = false) {
  if (text.size() > limit) {
    return Fail(ErrorCode::kLimitExceeded,
                fmt::format("the {} has {} bytes; the limit is {}", name, text.size(), limit));
  }
  if (!IsText(text, lines)) {
    return Fail(ErrorCode::kInvalidArgument,
                fmt::format("the {} must be UTF-8 without control characters", name));
  }
  return {};
}

// Whether no bit of the address is set behind the first `length`.
bool IsValidKey(const EndpointKey& key) {
  const bool ipv4 = key.address.family == Family::kIPv4;
  const unsigned width = HostPrefixLength(key.address.family);
  if (!ipv4 && key.address.family != Family::kIPv6) return false;
  if (key.prefix_length > width) return false;
  if (ipv4 && (key.address.high != 0 || key.address.low >> 32 != 0)) return false;
  const unsigned host_bits = width - key.prefix_length;
  const auto low_bits = [](unsigned count) {
    return count >= 64 ? ~uint64_t{0} : (uint64_t{1} << count) - 1;
  };
  return (key.address.low & low_bits(host_bits)) == 0 &&
         (host_bits <= 64 || (key.address.high & low_bits(host_bits - 64)) == 0);
}

Result<void> FirstFailure(std::initializer_list<Result<void>> results) {
  for (const Result<void>& result : results) {
    if (!result) return result;
  }
  return {};
}

}  // namespace

Result<void> CheckCommitOptions(const CommitOptions& options) {
  Result<void> checked = FirstFailure({
      CheckText("author", options.author, kMaxShortTextBytes),
      CheckText("message", options.message, kMaxMessageBytes, /*lines=*/true),
      CheckText("ticket", options.ticket, kMaxShortTextBytes),
      CheckText("source", options.source, kMaxShortTextBytes),
      CheckText("request ID", options.request_id, kMaxShortTextBytes),
  });
  if (!checked) return checked;
  if (options.origin) {
    if (Result<void> origin = CheckOrigin(*options.origin); !origin) return origin;
  }
  if (options.bookmark) {
    const Bookmark& bookmark = *options.bookmark;
    if (bookmark.name.empty() || bookmark.name.size() > kMaxShortTextBytes ||
        bookmark.value.size() > kMaxBookmarkBytes) {
      return Fail(ErrorCode::kLimitExceeded,
                  fmt::format("a bookmark's name has 1 to {} bytes, its value at most {}",
                              kMaxShortTextBytes, kMaxBookmarkBytes));
    }
  }
  for (const auto& time : {options.time, options.original_time}) {
    if (time && !IsStorableTime(*time)) {
      return Fail(ErrorCode::kInvalidArgument,
                  "a commit's time must lie in the years 1970 to 9999");
    }
  }
  if (options.operation < Operation::kSet || options.operation > Operation::kBackupCreate) {
    return Fail(ErrorCode::kInvalidArgument, "the operation is none that options.h names");
  }
  return {};
}

Result<void> CheckEnvironmentName(std::string_view name) {
  constexpr size_t kMaxBytes = 64;
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-';
  };
  if (name.empty() || name.size() > kMaxBytes || !std::ranges::all_of(name, allowed)) {
    return Fail(
        ErrorCode::kInvalidArgument,
        fmt::format("'{}' is no environment name: 1 to {} of A-Z a-z 0-9 . _ -", name, kMaxBytes));
  }
  return {};
}

Result<void> CheckOrigin(const Origin& origin) {
  return FirstFailure({
      CheckText("origin's user", origin.user, kMaxShortTextBytes),
      CheckText("origin's host", origin.host, kMaxShortTextBytes),
      CheckText("origin's program", origin.program, kMaxShortTextBytes),
      CheckText("origin's program version", origin.program_version, kMaxShortTextBytes),
  });
}

Result<void> CheckRefusal(const Refusal& refusal) {
  if (refusal.call.empty() || refusal.missing.empty()) {
    return Fail(ErrorCode::kInvalidArgument,
                "a refusal says which call it was of, and what was missing");
  }
  return FirstFailure({
      CheckText("refused call", refusal.call, kMaxShortTextBytes),
      CheckText("text of what was missing", refusal.missing, kMaxMessageBytes, /*lines=*/true),
      CheckOrigin(refusal.origin),
  });
}

Result<void> CheckEndpoint(const Endpoint& endpoint) {
  if (!IsValidKey(endpoint.key)) {
    return Fail(
        ErrorCode::kInvalidArgument,
        fmt::format("{} is no endpoint: a prefix length out of range, or host bits under it",
                    FormatEndpointKey(endpoint.key)));
  }
  if (!endpoint.value.attributes.empty() && !IsCanonicalAttributes(endpoint.value.attributes)) {
    return Fail(
        ErrorCode::kInvalidArgument,
        fmt::format("the attributes of {} are not canonical: sorted key=value pairs, at most {} of "
                    "them and {} bytes",
                    FormatEndpointKey(endpoint.key), kMaxAttributesPerEndpoint,
                    kMaxAttributeBytesPerEndpoint));
  }
  return {};
}

Result<void> CheckList(const BusinessId& id, const EndpointList& list) {
  if (list.size() > kMaxEndpointsPerList) {
    return Fail(ErrorCode::kLimitExceeded,
                fmt::format("the list of {} has {} endpoints; the limit is {}", id.text(),
                            list.size(), kMaxEndpointsPerList));
  }
  std::optional<EndpointKey> previous;
  Digest digest;
  for (const Endpoint endpoint : list) {
    if (previous && !(*previous < endpoint.key)) {
      return Fail(ErrorCode::kInvalidArgument,
                  fmt::format("the list of {} is out of order at {}", id.text(),
                              FormatEndpointKey(endpoint.key)));
    }
    if (Result<void> checked = CheckEndpoint(endpoint); !checked) return checked;
    digest += EndpointDigest(endpoint);
    previous = endpoint.key;
  }
  if (digest != list.digest()) {
    return Fail(
        ErrorCode::kInvalidArgument,
        fmt::format("the list of {} has another digest than its endpoints: it was moved from, or "
                    "built with a wrong one",
                    id.text()));
  }
  return {};
}

}  // namespace switchback
