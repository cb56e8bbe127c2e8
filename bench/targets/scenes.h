// The stores that targets are measured on, and small helpers to make and fill them. Errors end the
// program: a benchmark has nobody to recover for.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <random>
#include <string>
#include <unordered_set>
#include <vector>

#include "switchback/store.h"

namespace switchback::targets {

[[noreturn]] void End(const std::string& message);

template <typename T>
T Must(Result<T> result) {
  if (!result) End(result.error().message);
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

[[nodiscard]] OwnedEndpoint Host(uint32_t address, uint32_t weight = 100);
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

// One list of uniform IPv4 hosts, changed ten endpoints at a time.
class LargeList {
 public:
  explicit LargeList(uint32_t endpoints);
  [[nodiscard]] Change First() const;
  [[nodiscard]] Change Edit(int edits);
  [[nodiscard]] const BusinessId& id() const { return id_; }
  [[nodiscard]] const std::vector<uint32_t>& addresses() const { return addresses_; }

 private:
  BusinessId id_;
  std::mt19937 random_{42};
  std::vector<uint32_t> addresses_;
  std::unordered_set<uint32_t> used_;
};

}  // namespace switchback::targets
