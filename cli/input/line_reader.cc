#include "cli/input/line_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

namespace switchback::cli {

Outcome<void> LineReader::Fill() {
  if (begin_ > 0) {
    std::memmove(buffer_.data(), buffer_.data() + begin_, filled_ - begin_);
    filled_ -= begin_;
    scanned_ -= begin_;
    begin_ = 0;
  }
  if (filled_ > kMaxLineBytes) {
    return Fail(ErrorCode::kInvalidArgument,
                fmt::format("{}, line {}: longer than {} bytes; is this a file of lines?",
                            source_.name, line_ + 1, kMaxLineBytes));
  }
  // Doubling keeps the copying linear in a line's length.
  if (buffer_.size() - filled_ < kReadBytes) {
    buffer_.resize(std::max(2 * buffer_.size(), filled_ + kReadBytes));
  }
  ASSIGN_OR_FAIL(const size_t got, source_.bytes->Read(std::span(buffer_).subspan(filled_)));
  filled_ += got;
  ended_ = got == 0;
  return {};
}

Outcome<std::optional<std::string_view>> LineReader::Next() {
  for (;;) {
    const std::string_view read(buffer_.data(), filled_);
    const size_t end = read.find('\n', scanned_);
    if (end != std::string_view::npos || (ended_ && begin_ < filled_)) {
      const size_t stop = end != std::string_view::npos ? end : filled_;
      std::string_view text = read.substr(begin_, stop - begin_);
      begin_ = scanned_ = end != std::string_view::npos ? end + 1 : filled_;
      if (text.ends_with('\r')) text.remove_suffix(1);
      ++line_;
      return text;
    }
    if (ended_) return std::nullopt;
    scanned_ = filled_;
    FAIL_IF_ERROR(Fill());
  }
}

}  // namespace switchback::cli
