#include "types/endpoint_scanner.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "types/ascii.h"

namespace switchback {
namespace {

constexpr Refusal Invalid(std::string_view reason) {
  return {ErrorCode::kInvalidArgument, reason};
}
constexpr Refusal PastLimit(std::string_view reason) {
  return {ErrorCode::kLimitExceeded, reason};
}

constexpr Refusal kBadIpv4Prefix = Invalid("prefix length is not a number from 0 to 32");
constexpr Refusal kBadIpv6Prefix = Invalid("prefix length is not a number from 0 to 128");
constexpr Refusal kPrefixLeadingZero = Invalid("prefix length has a leading zero");
constexpr Refusal kHostBits = Invalid("bits are set beyond the prefix length");
constexpr Refusal kBadPort = Invalid("port is not a number from 1 to 65535");
constexpr Refusal kPortLeadingZero = Invalid("port has a leading zero");
constexpr Refusal kPortNeedsBrackets =
    Invalid("an IPv6 prefix with a port is [ADDRESS/PREFIX]:PORT");
constexpr Refusal kBadBrackets = Invalid("brackets are for an IPv6 address: [ADDRESS]:PORT");
constexpr Refusal kUnclosedBracket = Invalid("expected ']' after the IPv6 address");
constexpr Refusal kPrefixAfterBracket =
    Invalid("the prefix length belongs inside the brackets: [ADDRESS/PREFIX]:PORT");
constexpr Refusal kGarbage = Invalid("unexpected text after the address");
constexpr Refusal kBadWeight = Invalid("weight is not a number from 0 to 4294967295");
constexpr Refusal kWeightLeadingZero = Invalid("weight has a leading zero");
constexpr Refusal kWeightTwice = Invalid("weight is given twice");
constexpr Refusal kNotAPair = Invalid("expected weight=N, key=value or '# note' after the address");
constexpr Refusal kBadAttributeKey = Invalid("attribute key is not of [a-z0-9_.-]");
constexpr Refusal kBadAttributeValue = Invalid("attribute value is not printable ASCII");
constexpr Refusal kEmptyAttributeValue = Invalid("attribute value is empty");
constexpr Refusal kAttributeTwice = Invalid("an attribute key is given twice");

static_assert(kMaxAttributeKeyBytes == 32 && kMaxAttributeValueBytes == 128 &&
              kMaxAttributesPerEndpoint == 16 && kMaxAttributeBytesPerEndpoint == 1024);
constexpr Refusal kLongAttributeKey = PastLimit("attribute key is longer than 32 bytes");
constexpr Refusal kLongAttributeValue = PastLimit("attribute value is longer than 128 bytes");
constexpr Refusal kManyAttributes = PastLimit("more than 16 attributes");
constexpr Refusal kLongAttributes = PastLimit("attributes are longer than 1024 bytes together");

bool IsAttributeKeyByte(char c) {
  return IsLower(c) || IsDigit(c) || c == '_' || c == '.' || c == '-';
}

const char* SkipBlanks(const char* p, const char* end) {
  while (p != end && IsBlank(*p)) ++p;
  return p;
}

// Maps the faults of a number to the refusals of the thing that it is.
const Refusal* ScanNumberOr(const char*& p, const char* end, uint64_t max, uint64_t& value,
                            const Refusal& bad, const Refusal& leading_zero) {
  switch (ScanNumber(p, end, max, value)) {
    case NumberFault::kNone:
      return nullptr;
    case NumberFault::kLeadingZero:
      return &leading_zero;
    case NumberFault::kNoDigits:
    case NumberFault::kAboveMax:
      break;
  }
  return &bad;
}

}  // namespace

LineKind EndpointScanner::Scan(std::string_view line) {
  const char* p = line.data();
  const char* end = p + line.size();
  p = SkipBlanks(p, end);
  if (p == end || *p == '#') return LineKind::kBlank;
  refusal_ = ScanKey(p, end);
  if (refusal_ == nullptr) refusal_ = ScanValue(p, end);
  return refusal_ == nullptr ? LineKind::kEndpoint : LineKind::kBad;
}

std::string EndpointScanner::RefusalReason() const {
  if (refusal_ != &kHostBits) return std::string(refusal_->reason);
  const EndpointKey& key = endpoint_.key;
  return fmt::format(
      "{}: the network is {}", refusal_->reason,
      FormatEndpointKey({Network(key.address, key.prefix_length), key.prefix_length, 0}));
}

const Refusal* EndpointScanner::ScanKey(const char*& p, const char* end) {
  endpoint_.key.port = 0;
  const Refusal* refusal = *p == '[' ? ScanBracketed(p, end) : ScanBareAddress(p, end);
  if (refusal != nullptr) return refusal;
  if (p != end && !IsBlank(*p)) return &kGarbage;
  const EndpointKey& key = endpoint_.key;
  if (key.prefix_length != HostPrefixLength(key.address.family) &&
      Network(key.address, key.prefix_length) != key.address) {
    return &kHostBits;
  }
  return nullptr;
}

const Refusal* EndpointScanner::ScanBareAddress(const char*& p, const char* end) {
  EndpointKey& key = endpoint_.key;
  const bool ipv6 = LooksLikeIpv6(p, end);
  const Refusal* refusal = ipv6 ? ScanIpv6(p, end, key.address) : ScanIpv4(p, end, key.address);
  if (refusal == nullptr) refusal = ScanPrefix(p, end);
  if (refusal != nullptr || p == end || *p != ':') return refusal;
  return ipv6 ? &kPortNeedsBrackets : ScanPort(p, end);
}

const Refusal* EndpointScanner::ScanBracketed(const char*& p, const char* end) {
  ++p;
  if (!LooksLikeIpv6(p, end)) return &kBadBrackets;
  const Refusal* refusal = ScanIpv6(p, end, endpoint_.key.address);
  if (refusal == nullptr) refusal = ScanPrefix(p, end);
  if (refusal != nullptr) return refusal;
  if (p == end || *p != ']') return &kUnclosedBracket;
  ++p;
  if (p != end && *p == '/') return &kPrefixAfterBracket;
  return p != end && *p == ':' ? ScanPort(p, end) : nullptr;
}

// "/PREFIX", or nothing for a host.
const Refusal* EndpointScanner::ScanPrefix(const char*& p, const char* end) {
  EndpointKey& key = endpoint_.key;
  const bool ipv4 = key.address.family == Family::kIPv4;
  key.prefix_length = HostPrefixLength(key.address.family);
  if (p == end || *p != '/') return nullptr;
  ++p;
  uint64_t length = 0;
  const Refusal* refusal = ScanNumberOr(p, end, key.prefix_length, length,
                                        ipv4 ? kBadIpv4Prefix : kBadIpv6Prefix, kPrefixLeadingZero);
  if (refusal == nullptr) key.prefix_length = static_cast<uint8_t>(length);
  return refusal;
}

// REQUIRES: *p == ':'.
const Refusal* EndpointScanner::ScanPort(const char*& p, const char* end) {
  ++p;
  uint64_t port = 0;
  const Refusal* refusal =
      ScanNumberOr(p, end, std::numeric_limits<uint16_t>::max(), port, kBadPort, kPortLeadingZero);
  if (refusal == nullptr && port == 0) refusal = &kBadPort;
  endpoint_.key.port = static_cast<uint16_t>(port);
  return refusal;
}

// What follows the key: pairs between blanks, and a note. REQUIRES: p == end or *p is a blank.
const Refusal* EndpointScanner::ScanValue(const char* p, const char* end) {
  endpoint_.value.weight.reset();
  endpoint_.value.attributes = {};
  attribute_count_ = 0;
  attributes_canonical_ = true;
  while (true) {
    p = SkipBlanks(p, end);
    if (p == end || *p == '#') break;
    const char* pair_end = std::find_if(p, end, IsBlank);
    const std::string_view pair(p, pair_end);
    const Refusal* refusal = pair.starts_with("weight=")
                                 ? ScanWeight(p + std::string_view("weight=").size(), pair_end)
                                 : ScanAttribute(pair);
    if (refusal != nullptr) return refusal;
    p = pair_end;
  }
  return attribute_count_ == 0 ? nullptr : FinishAttributes();
}

const Refusal* EndpointScanner::ScanWeight(const char* p, const char* end) {
  if (endpoint_.value.weight.has_value()) return &kWeightTwice;
  uint64_t weight = 0;
  const Refusal* refusal = ScanNumberOr(p, end, std::numeric_limits<uint32_t>::max(), weight,
                                        kBadWeight, kWeightLeadingZero);
  if (refusal != nullptr) return refusal;
  if (p != end) return &kBadWeight;
  endpoint_.value.weight = static_cast<uint32_t>(weight);
  return nullptr;
}

const Refusal* EndpointScanner::ScanAttribute(std::string_view pair) {
  const size_t equals = pair.find('=');
  if (equals == std::string_view::npos) return &kNotAPair;
  const std::string_view key = pair.substr(0, equals);
  const std::string_view value = pair.substr(equals + 1);
  if (key.empty() || !std::ranges::all_of(key, IsAttributeKeyByte)) return &kBadAttributeKey;
  if (key.size() > kMaxAttributeKeyBytes) return &kLongAttributeKey;
  if (value.empty()) return &kEmptyAttributeValue;
  if (!std::ranges::all_of(value, [](char c) { return c > ' ' && c <= '~'; })) {
    return &kBadAttributeValue;
  }
  if (value.size() > kMaxAttributeValueBytes) return &kLongAttributeValue;
  if (attribute_count_ == attributes_.size()) return &kManyAttributes;
  if (attribute_count_ > 0) {
    const Attribute& last = attributes_[attribute_count_ - 1];
    const char* last_end = last.pair.data() + last.pair.size();
    attributes_canonical_ =
        attributes_canonical_ && last.key < key && *last_end == ' ' && last_end + 1 == pair.data();
  }
  attributes_[attribute_count_++] = {pair, key};
  return nullptr;
}

// The attributes in canonical text: as they stand in the line where that is it (the common case),
// else sorted and joined in this scanner's buffer.
const Refusal* EndpointScanner::FinishAttributes() {
  Attribute* const begin = attributes_.data();
  Attribute* const end = begin + attribute_count_;
  size_t bytes = attribute_count_ - 1;
  for (const Attribute* a = begin; a != end; ++a) bytes += a->pair.size();
  if (attributes_canonical_) {
    // One run of bytes in the line: from the first pair to the end of the last.
    endpoint_.value.attributes = std::string_view(begin->pair.begin(), end[-1].pair.end());
    return bytes > buffer_.size() ? &kLongAttributes : nullptr;
  }
  std::ranges::sort(begin, end, {}, &Attribute::key);
  const auto* twice = std::ranges::adjacent_find(begin, end, {}, &Attribute::key);
  if (twice != end) return &kAttributeTwice;
  if (bytes > buffer_.size()) return &kLongAttributes;
  char* out = buffer_.data();
  for (const Attribute* a = begin; a != end; ++a) {
    if (a != begin) *out++ = ' ';
    out = std::copy(a->pair.begin(), a->pair.end(), out);
  }
  endpoint_.value.attributes = {buffer_.data(), bytes};
  return nullptr;
}

}  // namespace switchback
