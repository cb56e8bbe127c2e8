// PersistentMap: an immutable ordered map of byte strings; an edit makes a new map that shares all
// but O(log n) nodes with the old one. The memory engine keeps its rows in it, so that a view is a
// copy of one pointer, never blocks a writer and never sees a later write.
//
// A treap: a binary search tree by key that is also a heap by priority. The priority is a hash of
// the key, so a map's shape follows from its keys alone and its depth is O(log n).
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace switchback {

// Copying shares everything and costs one reference count. Two threads may use two copies at once;
// one object is not to be assigned while another thread reads it.
class PersistentMap {
 public:
  PersistentMap() = default;
  // Null if there is no such key. The value lives as long as any map that holds it.
  [[nodiscard]] const std::string* Find(std::string_view key) const;
  // This map with `key` set; the value is taken over.
  [[nodiscard]] PersistentMap With(std::string key, std::string value) const;
  [[nodiscard]] PersistentMap Without(std::string_view key) const;
  // Without the keys in [begin, end); as it is if begin >= end.
  [[nodiscard]] PersistentMap WithoutRange(std::string_view begin, std::string_view end) const;
  [[nodiscard]] bool empty() const { return root_ == nullptr; }
  // Nodes on the longest way down. Cost: O(n); for tests.
  [[nodiscard]] size_t Depth() const { return DepthOf(root_); }

 private:
  friend class PersistentMapCursor;

  // Rows are shared between the copies of a node that edits near it make.
  struct Row {
    std::string key;
    std::string value;
  };
  struct Node;
  using NodePtr = std::shared_ptr<const Node>;
  struct Node {
    std::shared_ptr<const Row> row;
    uint64_t priority;
    NodePtr left;
    NodePtr right;
  };
  struct Parts {
    NodePtr below;  // keys < the split key
    NodePtr rest;   // keys >= it
  };

  explicit PersistentMap(NodePtr root) : root_(std::move(root)) {}

  static size_t DepthOf(const NodePtr& node);
  static NodePtr Copy(const Node& node, NodePtr left, NodePtr right);
  static Parts Split(const NodePtr& node, std::string_view key);
  // REQUIRES: every key of `left` is below every key of `right`.
  static NodePtr Join(const NodePtr& left, const NodePtr& right);
  static NodePtr Insert(const NodePtr& node, const NodePtr& fresh);
  static NodePtr Erase(const NodePtr& node, std::string_view key);
  [[nodiscard]] bool Contains(std::string_view key) const { return Find(key) != nullptr; }

  NodePtr root_;
};

// A place in one map, which it keeps alive. Starts nowhere (not valid).
class PersistentMapCursor {
 public:
  explicit PersistentMapCursor(PersistentMap map) : map_(std::move(map)) {}
  void SeekToFirst();
  void SeekToLast();
  void Seek(std::string_view key);         // first key >= key
  void SeekForPrev(std::string_view key);  // last key <= key
  void Next();                             // REQUIRES: valid()
  void Prev();                             // REQUIRES: valid()
  void Invalidate() { path_.clear(); }
  [[nodiscard]] bool valid() const { return !path_.empty(); }
  [[nodiscard]] const std::string& key() const { return path_.back()->row->key; }
  [[nodiscard]] const std::string& value() const { return path_.back()->row->value; }

 private:
  using Node = PersistentMap::Node;
  void DescendLeft(const Node* node);
  void DescendRight(const Node* node);

  PersistentMap map_;
  std::vector<const Node*> path_;  // from the root to the current node
};

}  // namespace switchback
