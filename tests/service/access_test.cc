#include "service/access.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <map>
#include <string>
#include <vector>

#include "service/role.h"

namespace switchback {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

constexpr uint32_t kOwner = 500;
constexpr uint32_t kAnn = 1001;
constexpr uint32_t kBob = 1002;
constexpr uint32_t kNameless = 1099;
constexpr uint32_t kStaff = 20;
constexpr uint32_t kNetwork = 30;

// ann: of her own group and of network; bob: of staff.
UserDirectory Machine() {
  static const std::map<std::string, uint32_t> users = {{"ann", kAnn}, {"bob", kBob}};
  static const std::map<std::string, uint32_t> groups = {{"staff", kStaff}, {"network", kNetwork}};
  const auto find = [](const std::map<std::string, uint32_t>& in, const std::string& name) {
    const auto found = in.find(name);
    return found == in.end() ? std::optional<uint32_t>() : found->second;
  };
  return {.user_name = [](uint32_t uid) -> std::optional<std::string> {
            for (const auto& [name, number] : users) {
              if (number == uid) return name;
            }
            return std::nullopt;
          },
          .uid = [find](const std::string& user) { return find(users, user); },
          .gid = [find](const std::string& group) { return find(groups, group); },
          .groups =
              [](const std::string& user, uint32_t gid) {
                std::vector<uint32_t> all = {gid};
                if (user == "ann") all.push_back(kNetwork);
                return all;
              }};
}

// Each grant in words.
std::vector<std::string> Words(const std::vector<Grant>& grants) {
  std::vector<std::string> words;
  words.reserve(grants.size());
  for (const Grant& grant : grants) words.push_back(DescribeGrant(grant));
  return words;
}

std::vector<std::string> OfUser(const ServiceOptions& options, uint32_t uid, uint32_t gid) {
  const auto access = Access::Make(options, kOwner, Machine());
  if (!access) return {access.error().message};
  return Words(access->GrantsOf(access->UnixUser(uid, gid)));
}

TEST(Access, RootAndTheServicesOwnUserAreAdmins) {
  const ServiceOptions options = {.users = {{.uid = kOwner, .grant = {.role = Role::kReader}}}};
  EXPECT_THAT(OfUser(options, 0, 0), ElementsAre("admin"));
  EXPECT_THAT(OfUser(options, kOwner, kOwner), ElementsAre("admin"));
}

TEST(Access, AnyOtherUserReads) {
  EXPECT_THAT(OfUser({}, kAnn, kAnn), ElementsAre("reader"));
  EXPECT_THAT(OfUser({}, kNameless, 1), ElementsAre("reader"));
}

TEST(Access, UsersHaveWhatIsGrantedByNameOrNumberAndNothingElse) {
  const ServiceOptions options = {
      .users = {{.user = "ann", .grant = {.role = Role::kWriter, .globs = {"edge/*"}}},
                {.uid = kAnn, .grant = {.role = Role::kApprover, .environment = "test"}},
                {.uid = kNameless, .grant = {.role = Role::kAdmin}}}};
  EXPECT_THAT(OfUser(options, kAnn, kAnn),
              UnorderedElementsAre("writer of edge/*", "approver in test"));
  EXPECT_THAT(OfUser(options, kNameless, 1), ElementsAre("admin"));
  EXPECT_THAT(OfUser(options, kBob, kStaff), ElementsAre("reader"));
}

TEST(Access, GroupsGrantToTheirMembersWhicheverWayTheyAreOfThem) {
  const ServiceOptions options = {
      .users = {{.group = "staff", .grant = {.role = Role::kWriter}},
                {.group = "network", .grant = {.role = Role::kApprover}},
                {.user = "ann", .grant = {.globs = {"lab/*"}}}}};
  EXPECT_THAT(OfUser(options, kBob, kStaff), ElementsAre("writer"));
  EXPECT_THAT(OfUser(options, kAnn, kAnn), UnorderedElementsAre("approver", "reader of lab/*"));
  // As the peer's process has it, whatever the directory says.
  EXPECT_THAT(OfUser(options, kBob, kNetwork), ElementsAre("approver"));
  EXPECT_THAT(OfUser(options, kNameless, kStaff), ElementsAre("writer"));
}

TEST(Access, AGroupIsNoUserOfTheSameNumber) {
  const ServiceOptions options = {.users = {{.group = "staff", .grant = {.role = Role::kAdmin}}}};
  EXPECT_THAT(OfUser(options, kStaff, 1), ElementsAre("reader"));
  const ServiceOptions user = {.users = {{.uid = kStaff, .grant = {.role = Role::kAdmin}}}};
  EXPECT_THAT(OfUser(user, kBob, kStaff), ElementsAre("reader"));
}

TEST(Access, RefusesUsersAndGroupsThatNobodyKnows) {
  const ServiceOptions user = {.users = {{.uid = 1}, {.user = "anne"}}};
  EXPECT_THAT(OfUser(user, kAnn, kAnn),
              ElementsAre("users[1].user: this machine knows no user 'anne'"));
  const ServiceOptions group = {.users = {{.group = "stuff"}}};
  EXPECT_THAT(OfUser(group, kAnn, kAnn),
              ElementsAre("users[0].group: this machine knows no group 'stuff'"));
}

TEST(Access, NamesIdentitiesByTheirKind) {
  const auto access = Access::Make({}, kOwner, Machine());
  ASSERT_TRUE(access.has_value());
  const Identity ann = access->UnixUser(kAnn, 7);
  EXPECT_EQ(ann.name, "user:ann");
  EXPECT_EQ(ann.user, "ann");
  EXPECT_EQ(ann.uid, kAnn);
  EXPECT_EQ(ann.gid, 7U);
  EXPECT_EQ(ann.kind, Identity::Kind::kUnixUser);
  EXPECT_EQ(access->UnixUser(kNameless, 7).name, "user:#1099");
  EXPECT_EQ(Access::Loopback().name, "loopback");
  EXPECT_EQ(Access::Token({.name = "deploy"}).name, "token:deploy");
  const Identity certificate = Access::Certificate("edge\n7");
  EXPECT_EQ(certificate.name, "certificate:edge\\n7");
  EXPECT_EQ(certificate.user, "edge\n7");
}

TEST(Access, CertificatesHaveWhatTheirCommonNameIsGranted) {
  const ServiceOptions options = {
      .certificates = {{.common_name = "edge-7", .grant = {.role = Role::kWriter}},
                       {.common_name = "edge-7", .grant = {.role = Role::kAdmin, .globs = {"x"}}}}};
  const auto access = Access::Make(options, kOwner, Machine());
  ASSERT_TRUE(access.has_value());
  const auto of = [&](const std::string& name) {
    return Words(access->GrantsOf(Access::Certificate(name)));
  };
  EXPECT_THAT(of("edge-7"), ElementsAre("writer", "admin of x"));
  EXPECT_THAT(of("edge-8"), IsEmpty());
  EXPECT_THAT(of(""), IsEmpty());
  EXPECT_THAT(of(std::string("edge-7\0x", 8)), IsEmpty());
}

TEST(Access, TokensHaveTheirRecordsGrantAndNothingWithoutIt) {
  const auto access = Access::Make({}, kOwner, Machine());
  ASSERT_TRUE(access.has_value());
  const TokenRecord token = {.name = "ann", .grant = {.role = Role::kWriter, .globs = {"a"}}};
  EXPECT_THAT(Words(access->GrantsOf(Access::Token(token), &token)), ElementsAre("writer of a"));
  EXPECT_THAT(access->GrantsOf(Access::Token(token)), IsEmpty());
}

TEST(Access, LoopbackReadsUnlessConfigured) {
  const auto plain = Access::Make({}, kOwner, Machine());
  ASSERT_TRUE(plain.has_value());
  EXPECT_THAT(Words(plain->GrantsOf(Access::Loopback())), ElementsAre("reader"));
  const auto configured =
      Access::Make({.loopback_grants = {{.role = Role::kWriter}}}, kOwner, Machine());
  ASSERT_TRUE(configured.has_value());
  EXPECT_THAT(Words(configured->GrantsOf(Access::Loopback())), ElementsAre("writer"));
}

TEST(SystemUsers, KnowsRootAndItsGroups) {
  const UserDirectory system = SystemUsers();
  EXPECT_EQ(system.user_name(0), "root");
  EXPECT_EQ(system.uid("root"), 0U);
  EXPECT_EQ(system.gid("root"), 0U);
  EXPECT_THAT(system.groups("root", 0), Contains(0U));
}

TEST(SystemUsers, KnowsWhoIsNotThere) {
  const UserDirectory system = SystemUsers();
  EXPECT_FALSE(system.user_name(3'999'999'999).has_value());
  EXPECT_FALSE(system.uid("no such user").has_value());
  EXPECT_FALSE(system.gid("no such group").has_value());
  EXPECT_THAT(system.groups("no such user", 12), Contains(12U));
}

}  // namespace
}  // namespace switchback
