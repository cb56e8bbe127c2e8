// What goes to standard output (or a file), buffered. The first bytes are held back until a command
// has made kHoldBytes of them or is done, so that a command that fails leaves the output empty;
// past that the output streams and memory stays bounded.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "switchback/error.h"

namespace switchback::cli {

class Output {
 public:
  // Writes to `descriptor`, which stays the caller's.
  explicit Output(int descriptor) : descriptor_(descriptor) {}
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;
  virtual ~Output() = default;

  void Append(std::string_view text) { buffer_ += text; }
  // To append to in place. Call Drain now and then.
  [[nodiscard]] std::string& buffer() { return buffer_; }

  // Writes the buffer out if it is large. After an error it drops what it is given.
  // Errors: kIoError; sticky.
  Result<void> Drain();
  // Writes all out. Errors: as Drain.
  [[nodiscard]] Result<void> Finish();
  // Forgets what was not written yet.
  void Discard() { buffer_.clear(); }
  // Whether writing failed because nobody reads any more.
  [[nodiscard]] bool reader_left() const { return error_number_ == kBrokenPipe; }

 protected:
  // How the bytes leave; a compressing output changes it.
  virtual Result<void> Write(std::string_view bytes);
  Result<void> WriteToDescriptor(std::string_view bytes);

 private:
  static const int kBrokenPipe;
  // Many listings fit, and it is little beside what the store itself takes.
  static constexpr size_t kHoldBytes = size_t{4} << 20;
  static constexpr size_t kDrainBytes = size_t{256} << 10;

  int descriptor_;
  bool streaming_ = false;
  int error_number_ = 0;
  std::string buffer_;
};

}  // namespace switchback::cli
