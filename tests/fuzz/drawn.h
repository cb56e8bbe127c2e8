// Makes values of a fuzzer's bytes: numbers, endpoints, lists and edits of them. Where the bytes
// end, all that is drawn is 0. Lists are drawn as the plain models of list/random_lists.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "list/random_lists.h"
#include "switchback/endpoint_list.h"

namespace switchback {

class Drawn {
 public:
  // `max_run`: endpoints side by side that one edit sets or removes, at most.
  explicit Drawn(std::string_view bytes, size_t max_run = 1) : rest_(bytes), max_run_(max_run) {}

  [[nodiscard]] bool empty() const { return rest_.empty(); }
  [[nodiscard]] std::string_view rest() const { return rest_; }
  uint8_t Byte() {
    if (rest_.empty()) return 0;
    const auto byte = static_cast<uint8_t>(rest_.front());
    rest_.remove_prefix(1);
    return byte;
  }
  // Big-endian, of up to 8 bytes.
  uint64_t Number(size_t bytes) {
    uint64_t number = 0;
    for (; bytes > 0; --bytes) number = number << 8 | Byte();
    return number;
  }
  // Of any size, small ones from few bytes.
  uint64_t AnyNumber() { return Number(Byte() % 9); }

  EndpointKey Key() {
    const uint8_t form = Byte();
    EndpointKey key;
    if ((form & 1) == 0) {
      key.address = {Family::kIPv4, 0, 0x0a000000 + Number(1 + (form >> 1) % 4)};
      key.address.low &= UINT32_MAX;
    } else {
      key.address = {Family::kIPv6, 0x20010db800000000 + Number(form & 2 ? 1 : 8),
                     Number(form & 4 ? 1 : 8)};
    }
    key.prefix_length = HostPrefixLength(key.address.family);
    if ((form & 8) != 0) Mask(key, Byte());
    if ((form & 16) != 0) key.port = static_cast<uint16_t>(Number(1 + (form >> 5) % 2));
    return key;
  }

  ModelValue Value() {
    const uint8_t form = Byte();
    ModelValue value;
    if ((form & 1) != 0) value.first = 1 + Number(form & 2 ? 4 : 1);
    if ((form & 4) != 0) value.second = "zone=z" + std::to_string(form >> 5);
    if ((form & 24) == 24)
      value.second = "rack=r1" + (value.second.empty() ? "" : " " + value.second);
    return value;
  }

  // Edits `model`: runs of endpoints side by side that are set or removed.
  void Edit(Model& model) {
    const uint8_t form = Byte();
    EndpointKey key = Key();
    const ModelValue value = Value();
    const bool many = (form & 1) != 0;
    const size_t count = many ? Number(1 + (form >> 1 & 1)) % max_run_ : 1;
    const uint64_t stride = many ? 1 + Byte() : 1;
    for (size_t i = 0; i < count; ++i) {
      if ((form & 4) != 0) {
        model.erase(key);
      } else {
        model[key] = value;
      }
      if (!Step(key, stride)) return;
    }
  }

  Model List() {
    Model model;
    for (size_t edits = Byte() % 8; edits > 0; --edits) Edit(model);
    return model;
  }

 private:
  static void Mask(EndpointKey& key, uint8_t prefix_length) {
    const uint8_t host = HostPrefixLength(key.address.family);
    key.prefix_length = static_cast<uint8_t>(prefix_length % (host + 1));
    const unsigned open = host - key.prefix_length;
    Address& address = key.address;
    address.low &= open >= 64 ? 0 : ~uint64_t{0} << open;
    if (open >= 64) address.high &= open == 128 ? 0 : ~uint64_t{0} << (open - 64);
  }

  // To the range so many sizes of a range on. False: there is none.
  static bool Step(EndpointKey& key, uint64_t stride) {
    const unsigned open = HostPrefixLength(key.address.family) - key.prefix_length;
    if (open >= 32) return false;
    const uint64_t next = key.address.low + (stride << open);
    const bool ipv4 = key.address.family == Family::kIPv4;
    if (next < key.address.low || (ipv4 && next > UINT32_MAX)) return false;
    key.address.low = next;
    return true;
  }

  std::string_view rest_;
  size_t max_run_;
};

}  // namespace switchback
