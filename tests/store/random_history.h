// A store with a random history, and beside it what every version holds, in plain maps: for tests
// that compare what the store says of its past with what a plain walk over all of it finds.
#pragma once

#include <map>
#include <random>
#include <string>
#include <vector>

#include "store_fixture.h"

namespace switchback {

using PlainList = std::map<std::string, std::string>;  // key text -> value text

struct PlainVersion {
  uint64_t revision = 0;
  bool deleted = false;
  PlainList list;
};

inline PlainList ToPlain(const EndpointList& list) {
  PlainList plain;
  for (const Endpoint endpoint : list) {
    std::string value;
    AppendEndpointValue(endpoint.value, value);
    plain[FormatEndpointKey(endpoint.key)] = value;
  }
  return plain;
}

inline EndpointList FromPlain(const PlainList& plain) {
  std::vector<std::string> texts;
  for (const auto& [key, value] : plain) texts.push_back(value.empty() ? key : key + " " + value);
  return List(texts);
}

class RandomHistory {
 public:
  RandomHistory(Store& store, uint32_t seed) : store_(&store), random_(seed) {}
  void Use(Store& store) { store_ = &store; }  // the same one, opened again

  // IDs are id-0, id-1 ...; every step makes at most one revision.
  void Grow(int steps, uint32_t ids = 5) {
    ids_ = ids;
    for (int i = 0; i < steps; ++i) {
      Step();
      if (::testing::Test::HasFatalFailure()) return;
    }
  }

  [[nodiscard]] const std::map<std::string, std::vector<PlainVersion>>& versions() const {
    return versions_;
  }
  [[nodiscard]] uint64_t revision() const { return revision_; }
  uint32_t Roll(uint32_t below) { return static_cast<uint32_t>(random_() % below); }

  // Few addresses, so that the same come and go often; ranges among them.
  std::string SomeKey() {
    switch (Roll(10)) {
      case 0:
        return "2001:db8::" + std::to_string(1 + Roll(9));
      case 1:
        return "10.0." + std::to_string(Roll(3)) + ".0/24";
      case 2:
        return "10.0.0.0/16";
      case 3:
        return "10.0.0." + std::to_string(Roll(30)) + ":" + std::to_string(80 + Roll(2));
      default:
        return "10.0." + std::to_string(Roll(3)) + "." + std::to_string(Roll(30));
    }
  }

  // What a caller has committed itself.
  void Landed(const std::string& id, PlainVersion version) {
    revision_ = version.revision;
    versions_[id].push_back(std::move(version));
  }

  static bool Exists(const std::vector<PlainVersion>& versions) {
    return !versions.empty() && !versions.back().deleted;
  }

 private:
  std::string SomeValue() {
    static const char* const kValues[] = {"", "weight=1", "weight=2", "weight=100 zone=a"};
    return kValues[Roll(4)];
  }
  PlainList SomeList() {
    PlainList list;
    for (uint32_t i = 0, n = Roll(40); i < n; ++i) list[SomeKey()] = SomeValue();
    return list;
  }
  // Long enough for chunks and checkpoints.
  PlainList LongList() {
    PlainList list = ToPlain(Range(0x0a010000 + Roll(4) * 1000, 5000 + Roll(2000), 1 + Roll(2)));
    list[SomeKey()] = SomeValue();
    return list;
  }
  PlainList Edited(PlainList list) {
    for (uint32_t i = 0, n = 1 + Roll(4); i < n; ++i) {
      const std::string key = SomeKey();
      if (list.contains(key) && Roll(2) == 0) {
        list.erase(key);
      } else {
        list[key] = SomeValue();
      }
    }
    return list;
  }

  PlainVersion Next(const std::string& id) {
    const auto& versions = versions_[id];
    const PlainList now = Exists(versions) ? versions.back().list : PlainList{};
    const uint32_t what = Roll(100);
    if (what < 70) return {0, false, Edited(now)};
    if (what < 80) return {0, false, SomeList()};
    if (what < 82) return {0, false, LongList()};
    if (what < 90 && !versions.empty()) {
      const PlainVersion& past = versions[Roll(static_cast<uint32_t>(versions.size()))];
      if (!past.deleted) return {0, false, past.list};
    }
    if (what < 94 && Exists(versions)) return {0, true, {}};
    return {0, false, Edited(now)};
  }

  // How the version is asked for: the whole list, a restore of an equal one, or a delete.
  IdChange Ask(const std::string& id, const PlainVersion& next) {
    if (next.deleted) return {Id(id), DeleteId{}, std::nullopt};
    const auto& versions = versions_[id];
    for (size_t v = 0; v < versions.size() && Roll(2) == 0; ++v) {
      if (!versions[v].deleted && versions[v].list == next.list) {
        return {Id(id), CopyVersion{Version{v + 1}}, std::nullopt};
      }
    }
    return {Id(id), Replace{FromPlain(next.list)}, std::nullopt};
  }

  void Step() {
    std::map<std::string, PlainVersion> next;
    const uint32_t several = Roll(5) == 0 ? 3 : 1;
    for (uint32_t i = 0; i < several; ++i) {
      const std::string id = "id-" + std::to_string(Roll(ids_));
      PlainVersion version = Next(id);
      if (versions_[id].empty() && version.deleted) continue;
      next.insert_or_assign(id, std::move(version));
    }
    Change change;
    for (const auto& [id, version] : next) change.ids.push_back(Ask(id, version));
    if (change.ids.empty()) return;
    auto done = store_->Commit(change, By("author-" + std::to_string(Roll(3))));
    if (!done && done.error().code == ErrorCode::kPruned) {  // a copy of what is gone: as a list
      for (IdChange& one : change.ids) {
        const PlainVersion& version = next[one.id.text()];
        if (!version.deleted) one.action = Replace{FromPlain(version.list)};
      }
      done = store_->Commit(change, By("author"));
    }
    ASSERT_TRUE(done.has_value()) << done.error().message;
    if (!done->revision) return;
    revision_ = done->revision->value;
    for (const ChangedId& changed : done->changes) {
      PlainVersion version = next[changed.id.text()];
      version.revision = revision_;
      auto& versions = versions_[changed.id.text()];
      versions.push_back(std::move(version));
      ASSERT_EQ(changed.version.value, versions.size());
    }
  }

  Store* store_;
  std::mt19937 random_;
  uint32_t ids_ = 5;
  uint64_t revision_ = 0;
  std::map<std::string, std::vector<PlainVersion>> versions_;
};

}  // namespace switchback
