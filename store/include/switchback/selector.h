// Version addresses as people write them: ID@SELECTOR.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "switchback/error.h"
#include "switchback/types.h"

namespace switchback {

struct HeadSelector {
  uint64_t back = 0;  // head~N
  bool operator==(const HeadSelector&) const = default;
};
struct RevisionSelector {
  Revision revision;
  bool before = false;  // rN^: just before it
  bool operator==(const RevisionSelector&) const = default;
};
struct TimeSelector {
  // The newest version whose effective time is not after it; a whole second counts to its end,
  // since that is how logs show times.
  Timestamp time;
  bool operator==(const TimeSelector&) const = default;
};
struct NameSelector {
  std::string name;  // of a snapshot
  bool operator==(const NameSelector&) const = default;
};
// A bare Version is a selector too.
using Selector = std::variant<HeadSelector, Version, RevisionSelector, TimeSelector, NameSelector>;

// `head`, N, head~N, rN, rN^, a time (RFC 3339; HH:MM[:SS], the latest past one in the clock's
// zone; an age such as 15m, 2h, 3d, 45s, 1w) or a snapshot name ([A-Za-z0-9._-]{1,64}, not itself
// another selector). `clock` is asked only for times. Errors: kInvalidArgument, malformed (a number
// past 2^63 too); the message lists the forms.
[[nodiscard]] Result<Selector> ParseSelector(std::string_view text, const Clock& clock);

// Whether `name` can be given to a snapshot: not a text that parses as another selector.
[[nodiscard]] Result<void> CheckSnapshotName(std::string_view name);

// A time alone, in the forms above: what --since and --until take.
[[nodiscard]] Result<Timestamp> ParseTimeSelector(std::string_view text, const Clock& clock);

// "ID" or "ID@SELECTOR".
struct VersionAddress {
  BusinessId id;
  std::optional<Selector> selector;  // absent: head
};
[[nodiscard]] Result<VersionAddress> ParseVersionAddress(std::string_view text, const Clock& clock);

// Canonical text of a selector; times as RFC 3339 with the clock's offset at that time.
[[nodiscard]] std::string FormatSelector(const Selector& selector, const Clock& clock);

// Shell-like match of business IDs: * any run, ? one byte, [abc] [a-z] [!x] sets; all else literal.
[[nodiscard]] bool GlobMatches(std::string_view glob, std::string_view text);

}  // namespace switchback
