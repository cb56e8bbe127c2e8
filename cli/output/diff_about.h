// What a long diff is about, in a few lines: how much of the list is left, which networks and ports
// lost or gained most, which value changes are the common ones.
#pragma once

#include <string>

#include "cli/diff_report.h"

namespace switchback::cli {

void AppendDiffAbout(const DiffReport& report, std::string& out);

}  // namespace switchback::cli
