#include "cli/input/zstd_source.h"

#include <fmt/format.h>
#include <zstd.h>

#include <utility>
#include <vector>

namespace switchback::cli {
namespace {

struct FreeStream {
  void operator()(ZSTD_DStream* stream) const { ZSTD_freeDStream(stream); }
};

// zstd -19 --long writes windows of up to 2^27; more could ask for any amount of memory.
constexpr int kMaxWindowLog = 27;

class ZstdSource : public ByteSource {
 public:
  ZstdSource(std::unique_ptr<ByteSource> packed, std::string name)
      : packed_(std::move(packed)),
        name_(std::move(name)),
        stream_(ZSTD_createDStream()),
        buffer_(ZSTD_DStreamInSize()) {
    ZSTD_DCtx_setParameter(stream_.get(), ZSTD_d_windowLogMax, kMaxWindowLog);
  }

  Result<size_t> Read(std::span<char> into) override {
    ZSTD_outBuffer output{into.data(), into.size(), 0};
    while (output.pos == 0) {
      if (input_.pos == input_.size && !ended_) {
        if (auto refilled = Refill(); !refilled) {
          return std::unexpected(std::move(refilled).error());
        }
      }
      const size_t before = input_.pos;
      // At the end zstd may still hold unpacked bytes: it is asked until it makes no headway.
      const size_t hint =
          ended_ && frame_done_ ? 0 : ZSTD_decompressStream(stream_.get(), &output, &input_);
      if (ZSTD_isError(hint) != 0) return Broken(ZSTD_getErrorName(hint));
      frame_done_ = hint == 0;
      if (output.pos > 0) break;
      if (ended_ && input_.pos == before) {
        if (frame_done_) return size_t{0};
        return Broken("it ends in the middle");
      }
    }
    return output.pos;
  }
  [[nodiscard]] uint64_t consumed() const override { return packed_->consumed(); }

 private:
  Result<void> Refill() {
    auto got = packed_->Read(buffer_);
    if (!got) return std::unexpected(std::move(got).error());
    ended_ = *got == 0;
    input_ = {buffer_.data(), *got, 0};
    return {};
  }
  [[nodiscard]] std::unexpected<Error> Broken(std::string_view why) const {
    return Fail(ErrorCode::kInvalidArgument,
                fmt::format("{} is no whole zstd file: {}", name_, why));
  }

  std::unique_ptr<ByteSource> packed_;
  std::string name_;
  std::unique_ptr<ZSTD_DStream, FreeStream> stream_;
  std::vector<char> buffer_;
  ZSTD_inBuffer input_{nullptr, 0, 0};
  bool ended_ = false;
  bool frame_done_ = false;
};

}  // namespace

std::unique_ptr<ByteSource> MakeZstdSource(std::unique_ptr<ByteSource> packed, std::string name) {
  return std::make_unique<ZstdSource>(std::move(packed), std::move(name));
}

}  // namespace switchback::cli
