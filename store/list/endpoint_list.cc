// EndpointList: reading. Building is in endpoint_list_builder.cc.

#include <algorithm>

#include "switchback/endpoint_list.h"

namespace switchback {
namespace {

const std::shared_ptr<const AttributeTable>& NoAttributes() {
  static const auto table = std::make_shared<const AttributeTable>();
  return table;
}

template <typename T>
bool SameColumn(const Column<T>& a, const Column<T>& b) {
  if (a.size() != b.size()) return false;
  if (a.is_constant() && b.is_constant()) return a.size() == 0 || a[0] == b[0];
  if (!a.is_constant() && !b.is_constant()) {
    return std::equal(a.data(), a.data() + a.size(), b.data());
  }
  for (size_t i = 0; i < a.size(); ++i) {
    if (a[i] != b[i]) return false;
  }
  return true;
}

bool SameAttributes(const EndpointList& a, const EndpointList& b) {
  const Column<uint32_t>& left = a.attribute_ids();
  const Column<uint32_t>& right = b.attribute_ids();
  if (left.is_constant() && right.is_constant()) {
    return left.size() == 0 || a.attributes().Text(left[0]) == b.attributes().Text(right[0]);
  }
  for (size_t i = 0; i < left.size(); ++i) {
    if (a.attributes().Text(left[i]) != b.attributes().Text(right[i])) return false;
  }
  return true;
}

}  // namespace

EndpointList::EndpointList() : table_(NoAttributes()) {}

EndpointKey EndpointList::Key(size_t i) const {
  if (i < ipv4_.size()) {
    return {{Family::kIPv4, 0, ipv4_[i]}, prefix_.ipv4[i], port_[i]};
  }
  const size_t j = i - ipv4_.size();
  return {{Family::kIPv6, ipv6_[j].high, ipv6_[j].low}, prefix_.ipv6[j], port_[i]};
}

EndpointValue EndpointList::Value(size_t i) const {
  EndpointValue value;
  const uint64_t weight = weight_[i];
  if (weight != 0) value.weight = static_cast<uint32_t>(weight - 1);
  value.attributes = table_->Text(attribute_[i]);
  return value;
}

// Addresses alone are compared first: in a long list each step is a miss of the processor's cache,
// and one column is less to miss than three.
size_t EndpointList::LowerBound(const EndpointKey& key) const {
  size_t begin = 0;
  size_t end = ipv4_.size();
  if (key.address.family == Family::kIPv6) {
    const Ipv6 address{key.address.high, key.address.low};
    const auto same = std::ranges::equal_range(ipv6_, address);
    begin = end + static_cast<size_t>(same.begin() - ipv6_.begin());
    end += static_cast<size_t>(same.end() - ipv6_.begin());
  } else if (key.address.high != 0 || key.address.low > UINT32_MAX) {
    return end;  // no IPv4 address: above them all
  } else {
    const auto address = static_cast<uint32_t>(key.address.low);
    const auto first = std::ranges::lower_bound(ipv4_, address);
    begin = static_cast<size_t>(first - ipv4_.begin());
    const bool one = begin + 1 >= end || ipv4_[begin + 1] != address;
    if (one) {
      end = std::min(begin + 1, end);
    } else {
      end = static_cast<size_t>(std::upper_bound(first, ipv4_.end(), address) - ipv4_.begin());
    }
  }
  while (begin < end) {
    const size_t middle = begin + (end - begin) / 2;
    if (Key(middle) < key) {
      begin = middle + 1;
    } else {
      end = middle;
    }
  }
  return begin;
}

size_t EndpointList::Find(const EndpointKey& key) const {
  const size_t i = LowerBound(key);
  return i < size() && Key(i) == key ? i : size();
}

bool EndpointList::operator==(const EndpointList& other) const {
  return ipv4_ == other.ipv4_ && ipv6_ == other.ipv6_ &&
         SameColumn(prefix_.ipv4, other.prefix_.ipv4) &&
         SameColumn(prefix_.ipv6, other.prefix_.ipv6) && SameColumn(port_, other.port_) &&
         SameColumn(weight_, other.weight_) && SameAttributes(*this, other);
}

size_t EndpointList::MemoryBytes() const {
  size_t bytes = ipv4_.capacity() * sizeof(uint32_t) + ipv6_.capacity() * sizeof(Ipv6) +
                 prefix_.ipv4.MemoryBytes() + prefix_.ipv6.MemoryBytes() + port_.MemoryBytes() +
                 weight_.MemoryBytes() + attribute_.MemoryBytes();
  if (table_ != NoAttributes()) bytes += table_->MemoryBytes();
  return bytes;
}

}  // namespace switchback
