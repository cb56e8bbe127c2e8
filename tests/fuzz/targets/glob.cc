// Globs of business IDs against matching by going through all that a '*' may be. A byte says how
// long the glob is; the text is the rest.
#include <algorithm>
#include <vector>

#include "fuzz/drawn.h"
#include "fuzz/fuzz_target.h"
#include "switchback/selector.h"

namespace switchback {
namespace {

// One element of a glob, as doc/text.md says it.
struct Element {
  bool star = false;
  bool any = false;
  bool negated = false;
  std::string members;  // pairs of the lowest and the highest byte

  [[nodiscard]] bool Matches(char c) const {
    if (any) return true;
    const auto byte = static_cast<uint8_t>(c);
    bool found = false;
    for (size_t i = 0; i < members.size(); i += 2) {
      found |=
          static_cast<uint8_t>(members[i]) <= byte && byte <= static_cast<uint8_t>(members[i + 1]);
    }
    return found != negated;
  }
};

// The set behind a '['; false where it is never closed.
bool TakeSet(std::string_view& glob, Element& set) {
  std::string_view rest = glob;
  set.negated = rest.starts_with('!');
  if (set.negated) rest.remove_prefix(1);
  for (bool first = true; !rest.empty() && (first || rest.front() != ']'); first = false) {
    const bool range = rest.size() > 2 && rest[1] == '-' && rest[2] != ']';
    set.members += {rest[0], rest[range ? 2 : 0]};
    rest.remove_prefix(range ? 3 : 1);
  }
  if (rest.empty()) return false;
  glob = rest.substr(1);
  return true;
}

std::vector<Element> Elements(std::string_view glob) {
  std::vector<Element> elements;
  while (!glob.empty()) {
    const char c = glob.front();
    glob.remove_prefix(1);
    Element element;
    element.star = c == '*';
    element.any = c == '?';
    if (c != '[' || !TakeSet(glob, element)) {
      element.negated = false;
      element.members = {c, c};
    }
    elements.push_back(element);
  }
  return elements;
}

bool MatchesNaively(const std::vector<Element>& glob, std::string_view text) {
  // Whether the elements so far match the first i bytes.
  std::vector<bool> matches(text.size() + 1);
  matches[0] = true;
  for (const Element& element : glob) {
    std::vector<bool> next(text.size() + 1);
    if (element.star) next[0] = matches[0];
    for (size_t i = 1; i <= text.size(); ++i) {
      next[i] =
          element.star ? matches[i] || next[i - 1] : matches[i - 1] && element.Matches(text[i - 1]);
    }
    matches = next;
  }
  return matches.back();
}

void Try(std::string_view bytes) {
  Drawn in(bytes);
  const size_t size = in.Byte();
  const std::string_view both = in.rest();
  // In memory of its own, so that a read past its end is seen.
  const std::vector<char> exact(
      both.begin(), both.begin() + static_cast<std::ptrdiff_t>(std::min(size, both.size())));
  const std::string_view glob(exact.data(), exact.size());
  const std::string_view text = both.substr(glob.size(), 256);
  Require(GlobMatches(glob, text) == MatchesNaively(Elements(glob), text),
          "a glob matches in another way element by element");
}

const RegisterFuzzTarget kTarget("glob", Try);

}  // namespace
}  // namespace switchback
