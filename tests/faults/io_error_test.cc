// The Nth operation of a run fails, for one N after another until the run ends without a fault.
// The error names the file, nothing acknowledged is lost, reads go on meanwhile, and once the fault
// is gone the store goes on by itself; an outcome that is not known is said to be so, and the same
// request ID then tells it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "faults/faulty_store.h"
#include "faults/workload.h"
#include "switchback/backup.h"

namespace switchback {
namespace {

constexpr int kSteps = 45;

struct Kind {
  Fault fault;
  Operations operations;
  uint64_t count;  // so many fail, one after another
  uint64_t every;
};

class IoErrorTest : public ::testing::TestWithParam<Kind> {
 protected:
  // False: the run ended before the fault came.
  static bool RunTo(uint64_t operation) {
    SCOPED_TRACE("operation " + std::to_string(operation) + " fails");
    FaultyStore faulty;
    Workload workload(operation);
    {
      const auto store = faulty.Create();
      EXPECT_TRUE(store.has_value()) << store.error().message;
      if (!store) return false;
      const Kind& kind = GetParam();
      faulty.disk().FailAt(operation, kind.fault, kind.operations, kind.count);
      for (int step = 0; step < kSteps && !HasFailure(); ++step) {
        const Result<void> done = workload.Step(**store);
        if (!done) Live(faulty, workload, **store, done.error());
      }
      workload.Check(**store);
      ExpectSound(**store);
    }
    const bool failed = faulty.disk().faults() > 0;
    faulty.disk().Repair();
    const auto store = faulty.Open();
    EXPECT_TRUE(store.has_value()) << store.error().message;
    if (!store) return false;
    workload.Check(**store);
    ExpectSound(**store);
    return failed;
  }

  // A step has failed.
  static void Live(FaultyStore& faulty, Workload& workload, Store& store, const Error& error) {
    SCOPED_TRACE("at " + faulty.disk().last_fault() + ": " + error.message);
    EXPECT_GT(faulty.disk().faults(), 0U);
    EXPECT_TRUE(error.code == ErrorCode::kIoError || error.code == ErrorCode::kUnknownOutcome);
    EXPECT_TRUE(faulty.disk().IsNamedIn(error.message)) << "it names no file that failed";
    if (GetParam().operations == Operations::kWrites) workload.Check(store);
    faulty.disk().Repair();
    workload.Check(store);
    if (workload.in_doubt()) {
      const Result<void> settled = workload.Repeat(store);
      ASSERT_TRUE(settled.has_value()) << settled.error().message;
      workload.Check(store);
    }
    const Result<void> next = workload.Step(store);
    ASSERT_TRUE(next.has_value()) << next.error().message;
  }
};

TEST_P(IoErrorTest, WhicheverOperationFailsTheStoreGoesOnWithAllThatWasAcknowledged) {
  const Stride stride = Stride::Of(GetParam().every);
  uint64_t faults = 0;
  for (uint64_t operation = 1 + stride.offset; RunTo(operation) && !HasFailure();
       operation += stride.every) {
    ++faults;
  }
  RecordProperty("faults", std::to_string(faults));
  std::cout << faults << " faults\n";
  EXPECT_GT(faults, 0U);
}

// The first thing that is asked of the store after a fault may be a backup; and commits may fail
// and be recovered from while one is under way.
TEST(BackupAfterIoError, IsOfTheStoreThatGoesOn) {
  const TempFolder folder;
  FaultyStore faulty;
  const auto store = *faulty.Create();
  for (uint32_t i = 0; i < 6 && !testing::Test::HasFailure(); ++i) {
    SCOPED_TRACE(i);
    ASSERT_TRUE(store->Commit(Set("large", Scattered(i, 20'000)), By("ann")));
    faulty.disk().FailAt(1, Fault::kIoError, Operations::kWrites, 1'000'000);
    EXPECT_FALSE(store->Commit(Set("b", Range(i, 3)), By("ann", Durability::kSynced)));
    faulty.disk().Repair();
    std::thread fails_too;
    if (i % 2 == 1) {
      fails_too = std::thread([&] {
        faulty.disk().FailAt(3, Fault::kIoError, Operations::kWrites);
        for (int k = 0; k < 8; ++k) (void)store->Commit(Set("c", Range(k, 2)), By("ben"));
        faulty.disk().Repair();
      });
    }
    const auto made = store->CreateBackup(folder.path("backups"), By("ben"), {});
    if (fails_too.joinable()) fails_too.join();
    // A write of the backup's own record may be the one that fails: never for damage.
    EXPECT_TRUE(made || made.error().code != ErrorCode::kDataLoss) << made.error().message;
    EXPECT_TRUE(made || i % 2 == 1);
  }
  ExpectSound(*store);
  const auto report = VerifyBackups(folder.path("backups"), std::nullopt, {});
  ASSERT_TRUE(report.has_value()) << report.error().message;
  EXPECT_TRUE(report->ok());
}

INSTANTIATE_TEST_SUITE_P(Faults, IoErrorTest,
                         testing::Values(Kind{Fault::kIoError, Operations::kWrites, 1, 53},
                                         Kind{Fault::kIoError, Operations::kWrites, 1'000'000, 97},
                                         Kind{Fault::kNoSpace, Operations::kWrites, 1'000'000, 53},
                                         Kind{Fault::kIoError, Operations::kReads, 1, 53}),
                         [](const auto& kinds) {
                           const Kind& kind = kinds.param;
                           return std::string(kind.operations == Operations::kReads ? "Read"
                                              : kind.fault == Fault::kNoSpace       ? "NoSpace"
                                                                                    : "Write") +
                                  (kind.count == 1 ? "Once" : "UntilRepaired");
                         });

}  // namespace
}  // namespace switchback
