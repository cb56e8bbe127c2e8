// Foreign text inside our own messages: clipped, and safe on a terminal and in JSON.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace switchback {

// Long enough to recognise a line, short enough that 20 of them fit on a screen.
inline constexpr size_t kMaxExcerptBytes = 80;

// `text` with every byte that is not printable ASCII as \t, \r, \n or \xNN; what is past
// `max_bytes` of the input is left out and marked by "...".
[[nodiscard]] std::string Excerpt(std::string_view text, size_t max_bytes = kMaxExcerptBytes);

}  // namespace switchback
