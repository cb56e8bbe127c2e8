// Endpoints as collected from the lines of a file: packed keys, with the place of their line in the
// text instead of a copy of it. Made to be sorted in place: 16 bytes an IPv4 line, 32 an IPv6 one,
// so that a 10M list is well under its 512 MiB.
#pragma once

#include <sys/mman.h>

#include <cstddef>
#include <cstdint>
#include <new>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

#include "switchback/endpoint.h"

namespace switchback {

// Offsets of lines are kept in 40 bits.
inline constexpr uint64_t kMaxTextBytes = uint64_t{1} << 40;

// Both kinds of entry order by (key, line offset), and give that order as digits of a byte each,
// most significant first. Attributes are not kept: the few lines that have some are read again.
class Ipv4Entry {
 public:
  static constexpr int kDigits = 12;

  Ipv4Entry() = default;
  Ipv4Entry(const Endpoint& endpoint, uint64_t offset)
      : key_(endpoint.key.address.low << 32 | uint64_t{endpoint.key.prefix_length} << 26 |
             uint64_t{endpoint.key.port} << 10 | offset >> 32 << 2 |
             (endpoint.value.weight.has_value() ? kWeightFlag : 0) |
             (endpoint.value.attributes.empty() ? 0 : kAttributesFlag)),
        offset_low_(static_cast<uint32_t>(offset)),
        weight_(endpoint.value.weight.value_or(0)) {}

  [[nodiscard]] EndpointKey Key() const {
    return {{Family::kIPv4, 0, key_ >> 32},
            static_cast<uint8_t>(key_ >> 26 & 0x3f),
            static_cast<uint16_t>(key_ >> 10)};
  }
  [[nodiscard]] std::optional<uint32_t> Weight() const {
    return (key_ & kWeightFlag) != 0 ? std::optional(weight_) : std::nullopt;
  }
  [[nodiscard]] bool has_attributes() const { return (key_ & kAttributesFlag) != 0; }
  [[nodiscard]] uint64_t offset() const { return (key_ >> 2 & 0xff) << 32 | offset_low_; }
  [[nodiscard]] bool SameKey(const Ipv4Entry& other) const {
    return key_ >> kKeyShift == other.key_ >> kKeyShift;
  }
  [[nodiscard]] bool KeyBelow(const Ipv4Entry& other) const {
    return key_ >> kKeyShift < other.key_ >> kKeyShift;
  }
  [[nodiscard]] uint8_t Digit(int level) const {
    if (level < 8) return static_cast<uint8_t>((key_ & ~kFlags) >> (56 - 8 * level));
    return static_cast<uint8_t>(offset_low_ >> (88 - 8 * level));
  }
  bool operator<(const Ipv4Entry& other) const {
    const uint64_t a = key_ & ~kFlags;
    const uint64_t b = other.key_ & ~kFlags;
    return a != b ? a < b : offset_low_ < other.offset_low_;
  }

 private:
  static constexpr uint64_t kWeightFlag = 1;
  static constexpr uint64_t kAttributesFlag = 2;
  static constexpr uint64_t kFlags = kWeightFlag | kAttributesFlag;
  static constexpr int kKeyShift = 10;

  // From the top: address 32, prefix length 6, port 16, high bits of the offset 8, flags 2.
  uint64_t key_;
  uint32_t offset_low_;
  uint32_t weight_;
};
static_assert(sizeof(Ipv4Entry) == 16);

class Ipv6Entry {
 public:
  static constexpr int kDigits = 24;

  Ipv6Entry() = default;
  Ipv6Entry(const Endpoint& endpoint, uint64_t offset)
      : high_(endpoint.key.address.high),
        low_(endpoint.key.address.low),
        rest_(uint64_t{endpoint.key.prefix_length} << 56 | uint64_t{endpoint.key.port} << 40 |
              offset),
        weight_(endpoint.value.weight.value_or(0)),
        has_weight_(endpoint.value.weight.has_value()),
        has_attributes_(!endpoint.value.attributes.empty()) {}

  [[nodiscard]] EndpointKey Key() const {
    return {{Family::kIPv6, high_, low_},
            static_cast<uint8_t>(rest_ >> 56),
            static_cast<uint16_t>(rest_ >> kKeyShift)};
  }
  [[nodiscard]] std::optional<uint32_t> Weight() const {
    return has_weight_ ? std::optional(weight_) : std::nullopt;
  }
  [[nodiscard]] bool has_attributes() const { return has_attributes_; }
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
  uint32_t weight_;
  bool has_weight_;
  bool has_attributes_;
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
