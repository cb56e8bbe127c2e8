// The IDs of the table in order, each with where it stands. What can't be read is passed over, one
// ID or one stretch of rows at a time, and told: a walk over the table ends at none of it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "history/rows.h"
#include "history/steady_scan.h"

namespace switchback {

class HeadWalker {
 public:
  // Of the IDs that start with `prefix` and that `glob` matches (empty: all); others are not even
  // looked at. `rows` is borrowed.
  HeadWalker(const Rows& rows, std::string_view prefix, std::string glob);

  // The next ID that has a published version. False: there is none. Errors: kDataLoss, `id` is one
  // that nobody can say the newest version of, or where it is empty, of some rows not even the IDs
  // are known; the next call goes on behind it. Others end the walk.
  [[nodiscard]] Result<bool> Next(std::optional<BusinessId>& id, CurrentVersion& current);

 private:
  [[nodiscard]] bool Matches(std::string_view id) const;
  [[nodiscard]] Result<std::optional<BusinessId>> NextInGap();
  void EnterGap();

  const Rows& rows_;
  const std::string prefix_;
  const std::string glob_;
  SteadyScan heads_;
  bool started_ = false;
  // Where head rows can't be read: the IDs there, from their version rows.
  std::optional<SteadyScan> in_gap_;
  Error gap_error_;
  bool told_ = false;  // of version rows there that can't be read either
};

}  // namespace switchback
