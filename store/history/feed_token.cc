#include "history/feed_token.h"

#include <fmt/format.h>

#include <charconv>

#include "history/journal_segment.h"

namespace switchback {
namespace {

// Of a SHA-256, in hex: finds accidents, and nobody gains by forging one.
constexpr size_t kFingerprintDigits = 32;

Result<std::string> Fingerprint(const Rows& rows, const Origins& origins, Revision revision) {
  if (revision.value == 0) return std::string(kFingerprintDigits, '0');
  const Result<RecordRow> record = rows.ReadWholeRecord(revision);
  if (!record) return std::unexpected(record.error());
  const Result<Sha256> leaf = AbridgedLeaf(rows, origins, {revision, 0}, *record);
  if (!leaf) return std::unexpected(leaf.error());
  return Sha256ToHex(*leaf).substr(0, kFingerprintDigits);
}

struct TokenParts {
  std::string_view uuid;
  Revision revision;
  std::string_view fingerprint;
};

bool ParseToken(std::string_view token, TokenParts& parts) {
  const size_t first = token.find(':');
  if (first == std::string_view::npos) return false;
  const size_t second = token.find(':', first + 1);
  if (second == std::string_view::npos) return false;
  parts.uuid = token.substr(0, first);
  parts.fingerprint = token.substr(second + 1);
  std::string_view number = token.substr(first + 1, second - first - 1);
  if (!number.starts_with('r') || parts.fingerprint.size() != kFingerprintDigits) return false;
  number.remove_prefix(1);
  if (number.size() > 1 && number.starts_with('0')) return false;  // each has one text
  const auto [end, fault] = std::from_chars(number.begin(), number.end(), parts.revision.value);
  return fault == std::errc() && end == number.end();
}

}  // namespace

Result<std::string> FormatFeedToken(const Rows& rows, const Origins& origins, std::string_view uuid,
                                    Revision revision) {
  const Result<std::string> fingerprint = Fingerprint(rows, origins, revision);
  if (!fingerprint) return fingerprint;
  return fmt::format("{}:r{}:{}", uuid, revision.value, *fingerprint);
}

Result<Revision> CheckFeedToken(const Rows& rows, const Origins& origins, std::string_view uuid,
                                std::string_view token) {
  TokenParts parts;
  if (!ParseToken(token, parts)) {
    return Fail(ErrorCode::kInvalidArgument,
                fmt::format("'{}' is no token of a feed: UUID:rREVISION:FINGERPRINT", token));
  }
  if (parts.uuid != uuid) {
    return Fail(ErrorCode::kConflict,
                fmt::format("the token is of store {}, this is store {}: read the table anew, and "
                            "subscribe behind the revision of that view",
                            parts.uuid, uuid));
  }
  const auto forked = [&](const std::string& how) {
    return Fail(ErrorCode::kConflict,
                fmt::format("the token names r{}, {}: the store's history is another one than the "
                            "reader has seen (a restored backup, or commits that were lost); read "
                            "the table anew, and subscribe behind the revision of that view",
                            parts.revision.value, how));
  };
  if (parts.revision > rows.published()) {
    return forked(fmt::format("the newest here is r{}", rows.published().value));
  }
  const Result<std::string> fingerprint = Fingerprint(rows, origins, parts.revision);
  if (!fingerprint) return std::unexpected(fingerprint.error());
  if (*fingerprint != parts.fingerprint) return forked("which is another commit here");
  return parts.revision;
}

}  // namespace switchback
