// WriteBatch: the list of writes that an engine applies as one.
#include <utility>

#include "engine/engine.h"

namespace switchback {

void WriteBatch::Put(Space space, std::string key, std::string value) {
  bytes_ += key.size() + value.size();
  entries_.push_back({Kind::kPut, space, std::move(key), std::move(value)});
}

void WriteBatch::Delete(Space space, std::string key) {
  bytes_ += key.size();
  entries_.push_back({Kind::kDelete, space, std::move(key), {}});
}

void WriteBatch::DeleteRange(Space space, std::string begin, std::string end) {
  bytes_ += begin.size() + end.size();
  entries_.push_back({Kind::kDeleteRange, space, std::move(begin), std::move(end)});
}

void WriteBatch::Clear() {
  entries_.clear();
  bytes_ = 0;
}

}  // namespace switchback
