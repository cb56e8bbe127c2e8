#include "types/excerpt.h"

#include <gtest/gtest.h>

namespace switchback {
namespace {

TEST(Excerpt, KeepsPrintableAsciiAndEscapesTheRest) {
  EXPECT_EQ(Excerpt("10.0.0.1:80 weight=5"), "10.0.0.1:80 weight=5");
  EXPECT_EQ(Excerpt("a\tb\rc\nd"), "a\\tb\\rc\\nd");
  EXPECT_EQ(Excerpt(std::string_view("\0\x1b[31m\x7f\xc3\xa9", 9)),
            "\\x00\\x1b[31m\\x7f\\xc3\\xa9");
}

TEST(Excerpt, ClipsLongText) {
  const std::string exact(kMaxExcerptBytes, 'x');
  EXPECT_EQ(Excerpt(exact), exact);
  EXPECT_EQ(Excerpt(exact + "y"), exact + "...");
  EXPECT_EQ(Excerpt("abcdef", 3), "abc...");
}

}  // namespace
}  // namespace switchback
