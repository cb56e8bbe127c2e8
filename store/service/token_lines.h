// The text of a file of tokens, both ways; its form is in token.h.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "switchback/token.h"

namespace switchback {

[[nodiscard]] std::string FormatTokens(const std::vector<TokenRecord>& tokens);
// Errors: kDataLoss, naming `path` and the line: anything that FormatTokens does not write.
[[nodiscard]] Result<std::vector<TokenRecord>> ParseTokens(std::string_view text,
                                                           const std::string& path);

}  // namespace switchback
