// The nearest of some names to a mistyped one.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace switchback::cli {

// ": did you mean NAME?" for the nearest name, or nothing where none is near.
std::string DidYouMean(std::string_view typed, const std::vector<std::string>& names);

}  // namespace switchback::cli
