#include "cli/parse/environment.h"

#include <cstdlib>

namespace switchback::cli {

std::optional<std::string> FromEnvironment(const char* name) {
  const char* value = std::getenv(name);
  if (value == nullptr || *value == '\0') return std::nullopt;
  return value;
}

}  // namespace switchback::cli
