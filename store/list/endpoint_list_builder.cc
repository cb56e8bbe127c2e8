// EndpointListBuilder: columns grow at their ends; attributes are interned on the way.

#include <algorithm>
#include <cassert>
#include <utility>

#include "list/columns.h"
#include "list/digest.h"

namespace switchback {
namespace {

constexpr uint32_t kNotMapped = UINT32_MAX;

// A finished list lives long and is shared, so the slack that growing left is given back; a copy
// that would save less than an eighth is not worth its time.
template <typename V>
void GiveBackSlack(V& values) {
  if (values.capacity() - values.size() > values.size() / 8) values.shrink_to_fit();
}

template <typename T>
void GiveBackColumnSlack(Column<T>& column) {
  const size_t used = column.is_constant() ? 0 : column.size() * sizeof(T);
  if (column.MemoryBytes() - used > used / 8) column.ShrinkToFit();
}

}  // namespace

EndpointListBuilder::EndpointListBuilder() = default;

void EndpointListBuilder::Reserve(size_t ipv4_count, size_t ipv6_count) {
  list_.ipv4_.reserve(ipv4_count);
  list_.ipv6_.reserve(ipv6_count);
  list_.prefix_.ipv4.Reserve(ipv4_count);
  list_.prefix_.ipv6.Reserve(ipv6_count);
  list_.port_.Reserve(ipv4_count + ipv6_count);
  list_.weight_.Reserve(ipv4_count + ipv6_count);
  list_.attribute_.Reserve(ipv4_count + ipv6_count);
}

uint32_t EndpointListBuilder::Intern(std::string_view attributes) {
  if (attributes.empty()) return 0;
  const auto known = interned_.find(attributes);
  if (known != interned_.end()) return known->second;
  if (table_ == nullptr) {
    table_ = std::make_shared<AttributeTable>();
    list_.table_ = table_;
  }
  const uint32_t id = table_->Append(attributes);
  interned_.emplace(attributes, id);
  return id;
}

void EndpointListBuilder::Append(const Endpoint& endpoint) {
  const EndpointKey& key = endpoint.key;
  assert(size() == 0 || *last_key() < key);
  if (key.address.family == Family::kIPv4) {
    list_.ipv4_.push_back(static_cast<uint32_t>(key.address.low));
    list_.prefix_.ipv4.Append(key.prefix_length);
  } else {
    list_.ipv6_.push_back({key.address.high, key.address.low});
    list_.prefix_.ipv6.Append(key.prefix_length);
  }
  list_.port_.Append(key.port);
  const auto& weight = endpoint.value.weight;
  list_.weight_.Append(weight ? uint64_t{*weight} + 1 : 0);
  list_.attribute_.Append(Intern(endpoint.value.attributes));
}

void EndpointListBuilder::AppendRange(const EndpointList& list, size_t begin, size_t end) {
  if (begin == end) return;
  assert(size() == 0 || *last_key() < list.Key(begin));
  const size_t ipv4_total = list.ipv4_.size();
  const size_t ipv4_begin = std::min(begin, ipv4_total);
  const size_t ipv4_end = std::min(end, ipv4_total);
  const auto* ipv4 = list.ipv4_.data();
  list_.ipv4_.insert(list_.ipv4_.end(), ipv4 + ipv4_begin, ipv4 + ipv4_end);
  list_.prefix_.ipv4.AppendRange(list.prefix_.ipv4, ipv4_begin, ipv4_end);
  if (end > ipv4_total) {
    const size_t ipv6_begin = std::max(begin, ipv4_total) - ipv4_total;
    const size_t ipv6_end = end - ipv4_total;
    const auto* ipv6 = list.ipv6_.data();
    list_.ipv6_.insert(list_.ipv6_.end(), ipv6 + ipv6_begin, ipv6 + ipv6_end);
    list_.prefix_.ipv6.AppendRange(list.prefix_.ipv6, ipv6_begin, ipv6_end);
  }
  list_.port_.AppendRange(list.port_, begin, end);
  list_.weight_.AppendRange(list.weight_, begin, end);
  AppendAttributes(list, begin, end);
}

void EndpointListBuilder::AppendAttributes(const EndpointList& list, size_t begin, size_t end) {
  const Column<uint32_t>& ids = list.attribute_;
  if (ids.is_constant()) {
    list_.attribute_.AppendRun(Intern(list.table_->Text(ids[0])), end - begin);
    return;
  }
  if (remap_source_ != list.table_) {
    remap_source_ = list.table_;
    remap_.assign(remap_source_->size(), kNotMapped);
    remap_[0] = 0;
  }
  // Only the sets that are used are taken over, so the table does not keep what a list has lost.
  for (size_t i = begin; i < end; ++i) {
    uint32_t& id = remap_[ids[i]];
    if (id == kNotMapped) id = Intern(remap_source_->Text(ids[i]));
    list_.attribute_.Append(id);
  }
}

void EndpointListBuilder::AppendColumns(const KeyColumns& keys, const ValueColumns& values) {
  list_.ipv4_.insert(list_.ipv4_.end(), keys.ipv4.begin(), keys.ipv4.end());
  list_.prefix_.ipv4.AppendRange(keys.ipv4_prefixes, 0, keys.ipv4.size());
  list_.ipv6_.insert(list_.ipv6_.end(), keys.ipv6.begin(), keys.ipv6.end());
  list_.prefix_.ipv6.AppendRange(keys.ipv6_prefixes, 0, keys.ipv6.size());
  list_.port_.AppendRange(keys.ports, 0, keys.size());
  list_.weight_.AppendRange(values.weights, 0, keys.size());
  if (values.attributes.is_constant()) {
    list_.attribute_.AppendRun(Intern(values.texts[values.attributes[0]]), keys.size());
    return;
  }
  std::vector<uint32_t> ids(values.texts.size());
  for (size_t i = 0; i < ids.size(); ++i) ids[i] = Intern(values.texts[i]);
  for (size_t i = 0; i < keys.size(); ++i) list_.attribute_.Append(ids[values.attributes[i]]);
}

std::optional<EndpointKey> EndpointListBuilder::last_key() const {
  if (size() == 0) return std::nullopt;
  return list_.Key(size() - 1);
}

Digest EndpointListBuilder::DigestSince(size_t begin) const {
  return DigestOfRange(list_, begin, list_.size());
}

EndpointList EndpointListBuilder::Finish() {
  return FinishWithDigest(DigestSince(0));
}

EndpointList EndpointListBuilder::FinishWithDigest(const Digest& digest) {
  GiveBackSlack(list_.ipv4_);
  GiveBackSlack(list_.ipv6_);
  GiveBackColumnSlack(list_.prefix_.ipv4);
  GiveBackColumnSlack(list_.prefix_.ipv6);
  GiveBackColumnSlack(list_.port_);
  GiveBackColumnSlack(list_.weight_);
  GiveBackColumnSlack(list_.attribute_);
  list_.digest_ = digest;
  EndpointList finished = std::move(list_);
  *this = EndpointListBuilder();
  return finished;
}

}  // namespace switchback
