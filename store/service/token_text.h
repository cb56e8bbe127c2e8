// The text of a bearer token: `sbt_ID_SECRET`.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "switchback/error.h"

namespace switchback {

// So many hex digits, lower case.
[[nodiscard]] bool IsLowerHex(std::string_view text, size_t digits);
// 8 of them.
[[nodiscard]] bool IsTokenId(std::string_view text);

struct NewToken {
  std::string id;
  std::string text;
};
// Of OpenSSL's random bytes. Errors: kIoError, there are none.
[[nodiscard]] Result<NewToken> MakeToken();

// Whether it may be a token, or a part of one, that came where it does not belong: such a text is
// not said again in errors, and is no name.
[[nodiscard]] bool LooksLikeToken(std::string_view text);

// The ID in a text of the form of a token; nothing if it has another.
[[nodiscard]] std::optional<std::string_view> TokenIdOf(std::string_view token);

// SHA-256, 64 lower-case hex digits. A slow hash would gain nothing: a secret is 256 random bits.
[[nodiscard]] std::string HashOfToken(std::string_view token);
// Takes as long wherever they differ.
[[nodiscard]] bool IsSameHash(std::string_view a, std::string_view b);

}  // namespace switchback
