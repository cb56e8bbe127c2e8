// Numbers, times and foreign text as people read them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "switchback/types.h"

namespace switchback::cli {

std::string Grouped(uint64_t number);                            // 1,234,567
std::string Counted(uint64_t number, std::string_view noun);     // "1 endpoint", "1,234 endpoints"
std::string Bytes(uint64_t bytes);                               // "12.3 MiB"
std::string Percent(uint64_t part, uint64_t whole);              // "65.4 %"
std::string LocalTime(Timestamp time, const Clock& clock);       // to the second, with offset
std::string LocalTimeExact(Timestamp time, const Clock& clock);  // with its fraction
std::string Delta(uint64_t added, uint64_t removed, uint64_t changed);  // "+1 -812 ~3"

// Foreign text (a message, an author) on one line and harmless to a terminal: control characters
// are shown as \xNN, line ends and TABs as blanks, bytes that are no UTF-8 as U+FFFD.
std::string OneLine(std::string_view text);
// Columns that text without control characters takes on a terminal.
size_t DisplayWidth(std::string_view text);
// At most `width` columns of it, the last one an ellipsis where something was left out.
std::string Clip(std::string_view text, size_t width);

bool IsUtf8(std::string_view text);
// Length of the UTF-8 sequence that starts at `at`, 0 if there is none. REQUIRES: at < text.size().
size_t Utf8Length(std::string_view text, size_t at);

// Whether what a change took away of a list is worth a mark: more than half of it. The only
// endpoint that is replaced by another one is not; an emptied list is. `count`: afterwards.
bool IsBigLoss(uint64_t count_before, uint64_t removed, uint64_t count);

// As a word of a shell command.
std::string ShellWord(std::string_view text);
// "COMMAND TARGETS OPTIONS", of texts that begin with a blank or are empty. Targets that look like
// options come last, behind "--".
std::string FormatCommandLine(std::string_view command, std::string_view targets,
                              std::string_view options);
// " --expect ID=VERSION", for any ID.
std::string ExpectOption(const BusinessId& id, Version version);

}  // namespace switchback::cli
