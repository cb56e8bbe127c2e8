// Power loss at the Nth operation of a run, for one N after another until the run ends without one.
// What must be there: every commit that was acknowledged as synced; of the others some first ones,
// each whole; a store that verifies and goes on.
#include <gtest/gtest.h>

#include <random>

#include "faults/faulty_store.h"
#include "faults/workload.h"

namespace switchback {
namespace {

constexpr int kSteps = 45;       // a run
constexpr int kStepsAfter = 12;  // in the store that was opened again
constexpr uint64_t kEvery = 29;
constexpr uint64_t kMostOperationsToReopen = 60;

class PowerLossTest : public ::testing::Test {
 protected:
  // False: the run ended before it came to the loss.
  bool RunTo(uint64_t operation) {
    SCOPED_TRACE("power is lost at operation " + std::to_string(operation));
    FaultyStore faulty;
    Workload workload(operation);
    std::mt19937_64 random(operation);
    faulty.disk().FailAt(operation, Fault::kPowerLoss);
    Result<std::unique_ptr<Store>> store = faulty.Create();
    const bool created = store.has_value();
    if (created) {
      Run(**store, workload);
      store->reset();
    }
    const bool lost = faulty.disk().faults() > 0;
    faulty.disk().LosePower(random);
    if (created) {
      // And now and then once more, while it is opened again or soon after.
      if (random() % 2 == 0) LoseAgain(faulty, workload, random);
      CheckAfter(faulty, workload);
    } else {
      CheckUnmade(faulty);
    }
    return lost;
  }

  static void Run(Store& store, Workload& workload) {
    for (int step = 0; step < kSteps; ++step) {
      const Result<void> done = workload.Step(store);
      if (done) continue;
      EXPECT_TRUE(done.error().code == ErrorCode::kIoError ||
                  done.error().code == ErrorCode::kUnknownOutcome)
          << done.error().message;
      return;
    }
  }

  static void LoseAgain(FaultyStore& faulty, Workload& workload, std::mt19937_64& random) {
    faulty.disk().FailAt(1 + random() % kMostOperationsToReopen, Fault::kPowerLoss);
    {
      const auto store = faulty.Open();
      if (store) {
        ASSERT_NO_FATAL_FAILURE(workload.Settle(**store));
        Run(**store, workload);
      } else {
        ASSERT_EQ(store.error().code, ErrorCode::kIoError) << store.error().message;
      }
    }
    faulty.disk().LosePower(random);
  }

  static void CheckAfter(FaultyStore& faulty, Workload& workload) {
    {
      const auto store = faulty.Open();
      ASSERT_TRUE(store.has_value()) << store.error().message;
      ASSERT_NO_FATAL_FAILURE(workload.Settle(**store));
      workload.Check(**store);
      ExpectSound(**store);
      for (int step = 0; step < kStepsAfter; ++step) {
        const Result<void> done = workload.Step(**store);
        ASSERT_TRUE(done.has_value()) << done.error().message;
      }
      workload.Check(**store);
    }
    const auto store = faulty.Open();
    ASSERT_TRUE(store.has_value()) << store.error().message;
    workload.Check(**store);
    ExpectSound(**store);
  }

  // It either is a store, empty, or can be made one.
  static void CheckUnmade(FaultyStore& faulty) {
    auto store = faulty.Open();
    if (!store) {
      EXPECT_EQ(store.error().code, ErrorCode::kNotFound) << store.error().message;
      std::filesystem::remove_all(faulty.path());
      store = faulty.Create();
    }
    ASSERT_TRUE(store.has_value()) << store.error().message;
    EXPECT_EQ((*(*store)->NewView())->revision(), Revision{0});
    ExpectSound(**store);
  }
};

TEST_F(PowerLossTest, WhereverItComesAStoreIsThereWithAllThatWasSynced) {
  const Stride stride = Stride::Of(kEvery);
  uint64_t points = 0;
  for (uint64_t operation = 1 + stride.offset; RunTo(operation); operation += stride.every) {
    ++points;
    if (HasFailure()) break;
  }
  RecordProperty("crash_points", std::to_string(points));
  std::cout << points << " crash points\n";
  EXPECT_GT(points, 0U);
}

}  // namespace
}  // namespace switchback
