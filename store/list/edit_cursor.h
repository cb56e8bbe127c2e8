// Walks the three parts of a ListDiff as one sequence of edits in key order.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "switchback/endpoint_list.h"

namespace switchback {

enum class EditOp : uint8_t { kRemove = 0, kChange = 1, kAdd = 2 };

class EditCursor {
 public:
  explicit EditCursor(const ListDiff& diff)
      : removed_(diff.removed),
        changed_from_(diff.changed_from),
        changed_(diff.changed_to),
        added_(diff.added) {
    Choose();
  }
  [[nodiscard]] bool done() const { return done_; }
  [[nodiscard]] EditOp op() const { return op_; }
  [[nodiscard]] const EndpointKey& key() const { return key_; }
  // Place in `removed`, in both of `changed_from` and `changed_to`, or in `added`, as `op` says.
  [[nodiscard]] size_t index() const { return next_[static_cast<size_t>(op_)]; }
  // Nothing: not in the list. Attributes borrow from the diff.
  [[nodiscard]] std::optional<EndpointValue> before() const {
    if (op_ == EditOp::kAdd) return std::nullopt;
    return (op_ == EditOp::kRemove ? removed_ : changed_from_).Value(index());
  }
  [[nodiscard]] std::optional<EndpointValue> after() const {
    if (op_ == EditOp::kRemove) return std::nullopt;
    return (op_ == EditOp::kAdd ? added_ : changed_).Value(index());
  }
  void Next() {
    ++next_[static_cast<size_t>(op_)];
    Choose();
  }

 private:
  void Choose() {
    done_ = true;
    Offer(removed_, EditOp::kRemove);
    Offer(changed_, EditOp::kChange);
    Offer(added_, EditOp::kAdd);
  }
  void Offer(const EndpointList& part, EditOp op) {
    const size_t i = next_[static_cast<size_t>(op)];
    if (i == part.size()) return;
    const EndpointKey key = part.Key(i);
    if (!done_ && key_ < key) return;
    done_ = false;
    op_ = op;
    key_ = key;
  }

  const EndpointList& removed_;
  const EndpointList& changed_from_;
  const EndpointList& changed_;
  const EndpointList& added_;
  size_t next_[3] = {0, 0, 0};
  bool done_ = true;
  EditOp op_ = EditOp::kRemove;
  EndpointKey key_;
};

}  // namespace switchback
