// An input that is read several times: a file itself; what can't be gone back in, such as a pipe,
// from a copy in the folder for temporary files, which has no name there and goes with the input.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "cli/failure.h"
#include "cli/input/byte_source.h"
#include "cli/input/file_source.h"

namespace switchback::cli {

class RereadableInput {
 public:
  // "-" is standard input. Errors: kInvalidArgument, it can't be opened or read; kIoError, it can't
  // be copied.
  [[nodiscard]] static Outcome<std::unique_ptr<RereadableInput>> Open(const std::string& path);

  [[nodiscard]] const std::string& name() const { return file_->name(); }
  // From the first byte; ends what was started before. The input must outlive it.
  [[nodiscard]] Outcome<OpenedSource> Start();

 private:
  RereadableInput(std::unique_ptr<FileSource> file, int64_t start)
      : file_(std::move(file)), start_(start) {}

  std::unique_ptr<FileSource> file_;
  int64_t start_;  // where standard input stood in its file
};

}  // namespace switchback::cli
