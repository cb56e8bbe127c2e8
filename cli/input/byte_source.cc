#include "cli/input/byte_source.h"

#include <sys/stat.h>

#include <algorithm>

#include "cli/input/file_source.h"

namespace switchback::cli {
namespace {

uint64_t SizeOf(const std::string& path) {
  struct stat status {};
  if (path == "-" || ::stat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) return 0;
  return static_cast<uint64_t>(status.st_size);
}

}  // namespace

Outcome<OpenedSource> OpenSource(const std::string& path) {
  ASSIGN_OR_FAIL(auto file, FileSource::Open(path));
  return SourceOf(std::move(file), SizeOf(path));
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
