// Bytes of a file or of standard input, piece by piece; what zstd packed is unpacked on the way,
// told by its first bytes and not by its name.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "cli/failure.h"

namespace switchback::cli {

class ByteSource {
 public:
  virtual ~ByteSource() = default;
  ByteSource() = default;
  ByteSource(const ByteSource&) = delete;
  ByteSource& operator=(const ByteSource&) = delete;

  // Fills the front of `into`; 0 bytes: the end. Errors: kInvalidArgument, an unreadable file, or
  // bytes that zstd can't unpack (garbage, or cut off).
  [[nodiscard]] virtual Result<size_t> Read(std::span<char> into) = 0;
  // Bytes of the file itself that were consumed, for progress.
  [[nodiscard]] virtual uint64_t consumed() const = 0;
};

struct OpenedSource {
  std::unique_ptr<ByteSource> bytes;
  std::string name;         // for messages: the path, or "standard input"
  uint64_t file_bytes = 0;  // size of the file; 0: unknown
};
// "-" is standard input. Errors: kInvalidArgument, the file can't be opened.
[[nodiscard]] Outcome<OpenedSource> OpenSource(const std::string& path);

// All of it. For endpoint lists, which are parsed whole.
struct InputText {
  std::string text;
  std::string name;
};
[[nodiscard]] Outcome<InputText> ReadInput(const std::string& path);

}  // namespace switchback::cli
