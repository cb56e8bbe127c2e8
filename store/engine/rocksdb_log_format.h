// The form of RocksDB's logs and of its MANIFEST (RocksDB wiki, "Write Ahead Log File Format"):
// blocks of 32 KiB; in each, records of a masked CRC32C (4 bytes), a length (2), a type (1) and,
// for recycled types, a log number (4), then the payload. All little-endian. The CRC covers the
// type, the log number and the payload. Fewer bytes than a header at the end of a block are zeros.
#pragma once

#include <cstddef>
#include <cstdint>

namespace switchback::log_format {

inline constexpr size_t kBlockBytes = 32768;
inline constexpr size_t kHeaderBytes = 7;
inline constexpr size_t kLengthOffset = 4;
inline constexpr size_t kTypeOffset = 6;

// A record is all there is of a write, or its first piece, or one of those behind it.
inline constexpr uint8_t kFull = 1;
inline constexpr uint8_t kFirst = 2;
inline constexpr uint8_t kMiddle = 3;
inline constexpr uint8_t kLast = 4;
inline constexpr uint8_t kFirstRecycled = 5;
inline constexpr uint8_t kLastRecycled = 8;
inline constexpr uint8_t kLastKnown = 11;  // 9 to 11 tell of compression and of timestamps

}  // namespace switchback::log_format
