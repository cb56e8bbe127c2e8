// The frame without its magic number is asked for by a parameter that only this makes visible; the
// shared library takes it.
#define ZSTD_STATIC_LINKING_ONLY

#include "bench/compare/zstd_packer.h"

#include <zdict.h>

#include "bench/compare/packed_list.h"
#include "bench/compare/system.h"

namespace switchback::compare {
namespace {

// The first byte: 0 for bytes as they are. Else the unpacked size + 1 as a varint and a frame
// without the headers that say what is known here: 11 bytes each would outweigh a small row.
constexpr char kPlain = 0;

}  // namespace

ZstdPacker::ZstdPacker(int level, std::string_view dictionary)
    : packing_(ZSTD_createCCtx()), unpacking_(ZSTD_createDCtx()) {
  ZSTD_CCtx_setParameter(packing_.get(), ZSTD_c_compressionLevel, level);
  ZSTD_CCtx_setParameter(packing_.get(), ZSTD_c_format, ZSTD_f_zstd1_magicless);
  ZSTD_CCtx_setParameter(packing_.get(), ZSTD_c_contentSizeFlag, 0);
  ZSTD_CCtx_setParameter(packing_.get(), ZSTD_c_dictIDFlag, 0);
  ZSTD_DCtx_setParameter(unpacking_.get(), ZSTD_d_format, ZSTD_f_zstd1_magicless);
  if (dictionary.empty()) return;
  packing_dictionary_.reset(ZSTD_createCDict(dictionary.data(), dictionary.size(), level));
  unpacking_dictionary_.reset(ZSTD_createDDict(dictionary.data(), dictionary.size()));
  ZSTD_CCtx_refCDict(packing_.get(), packing_dictionary_.get());
  ZSTD_DCtx_refDDict(unpacking_.get(), unpacking_dictionary_.get());
}

std::string ZstdPacker::Pack(std::string_view bytes) {
  if (bytes.empty()) return {};
  buffer_.resize(ZSTD_compressBound(bytes.size()));
  const size_t size =
      ZSTD_compress2(packing_.get(), buffer_.data(), buffer_.size(), bytes.data(), bytes.size());
  if (ZSTD_isError(size) != 0) Fail(std::string("zstd: ") + ZSTD_getErrorName(size));
  std::string packed;
  AppendVarint(bytes.size() + 1, packed);
  if (packed.size() + size > bytes.size()) return std::string(1, kPlain).append(bytes);
  return packed.append(buffer_, 0, size);
}

std::string ZstdPacker::Unpack(std::string_view packed) {
  if (packed.empty()) return {};
  if (packed.front() == kPlain) return std::string(packed.substr(1));
  std::string bytes(TakeVarint(packed) - 1, '\0');
  const size_t size = ZSTD_decompressDCtx(unpacking_.get(), bytes.data(), bytes.size(),
                                          packed.data(), packed.size());
  if (ZSTD_isError(size) != 0) Fail(std::string("zstd: ") + ZSTD_getErrorName(size));
  return bytes;
}

std::string ZstdPacker::Train(const std::vector<std::string>& samples, size_t bytes) {
  std::string joined;
  std::vector<size_t> sizes;
  for (const std::string& sample : samples) {
    joined += sample;
    sizes.push_back(sample.size());
  }
  std::string dictionary(bytes, '\0');
  const size_t size = ZDICT_trainFromBuffer(dictionary.data(), dictionary.size(), joined.data(),
                                            sizes.data(), static_cast<unsigned>(sizes.size()));
  if (ZDICT_isError(size) != 0) return {};
  dictionary.resize(size);
  return dictionary;
}

}  // namespace switchback::compare
