// Endpoints as collected from the lines of a file: packed keys, with the place of their line in the
// text instead of a copy of it. Made to be sorted in place: 16 bytes an IPv4 line, 32 an IPv6 one,
// so that a 10M list is well under its 512 MiB.
#pragma once

#include <sys/mman.h>

#include <cstddef>
#include <cstdint>
#include <new>
#include <type_traits>
#include <utility>
#include <vector>

#include "list/line_values.h"
#include "switchback/endpoint.h"

namespace switchback {

// Offsets of lines are kept in 40 bits.
inline constexpr uint64_t kMaxTextBytes = uint64_t{1} << 40;

// Both kinds of entry order by (key, line offset), and give that order as digits of a byte each,
// most significant first.
class Ipv4Entry {
 public:
  static constexpr int kDigits = 12;

  Ipv4Entry() = default;
  Ipv4Entry(const EndpointKey& key, const LineValue& value, uint64_t offset)
      : key_(key.address.low << 32 | uint64_t{key.prefix_length} << 26 | uint64_t{key.port} << 10 |
             offset >> 32 << 2 | static_cast<uint64_t>(value.form)),
        offset_low_(static_cast<uint32_t>(offset)),
        value_bits_(value.bits) {}

  [[nodiscard]] EndpointKey Key() const {
    return {{Family::kIPv4, 0, key_ >> 32},
            static_cast<uint8_t>(key_ >> 26 & 0x3f),
            static_cast<uint16_t>(key_ >> 10)};
  }
  [[nodiscard]] LineValue value() const {
    return {static_cast<ValueForm>(key_ & kForm), value_bits_};
  }
  [[nodiscard]] uint64_t offset() const { return (key_ >> 2 & 0xff) << 32 | offset_low_; }
  [[nodiscard]] bool SameKey(const Ipv4Entry& other) const {
    return key_ >> kKeyShift == other.key_ >> kKeyShift;
  }
  [[nodiscard]] bool KeyBelow(const Ipv4Entry& other) const {
    return key_ >> kKeyShift < other.key_ >> kKeyShift;
  }
  [[nodiscard]] uint8_t Digit(int level) const {
    if (level < 8) return static_cast<uint8_t>((key_ & ~kForm) >> (56 - 8 * level));
    return static_cast<uint8_t>(offset_low_ >> (88 - 8 * level));
  }
  bool operator<(const Ipv4Entry& other) const {
    const uint64_t a = key_ & ~kForm;
    const uint64_t b = other.key_ & ~kForm;
    return a != b ? a < b : offset_low_ < other.offset_low_;
  }

 private:
  static constexpr uint64_t kForm = 3;
  static constexpr int kKeyShift = 10;

  // From the top: address 32, prefix length 6, port 16, high bits of the offset 8, the value's
  // form 2.
  uint64_t key_;
  uint32_t offset_low_;
  uint32_t value_bits_;
};
static_assert(sizeof(Ipv4Entry) == 16);

class Ipv6Entry {
 public:
  static constexpr int kDigits = 24;

  Ipv6Entry() = default;
  Ipv6Entry(const EndpointKey& key, const LineValue& value, uint64_t offset)
      : high_(key.address.high),
        low_(key.address.low),
        rest_(uint64_t{key.prefix_length} << 56 | uint64_t{key.port} << 40 | offset),
        value_(value) {}

  [[nodiscard]] EndpointKey Key() const {
    return {{Family::kIPv6, high_, low_},
            static_cast<uint8_t>(rest_ >> 56),
            static_cast<uint16_t>(rest_ >> kKeyShift)};
  }
  [[nodiscard]] LineValue value() const { return value_; }
  [[nodiscard]] uint64_t offset() const { return rest_ & (kMaxTextBytes - 1); }
  [[nodiscard]] bool SameKey(const Ipv6Entry& other) const {
    return high_ == other.high_ && low_ == other.low_ &&
           rest_ >> kKeyShift == other.rest_ >> kKeyShift;
  }
  [[nodiscard]] bool KeyBelow(const Ipv6Entry& other) const {
    if (high_ != other.high_) return high_ < other.high_;
    if (low_ != other.low_) return low_ < other.low_;
    return rest_ >> kKeyShift < other.rest_ >> kKeyShift;
  }
  [[nodiscard]] uint8_t Digit(int level) const {
    const uint64_t word = level < 8 ? high_ : level < 16 ? low_ : rest_;
    return static_cast<uint8_t>(word >> (56 - 8 * (level % 8)));
  }
  bool operator<(const Ipv6Entry& other) const {
    if (high_ != other.high_) return high_ < other.high_;
    return low_ != other.low_ ? low_ < other.low_ : rest_ < other.rest_;
  }

 private:
  static constexpr int kKeyShift = 40;

  uint64_t high_;
  uint64_t low_;
  uint64_t rest_;  // from the top: prefix length 8, port 16, offset 40
  LineValue value_;
};
static_assert(sizeof(Ipv6Entry) == 32);

// Memory straight from the system, so that freeing it gives it back at once. malloc would keep it
// wherever an earlier large block has raised its threshold for doing so.
class Pages {
 public:
  explicit Pages(size_t bytes)
      : bytes_(bytes),
        data_(mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)) {
    if (data_ == MAP_FAILED) throw std::bad_alloc();
  }
  ~Pages() { Release(); }
  Pages(Pages&& other) noexcept
      : bytes_(other.bytes_), data_(std::exchange(other.data_, MAP_FAILED)) {}
  Pages(const Pages&) = delete;
  Pages& operator=(const Pages&) = delete;
  Pages& operator=(Pages&&) = delete;

  [[nodiscard]] void* data() const { return data_; }
  void Release() {
    if (data_ != MAP_FAILED) munmap(std::exchange(data_, MAP_FAILED), bytes_);
  }

 private:
  size_t bytes_;
  void* data_;
};

// A growing array in segments: growth copies nothing, and what has been read can be given back
// before the rest. The list that is built from the entries grows as they shrink.
template <typename Entry>
class LineEntries {
  static_assert(std::is_trivially_copyable_v<Entry>);

 public:
  [[nodiscard]] size_t size() const { return size_; }
  [[nodiscard]] Entry& operator[](size_t i) { return segments_[i >> kShift][i & kMask]; }
  // Whether the keys came strictly ascending.
  [[nodiscard]] bool ascending() const { return ascending_; }

  void Append(const Entry& entry) {
    if ((size_ & kMask) == 0) {
      pages_.emplace_back((kMask + 1) * sizeof(Entry));
      segments_.push_back(static_cast<Entry*>(pages_.back().data()));
    }
    if (size_ > 0) ascending_ = ascending_ && last_.KeyBelow(entry);
    last_ = entry;
    (*this)[size_++] = entry;
  }
  // The entries before `i`, rounded down to a segment, are not needed any more.
  void ReleaseBefore(size_t i) {
    while (released_ < i >> kShift) pages_[released_++].Release();
  }

 private:
  static constexpr size_t kShift = 16;  // a segment of IPv4 entries is 1 MiB
  static constexpr size_t kMask = (size_t{1} << kShift) - 1;

  std::vector<Pages> pages_;
  std::vector<Entry*> segments_;
  size_t size_ = 0;
  size_t released_ = 0;
  bool ascending_ = true;
  Entry last_{};
};

}  // namespace switchback
