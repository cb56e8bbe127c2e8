#include "cli/output/output.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace switchback::cli {

const int Output::kBrokenPipe = EPIPE;

Result<void> Output::Drain() {
  if (error_number_ == 0 && buffer_.size() < (streaming_ ? kDrainBytes : kHoldBytes)) return {};
  streaming_ = true;
  return Finish();
}

Result<void> Output::Finish() {
  Result<void> written = Write(buffer_);
  buffer_.clear();
  return written;
}

Result<void> Output::Write(std::string_view bytes) {
  return WriteToDescriptor(bytes);
}

Result<void> Output::WriteToDescriptor(std::string_view bytes) {
  while (error_number_ == 0 && !bytes.empty()) {
    const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
    if (written >= 0) {
      bytes.remove_prefix(static_cast<size_t>(written));
    } else if (errno != EINTR) {
      error_number_ = errno;
    }
  }
  if (error_number_ == 0) return {};
  return Fail(ErrorCode::kIoError,
              fmt::format("the output could not be written: {}; it is not complete",
                          std::generic_category().message(error_number_)));
}

}  // namespace switchback::cli
