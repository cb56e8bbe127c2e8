// Reads a packed column into a Column, a batch at a time.
#pragma once

#include <algorithm>
#include <array>

#include "codec/packed_column.h"
#include "switchback/endpoint_list.h"

namespace switchback {

// Values unpacked at a time: small enough for the first-level cache, a multiple of 8 so that every
// batch starts on a byte.
inline constexpr size_t kReadBatch = 256;

// Appends `count` values of at most `limit`, each as `make` turns it into a T. False where the
// bytes are no such column.
template <typename T, typename Make>
bool ReadColumn(ByteReader& in, size_t count, uint64_t limit, const Make& make, Column<T>& out) {
  PackedColumnReader reader;
  if (!reader.Open(in, count, limit)) return false;
  if (reader.is_constant()) {
    out.AppendRun(make(reader.Constant()), count);
    return true;
  }
  std::array<uint64_t, kReadBatch> batch;
  std::array<T, kReadBatch> made;
  out.Reserve(count);
  for (size_t done = 0; done < count;) {
    const size_t now = std::min(kReadBatch, count - done);
    if (!reader.Read(batch.data(), now)) return false;
    std::transform(batch.begin(), batch.begin() + static_cast<ptrdiff_t>(now), made.begin(), make);
    out.AppendValues(made.data(), now);
    done += now;
  }
  return true;
}

}  // namespace switchback
