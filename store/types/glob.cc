// Shell-like matching of business IDs, in O(glob x text) at worst: only the last '*' is ever taken
// back, so that no pattern takes exponential time.
#include "switchback/selector.h"

namespace switchback {
namespace {

// Matches `c` against the set whose '[' stands at `begin`. `next` is set behind its ']'; where
// there is none, '[' is a literal.
bool SetMatches(std::string_view glob, size_t begin, char c, size_t& next) {
  size_t i = begin + 1;
  const bool negated = i < glob.size() && glob[i] == '!';
  if (negated) ++i;
  const auto byte = static_cast<unsigned char>(c);
  bool found = false;
  // A ']' at the front is a member, as in the shell.
  for (const size_t first = i; i < glob.size() && (glob[i] != ']' || i == first); ++i) {
    const auto low = static_cast<unsigned char>(glob[i]);
    auto high = low;
    if (i + 2 < glob.size() && glob[i + 1] == '-' && glob[i + 2] != ']') {
      high = static_cast<unsigned char>(glob[i + 2]);
      i += 2;
    }
    found = found || (low <= byte && byte <= high);
  }
  if (i >= glob.size()) {
    next = begin + 1;
    return c == '[';
  }
  next = i + 1;
  return found != negated;
}

// Matches one byte against the glob's element at `at`, which is no '*'.
bool ElementMatches(std::string_view glob, size_t at, char c, size_t& next) {
  if (glob[at] == '[') return SetMatches(glob, at, c, next);
  next = at + 1;
  return glob[at] == '?' || glob[at] == c;
}

}  // namespace

bool GlobMatches(std::string_view glob, std::string_view text) {
  size_t g = 0;
  size_t t = 0;
  size_t star = std::string_view::npos;  // place of the last '*', and where its run ends in `text`
  size_t run_end = 0;
  while (t < text.size()) {
    size_t next = 0;
    if (g < glob.size() && glob[g] == '*') {
      star = g++;
      run_end = t;
    } else if (g < glob.size() && ElementMatches(glob, g, text[t], next)) {
      g = next;
      ++t;
    } else if (star != std::string_view::npos) {
      g = star + 1;
      t = ++run_end;
    } else {
      return false;
    }
  }
  while (g < glob.size() && glob[g] == '*') ++g;
  return g == glob.size();
}

}  // namespace switchback
