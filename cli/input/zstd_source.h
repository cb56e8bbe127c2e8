// Unpacks a zstd stream on the way; see byte_source.h.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "cli/input/byte_source.h"

namespace switchback::cli {

// The first bytes of every zstd frame (RFC 8878, section 3.1.1).
inline constexpr std::string_view kZstdMagic = "\x28\xb5\x2f\xfd";
[[nodiscard]] inline bool IsZstd(std::string_view first) {
  return first.starts_with(kZstdMagic);
}

[[nodiscard]] std::unique_ptr<ByteSource> MakeZstdSource(std::unique_ptr<ByteSource> packed,
                                                         std::string name);

}  // namespace switchback::cli
