#include "cli/input/rereadable_input.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace switchback::cli {
namespace {

constexpr size_t kPieceBytes = size_t{256} << 10;

std::string Reason() {
  return std::generic_category().message(errno);
}

std::string TemporaryFolder() {
  const char* const folder = std::getenv("TMPDIR");
  return folder != nullptr && *folder != '\0' ? folder : "/tmp";
}

std::unexpected<Error> NoCopy(const std::string& name, const std::string& folder) {
  return Fail(ErrorCode::kIoError,
              fmt::format("{} is read more than once, and can't be copied to {}: {}; give a file, "
                          "or name another folder in TMPDIR",
                          name, folder, Reason()));
}

bool WriteAll(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
    if (written < 0 && errno != EINTR) return false;
    if (written > 0) bytes.remove_prefix(static_cast<size_t>(written));
  }
  return true;
}

// A copy of all that `file` has, which has no name in the file system.
Outcome<std::unique_ptr<FileSource>> Copy(FileSource& file) {
  const std::string folder = TemporaryFolder();
  std::string path = folder + "/switchback-XXXXXX";
  const int descriptor = ::mkostemp(path.data(), O_CLOEXEC);
  if (descriptor < 0) return NoCopy(file.name(), folder);
  ::unlink(path.c_str());
  auto copy = std::make_unique<FileSource>(descriptor, true, file.name());
  std::vector<char> piece(kPieceBytes);
  for (;;) {
    ASSIGN_OR_FAIL(const size_t got, file.Read(piece));
    if (got == 0) return copy;
    if (!WriteAll(descriptor, {piece.data(), got})) return NoCopy(file.name(), folder);
  }
}

}  // namespace

Outcome<std::unique_ptr<RereadableInput>> RereadableInput::Open(const std::string& path) {
  ASSIGN_OR_FAIL(auto file, FileSource::Open(path));
  struct stat status {};
  int64_t start = 0;
  if (::fstat(file->descriptor(), &status) == 0 && S_ISREG(status.st_mode)) {
    start = ::lseek(file->descriptor(), 0, SEEK_CUR);
  } else {
    ASSIGN_OR_FAIL(file, Copy(*file));
  }
  return std::unique_ptr<RereadableInput>(new RereadableInput(std::move(file), start));
}

Outcome<OpenedSource> RereadableInput::Start() {
  if (::lseek(file_->descriptor(), start_, SEEK_SET) < 0) {
    return Fail(ErrorCode::kInvalidArgument, fmt::format("{} can't be read: {}", name(), Reason()));
  }
  return SourceOf(std::make_unique<FileSource>(file_->descriptor(), false, name()), 0);
}

}  // namespace switchback::cli
