// Lines of a history file, plain or packed by zstd (told by its first bytes).
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace switchback::compare {

class LineSource {
 public:
  // A file that can't be opened or unpacked ends the program.
  explicit LineSource(const std::string& path);
  ~LineSource();
  LineSource(const LineSource&) = delete;
  LineSource& operator=(const LineSource&) = delete;

  // The next line without its LF, valid until the next call; nothing at the end.
  std::optional<std::string_view> Next();

 private:
  class Unpacker;

  bool Fill();  // appends to buffer_; false at the end

  std::string path_;
  std::unique_ptr<Unpacker> unpacker_;
  std::string buffer_;
  size_t begin_ = 0;    // of the line under way
  size_t scanned_ = 0;  // no LF before here
};

}  // namespace switchback::compare
