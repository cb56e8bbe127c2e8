// What the standard streams are connected to, and so how to print on them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "cli/parse/global_options.h"

namespace switchback::cli {

struct Terminal {
  bool color = false;           // on standard output
  std::optional<size_t> width;  // columns of standard output; absent: not a terminal, don't clip
  bool progress = false;        // standard error is a terminal that wants progress
};

[[nodiscard]] Terminal DetectTerminal(ColorChoice choice, bool json, bool quiet);

enum class Ink : uint8_t { kPlain, kRed, kGreen, kYellow, kBold, kDim };

// Appends `text` in the ink, or plain where there is no colour.
void Paint(std::string& out, bool color, Ink ink, std::string_view text);
// The escape that begins the ink; "" for plain.
[[nodiscard]] std::string_view InkStart(Ink ink);
inline constexpr std::string_view kInkEnd = "\x1b[0m";

}  // namespace switchback::cli
