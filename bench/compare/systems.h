// The systems by name.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "bench/compare/system.h"

namespace switchback::compare {

using SystemMaker = std::unique_ptr<System> (*)(const std::string& folder);

std::vector<std::string> SystemNames();
// An unknown name ends the program.
SystemMaker FindSystem(const std::string& name);

}  // namespace switchback::compare
