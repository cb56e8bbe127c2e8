// Hands the changes of several lines to a commit as one: ID by ID, each with its steps in the order
// of the lines. The lines stay packed; the steps of one ID are unpacked at a time.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "cli/failure.h"
#include "cli/input/change_lines.h"
#include "switchback/change.h"

namespace switchback::cli {

class FoldingReader final : public ChangeReader {
 public:
  // Borrows `lines`.
  explicit FoldingReader(const std::vector<ChangeLine>& lines);

  // How many IDs the lines name, each once.
  [[nodiscard]] size_t ids() const { return ids_; }
  [[nodiscard]] bool Touches(std::string_view id) const;
  // The first of them in order.
  [[nodiscard]] std::string_view first_id() const { return first_id_; }

  // What is expected beside what the lines expect; sorted. An ID can be expected at one version
  // only. Errors: kInvalidArgument, naming every ID of which two are.
  [[nodiscard]] Outcome<void> Expect(ExpectedVersions expected);

  [[nodiscard]] Result<void> Rewind() override;
  [[nodiscard]] Result<std::optional<IdChange>> Next() override;
  [[nodiscard]] size_t size_hint() const override { return ids_; }

 private:
  // The next change of a line that has one left.
  struct Front {
    std::string_view id;
    size_t line;
    size_t change;
  };
  static bool IsLater(const Front& a, const Front& b) {
    return a.id != b.id ? a.id > b.id : a.line > b.line;
  }

  void Start();
  void Push(size_t line);
  // The lines that name the next ID, in order; none at the end.
  std::vector<Front> PopId();
  void CheckExpected(const std::vector<Front>& fronts, Faults& faults) const;

  const std::vector<ChangeLine>& lines_;
  ExpectedVersions expected_;
  std::vector<Front> heap_;   // the least one first
  std::vector<size_t> next_;  // of each line
  size_t ids_ = 0;
  std::string_view first_id_;
};

}  // namespace switchback::cli
