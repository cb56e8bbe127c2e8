// Prints diffs one after the other in the form that was asked for: text, a line of counts, or JSON.
#pragma once

#include "cli/command.h"
#include "cli/diff_report.h"
#include "cli/failure.h"
#include "cli/output/diff_text.h"

namespace switchback::cli {

// --stat, --exit-code and --keys-only.
void AddDiffOptions(boost::program_options::options_description& options);

class DiffPrinter {
 public:
  explicit DiffPrinter(Context& context);

  // Where nothing differs, it is printed only if `always`. Errors: kIoError of the output.
  [[nodiscard]] Outcome<void> Add(DiffReport report, bool always);
  void Finish() { table_.Flush(); }
  // Whether anything differed.
  [[nodiscard]] bool different() const { return different_; }
  // What the command exits with.
  [[nodiscard]] int ExitCode() const;

 private:
  Context& context_;
  bool stat_;
  bool keys_only_;
  DiffStatTable table_;
  bool printed_ = false;
  bool different_ = false;
};

}  // namespace switchback::cli
