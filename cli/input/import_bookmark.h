// How far an import is: kept in the store, in the same atomic step as the revision it belongs to,
// so that an interrupted import goes on without loss or repeat.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "cli/failure.h"
#include "switchback/types.h"

namespace switchback::cli {

// FNV-1a, 64 bits, over lines with an LF after each: whether a file begins with the lines that were
// imported. It can be taken up from its value, which no hash of the standard library can, and it
// has to find another file, not an attacker.
class LineHash {
 public:
  LineHash() = default;
  explicit LineHash(uint64_t value) : value_(value) {}
  void Add(std::string_view line) {
    for (const char c : line) AddByte(static_cast<uint8_t>(c));
    AddByte('\n');
  }
  [[nodiscard]] uint64_t value() const { return value_; }

 private:
  void AddByte(uint8_t byte) { value_ = (value_ ^ byte) * 0x100000001b3; }
  uint64_t value_ = 0xcbf29ce484222325;
};

struct ImportBookmark {
  uint64_t lines = 0;                  // consumed, blank ones included
  uint64_t first_hash = 0;             // of line 1 alone: tells histories apart
  uint64_t hash = LineHash().value();  // of all of them
  bool began_empty = false;  // the store had no revision: the lines' times are the revisions' own
  Revision first_revision;   // that it made
  Revision last_revision;

  // Each history has a bookmark of its own, told by its first line.
  [[nodiscard]] static std::string NameFor(uint64_t first_hash);
  [[nodiscard]] std::string Encode() const;
  // Errors: kDataLoss, no bookmark of this form.
  [[nodiscard]] static Outcome<ImportBookmark> Decode(std::string_view text);
};

}  // namespace switchback::cli
