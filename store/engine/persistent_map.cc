// PersistentMap as a treap with path copying. Recursion is as deep as the tree: some 60 levels for
// a million rows.
#include "engine/persistent_map.h"

#include <algorithm>
#include <functional>
#include <utility>

namespace switchback {

namespace {

// Spreads std::hash over all 64 bits (the finaliser of SplitMix64), so that close keys get
// unrelated priorities.
uint64_t PriorityOf(std::string_view key) {
  uint64_t mixed = std::hash<std::string_view>{}(key) + 0x9e3779b97f4a7c15ULL;
  mixed = (mixed ^ (mixed >> 30U)) * 0xbf58476d1ce4e5b9ULL;
  mixed = (mixed ^ (mixed >> 27U)) * 0x94d049bb133111ebULL;
  return mixed ^ (mixed >> 31U);
}

}  // namespace

size_t PersistentMap::DepthOf(const NodePtr& node) {
  return node == nullptr ? 0 : 1 + std::max(DepthOf(node->left), DepthOf(node->right));
}

PersistentMap::NodePtr PersistentMap::Copy(const Node& node, NodePtr left, NodePtr right) {
  return std::make_shared<const Node>(
      Node{node.row, node.priority, std::move(left), std::move(right)});
}

PersistentMap::Parts PersistentMap::Split(const NodePtr& node, std::string_view key) {
  if (node == nullptr) return {};
  if (node->row->key < key) {
    Parts parts = Split(node->right, key);
    return {Copy(*node, node->left, std::move(parts.below)), std::move(parts.rest)};
  }
  Parts parts = Split(node->left, key);
  return {std::move(parts.below), Copy(*node, std::move(parts.rest), node->right)};
}

PersistentMap::NodePtr PersistentMap::Join(const NodePtr& left, const NodePtr& right) {
  if (left == nullptr) return right;
  if (right == nullptr) return left;
  if (left->priority >= right->priority) {
    return Copy(*left, left->left, Join(left->right, right));
  }
  return Copy(*right, Join(left, right->left), right->right);
}

// Replaces the node of an equal key in place: equal keys have equal priorities.
PersistentMap::NodePtr PersistentMap::Insert(const NodePtr& node, const NodePtr& fresh) {
  if (node == nullptr) return fresh;
  const std::string& key = fresh->row->key;
  if (node->row->key == key) return Copy(*fresh, node->left, node->right);
  if (fresh->priority > node->priority) {
    Parts parts = Split(node, key);
    return Copy(*fresh, std::move(parts.below), std::move(parts.rest));
  }
  if (key < node->row->key) return Copy(*node, Insert(node->left, fresh), node->right);
  return Copy(*node, node->left, Insert(node->right, fresh));
}

PersistentMap::NodePtr PersistentMap::Erase(const NodePtr& node, std::string_view key) {
  if (node->row->key == key) return Join(node->left, node->right);
  if (key < node->row->key) return Copy(*node, Erase(node->left, key), node->right);
  return Copy(*node, node->left, Erase(node->right, key));
}

const std::string* PersistentMap::Find(std::string_view key) const {
  const Node* node = root_.get();
  while (node != nullptr) {
    const auto order = key <=> std::string_view(node->row->key);
    if (order == 0) return &node->row->value;
    node = order < 0 ? node->left.get() : node->right.get();
  }
  return nullptr;
}

PersistentMap PersistentMap::With(std::string key, std::string value) const {
  const uint64_t priority = PriorityOf(key);
  auto row = std::make_shared<const Row>(Row{std::move(key), std::move(value)});
  auto fresh = std::make_shared<const Node>(Node{std::move(row), priority, nullptr, nullptr});
  // Two keys of one priority are no trouble: neither is above the other, both stay in key order.
  // But an equal key must be met on the way down, never split past: its priority is not above ours.
  return PersistentMap(Insert(root_, fresh));
}

PersistentMap PersistentMap::Without(std::string_view key) const {
  if (!Contains(key)) return *this;
  return PersistentMap(Erase(root_, key));
}

PersistentMap PersistentMap::WithoutRange(std::string_view begin, std::string_view end) const {
  if (begin >= end) return *this;
  Parts outer = Split(root_, begin);
  Parts inner = Split(outer.rest, end);
  return PersistentMap(Join(outer.below, inner.rest));
}

void PersistentMapCursor::DescendLeft(const Node* node) {
  for (; node != nullptr; node = node->left.get()) path_.push_back(node);
}

void PersistentMapCursor::DescendRight(const Node* node) {
  for (; node != nullptr; node = node->right.get()) path_.push_back(node);
}

void PersistentMapCursor::SeekToFirst() {
  path_.clear();
  DescendLeft(map_.root_.get());
}

void PersistentMapCursor::SeekToLast() {
  path_.clear();
  DescendRight(map_.root_.get());
}

void PersistentMapCursor::Seek(std::string_view key) {
  path_.clear();
  size_t best = 0;  // length of the path to the smallest key seen that is not below `key`
  for (const Node* node = map_.root_.get(); node != nullptr;) {
    path_.push_back(node);
    if (node->row->key < key) {
      node = node->right.get();
    } else {
      best = path_.size();
      node = node->left.get();
    }
  }
  path_.resize(best);
}

void PersistentMapCursor::SeekForPrev(std::string_view key) {
  path_.clear();
  size_t best = 0;
  for (const Node* node = map_.root_.get(); node != nullptr;) {
    path_.push_back(node);
    if (node->row->key > key) {
      node = node->left.get();
    } else {
      best = path_.size();
      node = node->right.get();
    }
  }
  path_.resize(best);
}

void PersistentMapCursor::Next() {
  const Node* node = path_.back();
  if (node->right != nullptr) {
    DescendLeft(node->right.get());
    return;
  }
  // Up to the first ancestor that this node is on the left of.
  path_.pop_back();
  while (!path_.empty() && path_.back()->right.get() == node) {
    node = path_.back();
    path_.pop_back();
  }
}

void PersistentMapCursor::Prev() {
  const Node* node = path_.back();
  if (node->left != nullptr) {
    DescendRight(node->left.get());
    return;
  }
  path_.pop_back();
  while (!path_.empty() && path_.back()->left.get() == node) {
    node = path_.back();
    path_.pop_back();
  }
}

}  // namespace switchback
