#include "cli/output/file_output.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zstd.h>

#include <cerrno>
#include <cstdio>
#include <system_error>
#include <vector>

namespace switchback::cli {
namespace {

// Histories repeat themselves: a level past the default pays, and still packs as fast as an export
// makes lines.
constexpr int kZstdLevel = 9;

std::string Reason() {
  return std::generic_category().message(errno);
}

struct FreeContext {
  void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
};

class ZstdOutput : public Output {
 public:
  explicit ZstdOutput(int descriptor)
      : Output(descriptor), context_(ZSTD_createCCtx()), packed_(ZSTD_CStreamOutSize()) {
    ZSTD_CCtx_setParameter(context_.get(), ZSTD_c_compressionLevel, kZstdLevel);
    ZSTD_CCtx_setParameter(context_.get(), ZSTD_c_checksumFlag, 1);
  }

  Result<void> End() { return Pack({}, ZSTD_e_end); }

 protected:
  Result<void> Write(std::string_view bytes) override { return Pack(bytes, ZSTD_e_continue); }

 private:
  Result<void> Pack(std::string_view bytes, ZSTD_EndDirective how) {
    ZSTD_inBuffer input{bytes.data(), bytes.size(), 0};
    for (;;) {
      ZSTD_outBuffer output{packed_.data(), packed_.size(), 0};
      const size_t left = ZSTD_compressStream2(context_.get(), &output, &input, how);
      if (ZSTD_isError(left) != 0) {
        return Fail(ErrorCode::kIoError, fmt::format("zstd: {}", ZSTD_getErrorName(left)));
      }
      auto written = WriteToDescriptor({packed_.data(), output.pos});
      if (!written) return written;
      if (how == ZSTD_e_end ? left == 0 : input.pos == input.size) return {};
    }
  }

  std::unique_ptr<ZSTD_CCtx, FreeContext> context_;
  std::vector<char> packed_;
};

// Whether a rename over `path` would replace something that is more than its bytes.
bool IsSpecial(const std::string& path) {
  struct stat status {};
  return ::lstat(path.c_str(), &status) == 0 && !S_ISREG(status.st_mode);
}

// Pipes and devices have nothing to sync.
bool SyncFile(int descriptor) {
  return ::fsync(descriptor) == 0 || errno == EINVAL || errno == ENOTSUP;
}

}  // namespace

Outcome<std::unique_ptr<FileOutput>> FileOutput::Create(const std::string& path) {
  // The process ID keeps two exports to one name apart.
  std::string partial = IsSpecial(path) ? "" : fmt::format("{}.{}.partial", path, ::getpid());
  const int descriptor = ::open(partial.empty() ? path.c_str() : partial.c_str(),
                                O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (descriptor < 0) {
    return Fail(ErrorCode::kInvalidArgument,
                fmt::format("{} can't be written: {}", path, Reason()));
  }
  return std::unique_ptr<FileOutput>(new FileOutput(path, std::move(partial), descriptor));
}

FileOutput::FileOutput(std::string path, std::string partial, int descriptor)
    : path_(std::move(path)), partial_(std::move(partial)), descriptor_(descriptor) {
  if (path_.ends_with(".zst")) {
    out_ = std::make_unique<ZstdOutput>(descriptor_);
  } else {
    out_ = std::make_unique<Output>(descriptor_);
  }
}

FileOutput::~FileOutput() {
  ::close(descriptor_);
  if (!partial_.empty()) ::unlink(partial_.c_str());
}

Outcome<void> FileOutput::Commit() {
  FAIL_IF_ERROR(out_->Finish());
  if (auto* packed = dynamic_cast<ZstdOutput*>(out_.get())) FAIL_IF_ERROR(packed->End());
  const bool renames = !partial_.empty();
  if (!SyncFile(descriptor_) || (renames && std::rename(partial_.c_str(), path_.c_str()) != 0)) {
    return Fail(ErrorCode::kIoError, fmt::format("{} can't be written: {}", path_, Reason()));
  }
  partial_.clear();
  return {};
}

}  // namespace switchback::cli
