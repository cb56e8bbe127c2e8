// A list as the adapters that keep whole lists hold it: endpoints sorted bytewise, each followed by
// LF, in one string. Edits are merged in, so a change to a million lines costs a copy of their
// bytes and no parsing.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "bench/compare/system.h"

namespace switchback::compare {

// The line that starts at `at`, without its LF. REQUIRES: at < text.size().
inline std::string_view LineAt(std::string_view text, size_t at) {
  return text.substr(at, text.find('\n', at) - at);
}

// Where the first line not below `line` starts, at or after `from`, itself the start of a line.
inline size_t LowerBound(std::string_view text, size_t from, std::string_view line) {
  size_t low = from;
  size_t high = text.size();
  while (low < high) {
    const size_t middle = low + (high - low) / 2;
    const size_t before = middle == low ? std::string_view::npos : text.rfind('\n', middle - 1);
    const size_t start = before == std::string_view::npos || before < low ? low : before + 1;
    const std::string_view found = LineAt(text, start);
    if (found < line) {
      low = start + found.size() + 1;
    } else {
      high = start;
    }
  }
  return low;
}

// The list after `change`. Ends the program if that removes what is not there or adds what is.
inline std::string Edited(std::string_view text, const IdChange& change) {
  struct Edit {
    std::string_view line;
    bool add;
    auto operator<=>(const Edit&) const = default;  // of one line, the remove comes first
  };
  std::vector<Edit> edits;
  size_t added_bytes = 0;
  edits.reserve(change.remove.size() + change.add.size());
  for (const std::string& line : change.remove) edits.push_back({line, false});
  for (const std::string& line : change.add) {
    edits.push_back({line, true});
    added_bytes += line.size() + 1;
  }
  std::ranges::sort(edits);

  std::string result;
  result.reserve(text.size() + added_bytes);
  size_t done = 0;
  for (const Edit& edit : edits) {
    const size_t at = LowerBound(text, done, edit.line);
    result.append(text, done, at - done);
    done = at;
    const bool present = at < text.size() && LineAt(text, at) == edit.line;
    if (present == edit.add) {
      Fail(change.id + ": " + std::string(edit.line) +
           (edit.add ? " is added, but is there already" : " is removed, but is not there"));
    }
    if (edit.add) {
      result.append(edit.line).push_back('\n');
    } else {
      done += edit.line.size() + 1;
    }
  }
  return result.append(text, done);
}

inline std::vector<std::string> Lines(std::string_view text) {
  std::vector<std::string> lines;
  for (size_t at = 0; at < text.size(); at += lines.back().size() + 1) {
    lines.emplace_back(LineAt(text, at));
  }
  return lines;
}

// What `comm -3` prints: one pass through both.
inline Difference DifferenceOf(std::string_view from, std::string_view to) {
  Difference difference;
  size_t i = 0;
  size_t j = 0;
  while (i < from.size() || j < to.size()) {
    const std::string_view old_line = i < from.size() ? LineAt(from, i) : std::string_view{};
    const std::string_view new_line = j < to.size() ? LineAt(to, j) : std::string_view{};
    const bool take_old = i < from.size() && (j == to.size() || old_line <= new_line);
    const bool take_new = j < to.size() && (i == from.size() || new_line <= old_line);
    if (!take_new) difference.removed.emplace_back(old_line);
    if (!take_old) difference.added.emplace_back(new_line);
    if (take_old) i += old_line.size() + 1;
    if (take_new) j += new_line.size() + 1;
  }
  return difference;
}

}  // namespace switchback::compare
