// Lines of a source, one at a time: memory is bounded by the longest line.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "cli/input/byte_source.h"

namespace switchback::cli {

class LineReader {
 public:
  // `source` must outlive the reader.
  explicit LineReader(OpenedSource& source) : source_(source) {}

  // The next line without its end (LF or CRLF), valid until the next call; nothing at the end. A
  // last line without LF counts. Errors: kInvalidArgument, as ByteSource::Read, or a line past
  // kMaxLineBytes.
  [[nodiscard]] Outcome<std::optional<std::string_view>> Next();
  [[nodiscard]] uint64_t line() const { return line_; }  // of the last one returned, from 1

 private:
  // Real histories have lines of many MB. This only stops what has no line ends at all.
  static constexpr size_t kMaxLineBytes = size_t{1} << 30;
  static constexpr size_t kReadBytes = size_t{256} << 10;

  Outcome<void> Fill();

  OpenedSource& source_;
  std::string buffer_;  // grows only: filling it with zeros each time would cost more than reading
  size_t filled_ = 0;   // bytes of it that were read
  size_t begin_ = 0;    // of the line under way
  size_t scanned_ = 0;  // no LF before here
  bool ended_ = false;
  uint64_t line_ = 0;
};

}  // namespace switchback::cli
