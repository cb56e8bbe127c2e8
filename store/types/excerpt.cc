#include "types/excerpt.h"

#include <fmt/format.h>

#include <iterator>

namespace switchback {

std::string Excerpt(std::string_view text, size_t max_bytes) {
  std::string out;
  const bool clipped = text.size() > max_bytes;
  for (const char c : text.substr(0, max_bytes)) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '\t') {
      out += "\\t";
    } else if (c == '\r') {
      out += "\\r";
    } else if (c == '\n') {
      out += "\\n";
    } else if (byte < 0x20 || byte > 0x7e) {
      fmt::format_to(std::back_inserter(out), "\\x{:02x}", byte);
    } else {
      out += c;
    }
  }
  if (clipped) out += "...";
  return out;
}

}  // namespace switchback
