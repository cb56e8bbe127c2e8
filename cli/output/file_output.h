// A file that is there whole or not at all: written beside its name, and renamed when all is in it.
// What is there and no regular file (a device, a pipe, a symbolic link) stays: it is written into.
// A name that ends in .zst is packed by zstd.
#pragma once

#include <memory>
#include <string>

#include "cli/failure.h"
#include "cli/output/output.h"

namespace switchback::cli {

class FileOutput {
 public:
  // Errors: kInvalidArgument, no file can be made there.
  [[nodiscard]] static Outcome<std::unique_ptr<FileOutput>> Create(const std::string& path);
  ~FileOutput();
  FileOutput(const FileOutput&) = delete;
  FileOutput& operator=(const FileOutput&) = delete;

  [[nodiscard]] Output& out() { return *out_; }
  // Makes it durable and gives it its name. Without it, no new file stays behind. Errors: kIoError.
  [[nodiscard]] Outcome<void> Commit();

 private:
  FileOutput(std::string path, std::string partial, int descriptor);

  std::string path_;
  std::string partial_;  // empty: written in place
  int descriptor_;
  std::unique_ptr<Output> out_;
};

}  // namespace switchback::cli
