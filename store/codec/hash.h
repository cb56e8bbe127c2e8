// The two hashes of the store: XXH3-128 for content addresses, SHA-256 for the chained journal.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "switchback/types.h"

namespace switchback {

// XXH3-128, seed 0, as a Digest.
[[nodiscard]] Digest HashBytes(std::string_view bytes);

// The same of bytes that come in pieces, however they are cut.
class BytesHasher {
 public:
  BytesHasher();
  ~BytesHasher();
  BytesHasher(const BytesHasher&) = delete;
  BytesHasher& operator=(const BytesHasher&) = delete;
  void Update(std::string_view bytes);
  [[nodiscard]] Digest Finish() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

using Sha256 = std::array<uint8_t, 32>;

// Incremental SHA-256. Finish may be called once.
class Sha256Hasher {
 public:
  Sha256Hasher();
  ~Sha256Hasher();
  Sha256Hasher(Sha256Hasher&&) noexcept;
  Sha256Hasher& operator=(Sha256Hasher&&) noexcept;
  void Update(std::string_view bytes);
  [[nodiscard]] Sha256 Finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};
[[nodiscard]] std::string Sha256ToHex(const Sha256& hash);

}  // namespace switchback
