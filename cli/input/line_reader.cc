#include "cli/input/line_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <new>
#include <span>

namespace switchback::cli {

void LineReader::Resize(size_t capacity) {
  char* const old = buffer_.release();
  auto* const resized = static_cast<char*>(std::realloc(old, capacity));
  buffer_.reset(resized != nullptr ? resized : old);
  if (resized == nullptr) throw std::bad_alloc();
  capacity_ = capacity;
}

void LineReader::DropLine() {
  const size_t rest = filled_ - begin_;
  if (capacity_ <= kKeptBytes || rest > kKeptBytes) return;
  MoveToFront();
  Resize(kKeptBytes);
}

void LineReader::MoveToFront() {
  if (begin_ == 0) return;
  std::memmove(buffer_.get(), buffer_.get() + begin_, filled_ - begin_);
  filled_ -= begin_;
  scanned_ -= begin_;
  begin_ = 0;
}

Outcome<void> LineReader::Fill() {
  MoveToFront();
  if (filled_ > kMaxLineBytes) {
    return Fail(ErrorCode::kInvalidArgument,
                fmt::format("{}, line {}: longer than {} bytes; is this a file of lines?",
                            source_.name, line_ + 1, kMaxLineBytes));
  }
  // Doubling keeps the copying linear in a line's length.
  if (capacity_ - filled_ < kReadBytes) Resize(std::max(2 * capacity_, filled_ + kReadBytes));
  const std::span<char> room(buffer_.get() + filled_, kReadBytes);
  ASSIGN_OR_FAIL(const size_t got, source_.bytes->Read(room));
  filled_ += got;
  ended_ = got == 0;
  return {};
}

Outcome<std::optional<std::string_view>> LineReader::Next() {
  for (;;) {
    const std::string_view read(buffer_.get(), filled_);
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
