#include "micro/list_store.h"

#include <atomic>
#include <utility>

#include "micro/program.h"

namespace switchback::bench {
namespace {

// Holds the list that is committed to, its successor and some more.
constexpr size_t kListCacheBytes = size_t{256} << 20;

constexpr size_t kBlockCacheBytes = size_t{256} << 20;

std::unique_ptr<ListStore>& Kept() {
  static std::unique_ptr<ListStore> kept;
  return kept;
}

// More than a second from one commit to the next, so that times tell versions apart.
Clock SteppingClock() {
  constexpr int64_t kStart = 1'700'000'000'000'000;
  constexpr int64_t kStep = 1'000'003;
  const auto calls = std::make_shared<std::atomic<int64_t>>(0);
  return {[calls] { return Timestamp{kStart + kStep * ++*calls}; }, [](Timestamp) { return 0; }};
}

}  // namespace

ListStore& ListStore::Of(const Shape& shape) {
  if (!Kept() || Kept()->shape() != shape) {
    Drop();
    Kept() = std::make_unique<ListStore>(shape);
  }
  return *Kept();
}

void ListStore::Drop() {
  Kept().reset();
}

ListStore::ListStore(const Shape& shape)
    : shape_(shape), id_(*BusinessId::Parse("394521")), copy_id_(*BusinessId::Parse("copy")) {
  CreateOptions create;
  create.environment = "bench";
  create.open.clock = SteppingClock();
  create.open.list_cache_bytes = kListCacheBytes;
  create.open.block_cache_bytes = kBlockCacheBytes;
  store_ = Must(Store::Create(folder_ / "store", create));
  EditStream edits(shape.size, 42);
  Build(edits);
  Toggle toggle = edits.NextToggle(shape.edits);
  there_.ids.push_back({id_, std::move(toggle.there)});
  back_.ids.push_back({id_, std::move(toggle.back)});
  OpenOptions read_only;
  read_only.read_only = true;
  read_only.block_cache_bytes = kBlockCacheBytes;
  read_only.list_cache_bytes = 0;
  read_only.head_cache_bytes = 0;
  reader_ = Must(Store::Open(folder_ / "store", read_only));
  raw_ = std::make_unique<RawDatabase>(folder_ / "store");
  commit_rows_ = std::make_unique<CommitRows>(*raw_, id_, last_, revision_);
}

void ListStore::Build(EditStream& edits) {
  Commit(id_, Replace{edits.FirstList()}, Durability::kBuffered);
  for (size_t i = 0; i < shape_.history; ++i) {
    if (i == shape_.history / 2) {
      const ListHandle now = Must(store_->Read(id_));
      Commit(copy_id_, Replace{*now->list}, Durability::kBuffered);
    }
    Commit(id_, edits.Next(shape_.edits), Durability::kBuffered);
  }
  Must(store_->Compact());
  const ListHandle newest = Must(store_->Read(id_));
  last_ = newest->version;
  revision_ = newest->revision;
  key_ = newest->list->Key(newest->list->size() / 2);
}

void ListStore::Commit(const BusinessId& id, std::variant<Replace, EditEndpoints> action,
                       Durability durability) {
  Change change;
  std::visit([&](auto& a) { change.ids.push_back({id, std::move(a)}); }, action);
  Must(store_->Commit(change, EditOptions(durability)));
}

void ListStore::CommitToggled(Durability durability) {
  Must(store_->Commit(is_there_ ? back_ : there_, EditOptions(durability)));
  is_there_ = !is_there_;
}

}  // namespace switchback::bench
