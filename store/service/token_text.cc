#include "service/token_text.h"

#include <fmt/format.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>

#include "types/ascii.h"

namespace switchback {
namespace {

constexpr std::string_view kPrefix = "sbt_";
constexpr size_t kIdDigits = 8;
constexpr size_t kIdBytes = kIdDigits / 2;
constexpr size_t kSecretBytes = 32;
constexpr size_t kSecretDigits = 43;  // of base64url, without padding
constexpr size_t kTokenBytes = kPrefix.size() + kIdDigits + 1 + kSecretDigits;

constexpr std::string_view kBase64Url =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

std::string ToBase64Url(std::span<const uint8_t> bytes) {
  std::string text;
  uint32_t bits = 0;
  int held = 0;
  for (const uint8_t byte : bytes) {
    bits = (bits << 8) | byte;
    for (held += 8; held >= 6; held -= 6) text += kBase64Url[(bits >> (held - 6)) & 63];
  }
  if (held > 0) text += kBase64Url[(bits << (6 - held)) & 63];
  return text;
}

}  // namespace

bool IsLowerHex(std::string_view text, size_t digits) {
  return text.size() == digits &&
         std::ranges::all_of(text, [](char c) { return IsDigit(c) || (c >= 'a' && c <= 'f'); });
}

bool IsTokenId(std::string_view text) {
  return IsLowerHex(text, kIdDigits);
}

Result<NewToken> MakeToken() {
  std::array<uint8_t, kIdBytes + kSecretBytes> bytes{};
  if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1) {
    return Fail(ErrorCode::kIoError, "no token was made: the system has no random bytes");
  }
  NewToken made;
  for (const uint8_t byte : std::span(bytes).first(kIdBytes))
    made.id += fmt::format("{:02x}", byte);
  made.text =
      fmt::format("{}{}_{}", kPrefix, made.id, ToBase64Url(std::span(bytes).subspan(kIdBytes)));
  OPENSSL_cleanse(bytes.data(), bytes.size());
  return made;
}

bool LooksLikeToken(std::string_view text) {
  return text.contains(kPrefix);
}

std::optional<std::string_view> TokenIdOf(std::string_view token) {
  if (token.size() != kTokenBytes || !token.starts_with(kPrefix)) return std::nullopt;
  const std::string_view id = token.substr(kPrefix.size(), kIdDigits);
  const std::string_view secret = token.substr(kTokenBytes - kSecretDigits);
  const bool is_secret = std::ranges::all_of(secret, [](char c) { return kBase64Url.contains(c); });
  if (!IsTokenId(id) || token[kPrefix.size() + kIdDigits] != '_' || !is_secret) return std::nullopt;
  return id;
}

std::string HashOfToken(std::string_view token) {
  std::array<uint8_t, EVP_MAX_MD_SIZE> hash{};
  unsigned size = 0;
  // Fails only without memory; then no hash is equal to the empty one.
  if (EVP_Digest(token.data(), token.size(), hash.data(), &size, EVP_sha256(), nullptr) != 1) {
    return {};
  }
  std::string hex;
  for (const uint8_t byte : std::span(hash).first(size)) hex += fmt::format("{:02x}", byte);
  return hex;
}

bool IsSameHash(std::string_view a, std::string_view b) {
  return !a.empty() && a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace switchback
