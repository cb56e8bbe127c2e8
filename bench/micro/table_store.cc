#include "micro/table_store.h"

#include <fmt/format.h>

#include <algorithm>
#include <mutex>
#include <utility>

#include "micro/lists.h"
#include "micro/program.h"

namespace switchback::bench {
namespace {

// So many IDs are set in one revision: enough to be quick, too few to matter for memory.
constexpr size_t kIdsARevision = 10'000;

std::unique_ptr<TableStore>& Kept() {
  static std::unique_ptr<TableStore> kept;
  return kept;
}

std::vector<BusinessId> MakeIds(size_t count) {
  std::vector<BusinessId> ids;
  ids.reserve(count);
  for (size_t i = 0; i < count; ++i) {
    ids.push_back(*BusinessId::Parse(fmt::format("{:07}", i)));
  }
  return ids;
}

Revision Commit(Store& store, const Change& change) {
  CommitOptions options;
  options.author = "bench";
  options.message = "fill";
  options.durability = Durability::kBuffered;
  return Must(store.Commit(change, options)).revision.value();
}

OpenOptions Options() {
  OpenOptions options;
  options.block_cache_bytes = size_t{256} << 20;
  return options;
}

}  // namespace

TableStore& TableStore::Of(const TableShape& shape) {
  static std::mutex mutex;
  const std::lock_guard lock(mutex);
  if (!Kept() || Kept()->shape() != shape) {
    Drop();
    Kept() = std::make_unique<TableStore>(shape);
  }
  return *Kept();
}

void TableStore::Drop() {
  Kept().reset();
}

TableStore::TableStore(const TableShape& shape) : shape_(shape), ids_(MakeIds(shape.ids)) {
  CreateOptions create;
  create.environment = "bench";
  create.open = Options();
  store_ = Must(Store::Create(path(), create));
  Fill();
  if (shape.two_versions) EditAll();
  Must(store_->Compact());
  OpenOptions read_only = Options();
  read_only.read_only = true;
  read_only.list_cache_bytes = 0;
  read_only.head_cache_bytes = 0;
  reader_ = Must(Store::Open(path(), read_only));
  raw_ = std::make_unique<RawDatabase>(path());
}

void TableStore::Fill() {
  for (size_t begin = 0; begin < ids_.size(); begin += kIdsARevision) {
    Change change;
    const size_t end = std::min(begin + kIdsARevision, ids_.size());
    for (size_t i = begin; i < end; ++i) {
      change.ids.push_back({ids_[i], Replace{MakeList(Distribution::kUniform, shape_.size, i)}});
    }
    first_ = Commit(*store_, change);
  }
  second_ = first_;
}

// One endpoint more in every list.
void TableStore::EditAll() {
  const OwnedEndpoint added{{{Family::kIPv4, 0, 0x0a000001}, 32, 9}, 100, {}};
  for (size_t begin = 0; begin < ids_.size(); begin += kIdsARevision) {
    Change change;
    const size_t end = std::min(begin + kIdsARevision, ids_.size());
    for (size_t i = begin; i < end; ++i) {
      change.ids.push_back({ids_[i], EditEndpoints{{{EditKind::kAdd, added, false}}, false}});
    }
    second_ = Commit(*store_, change);
  }
}

void TableStore::Close() {
  store_.reset();
}

void TableStore::Open() {
  store_ = Must(Store::Open(path(), Options()));
}

}  // namespace switchback::bench
