// Prints histories: rows in columns for people, one JSON object a line for scripts.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/command.h"
#include "cli/output/table.h"
#include "switchback/view.h"

namespace switchback::cli {

// Whether a version took away most of the list.
[[nodiscard]] bool IsBigLossOf(const VersionInfo& info);

// Versions of one ID, with a bar that shows how long the list was: a cliff is seen before it is
// read. Bars are drawn to the longest list so far, a block of rows at a time.
class IdLogPrinter {
 public:
  explicit IdLogPrinter(Context& context);
  void Add(const VersionInfo& info);
  // Versions that were pruned, between what was added and what is added next.
  void AddPruned(Version first, Version last);
  void Finish();

 private:
  static constexpr size_t kBlockRows = 512;

  void AddRow(const VersionInfo& info);

  Context& context_;
  Table table_;
  std::vector<VersionInfo> block_;
  uint64_t longest_ = 0;
};

// Revisions of the table.
class TableLogPrinter {
 public:
  explicit TableLogPrinter(Context& context);
  void AddJson(const RevisionInfo& info);
  // `only`: the one version that the revision made.
  void Add(const RevisionInfo& info, const std::optional<VersionInfo>& only);
  // One that made several; `big_loss`: for one of them at least.
  void AddMany(const RevisionInfo& info, bool big_loss);
  void Finish() { table_.Flush(); }

 private:
  void AddRow(const RevisionInfo& info, std::string what, bool big_loss, std::string_view remark);

  Context& context_;
  Table table_;
};

}  // namespace switchback::cli
