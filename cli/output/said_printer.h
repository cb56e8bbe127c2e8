// Prints what was said between commits: a row each for people, a JSON object a line for scripts.
#pragma once

#include "cli/command.h"
#include "cli/output/table.h"
#include "switchback/view.h"

namespace switchback::cli {

class SaidPrinter {
 public:
  explicit SaidPrinter(Context& context);
  void Add(const SaidRecord& record);
  void Finish() { table_.Flush(); }

 private:
  void AddJson(const SaidRecord& record);

  Context& context_;
  Table table_;
};

}  // namespace switchback::cli
