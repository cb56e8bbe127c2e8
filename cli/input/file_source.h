// A file descriptor as a source of bytes, whose first bytes can be looked at before they are taken.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "cli/input/byte_source.h"

namespace switchback::cli {

class FileSource final : public ByteSource {
 public:
  // "-" is standard input. Errors: kInvalidArgument, the file can't be opened.
  [[nodiscard]] static Outcome<std::unique_ptr<FileSource>> Open(const std::string& path);

  // `owned`: it is closed with the source. `name` is for messages.
  FileSource(int descriptor, bool owned, std::string name)
      : descriptor_(descriptor), owned_(owned), name_(std::move(name)) {}
  ~FileSource() override;

  [[nodiscard]] Result<size_t> Read(std::span<char> into) override;
  [[nodiscard]] uint64_t consumed() const override { return consumed_ - peeked_.size(); }

  // The first bytes, up to `count`, without taking them.
  [[nodiscard]] Result<std::string_view> Peek(size_t count);
  [[nodiscard]] int descriptor() const { return descriptor_; }
  [[nodiscard]] const std::string& name() const { return name_; }

 private:
  [[nodiscard]] Result<size_t> ReadDescriptor(std::span<char> into);

  int descriptor_;
  bool owned_;
  std::string name_;
  uint64_t consumed_ = 0;
  std::string peeked_;
};

// What zstd packed is unpacked on the way. `file_bytes`: as in OpenedSource.
[[nodiscard]] Outcome<OpenedSource> SourceOf(std::unique_ptr<FileSource> file, uint64_t file_bytes);

}  // namespace switchback::cli
