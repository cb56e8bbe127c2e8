// Integers and strings to bytes and back.

#include "codec/bytes.h"

#include <array>
#include <bit>
#include <cstring>

namespace switchback {
namespace {

constexpr size_t kMaxVarintBytes = 10;

template <typename T>
void AppendLittleEndian(T value, std::string& out) {
  std::array<char, sizeof(T)> bytes;
  for (size_t i = 0; i < sizeof(T); ++i) bytes[i] = static_cast<char>(value >> (8 * i));
  out.append(bytes.data(), bytes.size());
}

template <typename T>
void AppendBigEndian(T value, std::string& out) {
  std::array<char, sizeof(T)> bytes;
  for (size_t i = 0; i < sizeof(T); ++i) {
    bytes[i] = static_cast<char>(value >> (8 * (sizeof(T) - 1 - i)));
  }
  out.append(bytes.data(), bytes.size());
}

template <typename T>
bool TakeLittleEndian(std::string_view& rest, T& value) {
  if (rest.size() < sizeof(T)) return false;
  T read = 0;
  for (size_t i = 0; i < sizeof(T); ++i) {
    read = static_cast<T>(read | static_cast<T>(static_cast<uint8_t>(rest[i])) << (8 * i));
  }
  value = read;
  rest.remove_prefix(sizeof(T));
  return true;
}

// `count` bytes, most significant first. REQUIRES: rest.size() >= count, count <= 8.
uint64_t TakeBigEndian(std::string_view& rest, size_t count) {
  uint64_t value = 0;
  for (size_t i = 0; i < count; ++i) value = value << 8 | static_cast<uint8_t>(rest[i]);
  rest.remove_prefix(count);
  return value;
}

}  // namespace

void AppendVarint(uint64_t value, std::string& out) {
  std::array<char, kMaxVarintBytes> bytes;
  size_t size = 0;
  while (value >= 0x80) {
    bytes[size++] = static_cast<char>(value | 0x80);
    value >>= 7;
  }
  bytes[size++] = static_cast<char>(value);
  out.append(bytes.data(), size);
}

size_t VarintBytes(uint64_t value) {
  return (static_cast<size_t>(std::bit_width(value | 1)) + 6) / 7;
}

void AppendOrderedNumber(uint64_t value, std::string& out) {
  const int size = (std::bit_width(value) + 7) / 8;
  out.push_back(static_cast<char>(size));
  for (int i = size - 1; i >= 0; --i) out.push_back(static_cast<char>(value >> (8 * i)));
}

void AppendFixed32(uint32_t value, std::string& out) {
  AppendLittleEndian(value, out);
}
void AppendFixed64(uint64_t value, std::string& out) {
  AppendLittleEndian(value, out);
}
void AppendBigEndian32(uint32_t value, std::string& out) {
  AppendBigEndian(value, out);
}
void AppendBigEndian64(uint64_t value, std::string& out) {
  AppendBigEndian(value, out);
}

void AppendLengthPrefixed(std::string_view bytes, std::string& out) {
  AppendVarint(bytes.size(), out);
  out.append(bytes);
}

bool ByteReader::ReadByte(uint8_t& value) {
  if (rest_.empty()) return false;
  value = static_cast<uint8_t>(rest_.front());
  rest_.remove_prefix(1);
  return true;
}

bool ByteReader::ReadVarint(uint64_t& value) {
  uint64_t read = 0;
  for (size_t i = 0; i < kMaxVarintBytes && i < rest_.size(); ++i) {
    const auto byte = static_cast<uint8_t>(rest_[i]);
    read |= uint64_t{byte & 0x7fU} << (7 * i);
    if ((byte & 0x80) != 0) continue;
    const bool longer_than_needed = byte == 0 && i > 0;
    const bool over_64_bits = i == kMaxVarintBytes - 1 && byte > 1;
    if (longer_than_needed || over_64_bits) return false;
    value = read;
    rest_.remove_prefix(i + 1);
    return true;
  }
  return false;
}

bool ByteReader::ReadOrderedNumber(uint64_t& value) {
  if (rest_.empty()) return false;
  const auto size = static_cast<uint8_t>(rest_.front());
  if (size > 8 || rest_.size() < size + size_t{1}) return false;
  if (size > 0 && rest_[1] == 0) return false;  // a leading zero: not the one form of its number
  rest_.remove_prefix(1);
  value = TakeBigEndian(rest_, size);
  return true;
}

bool ByteReader::ReadFixed32(uint32_t& value) {
  return TakeLittleEndian(rest_, value);
}
bool ByteReader::ReadFixed64(uint64_t& value) {
  return TakeLittleEndian(rest_, value);
}

bool ByteReader::ReadBigEndian32(uint32_t& value) {
  if (rest_.size() < 4) return false;
  value = static_cast<uint32_t>(TakeBigEndian(rest_, 4));
  return true;
}

bool ByteReader::ReadBigEndian64(uint64_t& value) {
  if (rest_.size() < 8) return false;
  value = TakeBigEndian(rest_, 8);
  return true;
}

bool ByteReader::ReadBytes(size_t count, std::string_view& bytes) {
  if (rest_.size() < count) return false;
  bytes = rest_.substr(0, count);
  rest_.remove_prefix(count);
  return true;
}

bool ByteReader::ReadLengthPrefixed(std::string_view& bytes) {
  const std::string_view before = rest_;
  uint64_t size = 0;
  if (ReadVarint(size) && ReadBytes(size, bytes)) return true;
  rest_ = before;
  return false;
}

}  // namespace switchback
