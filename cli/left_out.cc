#include "cli/left_out.h"

#include <fmt/format.h>

#include <utility>

#include "cli/output/text_format.h"

namespace switchback::cli {
namespace {

constexpr size_t kShown = 20;

}  // namespace

bool LeftOut::Take(const Failure& failure) {
  if (failure.error.code != ErrorCode::kDataLoss) return false;
  ++count_;
  if (items_.size() < kShown) items_.push_back(failure.error.message);
  return true;
}

Outcome<int> LeftOut::Finish(Context& context) {
  if (count_ == 0) return kExitDone;
  FAIL_IF_ERROR(context.out.Finish());
  Error error{ErrorCode::kDataLoss,
              fmt::format("{} could not be read and {} left out above; 'switchback verify' says "
                          "what is damaged and what is whole",
                          Counted(count_, "row"), count_ == 1 ? "is" : "are"),
              std::move(items_), count_};
  return std::unexpected(Failure(std::move(error)));
}

}  // namespace switchback::cli
