// Integers and strings to bytes and back. Reading never goes past the end: every Read* says whether
// it could.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace switchback {

// LEB128: 7 bits a byte, low first; 1..10 bytes.
void AppendVarint(uint64_t value, std::string& out);
[[nodiscard]] size_t VarintBytes(uint64_t value);
// Byte count (0..8), then the value big-endian without leading zeros: bytewise order is numeric
// order.
void AppendOrderedNumber(uint64_t value, std::string& out);
void AppendFixed32(uint32_t value, std::string& out);  // little-endian
void AppendFixed64(uint64_t value, std::string& out);  // little-endian
void AppendBigEndian32(uint32_t value, std::string& out);
void AppendBigEndian64(uint64_t value, std::string& out);
void AppendLengthPrefixed(std::string_view bytes, std::string& out);  // varint length, bytes

// Reads from the front of borrowed bytes. After a failed read the reader stays where it was.
class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : rest_(bytes) {}
  [[nodiscard]] bool ReadByte(uint8_t& value);
  // Refuses more than 10 bytes, more than 64 bits, and a longer form than needed.
  [[nodiscard]] bool ReadVarint(uint64_t& value);
  [[nodiscard]] bool ReadOrderedNumber(uint64_t& value);
  [[nodiscard]] bool ReadFixed32(uint32_t& value);
  [[nodiscard]] bool ReadFixed64(uint64_t& value);
  [[nodiscard]] bool ReadBigEndian32(uint32_t& value);
  [[nodiscard]] bool ReadBigEndian64(uint64_t& value);
  [[nodiscard]] bool ReadBytes(size_t count, std::string_view& bytes);
  [[nodiscard]] bool ReadLengthPrefixed(std::string_view& bytes);
  [[nodiscard]] bool empty() const { return rest_.empty(); }
  [[nodiscard]] std::string_view rest() const { return rest_; }

 private:
  std::string_view rest_;
};

}  // namespace switchback
