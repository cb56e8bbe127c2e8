// EndpointList: a set of endpoints in canonical order, in columns; and ListDiff: what leads from
// one list to another. 10M IPv4 hosts with weights take 80 MB; a column whose values are all
// equal takes nothing. Attributes are interned: one copy of each distinct set a list.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "switchback/endpoint.h"
#include "switchback/error.h"
#include "switchback/types.h"

namespace switchback {

// A column of n values that stores nothing while all of them are equal.
template <typename T>
class Column {
 public:
  Column() = default;
  ~Column() = default;
  Column(const Column&) = default;
  Column& operator=(const Column&) = default;
  // What was moved from is empty.
  Column(Column&& from) noexcept
      : size_(std::exchange(from.size_, 0)),
        reserve_(from.reserve_),
        constant_(from.constant_),
        values_(std::move(from.values_)) {}
  Column& operator=(Column&& from) noexcept {
    size_ = std::exchange(from.size_, 0);
    reserve_ = from.reserve_;
    constant_ = from.constant_;
    values_ = std::move(from.values_);
    return *this;
  }

  [[nodiscard]] size_t size() const { return size_; }
  [[nodiscard]] bool is_constant() const { return values_.empty(); }
  [[nodiscard]] T operator[](size_t i) const { return values_.empty() ? constant_ : values_[i]; }
  // The values where they differ; null while constant.
  [[nodiscard]] const T* data() const { return values_.empty() ? nullptr : values_.data(); }
  void Append(T value) {
    if (!values_.empty()) {
      values_.push_back(value);
    } else if (size_ == 0 || value != constant_) {
      return AppendRun(value, 1);
    }
    ++size_;
  }
  void AppendRun(T value, size_t count);
  void AppendValues(const T* values, size_t count);
  void AppendRange(const Column& from, size_t begin, size_t end);
  void Reserve(size_t count) { reserve_ = count; }
  void ShrinkToFit() { values_.shrink_to_fit(); }
  [[nodiscard]] size_t MemoryBytes() const { return values_.capacity() * sizeof(T); }

 private:
  void Spread(size_t more);  // from constant to stored values, with room for `more`

  size_t size_ = 0;
  size_t reserve_ = 0;
  T constant_{};
  std::vector<T> values_;
};

// Decoded columns of untrusted bytes, already checked (internal: store/list/columns.h).
struct KeyColumns;
struct ValueColumns;

// Distinct attribute sets in canonical text; id 0 is the empty set.
class AttributeTable {
 public:
  // A NUL stands behind it, which is no part of it, for those who hand it on to C.
  [[nodiscard]] std::string_view Text(uint32_t id) const {
    return std::string_view(bytes_).substr(starts_[id], starts_[id + 1] - starts_[id] - 1);
  }
  [[nodiscard]] uint32_t size() const { return static_cast<uint32_t>(starts_.size() - 1); }
  uint32_t Append(std::string_view text);
  [[nodiscard]] size_t MemoryBytes() const {
    return bytes_.capacity() + starts_.capacity() * sizeof(size_t);
  }

 private:
  std::string bytes_ = std::string(1, '\0');  // texts, each with its NUL
  std::vector<size_t> starts_ = {0, 1};
};

// Immutable. Safe to read from any number of threads. Copying shares nothing but the attribute
// table and costs O(n): hand lists around as shared_ptr<const EndpointList>.
class EndpointList {
 public:
  EndpointList();

  [[nodiscard]] size_t size() const { return prefix_.size(); }
  [[nodiscard]] bool empty() const { return size() == 0; }
  [[nodiscard]] size_t ipv4_count() const { return ipv4_.size(); }
  // O(1): taken when the list was built.
  [[nodiscard]] const Digest& digest() const { return digest_; }

  // The i-th endpoint in canonical order. REQUIRES: i < size(). The attributes borrow from this
  // list.
  [[nodiscard]] Endpoint operator[](size_t i) const { return {Key(i), Value(i)}; }
  [[nodiscard]] EndpointKey Key(size_t i) const;
  [[nodiscard]] EndpointValue Value(size_t i) const;

  // Index of the endpoint with this key, or the size of the list. O(log n).
  [[nodiscard]] size_t Find(const EndpointKey& key) const;
  // Index of the first endpoint whose key is not below `key`.
  [[nodiscard]] size_t LowerBound(const EndpointKey& key) const;
  [[nodiscard]] bool Contains(const EndpointKey& key) const { return Find(key) != size(); }

  class Iterator {
   public:
    using iterator_category = std::input_iterator_tag;
    using value_type = Endpoint;
    using difference_type = std::ptrdiff_t;
    using pointer = const Endpoint*;
    using reference = Endpoint;
    Iterator() = default;
    Iterator(const EndpointList* list, size_t index) : list_(list), index_(index) {}
    Endpoint operator*() const { return (*list_)[index_]; }
    Iterator& operator++() {
      ++index_;
      return *this;
    }
    Iterator operator++(int) {
      Iterator before = *this;
      ++index_;
      return before;
    }
    bool operator==(const Iterator&) const = default;

   private:
    const EndpointList* list_ = nullptr;
    size_t index_ = 0;
  };
  [[nodiscard]] Iterator begin() const { return {this, 0}; }
  [[nodiscard]] Iterator end() const { return {this, size()}; }

  // Same endpoints with the same values.
  bool operator==(const EndpointList& other) const;
  // Heap bytes held.
  [[nodiscard]] size_t MemoryBytes() const;

  // Columns, for code that works on whole lists. `weights` holds weight + 1, 0 for no weight.
  struct Ipv6 {
    uint64_t high = 0;
    uint64_t low = 0;
    auto operator<=>(const Ipv6&) const = default;
  };
  [[nodiscard]] const std::vector<uint32_t>& ipv4_addresses() const { return ipv4_; }
  [[nodiscard]] const std::vector<Ipv6>& ipv6_addresses() const { return ipv6_; }
  [[nodiscard]] const Column<uint8_t>& ipv4_prefixes() const { return prefix_.ipv4; }
  [[nodiscard]] const Column<uint8_t>& ipv6_prefixes() const { return prefix_.ipv6; }
  [[nodiscard]] const Column<uint16_t>& ports() const { return port_; }
  [[nodiscard]] const Column<uint64_t>& weights() const { return weight_; }
  [[nodiscard]] const Column<uint32_t>& attribute_ids() const { return attribute_; }
  [[nodiscard]] const AttributeTable& attributes() const { return *table_; }

 private:
  friend class EndpointListBuilder;
  // Two columns, so that a list of hosts of both families still stores none.
  struct Prefixes {
    Column<uint8_t> ipv4;
    Column<uint8_t> ipv6;
    [[nodiscard]] size_t size() const { return ipv4.size() + ipv6.size(); }
  };

  std::vector<uint32_t> ipv4_;
  std::vector<Ipv6> ipv6_;
  Prefixes prefix_;
  Column<uint16_t> port_;
  Column<uint64_t> weight_;
  Column<uint32_t> attribute_;
  std::shared_ptr<const AttributeTable> table_;
  Digest digest_;
};

// Makes a list from endpoints that come in canonical order.
class EndpointListBuilder {
 public:
  EndpointListBuilder();
  void Reserve(size_t ipv4_count, size_t ipv6_count);
  // REQUIRES: endpoint.key is above the last one appended (checked in debug builds only; a decoder
  // of untrusted bytes compares with last_key() first).
  void Append(const Endpoint& endpoint);
  // The endpoints [begin, end) of `list`; columns are copied, not rebuilt. Same requirement.
  void AppendRange(const EndpointList& list, size_t begin, size_t end);
  // Whole columns, as decoders have them. Same requirement.
  void AppendColumns(const KeyColumns& keys, const ValueColumns& values);
  [[nodiscard]] size_t size() const { return list_.size(); }
  [[nodiscard]] std::optional<EndpointKey> last_key() const;
  [[nodiscard]] EndpointKey KeyAt(size_t i) const { return list_.Key(i); }  // REQUIRES: i < size()
  // What the endpoints from index `begin` on will add to the digest. O(endpoints) hashes.
  [[nodiscard]] Digest DigestSince(size_t begin) const;
  // Takes the list, with its digest computed (O(n) hashes), and leaves the builder empty.
  [[nodiscard]] EndpointList Finish();
  // As Finish, for a caller that knows the digest already (by following the edits).
  [[nodiscard]] EndpointList FinishWithDigest(const Digest& digest);

 private:
  struct TextHash {
    using is_transparent = void;
    size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };
  uint32_t Intern(std::string_view attributes);
  void AppendAttributes(const EndpointList& list, size_t begin, size_t end);

  EndpointList list_;
  std::shared_ptr<AttributeTable> table_;
  std::unordered_map<std::string, uint32_t, TextHash, std::equal_to<>> interned_;
  // Attribute ids of the list that AppendRange saw last, by their ids here. Held, so that another
  // table cannot come to stand at the same address.
  std::shared_ptr<const AttributeTable> remap_source_;
  std::vector<uint32_t> remap_;
};

// The endpoints to remove, change and add that turn `from` into `to`: invertible, since it names
// old values too. Each part is in canonical order; a key stands in one part only;
// changed_from and changed_to have the same keys.
struct ListDiff {
  EndpointList removed;
  EndpointList changed_from;
  EndpointList changed_to;
  EndpointList added;

  [[nodiscard]] bool empty() const { return size() == 0; }
  [[nodiscard]] size_t size() const { return removed.size() + changed_to.size() + added.size(); }
  // digest(to) - digest(from).
  [[nodiscard]] Digest DigestChange() const;
  // What turns `to` into `from`.
  [[nodiscard]] ListDiff Inverse() const&;
  [[nodiscard]] ListDiff Inverse() &&;
};

// Makes a diff from the values that keys had before and have after, in canonical order.
class ListDiffBuilder {
 public:
  using Value = std::optional<EndpointValue>;  // nothing: not in the list
  // Equal values add nothing. REQUIRES: `key` is above the last one appended.
  void Append(const EndpointKey& key, const Value& before, const Value& after);
  // Takes the diff, and leaves the builder empty.
  [[nodiscard]] ListDiff Finish();

 private:
  EndpointListBuilder removed_;
  EndpointListBuilder changed_from_;
  EndpointListBuilder changed_to_;
  EndpointListBuilder added_;
};

// What turns `from` into `to`; empty if the digests are equal. O(n), no I/O.
[[nodiscard]] ListDiff Diff(const EndpointList& from, const EndpointList& to);

// `list` with the diff applied; the digest follows in O(diff).
// Errors: kConflict, a removed or changed endpoint is not in `list` with its old value, or an added
// key is there already; the message names the first such endpoint.
[[nodiscard]] Result<EndpointList> Apply(const EndpointList& list, const ListDiff& diff);

// The one diff that does what `first` and then `second` do.
// Errors: kConflict where `second` does not follow on `first`.
[[nodiscard]] Result<ListDiff> Compose(const ListDiff& first, const ListDiff& second);

}  // namespace switchback
