#include "cli/input/byte_source.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <system_error>

#include "cli/input/zstd_source.h"

namespace switchback::cli {
namespace {

std::string Reason() {
  return std::generic_category().message(errno);
}

// A file descriptor, with the bytes that were looked at before handed out first.
class FileSource : public ByteSource {
 public:
  FileSource(int descriptor, bool owned, std::string name)
      : descriptor_(descriptor), owned_(owned), name_(std::move(name)) {}
  ~FileSource() override {
    if (owned_) ::close(descriptor_);
  }

  Result<size_t> Read(std::span<char> into) override {
    if (!peeked_.empty()) {
      const size_t count = std::min(into.size(), peeked_.size());
      std::memcpy(into.data(), peeked_.data(), count);
      peeked_.erase(0, count);
      return count;
    }
    return ReadDescriptor(into);
  }
  [[nodiscard]] uint64_t consumed() const override { return consumed_ - peeked_.size(); }

  // The first bytes, up to `count`, without taking them.
  Result<std::string_view> Peek(size_t count) {
    while (peeked_.size() < count) {
      std::string more(count - peeked_.size(), '\0');
      auto got = ReadDescriptor(more);
      if (!got) return std::unexpected(std::move(got).error());
      if (*got == 0) break;
      peeked_.append(more, 0, *got);
    }
    return peeked_;
  }

 private:
  Result<size_t> ReadDescriptor(std::span<char> into) {
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

  int descriptor_;
  bool owned_;
  std::string name_;
  uint64_t consumed_ = 0;
  std::string peeked_;
};

Outcome<std::unique_ptr<FileSource>> OpenFile(const std::string& path, const std::string& name) {
  if (path == "-") return std::make_unique<FileSource>(STDIN_FILENO, false, name);
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) {
    return Fail(ErrorCode::kInvalidArgument, fmt::format("{} can't be opened: {}", name, Reason()));
  }
  return std::make_unique<FileSource>(descriptor, true, name);
}

uint64_t SizeOf(const std::string& path) {
  struct stat status {};
  if (path == "-" || ::stat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) return 0;
  return static_cast<uint64_t>(status.st_size);
}

}  // namespace

Outcome<OpenedSource> OpenSource(const std::string& path) {
  OpenedSource source;
  source.name = path == "-" ? "standard input" : path;
  source.file_bytes = SizeOf(path);
  ASSIGN_OR_FAIL(auto file, OpenFile(path, source.name));
  ASSIGN_OR_FAIL(const std::string_view first, file->Peek(kZstdMagic.size()));
  if (IsZstd(first)) {
    source.bytes = MakeZstdSource(std::move(file), source.name);
  } else {
    source.bytes = std::move(file);
  }
  return source;
}

Outcome<InputText> ReadInput(const std::string& path) {
  ASSIGN_OR_FAIL(OpenedSource source, OpenSource(path));
  InputText input{{}, source.name};
  // A plain file is read into one piece of the right size; anything else grows it.
  size_t room = std::max<size_t>(source.file_bytes + 1, size_t{1} << 16);
  for (size_t filled = 0;;) {
    if (filled == input.text.size()) {
      input.text.resize(filled == 0 ? room : filled * 2);
    }
    ASSIGN_OR_FAIL(const size_t got, source.bytes->Read(std::span(input.text).subspan(filled)));
    if (got == 0) {
      input.text.resize(filled);
      return input;
    }
    filled += got;
  }
}

}  // namespace switchback::cli
