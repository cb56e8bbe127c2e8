#include "cli/parse/nearest.h"

#include <fmt/format.h>

#include <algorithm>

namespace switchback::cli {
namespace {

// Levenshtein distance, one row at a time.
size_t EditDistance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  for (size_t j = 0; j < row.size(); ++j) row[j] = j;
  for (size_t i = 0; i < a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i + 1;
    for (size_t j = 0; j < b.size(); ++j) {
      const size_t replaced = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row.back();
}

}  // namespace

std::string DidYouMean(std::string_view typed, const std::vector<std::string>& names) {
  const auto nearest = std::ranges::min_element(
      names, {}, [typed](const std::string& name) { return EditDistance(typed, name); });
  // Further than half of the word away, a name is no likelier than any other.
  if (nearest == names.end() || EditDistance(typed, *nearest) * 2 > typed.size()) return "";
  return fmt::format(": did you mean '{}'?", *nearest);
}

}  // namespace switchback::cli
