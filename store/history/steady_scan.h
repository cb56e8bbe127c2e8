// A scan that goes on behind what can't be read. An iterator ends at a table block that fails its
// check, and nothing says where the next block begins. But a seek that comes to that block fails
// with the same words, and one that comes behind it does not: so its end is searched for.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "engine/engine.h"

namespace switchback {

// Keys in [from, before) were passed over: what rows there are among them, the scan can't tell.
// Reading them one by one may still find some, in tables that are whole.
struct ScanGap {
  std::string from;
  std::string before;  // empty: up to the end of the scan
  Error error;         // kDataLoss; `where` has all places, up to a few
};

class SteadyScan {
 public:
  // The keys in [lower, upper). The view is borrowed.
  SteadyScan(const EngineView& view, Space space, std::string lower, std::string upper)
      : view_(view), space_(space), lower_(std::move(lower)), upper_(std::move(upper)) {
    Renew();
  }

  // Each move goes to the first row there that can be read, or to the end.
  void SeekToFirst() { Seek(lower_); }
  void Seek(std::string_view key);
  void Next();  // REQUIRES: valid()

  [[nodiscard]] bool valid() const { return rows_->valid(); }
  [[nodiscard]] std::string_view key() const { return rows_->key(); }
  [[nodiscard]] std::string_view value() const { return rows_->value(); }
  // What the last move has passed over, if anything.
  [[nodiscard]] const std::optional<ScanGap>& gap() const { return gap_; }
  // Errors: those that are no damage end the scan (kIoError).
  [[nodiscard]] Result<void> status() const { return status_; }

 private:
  // An iterator that has failed may fail on, wherever it is sent.
  void Renew() { rows_ = view_.Scan(space_, lower_, upper_); }
  void PassOverGap(std::string from);
  [[nodiscard]] bool ComesTo(const Error& block, const std::string& key);
  [[nodiscard]] std::optional<std::string> FindBehind(const Error& block, std::string_view from);

  const EngineView& view_;
  const Space space_;
  const std::string lower_;
  const std::string upper_;
  std::unique_ptr<Iterator> rows_;
  std::string last_;  // the key before the last step
  std::optional<ScanGap> gap_;
  Result<void> status_;
};

}  // namespace switchback
