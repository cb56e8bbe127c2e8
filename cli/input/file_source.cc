#include "cli/input/file_source.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

#include "cli/input/zstd_source.h"

namespace switchback::cli {
namespace {

std::string Reason() {
  return std::generic_category().message(errno);
}

}  // namespace

Outcome<std::unique_ptr<FileSource>> FileSource::Open(const std::string& path) {
  if (path == "-") return std::make_unique<FileSource>(STDIN_FILENO, false, "standard input");
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) {
    return Fail(ErrorCode::kInvalidArgument, fmt::format("{} can't be opened: {}", path, Reason()));
  }
  return std::make_unique<FileSource>(descriptor, true, path);
}

FileSource::~FileSource() {
  if (owned_) ::close(descriptor_);
}

Result<size_t> FileSource::Read(std::span<char> into) {
  if (peeked_.empty()) return ReadDescriptor(into);
  const size_t count = std::min(into.size(), peeked_.size());
  std::memcpy(into.data(), peeked_.data(), count);
  peeked_.erase(0, count);
  return count;
}

Result<std::string_view> FileSource::Peek(size_t count) {
  while (peeked_.size() < count) {
    std::string more(count - peeked_.size(), '\0');
    auto got = ReadDescriptor(more);
    if (!got) return std::unexpected(std::move(got).error());
    if (*got == 0) break;
    peeked_.append(more, 0, *got);
  }
  return peeked_;
}

Result<size_t> FileSource::ReadDescriptor(std::span<char> into) {
  for (;;) {
    const ssize_t got = ::read(descriptor_, into.data(), into.size());
    if (got >= 0) {
      consumed_ += static_cast<uint64_t>(got);
      return static_cast<size_t>(got);
    }
    if (errno != EINTR) {
      return Fail(ErrorCode::kInvalidArgument,
                  fmt::format("{} can't be read: {}", name_, Reason()));
    }
  }
}

Outcome<OpenedSource> SourceOf(std::unique_ptr<FileSource> file, uint64_t file_bytes) {
  OpenedSource source{nullptr, file->name(), file_bytes};
  ASSIGN_OR_FAIL(const std::string_view first, file->Peek(kZstdMagic.size()));
  if (IsZstd(first)) {
    source.bytes = MakeZstdSource(std::move(file), source.name);
  } else {
    source.bytes = std::move(file);
  }
  return source;
}

}  // namespace switchback::cli
