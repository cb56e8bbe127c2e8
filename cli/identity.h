// Who runs this process, and where, as the system says.
#pragma once

#include <string>

#include "switchback/options.h"

namespace switchback::cli {

// "user@host".
[[nodiscard]] std::string UserAtHost();
// What is recorded beside the claimed author.
[[nodiscard]] Origin ProcessOrigin();

}  // namespace switchback::cli
