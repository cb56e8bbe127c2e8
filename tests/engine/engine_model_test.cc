// Random batches on an engine and on a std::map, compared after every step and in views taken at
// earlier ones.
#include <gmock/gmock.h>

#include <array>
#include <deque>
#include <map>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "engine/engine.h"
#include "engine/engine_fixture.h"

namespace switchback {
namespace {

using Model = std::array<std::map<std::string, std::string>, kSpaceCount>;

class Random {
 public:
  explicit Random(uint64_t seed) : generator_(seed) {}
  size_t Below(size_t bound) { return generator_() % bound; }
  Space AnySpace() { return static_cast<Space>(Below(kSpaceCount)); }
  // Few letters and lengths, so that keys meet often.
  std::string Key() {
    std::string key(Below(4), '\0');
    for (char& c : key) c = "ab\0\xff"[Below(4)];
    return key;
  }
  std::string Value() { return std::string(Below(2) == 0 ? Below(20) : Below(5000), 'v') + Key(); }

 private:
  std::mt19937_64 generator_;
};

void ApplyTo(Model& model, const WriteBatch& batch) {
  for (const WriteBatch::Entry& entry : batch.entries()) {
    auto& rows = model[static_cast<size_t>(entry.space)];
    switch (entry.kind) {
      case WriteBatch::Kind::kPut:
        rows[entry.key] = entry.value;
        break;
      case WriteBatch::Kind::kDelete:
        rows.erase(entry.key);
        break;
      case WriteBatch::Kind::kDeleteRange:
        if (entry.key < entry.value) {
          rows.erase(rows.lower_bound(entry.key), rows.lower_bound(entry.value));
        }
        break;
    }
  }
}

WriteBatch RandomBatch(Random& random) {
  WriteBatch batch;
  for (size_t i = 1 + random.Below(8); i > 0; --i) {
    const Space space = random.AnySpace();
    const size_t kind = random.Below(10);
    if (kind < 7) {
      batch.Put(space, random.Key(), random.Value());
    } else if (kind < 9) {
      batch.Delete(space, random.Key());
    } else {
      batch.DeleteRange(space, random.Key(), random.Key());
    }
  }
  return batch;
}

using Rows = std::vector<std::pair<std::string, std::string>>;

// What the model has in [lower, upper); an empty bound is none.
Rows ModelRows(const Model& model, Space space, const std::string& lower,
               const std::string& upper) {
  Rows rows;
  for (const auto& [key, value] : model[static_cast<size_t>(space)]) {
    if (key >= lower && (upper.empty() || key < upper)) rows.emplace_back(key, value);
  }
  return rows;
}

void ExpectSame(const EngineView& view, const Model& model, Random& random) {
  const Space space = random.AnySpace();
  const std::string lower = random.Key();
  const std::string upper = random.Key();
  const Rows wanted = ModelRows(model, space, lower, upper);
  const auto it = view.Scan(space, lower, upper);
  Rows found;
  for (it->SeekToFirst(); it->valid(); it->Next()) found.emplace_back(it->key(), it->value());
  ASSERT_TRUE(it->status());
  ASSERT_EQ(found, wanted);
  Rows backward;
  for (it->SeekToLast(); it->valid(); it->Prev()) backward.emplace_back(it->key(), it->value());
  std::ranges::reverse(backward);
  ASSERT_EQ(backward, wanted);

  const auto& rows = model[static_cast<size_t>(space)];
  std::vector<std::string> keys(5);
  for (std::string& key : keys) key = random.Key();
  const auto values = view.MultiGet(space, keys);
  ASSERT_TRUE(values);
  for (size_t i = 0; i < keys.size(); ++i) {
    const auto row = rows.find(keys[i]);
    ASSERT_EQ((*values)[i].has_value(), row != rows.end());
    ASSERT_EQ((*values)[i].value_or(""), row != rows.end() ? row->second : "");
    ASSERT_EQ(ValueOf(view, space, keys[i]), row != rows.end() ? row->second : "(none)");
  }
}

class EngineModelTest : public EveryEngine {
 protected:
  void Run(uint64_t seed, int steps) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Random random(seed);
    Model model;
    std::deque<std::pair<std::unique_ptr<EngineView>, Model>> views;
    for (int step = 0; step < steps; ++step) {
      SCOPED_TRACE("step " + std::to_string(step));
      const WriteBatch batch = RandomBatch(random);
      ASSERT_TRUE(engine_->Write(batch, random.Below(50) == 0));
      ApplyTo(model, batch);
      const bool compacted = random.Below(400) != 0 || engine_->Compact().has_value();
      ASSERT_TRUE(compacted);
      if (random.Below(500) == 0) {
        views.clear();  // a view must not outlive its engine
        Reopen();
      }
      if (random.Below(10) == 0) views.emplace_back(View(), model);
      if (views.size() > 5) views.pop_front();
      ExpectSame(*View(), model, random);
      if (!views.empty()) {
        const auto& [view, then] = views[random.Below(views.size())];
        ExpectSame(*view, then, random);
      }
      if (HasFatalFailure()) return;
    }
  }
};
INSTANTIATE_TEST_SUITE_P(Engines, EngineModelTest, kBothEngines, EngineKindName);

TEST_P(EngineModelTest, RandomOperationsAgreeWithAMap) {
  for (const uint64_t seed : {1U, 2U, 3U}) {
    engine_.reset();
    folder_.Clear();
    SetUp();
    Run(seed, 1500);
    if (HasFatalFailure()) return;
  }
}

}  // namespace
}  // namespace switchback
