#include "cli/input/faults.h"

#include <fmt/format.h>

#include <utility>

#include "cli/output/text_format.h"

namespace switchback::cli {

void Faults::Add(std::string text, ErrorCode code) {
  if (++count_ == 1) code_ = code;
  if (items_.size() < kShown) items_.push_back(std::move(text));
}

void Faults::AddAll(std::string_view where, const Faults& part) {
  if (part.empty()) return;
  if (count_ == 0) code_ = part.code_;
  count_ += part.count_;
  for (const std::string& item : part.items_) {
    if (items_.size() < kShown) items_.push_back(fmt::format("{}{}", where, item));
  }
}

Error Faults::ToError() const {
  if (count_ == 1) return {code_, items_.front(), {}, 0};
  return {code_, fmt::format("{} faults, the first: {}", Grouped(count_), items_.front()), items_,
          count_};
}

std::unexpected<Failure> Faults::ToFailure(std::string_view source, std::string_view what) const {
  Error error{code_, fmt::format("{}: {}; nothing was written", source, Counted(count_, what)),
              items_, count_};
  return std::unexpected<Failure>(Failure(std::move(error)));
}

}  // namespace switchback::cli
