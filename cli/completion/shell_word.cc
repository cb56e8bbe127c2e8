#include "cli/completion/shell_word.h"

#include <cstdlib>

namespace switchback::cli {
namespace {

// Whether its ~ is the home folder.
bool StartsAtHome(std::string_view typed) {
  return typed == "~" || typed.starts_with("~/");
}

// Inside double quotes a backslash quotes these alone.
bool IsQuotedInQuotes(char byte) {
  return byte == '"' || byte == '\\' || byte == '$' || byte == '`';
}

}  // namespace

std::string ReadShellWord(std::string_view typed) {
  std::string word;
  if (const char* home = std::getenv("HOME"); home != nullptr && StartsAtHome(typed)) {
    word = home;
    typed.remove_prefix(1);
  }
  char quote = '\0';
  for (size_t i = 0; i < typed.size(); ++i) {
    const char byte = typed[i];
    const bool more = i + 1 < typed.size();
    if (quote == '\0' && (byte == '\'' || byte == '"')) {
      quote = byte;
    } else if (byte == quote && quote != '\0') {
      quote = '\0';
    } else if (byte == '\\' && more &&
               (quote == '\0' || (quote == '"' && IsQuotedInQuotes(typed[i + 1])))) {
      word += typed[++i];
    } else {
      word += byte;
    }
  }
  return word;
}

}  // namespace switchback::cli
