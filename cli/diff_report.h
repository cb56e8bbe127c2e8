// A diff as a command hands it to the printer: the endpoints, and what is known of both sides.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "cli/failure.h"
#include "switchback/endpoint_list.h"
#include "switchback/view.h"

namespace switchback::cli {

struct DiffSide {
  BusinessId id;
  Version version;      // 0: before the first, or no such ID
  Revision revision;    // 0: likewise
  bool exists = false;  // false: deleted, or version 0; counts as an empty list
  uint64_t count = 0;
  Digest digest;
  // The side is this file, and no version.
  std::optional<std::string> file = std::nullopt;
};

struct DiffReport {
  DiffSide from;
  DiffSide to;
  ListDiff diff;
  // A dry run: `to` is a version that was not made.
  bool planned = false;
};

// The digest may take a pass over scripts, so it is looked up only where it is printed.
[[nodiscard]] Outcome<DiffSide> LoadSide(const View& view, const VersionRef& ref, bool with_digest);
[[nodiscard]] Outcome<DiffReport> LoadDiff(const View& view, const VersionRef& from,
                                           const VersionRef& to, bool with_digest);

}  // namespace switchback::cli
