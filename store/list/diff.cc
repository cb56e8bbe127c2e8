// Diff: a merge of two sorted lists. Lists that are compared are mostly nearly equal, so runs of
// equal endpoints are skipped column by column at the speed of comparing memory, and runs that one
// side alone has are found by galloping and copied whole.

#include <algorithm>
#include <cstring>
#include <unordered_map>

#include "switchback/endpoint_list.h"

namespace switchback {
namespace {

// Windows in which equal runs are looked for: they grow while all is equal, so that a list whose
// every value changed costs no more than the smallest window an endpoint.
constexpr size_t kLeastWindow = 16;
constexpr size_t kMostWindow = 4096;

// How many of the first `count` are equal.
template <typename T>
size_t EqualPrefix(const T* a, const T* b, size_t count) {
  constexpr size_t kStride = 64 / sizeof(T);
  size_t i = 0;
  while (i + kStride <= count && std::memcmp(a + i, b + i, 64) == 0) i += kStride;
  while (i < count && a[i] == b[i]) ++i;
  return i;
}

template <typename T>
size_t EqualPrefix(const Column<T>& a, size_t i, const Column<T>& b, size_t j, size_t count) {
  if (a.is_constant() && b.is_constant()) return a[i] == b[j] ? count : 0;
  if (!a.is_constant() && !b.is_constant()) return EqualPrefix(a.data() + i, b.data() + j, count);
  size_t n = 0;
  while (n < count && a[i + n] == b[j + n]) ++n;
  return n;
}

// Says whether attribute ids of two lists stand for the same text.
class AttributeMatch {
 public:
  AttributeMatch(const EndpointList& from, const EndpointList& to)
      : from_(from.attribute_ids()), to_(to.attribute_ids()) {
    if (&from.attributes() == &to.attributes()) return;
    same_ids_ = false;
    std::unordered_map<std::string_view, uint32_t> ids;
    for (uint32_t id = 0; id < to.attributes().size(); ++id) ids[to.attributes().Text(id)] = id;
    to_id_.resize(from.attributes().size());
    for (uint32_t id = 0; id < to_id_.size(); ++id) {
      const auto known = ids.find(from.attributes().Text(id));
      to_id_[id] = known == ids.end() ? UINT32_MAX : known->second;
    }
  }
  [[nodiscard]] bool Equal(size_t i, size_t j) const {
    return (same_ids_ ? from_[i] : to_id_[from_[i]]) == to_[j];
  }
  [[nodiscard]] size_t EqualRun(size_t i, size_t j, size_t count) const {
    if (same_ids_) return EqualPrefix(from_, i, to_, j, count);
    if (from_.is_constant() && to_.is_constant()) return Equal(i, j) ? count : 0;
    size_t n = 0;
    while (n < count && Equal(i + n, j + n)) ++n;
    return n;
  }

 private:
  const Column<uint32_t>& from_;
  const Column<uint32_t>& to_;
  bool same_ids_ = true;
  std::vector<uint32_t> to_id_;  // by id in `from`
};

// What Merger needs to know of a family: its columns, and a key that compares quickly.
struct Ipv4Side {
  const EndpointList& list;
  [[nodiscard]] size_t begin() const { return 0; }
  [[nodiscard]] size_t end() const { return list.ipv4_count(); }
  [[nodiscard]] const uint32_t* addresses() const { return list.ipv4_addresses().data(); }
  [[nodiscard]] const Column<uint8_t>& prefixes() const { return list.ipv4_prefixes(); }
  [[nodiscard]] uint64_t Key(size_t i) const {
    return uint64_t{list.ipv4_addresses()[i]} << 32 | uint64_t{list.ipv4_prefixes()[i]} << 16 |
           list.ports()[i];
  }
};

struct Ipv6Side {
  const EndpointList& list;
  [[nodiscard]] size_t begin() const { return list.ipv4_count(); }
  [[nodiscard]] size_t end() const { return list.size(); }
  [[nodiscard]] const EndpointList::Ipv6* addresses() const { return list.ipv6_addresses().data(); }
  [[nodiscard]] const Column<uint8_t>& prefixes() const { return list.ipv6_prefixes(); }
  [[nodiscard]] EndpointKey Key(size_t i) const { return list.Key(i); }
};

struct DiffParts {
  EndpointListBuilder removed;
  EndpointListBuilder changed_from;
  EndpointListBuilder changed_to;
  EndpointListBuilder added;
};

// Merges one family. Indices count from the start of the whole lists.
template <typename Side>
class Merger {
 public:
  Merger(Side from, Side to, const AttributeMatch& attributes, DiffParts& parts)
      : from_(from),
        to_(to),
        attributes_(attributes),
        parts_(parts),
        i_(from.begin()),
        j_(to.begin()) {}

  void Run() {
    while (i_ < from_.end() && j_ < to_.end()) {
      SkipEqual();
      if (i_ == from_.end() || j_ == to_.end()) break;
      Step();
    }
    parts_.removed.AppendRange(from_.list, i_, from_.end());
    parts_.added.AppendRange(to_.list, j_, to_.end());
  }

 private:
  void SkipEqual() {
    size_t window = kLeastWindow;
    while (true) {
      const size_t count = std::min({window, from_.end() - i_, to_.end() - j_});
      const size_t equal = EqualRun(count);
      i_ += equal;
      j_ += equal;
      if (equal < count || count == 0) return;
      window = std::min(window * 4, kMostWindow);
    }
  }

  size_t EqualRun(size_t count) const {
    const size_t i = i_ - from_.begin();
    const size_t j = j_ - to_.begin();
    count = EqualPrefix(from_.addresses() + i, to_.addresses() + j, count);
    if (count > 0) count = EqualPrefix(from_.prefixes(), i, to_.prefixes(), j, count);
    if (count > 0) count = EqualPrefix(from_.list.ports(), i_, to_.list.ports(), j_, count);
    if (count > 0) count = EqualPrefix(from_.list.weights(), i_, to_.list.weights(), j_, count);
    if (count > 0) count = attributes_.EqualRun(i_, j_, count);
    return count;
  }

  void Step() {
    const auto from_key = from_.Key(i_);
    const auto to_key = to_.Key(j_);
    if (from_key < to_key) {
      const size_t end = Gallop(from_, i_, to_key);
      parts_.removed.AppendRange(from_.list, i_, end);
      i_ = end;
    } else if (to_key < from_key) {
      const size_t end = Gallop(to_, j_, from_key);
      parts_.added.AppendRange(to_.list, j_, end);
      j_ = end;
    } else {
      if (!SameValue()) {
        parts_.changed_from.Append(from_.list[i_]);
        parts_.changed_to.Append(to_.list[j_]);
      }
      ++i_;
      ++j_;
    }
  }

  bool SameValue() const {
    return from_.list.weights()[i_] == to_.list.weights()[j_] && attributes_.Equal(i_, j_);
  }

  // The first index above `begin` whose key is not below `key`. REQUIRES: the one at `begin` is.
  template <typename Key>
  static size_t Gallop(const Side& side, size_t begin, const Key& key) {
    size_t step = 1;
    while (begin + step < side.end() && side.Key(begin + step) < key) {
      begin += step;
      step *= 2;
    }
    size_t low = begin + 1;
    size_t high = std::min(begin + step, side.end());
    while (low < high) {
      const size_t middle = low + (high - low) / 2;
      if (side.Key(middle) < key) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  Side from_;
  Side to_;
  const AttributeMatch& attributes_;
  DiffParts& parts_;
  size_t i_;
  size_t j_;
};

}  // namespace

ListDiff Diff(const EndpointList& from, const EndpointList& to) {
  ListDiff diff;
  if (from.size() == to.size() && from.digest() == to.digest()) return diff;
  if (from.empty()) {
    diff.added = to;
    return diff;
  }
  if (to.empty()) {
    diff.removed = from;
    return diff;
  }
  DiffParts parts;
  const AttributeMatch attributes(from, to);
  Merger<Ipv4Side>({from}, {to}, attributes, parts).Run();
  Merger<Ipv6Side>({from}, {to}, attributes, parts).Run();
  diff.removed = parts.removed.Finish();
  diff.changed_from = parts.changed_from.Finish();
  diff.changed_to = parts.changed_to.Finish();
  diff.added = parts.added.Finish();
  return diff;
}

}  // namespace switchback
