#include "bench/compare/line_source.h"

#include <zstd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <vector>

#include "bench/compare/system.h"

namespace switchback::compare {
namespace {

constexpr size_t kReadBytes = size_t{1} << 20;
// What `zstd --long` writes; more is refused by the library's default.
constexpr int kMaxWindowLog = 27;

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
struct FreeStream {
  void operator()(ZSTD_DStream* stream) const { ZSTD_freeDStream(stream); }
};

}  // namespace

class LineSource::Unpacker {
 public:
  explicit Unpacker(const std::string& path)
      : path_(path), file_(std::fopen(path.c_str(), "rb")), input_(kReadBytes) {
    if (!file_) Fail(path + ": " + std::strerror(errno));
    Refill();
    static constexpr unsigned char kMagic[] = {0x28, 0xb5, 0x2f, 0xfd};
    if (in_.size >= sizeof kMagic && std::memcmp(in_.src, kMagic, sizeof kMagic) == 0) {
      stream_.reset(ZSTD_createDStream());
      ZSTD_DCtx_setParameter(stream_.get(), ZSTD_d_windowLogMax, kMaxWindowLog);
    }
  }

  // Bytes put into `into`; 0 at the end.
  size_t Read(char* into, size_t room) {
    ZSTD_outBuffer out{into, room, 0};
    while (out.pos == 0) {
      if (in_.pos == in_.size && !Refill() && !stream_) return 0;
      if (!stream_) return Copy(into, room);
      const size_t before = in_.pos;
      const size_t left = ZSTD_decompressStream(stream_.get(), &out, &in_);
      if (ZSTD_isError(left) != 0) Fail(path_ + ": " + ZSTD_getErrorName(left));
      if (out.pos == 0 && in_.size == 0 && in_.pos == before) {
        if (frame_left_ != 0) Fail(path_ + ": the packed file ends in the middle");
        return 0;
      }
      frame_left_ = left;
    }
    return out.pos;
  }

 private:
  bool Refill() {
    in_ = {input_.data(), std::fread(input_.data(), 1, input_.size(), file_.get()), 0};
    return in_.size > 0;
  }
  size_t Copy(char* into, size_t room) {
    const size_t size = std::min(room, in_.size - in_.pos);
    std::memcpy(into, input_.data() + in_.pos, size);
    in_.pos += size;
    return size;
  }

  std::string path_;
  std::unique_ptr<std::FILE, CloseFile> file_;
  std::unique_ptr<ZSTD_DStream, FreeStream> stream_;
  std::vector<char> input_;
  ZSTD_inBuffer in_{nullptr, 0, 0};
  size_t frame_left_ = 0;
};

LineSource::LineSource(const std::string& path)
    : path_(path), unpacker_(std::make_unique<Unpacker>(path)) {}
LineSource::~LineSource() = default;

std::optional<std::string_view> LineSource::Next() {
  for (;;) {
    const size_t end = buffer_.find('\n', scanned_);
    if (end != std::string::npos) {
      const std::string_view line(buffer_.data() + begin_, end - begin_);
      begin_ = scanned_ = end + 1;
      return line;
    }
    scanned_ = buffer_.size();
    if (Fill()) continue;
    if (begin_ == buffer_.size()) return std::nullopt;
    const std::string_view last(buffer_.data() + begin_, buffer_.size() - begin_);
    begin_ = scanned_ = buffer_.size();
    return last;
  }
}

bool LineSource::Fill() {
  buffer_.erase(0, begin_);
  scanned_ -= begin_;
  begin_ = 0;
  const size_t size = buffer_.size();
  buffer_.resize(size + kReadBytes);
  const size_t got = unpacker_->Read(buffer_.data() + size, kReadBytes);
  buffer_.resize(size + got);
  return got > 0;
}

}  // namespace switchback::compare
