// Which chunks the rows of versions and checkpoints name: what is not among them can go.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "engine/engine.h"
#include "switchback/types.h"

namespace switchback {

// The addresses that are named, as many as memory allows at a time: those of one share of all
// addresses, shares being told by the low bits. Addresses are hashes, so shares are even.
class ChunkMarks {
 public:
  // `most`: addresses held at once.
  explicit ChunkMarks(size_t most) : most_(most) {}

  // Gathers share `share` of shares() from all rows of the view. The first call may find that it
  // takes more shares than there were. Errors: kDataLoss: a root can't be read; then nothing may be
  // freed.
  [[nodiscard]] Result<void> Gather(const EngineView& view, uint64_t share);
  [[nodiscard]] uint64_t shares() const { return shares_; }
  // Of this share at all, and if so whether it is named.
  [[nodiscard]] bool InShare(const Digest& address) const {
    return address.low % shares_ == share_;
  }
  [[nodiscard]] bool IsNamed(const Digest& address) const;

 private:
  void Add(const Digest& address);
  void Compact();

  const size_t most_;
  uint64_t shares_ = 1;  // a power of two
  uint64_t share_ = 0;
  size_t sorted_ = 0;  // so many at the front are sorted, each once
  std::vector<Digest> named_;
};

}  // namespace switchback
