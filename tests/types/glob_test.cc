#include <gtest/gtest.h>

#include <string>

#include "switchback/selector.h"

namespace switchback {
namespace {

struct GlobCase {
  const char* glob;
  const char* text;
  bool matches;
};

TEST(Glob, MatchesAsTheShellDoes) {
  const GlobCase cases[] = {
      {"", "", true},
      {"", "a", false},
      {"*", "", true},
      {"*", "a/b:c", true},
      {"**", "x", true},
      {"a*", "abc", true},
      {"a*", "ba", false},
      {"*c", "abc", true},
      {"*c", "abcd", false},
      {"a*c", "ac", true},
      {"a*b*c", "aXbYbZc", true},
      {"a*b*c", "aXcYb", false},
      {"*aab", "aaaab", true},
      {"?", "", false},
      {"?", "a", true},
      {"a?c", "abc", true},
      {"a?c", "ac", false},
      {"?*", "a", true},
      {"[abc]", "b", true},
      {"[abc]", "d", false},
      {"[a-c]x", "bx", true},
      {"[a-c]x", "dx", false},
      {"[!a-c]", "d", true},
      {"[!a-c]", "b", false},
      {"[]a]", "]", true},
      {"[]a]", "a", true},
      {"[!]a]", "]", false},
      {"[a-]", "-", true},
      {"[-a]", "-", true},
      {"[0-9A-F]", "C", true},
      {"[", "[", true},
      {"[a", "[a", true},
      {"[a", "a", false},
      {"a[", "a[", true},
      {"[!", "[!", true},
      {"*[0-9]", "AS13335", true},
      {"AS133*", "AS13335", true},
      {"eu.*", "euX1", false},
      {"a.c", "abc", false},
      {"*.*", "a.b", true},
      {"A", "a", false},
      {"[c-a]", "b", false},
  };
  for (const auto& [glob, text, matches] : cases) {
    EXPECT_EQ(GlobMatches(glob, text), matches) << glob << " on " << text;
  }
}

// With naive backtracking this pattern would take longer than the universe has.
TEST(Glob, ManyStarsTakeNoExponentialTime) {
  std::string glob;
  for (int i = 0; i < 40; ++i) glob += "a*";
  EXPECT_FALSE(GlobMatches(glob + "b", std::string(10'000, 'a')));
}

}  // namespace
}  // namespace switchback
