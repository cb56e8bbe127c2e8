#include "service/role.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace switchback {
namespace {

using ::testing::HasSubstr;

constexpr Role kRoles[] = {Role::kReader, Role::kWriter, Role::kApprover, Role::kAdmin};

TEST(Role, HasANameThatIsReadBack) {
  for (const Role role : kRoles) {
    const auto parsed = ParseRole(RoleName(role));
    ASSERT_TRUE(parsed.has_value());
    EXPECT_EQ(*parsed, role);
  }
  for (const char* name : {"", "root", "Admin", "admin ", "read"}) {
    const auto parsed = ParseRole(name);
    ASSERT_FALSE(parsed.has_value()) << name;
    EXPECT_THAT(parsed.error().message, HasSubstr("reader, writer, approver, admin"));
  }
}

TEST(Role, EachIncludesThoseBeforeIt) {
  for (const Role held : kRoles) {
    for (const Role needed : kRoles) {
      EXPECT_EQ(Includes(held, needed), static_cast<int>(held) >= static_cast<int>(needed));
    }
  }
}

TEST(Grant, IsRefusedWhereItCouldMatchNothing) {
  EXPECT_TRUE(CheckGrant({}, "").has_value());
  EXPECT_TRUE(CheckGrant({.globs = {"*", "edge/[!a-c]?:1.x_-"}, .environment = "test"}, ""));
  for (const char* glob : {"", "edge *", "edge\n", "a\\*", "{a,b}", "\xc3\xa4"}) {
    const auto checked = CheckGrant({.globs = {"*", glob}}, "users[2].");
    ASSERT_FALSE(checked.has_value()) << glob;
    EXPECT_THAT(checked.error().message, HasSubstr("users[2].globs[1]: "));
  }
  const auto checked = CheckGrant({.environment = "pro duction"}, "users[2].");
  ASSERT_FALSE(checked.has_value());
  EXPECT_THAT(checked.error().message, HasSubstr("users[2].environment: "));
  EXPECT_FALSE(CheckGrant({.environment = ""}, "").has_value());
}

TEST(Grant, IsDescribedInWords) {
  EXPECT_EQ(DescribeGrant({}), "reader");
  EXPECT_EQ(DescribeGrant({.role = Role::kWriter, .globs = {"a", "b*"}, .environment = "test"}),
            "writer of a, b* in test");
}

}  // namespace
}  // namespace switchback
