#include "history/endpoint_lives.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>

#include "history/full_list.h"

namespace switchback {
namespace {

std::string TextOf(const EndpointValue& value) {
  std::string text;
  AppendEndpointValue(value, text);
  return text;
}

}  // namespace

Result<void> EndpointLives::Take(const VersionPlace& place, std::string_view value) {
  if (place.checkpoint) {
    return place.version == behind_gap_ ? TakeBase(place.version, value) : Result<void>();
  }
  const Result<VersionRow> row = DecodeVersionRow(value);
  if (!row) return std::unexpected(row.error());
  if (row->revision > published_) return {};
  return TakeVersion(place.version, *row);
}

Result<void> EndpointLives::TakeVersion(Version version, const VersionRow& row) {
  switch (row.kind) {
    case VersionKind::kScript:
      return TakeScript(version, row.payload);
    case VersionKind::kSameAs:
      TakeSameAs(version, row.same_as);
      return {};
    case VersionKind::kDeletion:
      Become(version, {});
      return {};
    case VersionKind::kPruned:
      PassGap(version, row.run_end.Next());
      return {};
    default:
      return TakeFull(version, row.kind, row.payload);
  }
}

Result<void> EndpointLives::TakeScript(Version version, std::string_view script) {
  if (Result<void> decoded = DecodeScriptParts(script, parts_); !decoded) return decoded;
  size_t new_value = parts_.old_count();
  for (size_t i = 0; i < parts_.ops.size(); ++i) {
    const bool goes = parts_.ops[i] == EditOp::kRemove;
    const size_t at = goes ? 0 : new_value++;
    const EndpointKey key = parts_.keys[i];
    if (!wanted_.takes(key)) continue;
    if (goes) {
      Go(version, key);
      continue;
    }
    // Changed, so it was there: behind a gap that is not known from lives.
    const bool was_there = parts_.ops[i] == EditOp::kChange && !open_.contains(key);
    Come(version, key, TextOf(parts_.values[at]));
    if (was_there) lives_.back().since_before = true;
  }
  return {};
}

// What the first version behind a gap holds and did not bring in itself.
Result<void> EndpointLives::TakeBase(Version version, std::string_view checkpoint) {
  if (checkpoint.empty()) return Fail(ErrorCode::kDataLoss, "empty checkpoint row");
  const auto found = FindIn(static_cast<VersionKind>(checkpoint.front()), checkpoint.substr(1));
  if (!found) return std::unexpected(found.error());
  for (const auto& [key, value] : *found) {
    if (open_.contains(key)) continue;
    Come(version, key, value);
    lives_.back().since_before = true;
  }
  return {};
}

Result<void> EndpointLives::TakeFull(Version version, VersionKind kind, std::string_view payload) {
  const auto found = FindIn(kind, payload);
  if (!found) return std::unexpected(found.error());
  Become(version, *found);
  return {};
}

Result<std::map<EndpointKey, std::string>> EndpointLives::FindIn(VersionKind kind,
                                                                 std::string_view payload) const {
  const Result<ListBase> base = DecodeFullList(kind, payload);
  if (!base) return std::unexpected(base.error());
  const auto list = LoadBase(*base, chunks_, ChunkCheck::kForm);
  if (!list) return std::unexpected(list.error());
  std::map<EndpointKey, std::string> found;
  for (const size_t at : wanted_.find(**list)) {
    found.emplace((*list)->Key(at), TextOf((*list)->Value(at)));
  }
  return found;
}

// Its list is an earlier one's, and what that held is known from the lives.
void EndpointLives::TakeSameAs(Version version, Version source) {
  std::map<EndpointKey, std::string> values;
  for (const auto* lives : {&past_, &lives_}) {
    for (const EndpointLife& life : *lives) {
      if (life.from > source || (life.until && *life.until <= source)) continue;
      for (const EndpointLife::Value& value : life.values) {
        if (value.from <= source) values[life.key] = value.text;
      }
    }
  }
  Become(version, values);
}

void EndpointLives::Become(Version version, const std::map<EndpointKey, std::string>& values) {
  std::vector<EndpointKey> gone;
  for (const auto& [key, place] : open_) {
    if (!values.contains(key)) gone.push_back(key);
  }
  for (const EndpointKey& key : gone) Go(version, key);
  for (const auto& [key, value] : values) Come(version, key, value);
  if (version != behind_gap_) return;
  for (EndpointLife& life : lives_) life.since_before = true;
}

void EndpointLives::Come(Version version, const EndpointKey& key, std::string value) {
  const auto [open, is_new] = open_.try_emplace(key, lives_.size());
  if (is_new) lives_.push_back({.key = key, .from = version, .values = {}});
  std::vector<EndpointLife::Value>& values = lives_[open->second].values;
  if (values.empty() || values.back().text != value) values.push_back({version, std::move(value)});
}

void EndpointLives::Go(Version version, const EndpointKey& key) {
  const auto open = open_.find(key);
  if (open == open_.end()) return;
  lives_[open->second].until = version;
  open_.erase(open);
}

// What was before a gap can't be told from what is behind it: only the latter is told.
void EndpointLives::PassGap(Version first, Version next) {
  for (const auto& [key, place] : open_) lives_[place].until = first;
  past_.insert(past_.end(), std::make_move_iterator(lives_.begin()),
               std::make_move_iterator(lives_.end()));
  lives_.clear();
  open_.clear();
  behind_gap_ = next;
}

std::vector<EndpointLife> EndpointLives::Finish() {
  std::ranges::sort(lives_, [](const EndpointLife& a, const EndpointLife& b) {
    return a.key != b.key ? a.key < b.key : a.from < b.from;
  });
  open_.clear();
  past_.clear();
  behind_gap_ = Version{};
  return std::exchange(lives_, {});
}

}  // namespace switchback
