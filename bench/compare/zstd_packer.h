// zstd for many small texts: with a dictionary where there is one, and not at all where it would
// not pay.
#pragma once

#include <zstd.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace switchback::compare {

class ZstdPacker {
 public:
  explicit ZstdPacker(int level, std::string_view dictionary = {});

  // One byte more than the bytes at most; nothing for nothing.
  std::string Pack(std::string_view bytes);
  std::string Unpack(std::string_view packed);

  // A dictionary for texts like these; nothing where there are too few.
  static std::string Train(const std::vector<std::string>& samples, size_t bytes);

 private:
  template <auto kFree>
  struct Free {
    template <typename T>
    void operator()(T* value) const {
      kFree(value);
    }
  };
  std::unique_ptr<ZSTD_CCtx, Free<ZSTD_freeCCtx>> packing_;
  std::unique_ptr<ZSTD_DCtx, Free<ZSTD_freeDCtx>> unpacking_;
  std::unique_ptr<ZSTD_CDict, Free<ZSTD_freeCDict>> packing_dictionary_;
  std::unique_ptr<ZSTD_DDict, Free<ZSTD_freeDDict>> unpacking_dictionary_;
  std::string buffer_;
};

}  // namespace switchback::compare
