#include "switchback/error.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "switchback/options.h"

namespace switchback {
namespace {

TEST(ErrorCodeName, IsTheDocumentedWord) {
  EXPECT_EQ(ErrorCodeName(ErrorCode::kInvalidArgument), "invalid_argument");
  EXPECT_EQ(ErrorCodeName(ErrorCode::kLimitExceeded), "limit_exceeded");
  EXPECT_EQ(ErrorCodeName(ErrorCode::kNotFound), "not_found");
  EXPECT_EQ(ErrorCodeName(ErrorCode::kPruned), "pruned");
  EXPECT_EQ(ErrorCodeName(ErrorCode::kAlreadyExists), "already_exists");
  EXPECT_EQ(ErrorCodeName(ErrorCode::kConflict), "conflict");
  EXPECT_EQ(ErrorCodeName(ErrorCode::kWrongEnvironment), "wrong_environment");
  EXPECT_EQ(ErrorCodeName(ErrorCode::kRefused), "refused");
  EXPECT_EQ(ErrorCodeName(ErrorCode::kDataLoss), "data_loss");
  EXPECT_EQ(ErrorCodeName(ErrorCode::kHeld), "store_held");
  EXPECT_EQ(ErrorCodeName(ErrorCode::kIoError), "io_error");
  EXPECT_EQ(ErrorCodeName(ErrorCode::kUnknownOutcome), "unknown_outcome");
}

TEST(OperationName, IsAWordOfItsOwnForEachNumberOnDisk) {
  std::set<std::string_view> names;
  const auto check = [&](int first, int last) {
    for (int number = first; number <= last; ++number) {
      const std::string_view name = OperationName(static_cast<Operation>(number));
      EXPECT_NE(name, "unknown") << number;
      EXPECT_TRUE(names.insert(name).second) << name;
      EXPECT_EQ(name.find_first_not_of("abcdefghijklmnopqrstuvwxyz-"), std::string_view::npos);
    }
  };
  check(1, 12);
  check(32, 44);
  EXPECT_EQ(OperationName(Operation::kRestoreAll), "restore-all");
  EXPECT_EQ(OperationName(Operation::kSnapshotCreate), "snapshot-create");
}

TEST(OperationName, OfANumberThatIsNoneIsUnknown) {
  for (const int number : {0, 13, 31, 45, 255}) {
    EXPECT_EQ(OperationName(static_cast<Operation>(number)), "unknown") << number;
  }
}

}  // namespace
}  // namespace switchback
