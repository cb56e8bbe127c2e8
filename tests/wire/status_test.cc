#include "wire/status.h"

#include <gtest/gtest.h>

#include <vector>

namespace switchback::wire {
namespace {

struct Row {
  ErrorCode code;
  unsigned status;
  int exit;
  std::string_view name;
};

const std::vector<Row> kRows = {
    {ErrorCode::kInvalidArgument, 400, 2, "invalid_argument"},
    {ErrorCode::kLimitExceeded, 413, 2, "limit_exceeded"},
    {ErrorCode::kNotFound, 404, 3, "not_found"},
    {ErrorCode::kPruned, 410, 3, "pruned"},
    {ErrorCode::kAlreadyExists, 409, 4, "already_exists"},
    {ErrorCode::kConflict, 409, 4, "conflict"},
    {ErrorCode::kWrongEnvironment, 421, 5, "wrong_environment"},
    {ErrorCode::kRefused, 403, 5, "refused"},
    {ErrorCode::kDataLoss, 500, 6, "data_loss"},
    {ErrorCode::kHeld, 503, 7, "store_held"},
    {ErrorCode::kIoError, 500, 8, "io_error"},
    {ErrorCode::kUnknownOutcome, 500, 8, "unknown_outcome"},
};

TEST(StatusTest, EveryCodeHasItsNumbersAndItsName) {
  for (const Row& row : kRows) {
    EXPECT_EQ(HttpStatus(row.code), row.status) << row.name;
    EXPECT_EQ(ExitCode(row.code), row.exit) << row.name;
    EXPECT_EQ(ErrorCodeOf(row.name), row.code) << row.name;
    EXPECT_EQ(ErrorCodeName(row.code), row.name);
  }
}

// A code that is added needs a row above.
TEST(StatusTest, TheTableIsComplete) {
  size_t named = 0;
  for (unsigned number = 0; number < 256; ++number) {
    named += ErrorCodeName(static_cast<ErrorCode>(number)) != "unknown" ? 1 : 0;
  }
  EXPECT_EQ(named, kRows.size());
}

TEST(StatusTest, OtherNamesAreNone) {
  for (const std::string_view name : {"", "unknown", "Not_found", "not_found ", "usage"}) {
    EXPECT_EQ(ErrorCodeOf(name), std::nullopt) << name;
  }
}

}  // namespace
}  // namespace switchback::wire
