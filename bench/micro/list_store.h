// A store with one list and its history: what the costs against list size, history length and edit
// size are measured on.
#pragma once

#include <compare>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>

#include "micro/edit_stream.h"
#include "micro/program.h"
#include "micro/raw_database.h"
#include "scratch/scratch_folder.h"
#include "switchback/store.h"

namespace switchback::bench {

struct Shape {
  size_t size = 1'000;     // endpoints a list
  size_t history = 1'100;  // versions made after the first
  size_t edits = 10;       // edits a version
  auto operator<=>(const Shape&) const = default;
};

class ListStore {
 public:
  explicit ListStore(const Shape& shape);
  // The store of this shape; the one of the shape before is dropped.
  [[nodiscard]] static ListStore& Of(const Shape& shape);
  // Drops the last one.
  static void Drop();

  [[nodiscard]] const Shape& shape() const { return shape_; }
  [[nodiscard]] const BusinessId& id() const { return id_; }
  // Has the same list as the middle version of `id`, and was never edited.
  [[nodiscard]] const BusinessId& copy_id() const { return copy_id_; }
  // The newest version of the history as it was built; later commits only add to it.
  [[nodiscard]] Version last() const { return last_; }
  [[nodiscard]] Version middle() const { return Version{last_.value / 2 + 1}; }
  [[nodiscard]] Revision revision() const { return revision_; }
  [[nodiscard]] EndpointKey key() const { return key_; }  // in the newest list

  // Open for writing, with a large cache of lists.
  [[nodiscard]] Store& store() { return *store_; }
  // Open read-only as it was built, with no cache of lists or heads: every read goes to the rows.
  [[nodiscard]] Store& reader() { return *reader_; }
  [[nodiscard]] const RawDatabase& raw() const { return *raw_; }  // the same rows
  // Rows that commits of this shape write, to be written raw.
  [[nodiscard]] CommitRows& commit_rows() { return *commit_rows_; }

  // Commits the one change and its undoing in turn.
  void CommitToggled(Durability durability);

 private:
  void Build(EditStream& edits);
  void Commit(const BusinessId& id, std::variant<Replace, EditEndpoints> action,
              Durability durability);

  const Shape shape_;
  const BusinessId id_;
  const BusinessId copy_id_;
  Version last_;
  Revision revision_;
  EndpointKey key_;
  Change there_;
  Change back_;
  bool is_there_ = false;
  ScratchFolder folder_ = Must(ScratchFolder::Make("bench"));
  // Views and cursors are gone by then; raw_ and reader_ go before store_.
  std::unique_ptr<Store> store_;
  std::unique_ptr<Store> reader_;
  std::unique_ptr<RawDatabase> raw_;
  std::unique_ptr<CommitRows> commit_rows_;
};

}  // namespace switchback::bench
