// The net effect of chosen revisions as a plain walk finds it.
#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "random_history.h"

namespace switchback {

inline const PlainList& ListAt(const std::vector<PlainVersion>& versions, uint64_t version) {
  static const PlainList kNone;
  return version == 0 || versions[version - 1].deleted ? kNone : versions[version - 1].list;
}

struct PlainNet {
  PlainList before;
  PlainList after;
  std::set<std::string> changed_between;
};

// Per key: what it was before the first step of chosen versions that touched it, and after the
// last.
inline PlainNet NetOf(const std::vector<PlainVersion>& versions, const std::set<uint64_t>& chosen) {
  std::map<std::string, std::pair<std::string, std::string>> net;  // "-" stands for absent
  PlainNet result;
  const auto value = [](const PlainList& list, const std::string& key) {
    const auto found = list.find(key);
    return found == list.end() ? std::string("-") : found->second;
  };
  const auto is_chosen = [&](size_t v) {
    return v <= versions.size() && chosen.contains(versions[v - 1].revision);
  };
  for (size_t v = 1; v <= versions.size(); ++v) {
    if (!is_chosen(v)) continue;
    const PlainList& before = ListAt(versions, v - 1);
    while (is_chosen(v + 1)) ++v;
    const PlainList& now = ListAt(versions, v);
    std::set<std::string> keys;
    for (const auto& [key, text] : before) keys.insert(key);
    for (const auto& [key, text] : now) keys.insert(key);
    for (const std::string& key : keys) {
      if (value(before, key) == value(now, key)) continue;
      const auto [entry, first] = net.try_emplace(key, value(before, key), "");
      if (!first && entry->second.second != value(before, key)) result.changed_between.insert(key);
      entry->second.second = value(now, key);
    }
  }
  for (const auto& [key, values] : net) {
    if (values.first == values.second) continue;
    if (values.first != "-") result.before[key] = values.first;
    if (values.second != "-") result.after[key] = values.second;
  }
  return result;
}

}  // namespace switchback
