#include "history/steady_scan.h"

#include <utility>

namespace switchback {
namespace {

// No key is longer: an ID, a prefix and two numbers.
constexpr size_t kMaxKeyBytes = 192;
constexpr int kBytes = 256;
// Of a gap of many blocks, so many are named.
constexpr size_t kMostPlaces = 8;

}  // namespace

void SteadyScan::Seek(std::string_view key) {
  gap_.reset();
  rows_->Seek(key);
  if (!rows_->valid()) PassOverGap(std::string(key));
}

void SteadyScan::Next() {
  gap_.reset();
  last_ = rows_->key();
  rows_->Next();
  if (!rows_->valid()) PassOverGap(last_ + '\0');
}

void SteadyScan::PassOverGap(std::string from) {
  Result<void> stopped = rows_->status();
  if (stopped) return;  // the end
  ScanGap gap{from, {}, stopped.error()};
  for (size_t blocks = 1; !stopped; ++blocks) {
    const Error& block = stopped.error();
    if (block.code != ErrorCode::kDataLoss) {
      status_ = stopped;
      return;
    }
    if (blocks > 1 && blocks <= kMostPlaces) gap.error.where += ", " + block.where;
    std::optional<std::string> behind = FindBehind(block, from);
    if (!behind) break;
    from = std::move(*behind);
    Renew();
    rows_->Seek(from);
    stopped = rows_->status();
  }
  if (rows_->valid()) gap.before = rows_->key();
  gap_ = std::move(gap);
}

bool SteadyScan::ComesTo(const Error& block, const std::string& key) {
  Renew();
  rows_->Seek(key);
  const Result<void> status = rows_->status();
  if (status) return false;
  return status.error().where == block.where && status.error().message == block.message;
}

// The first key from which on a seek does not come to `block`, digit by digit: of a table's index,
// each key is the shortest that tells two blocks apart, so that few digits are needed, at eight
// probes each. Nothing: there is none.
std::optional<std::string> SteadyScan::FindBehind(const Error& block, std::string_view from) {
  std::optional<std::string> behind;
  std::string prefix;  // comes to it, or `from` begins with it
  while (prefix.size() < kMaxKeyBytes) {
    const bool on_from = prefix.size() < from.size() && from.starts_with(prefix);
    int within = on_from ? static_cast<unsigned char>(from[prefix.size()]) : -1;
    int beyond = kBytes;
    while (beyond - within > 1) {
      const int middle = within + (beyond - within) / 2;
      (ComesTo(block, prefix + static_cast<char>(middle)) ? within : beyond) = middle;
    }
    if (beyond < kBytes) behind = prefix + static_cast<char>(beyond);
    if (within < 0) break;
    prefix += static_cast<char>(within);
  }
  return behind;
}

}  // namespace switchback
