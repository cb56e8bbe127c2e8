#include "cli/parse/duration.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <system_error>

namespace switchback::cli {
namespace {

struct Unit {
  std::string_view name;
  int64_t milliseconds;
};
constexpr auto kUnits =
    std::to_array<Unit>({{"ms", 1}, {"s", 1000}, {"m", 60'000}, {"h", 3'600'000}});
// Far beyond any wait, and far from where a clock's numbers end.
constexpr int64_t kMaxNumber = 1'000'000'000;

}  // namespace

Outcome<std::chrono::milliseconds> ParseDuration(std::string_view option, std::string_view text) {
  uint64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  const std::string_view rest(stop, static_cast<size_t>(end - stop));
  const auto* const unit = std::ranges::find(kUnits, rest, &Unit::name);
  if (error == std::errc() && unit != kUnits.end() && number <= kMaxNumber) {
    return std::chrono::milliseconds(static_cast<int64_t>(number) * unit->milliseconds);
  }
  return UsageFailure(
      fmt::format("{} takes a length of time such as 500ms, 10s or 2m, not '{}'", option, text));
}

std::string FormatDuration(std::chrono::milliseconds duration) {
  return fmt::format("{:.1f} s", static_cast<double>(duration.count()) / 1000);
}

}  // namespace switchback::cli
