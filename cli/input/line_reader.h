// Lines of a source, one at a time: memory is bounded by the longest line.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <optional>
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
  // The line last returned is done with: if it was a very long one, its memory goes back.
  void DropLine();
  [[nodiscard]] uint64_t line() const { return line_; }  // of the last one returned, from 1

 private:
  // Real histories have lines of many MB. This only stops what has no line ends at all.
  static constexpr size_t kMaxLineBytes = size_t{1} << 30;
  static constexpr size_t kReadBytes = size_t{256} << 10;
  // What is kept from line to line: most files need no more.
  static constexpr size_t kKeptBytes = size_t{16} << 20;

  struct FreeBytes {
    void operator()(char* bytes) const { std::free(bytes); }
  };

  Outcome<void> Fill();
  void MoveToFront();  // the line under way
  void Resize(size_t capacity);

  OpenedSource& source_;
  // Resized in place where that can be, which a string can't, and never filled with zeros: a line
  // of 100 MB takes 100 MB, whatever the capacity.
  std::unique_ptr<char, FreeBytes> buffer_;
  size_t capacity_ = 0;
  size_t filled_ = 0;   // bytes of it that were read
  size_t begin_ = 0;    // of the line under way
  size_t scanned_ = 0;  // no LF before here
  bool ended_ = false;
  uint64_t line_ = 0;
};

}  // namespace switchback::cli
