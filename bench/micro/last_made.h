// Keeps the value that was made last. Google Benchmark calls a benchmark several times, and those
// at one point of an axis are registered next to one another: each input is made once, and only one
// of a kind is in memory at a time.
#pragma once

#include <optional>
#include <utility>

namespace switchback::bench {

template <typename Key, typename Value>
class LastMade {
 public:
  // The value for `key`; where it is another than the last one, that is dropped first.
  template <typename Make>
  Value& Get(const Key& key, Make make) {
    if (!value_ || key_ != key) {
      value_.reset();
      value_.emplace(make());
      key_ = key;
    }
    return *value_;
  }

 private:
  Key key_{};
  std::optional<Value> value_;
};

}  // namespace switchback::bench
