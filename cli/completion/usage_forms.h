// What a command's usage text says of its arguments: `create NAME | delete SNAPSHOT | list`. The
// text is made for people; the words in it that are known here (FILE, ID@SELECTOR ...) tell what
// can be completed, and the others nothing.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/parse/option_table.h"

namespace switchback::cli {

// What a value is, as its word in a usage text or in an option's help tells.
enum class ValueKind : uint8_t {
  kUnknown,      // nothing to offer: TEXT, TIME, N, NAME of something new
  kWord,         // itself: json
  kFile,         // FILE, TABLE
  kFolder,       // DIR, FOLDER
  kId,           // ID
  kAddress,      // ID[@SELECTOR]
  kFullAddress,  // ID@SELECTOR: the selector must be there
  kSelector,     // SELECTOR, SEL; FROM and TO of the whole table
  kRevision,     // rREVISION, rN
  kSnapshot,     // SNAPSHOT: one that is there
  kExpectation,  // [ID=]VERSION
};

struct ValueForm {
  ValueKind kind = ValueKind::kUnknown;
  std::string word;  // of kWord
  bool operator==(const ValueForm&) const = default;
};

// The forms that a word of a usage text stands for: one for `ID`, two for `text|json`.
[[nodiscard]] std::vector<ValueForm> ReadValueForms(std::string_view text);

// What may stand as the next argument behind `arguments`, where these options were given ("--all").
// Of several ways to call the command, those that name the most of the given options count.
[[nodiscard]] std::vector<ValueForm> NextArgument(const Command& command,
                                                  const std::vector<OptionEntry>& table,
                                                  const std::vector<std::string>& arguments,
                                                  const std::vector<std::string>& options);

}  // namespace switchback::cli
