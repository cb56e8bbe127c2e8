// A store of many IDs with short lists: what is measured against the number of IDs.
#pragma once

#include <compare>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "micro/program.h"
#include "micro/raw_database.h"
#include "scratch/scratch_folder.h"
#include "switchback/store.h"

namespace switchback::bench {

struct TableShape {
  size_t ids = 1'000;
  size_t size = 20;          // endpoints an ID
  bool two_versions = true;  // else one
  auto operator<=>(const TableShape&) const = default;
};

class TableStore {
 public:
  explicit TableStore(const TableShape& shape);
  // The store of this shape; the one of the shape before is dropped. Safe from several threads,
  // which then all ask for the same shape.
  [[nodiscard]] static TableStore& Of(const TableShape& shape);
  static void Drop();

  [[nodiscard]] const TableShape& shape() const { return shape_; }
  [[nodiscard]] const std::vector<BusinessId>& ids() const { return ids_; }
  [[nodiscard]] Store& store() { return *store_; }
  // Open read-only as it was built, with no cache but the engine's: every read goes to a row.
  [[nodiscard]] Store& reader() { return *reader_; }
  [[nodiscard]] const RawDatabase& raw() const { return *raw_; }  // the rows as they were built
  [[nodiscard]] std::string path() const { return folder_ / "store"; }
  // The last revisions in which every ID had its first, and its second version.
  [[nodiscard]] Revision first() const { return first_; }
  [[nodiscard]] Revision second() const { return second_; }

  void Close();  // the store; raw() stays
  void Open();

 private:
  void Fill();
  void EditAll();

  const TableShape shape_;
  std::vector<BusinessId> ids_;
  Revision first_;
  Revision second_;
  ScratchFolder folder_ = Must(ScratchFolder::Make("bench"));
  std::unique_ptr<Store> store_;
  std::unique_ptr<Store> reader_;
  std::unique_ptr<RawDatabase> raw_;
};

}  // namespace switchback::bench
