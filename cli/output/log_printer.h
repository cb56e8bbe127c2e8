// Prints histories: rows in columns for people, one JSON object a line for scripts.
#pragma once

#include <optional>

#include "cli/command.h"
#include "cli/output/table.h"
#include "switchback/view.h"

namespace switchback::cli {

// Versions of one ID.
class IdLogPrinter {
 public:
  explicit IdLogPrinter(Context& context);
  void Add(const VersionInfo& info);
  void Finish() { table_.Flush(); }

 private:
  Context& context_;
  Table table_;
};

// Revisions of the table.
class TableLogPrinter {
 public:
  explicit TableLogPrinter(Context& context);
  // `only`: the one version that the revision made, where it made one.
  void Add(const RevisionInfo& info, const std::optional<VersionInfo>& only);
  void Finish() { table_.Flush(); }

 private:
  Context& context_;
  Table table_;
};

}  // namespace switchback::cli
