// Readers, scans and writers at once; run it under ThreadSanitizer for the memory engine.
#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "engine/engine.h"
#include "engine/engine_fixture.h"

namespace switchback {
namespace {

constexpr int kRows = 16;
constexpr int kBatches = 400;

class EngineThreadsTest : public EveryEngine {
 protected:
  // All rows get one value in one batch, so any view must find them equal.
  void WriteRounds(int writer) {
    for (int round = 0; round < kBatches; ++round) {
      WriteBatch batch;
      if (round % 7 == 0) batch.DeleteRange(Space::kState, "r", "s");
      const std::string value = std::to_string(writer) + ":" + std::to_string(round);
      for (int row = 0; row < kRows; ++row) {
        batch.Put(Space::kState, "r" + std::to_string(row), value);
      }
      batch.Put(Space::kHistory, value, value);
      if (!engine_->Write(batch, false)) ++failures_;
    }
  }

  void ReadUntilDone() {
    while (!done_) {
      const auto view = engine_->NewView();
      if (!view) {
        ++failures_;
        return;
      }
      const auto it = (*view)->Scan(Space::kState, "r", "s");
      std::string first;
      int rows = 0;
      for (it->SeekToFirst(); it->valid(); it->Next(), ++rows) {
        if (rows == 0) first = it->value();
        if (it->value() != first) ++torn_;
      }
      if (rows != kRows && rows != 0) ++torn_;
      if (rows > 0 && ValueOf(**view, Space::kState, "r7") != first) ++torn_;
      // The row that came in the same batch is there too.
      if (rows > 0 && ValueOf(**view, Space::kHistory, first) != first) ++torn_;
      std::string newest;
      if (!engine_->Get(Space::kState, "r3", newest)) ++failures_;
    }
  }

  std::atomic<bool> done_ = false;
  std::atomic<int> torn_ = 0;
  std::atomic<int> failures_ = 0;
};
INSTANTIATE_TEST_SUITE_P(Engines, EngineThreadsTest, kBothEngines, EngineKindName);

TEST_P(EngineThreadsTest, ViewsAreWholeWhileOthersWrite) {
  std::vector<std::thread> readers;
  for (int i = 0; i < 3; ++i) readers.emplace_back([this] { ReadUntilDone(); });
  std::vector<std::thread> writers;
  for (int i = 0; i < 2; ++i) writers.emplace_back([this, i] { WriteRounds(i); });
  for (std::thread& writer : writers) writer.join();
  done_ = true;
  for (std::thread& reader : readers) reader.join();
  EXPECT_EQ(torn_, 0);
  EXPECT_EQ(failures_, 0);
  // Nothing of either writer was lost.
  for (int writer = 0; writer < 2; ++writer) {
    for (int round = 0; round < kBatches; ++round) {
      const std::string value = std::to_string(writer) + ":" + std::to_string(round);
      ASSERT_EQ(ValueOf(*engine_, Space::kHistory, value), value);
    }
  }
}

}  // namespace
}  // namespace switchback
