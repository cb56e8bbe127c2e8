// The stores that targets are measured on, and small helpers to make and fill them. Errors end the
// program: a benchmark has nobody to recover for.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <random>
#include <stdexcept>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "switchback/store.h"

namespace switchback::targets {

// The end of the whole run, thrown so that scratch folders go with it.
class Ending : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};
[[noreturn]] void End(const std::string& message);

template <typename T>
T Must(Result<T> result) {
  if (!result) End(result.error().message);
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

inline constexpr uint32_t kFirstWeight = 100;
inline constexpr uint32_t kWeights = 200;  // weights are below, where they change
[[nodiscard]] OwnedEndpoint Host(uint32_t address, uint32_t weight = kFirstWeight);
[[nodiscard]] BusinessId IdOf(uint64_t number);
// As the commits of the design have it: author, message, ticket.
[[nodiscard]] CommitOptions CommitAs(uint64_t number, Durability durability);
[[nodiscard]] std::unique_ptr<Store> CreateStore(const std::string& path,
                                                 size_t list_cache_bytes = size_t{64} << 20);
[[nodiscard]] std::unique_ptr<Store> OpenStore(const std::string& path, bool read_only = false);

// Many small lists, edited one endpoint at a time: half of the edits add, half take one away again.
// Edits of different IDs may come from different threads.
class SmallLists {
 public:
  SmallLists(uint32_t ids, uint32_t endpoints) : ids_(ids), endpoints_(endpoints), steps_(ids, 0) {}
  [[nodiscard]] Change First() const;      // all lists, as one revision
  [[nodiscard]] Change Edit(uint32_t id);  // one endpoint of one ID
  [[nodiscard]] Change EditAny() { return Edit(static_cast<uint32_t>(random_() % ids_)); }
  [[nodiscard]] uint32_t ids() const { return ids_; }

 private:
  uint32_t ids_;
  uint32_t endpoints_;
  std::vector<uint32_t> steps_;  // edits so far, of each ID
  std::mt19937 random_{7};
};

// What an edit of ten endpoints is made of.
enum class EditMix : uint8_t {
  kHosts,            // adds and removes, half and half
  kHostsAndWeights,  // two adds, two removes and a new weight for one that stays, in turn
};

// One list of uniform IPv4 hosts, changed some endpoints at a time.
class LargeList {
 public:
  explicit LargeList(uint32_t endpoints, EditMix mix = EditMix::kHosts);
  [[nodiscard]] Change First() const;  // the list as it is now, whole
  [[nodiscard]] Change Edit(int edits);
  [[nodiscard]] const BusinessId& id() const { return id_; }

 private:
  [[nodiscard]] EditKind KindOf(int edit) const;
  [[nodiscard]] OwnedEndpoint AtWeight(uint32_t address) const;
  OwnedEndpoint Add();
  // Of the first `untouched`, which then are one fewer: none is edited twice in one change.
  OwnedEndpoint Remove(size_t& untouched);
  OwnedEndpoint ChangeWeight(size_t& untouched);
  // Moves any of the first `untouched` to their end, and leaves it out of them.
  size_t Take(size_t& untouched);

  BusinessId id_;
  EditMix mix_;
  std::mt19937 random_{42};
  std::vector<uint32_t> addresses_;  // in no order
  std::unordered_set<uint32_t> used_;
  std::unordered_map<uint32_t, uint32_t> weights_;  // by address, where one was changed
};

}  // namespace switchback::targets
