#include "cli/input/line_reader.h"

#include <fmt/format.h>

namespace switchback::cli {

Outcome<void> LineReader::Fill() {
  buffer_.erase(0, begin_);
  scanned_ -= begin_;
  begin_ = 0;
  const size_t filled = buffer_.size();
  if (filled > kMaxLineBytes) {
    return Fail(ErrorCode::kInvalidArgument,
                fmt::format("{}, line {}: longer than {} bytes; is this a file of lines?",
                            source_.name, line_ + 1, kMaxLineBytes));
  }
  // Doubling keeps the copying linear in a line's length.
  buffer_.resize(filled + std::max(kReadBytes, filled));
  auto got = source_.bytes->Read(std::span(buffer_).subspan(filled));
  buffer_.resize(filled + got.value_or(0));
  if (!got) return std::unexpected(std::move(got).error());
  ended_ = *got == 0;
  return {};
}

Outcome<std::optional<std::string_view>> LineReader::Next() {
  for (;;) {
    const size_t end = buffer_.find('\n', scanned_);
    if (end != std::string::npos || (ended_ && begin_ < buffer_.size())) {
      const size_t stop = end != std::string::npos ? end : buffer_.size();
      std::string_view text = std::string_view(buffer_).substr(begin_, stop - begin_);
      begin_ = scanned_ = end != std::string::npos ? end + 1 : buffer_.size();
      if (text.ends_with('\r')) text.remove_suffix(1);
      ++line_;
      return text;
    }
    if (ended_) return std::nullopt;
    scanned_ = buffer_.size();
    FAIL_IF_ERROR(Fill());
  }
}

}  // namespace switchback::cli
