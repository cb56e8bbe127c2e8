// Every call by every role, written out: a call that becomes easier or harder to make shows here.
#include "service/access_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

namespace switchback {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr bool kYes = true;
constexpr bool kNo = false;

struct Expectation {
  Call call;
  std::string_view name;
  bool nobody;  // without any grant
  bool reader;
  bool writer;
  bool approver;
  bool admin;
  // With globs that match the IDs named; with such and no ID named.
  bool globs_ids;
  bool globs_none;
};

constexpr Expectation kTable[] = {
    {Call::kStore, "store", kNo, kYes, kYes, kYes, kYes, kYes, kYes},
    {Call::kListRead, "lists.read", kNo, kYes, kYes, kYes, kYes, kYes, kNo},
    {Call::kListReplace, "lists.replace", kNo, kNo, kYes, kYes, kYes, kYes, kNo},
    {Call::kListDelete, "lists.delete", kNo, kNo, kYes, kYes, kYes, kYes, kNo},
    {Call::kListContains, "lists.contains", kNo, kYes, kYes, kYes, kYes, kYes, kNo},
    {Call::kListHistory, "lists.history", kNo, kYes, kYes, kYes, kYes, kYes, kNo},
    {Call::kListLives, "lists.lives", kNo, kYes, kYes, kYes, kYes, kYes, kNo},
    {Call::kVersion, "versions.read", kNo, kYes, kYes, kYes, kYes, kYes, kNo},
    {Call::kVersionSummary, "versions.summary", kNo, kYes, kYes, kYes, kYes, kYes, kNo},
    {Call::kBlame, "versions.blame", kNo, kYes, kYes, kYes, kYes, kYes, kNo},
    {Call::kResolve, "resolve", kNo, kYes, kYes, kYes, kYes, kYes, kYes},
    {Call::kDiff, "diff", kNo, kYes, kYes, kYes, kYes, kYes, kNo},
    {Call::kTable, "table", kNo, kYes, kYes, kYes, kYes, kNo, kNo},
    {Call::kTableDiff, "table.diff", kNo, kYes, kYes, kYes, kYes, kNo, kNo},
    {Call::kLog, "log", kNo, kYes, kYes, kYes, kYes, kNo, kNo},
    {Call::kRecords, "records", kNo, kYes, kYes, kYes, kYes, kNo, kNo},
    {Call::kRevision, "revisions.read", kNo, kYes, kYes, kYes, kYes, kNo, kNo},
    {Call::kRevisionChanges, "revisions.changes", kNo, kYes, kYes, kYes, kYes, kNo, kNo},
    {Call::kNetChanges, "net-changes", kNo, kYes, kYes, kYes, kYes, kNo, kNo},
    {Call::kWhoHas, "who-has", kNo, kYes, kYes, kYes, kYes, kNo, kNo},
    {Call::kWhoEverHad, "who-ever-had", kNo, kYes, kYes, kYes, kYes, kNo, kNo},
    {Call::kSnapshots, "snapshots.list", kNo, kYes, kYes, kYes, kYes, kNo, kNo},
    {Call::kSnapshotCreate, "snapshots.create", kNo, kNo, kYes, kYes, kYes, kNo, kNo},
    {Call::kSnapshotDelete, "snapshots.delete", kNo, kNo, kYes, kYes, kYes, kNo, kNo},
    {Call::kBookmark, "bookmarks.read", kNo, kYes, kYes, kYes, kYes, kYes, kYes},
    {Call::kCommit, "commits", kNo, kNo, kYes, kYes, kYes, kYes, kNo},
    {Call::kRestore, "restore", kNo, kNo, kYes, kYes, kYes, kYes, kNo},
    {Call::kRestoreTable, "restore-table", kNo, kNo, kYes, kYes, kYes, kNo, kNo},
    {Call::kRevert, "revert", kNo, kNo, kYes, kYes, kYes, kNo, kNo},
    {Call::kApplyTable, "apply-table", kNo, kNo, kYes, kYes, kYes, kNo, kNo},
    {Call::kSync, "sync", kNo, kNo, kYes, kYes, kYes, kYes, kYes},
    {Call::kPrune, "prune", kNo, kNo, kNo, kNo, kYes, kNo, kNo},
    {Call::kVerify, "verify", kNo, kYes, kYes, kYes, kYes, kNo, kNo},
    {Call::kProbe, "probe", kNo, kYes, kYes, kYes, kYes, kNo, kNo},
    {Call::kStats, "stats", kNo, kYes, kYes, kYes, kYes, kNo, kNo},
    {Call::kCompact, "compact", kNo, kNo, kNo, kNo, kYes, kNo, kNo},
    {Call::kBackup, "backups", kNo, kNo, kNo, kNo, kYes, kNo, kNo},
    {Call::kDropCheckpoints, "drop-checkpoints", kNo, kNo, kNo, kNo, kYes, kNo, kNo},
    {Call::kWatch, "watch", kNo, kYes, kYes, kYes, kYes, kYes, kNo},
    {Call::kHealth, "healthz", kYes, kYes, kYes, kYes, kYes, kYes, kYes},
    {Call::kReady, "readyz", kYes, kYes, kYes, kYes, kYes, kYes, kYes},
    {Call::kMetrics, "metrics", kNo, kYes, kYes, kYes, kYes, kYes, kYes},
};

const std::string kProduction = "production";

Identity Ann() {
  return {.name = "user:ann",
          .kind = Identity::Kind::kUnixUser,
          .user = "ann",
          .uid = 1001,
          .gid = 1001};
}

std::vector<BusinessId> Ids(const std::vector<std::string>& texts) {
  std::vector<BusinessId> ids;
  for (const std::string& text : texts) ids.push_back(*BusinessId::Parse(text));
  return ids;
}

Decision Ask(const std::vector<Grant>& grants, Call call,
             const std::vector<std::string>& ids = {}) {
  return Authorize(Ann(), grants, call, kProduction, Ids(ids));
}

bool AskForSome(const std::vector<Grant>& grants, Call call) {
  return AuthorizeForSome(Ann(), grants, call, kProduction).allowed;
}

TEST(AccessTable, HasEveryCallOnceByItsName) {
  ASSERT_EQ(std::size(kTable), AllCalls().size());
  std::set<std::string_view> names;
  for (size_t i = 0; i < std::size(kTable); ++i) {
    EXPECT_EQ(static_cast<size_t>(kTable[i].call), i);
    EXPECT_EQ(AboutCall(kTable[i].call).name, kTable[i].name);
    EXPECT_EQ(AllCalls()[i].call, kTable[i].call);
    EXPECT_TRUE(names.insert(kTable[i].name).second) << kTable[i].name;
  }
}

TEST(AccessTable, EachRoleMayWhatIsWrittenHere) {
  for (const Expectation& expected : kTable) {
    SCOPED_TRACE(expected.name);
    EXPECT_EQ(Ask({}, expected.call, {"edge/1"}).allowed, expected.nobody);
    const auto as = [&](Role role) {
      const bool allowed = Ask({{.role = role}}, expected.call, {"edge/1"}).allowed;
      // Whatever has no globs covers a call that names no ID too.
      EXPECT_EQ(Ask({{.role = role}}, expected.call).allowed, allowed);
      EXPECT_EQ(AskForSome({{.role = role}}, expected.call), allowed);
      return allowed;
    };
    EXPECT_EQ(as(Role::kReader), expected.reader);
    EXPECT_EQ(as(Role::kWriter), expected.writer);
    EXPECT_EQ(as(Role::kApprover), expected.approver);
    EXPECT_EQ(as(Role::kAdmin), expected.admin);
  }
}

TEST(AccessTable, GlobsLimitEveryCallAsWrittenHere) {
  const std::vector<Grant> grants = {{.role = Role::kAdmin, .globs = {"edge/*"}}};
  for (const Expectation& expected : kTable) {
    SCOPED_TRACE(expected.name);
    EXPECT_EQ(Ask(grants, expected.call, {"edge/1", "edge/2"}).allowed, expected.globs_ids);
    EXPECT_EQ(Ask(grants, expected.call).allowed, expected.globs_none);
    // Before its IDs are known it may still name the right ones.
    EXPECT_EQ(AskForSome(grants, expected.call), expected.globs_ids || expected.globs_none);
    // An ID outside is refused wherever it takes an identity at all.
    EXPECT_EQ(Ask(grants, expected.call, {"edge/1", "core/1"}).allowed, expected.nobody);
  }
}

TEST(AccessTable, AnotherEnvironmentAllowsNothing) {
  for (const Expectation& expected : kTable) {
    SCOPED_TRACE(expected.name);
    EXPECT_EQ(Ask({{.role = Role::kAdmin, .environment = "test"}}, expected.call, {"a"}).allowed,
              expected.nobody);
    EXPECT_EQ(AskForSome({{.role = Role::kAdmin, .environment = "test"}}, expected.call),
              expected.nobody);
    EXPECT_TRUE(
        Ask({{.role = Role::kAdmin, .environment = kProduction}}, expected.call, {"a"}).allowed);
  }
}

TEST(AccessTable, EveryDenialSaysWhoAndWhichCallAndEveryYesNothing) {
  for (const Expectation& expected : kTable) {
    const Decision denied = Ask({}, expected.call, {"a"});
    const Decision allowed = Ask({{.role = Role::kAdmin}}, expected.call, {"a"});
    EXPECT_EQ(allowed.missing, "");
    if (expected.nobody) continue;
    EXPECT_THAT(denied.missing, AllOf(HasSubstr("user:ann may not call "),
                                      HasSubstr(std::string(expected.name)), HasSubstr("role ")));
  }
}

// What one grant lacks, another does not make up for.
TEST(Authorize, OneGrantAloneMustBeEnough) {
  const std::vector<Grant> grants = {
      {.role = Role::kWriter, .globs = {"edge/*"}, .environment = "test"},
      {.role = Role::kReader},
      {.role = Role::kWriter, .globs = {"core/*", "lab/?"}},
      {.role = Role::kWriter, .globs = {"dc/*"}},
  };
  EXPECT_FALSE(Ask(grants, Call::kCommit, {"edge/1"}).allowed);
  EXPECT_TRUE(Ask(grants, Call::kListRead, {"edge/1"}).allowed);
  EXPECT_TRUE(Ask(grants, Call::kCommit, {"core/1", "lab/2"}).allowed);
  EXPECT_TRUE(Ask(grants, Call::kCommit, {"dc/1"}).allowed);
  const Decision both = Ask(grants, Call::kCommit, {"core/1", "dc/1"});
  EXPECT_FALSE(both.allowed);
  EXPECT_THAT(both.missing, HasSubstr("no one grant covers all 2 IDs"));
}

TEST(Authorize, IdsThatAreNamedMustMatchEvenWhereNoneNeeds) {
  const std::vector<Grant> grants = {{.globs = {"edge/*"}}};
  EXPECT_TRUE(Ask(grants, Call::kResolve).allowed);
  EXPECT_TRUE(Ask(grants, Call::kResolve, {"edge/1"}).allowed);
  EXPECT_FALSE(Ask(grants, Call::kResolve, {"core/1"}).allowed);
}

TEST(Authorize, AGlobIsNoPrefix) {
  const std::vector<Grant> grants = {{.globs = {"edge"}}};
  EXPECT_TRUE(Ask(grants, Call::kListRead, {"edge"}).allowed);
  EXPECT_FALSE(Ask(grants, Call::kListRead, {"edge/1"}).allowed);
  EXPECT_FALSE(Ask(grants, Call::kListRead, {"Edge"}).allowed);
}

TEST(Denial, NamesTheRoleAndWhoCanGiveIt) {
  EXPECT_EQ(Ask({{.role = Role::kReader}}, Call::kPrune).missing,
            "user:ann may not call prune: missing: role admin (it has: reader); an admin can grant "
            "it under `users` in the service's configuration");
}

TEST(Denial, NamesTheEnvironment) {
  EXPECT_THAT(Ask({{.role = Role::kWriter, .environment = "test"}}, Call::kCommit, {"a"}).missing,
              HasSubstr("missing: role writer in environment production (it has: writer in test)"));
}

TEST(Denial, NamesTheFirstIdThatIsNotCovered) {
  EXPECT_THAT(Ask({{.role = Role::kWriter, .globs = {"edge/*"}}}, Call::kCommit,
                  {"edge/1", "core/7", "core/8"})
                  .missing,
              AllOf(HasSubstr("missing: ID core/7 is in none of its grants"),
                    HasSubstr("(it has: writer of edge/*)"), Not(HasSubstr("core/8"))));
}

TEST(Denial, SaysThatGlobsDoNotCoverTheTable) {
  EXPECT_THAT(Ask({{.globs = {"*"}}}, Call::kLog).missing,
              HasSubstr("it is on the whole table, which a grant with globs does not cover"));
  EXPECT_THAT(Ask({{.globs = {"*"}}}, Call::kListRead).missing, HasSubstr("it names no ID"));
}

TEST(Denial, SaysThatNothingIsGranted) {
  const Identity token{.name = "token:deploy", .kind = Identity::Kind::kToken, .user = "deploy"};
  EXPECT_EQ(Authorize(token, {}, Call::kLog, kProduction, {}).missing,
            "token:deploy may not call log: missing: role reader: nothing is granted; an admin can "
            "make a token that has it: switchback token create");
}

TEST(Denial, SaysWhoCanGiveItForEachKindOfIdentity) {
  const auto denied = [](Identity::Kind kind) {
    return Authorize({.name = "x", .kind = kind}, {}, Call::kLog, kProduction, {}).missing;
  };
  EXPECT_THAT(denied(Identity::Kind::kCertificate), HasSubstr("`certificates`"));
  EXPECT_THAT(denied(Identity::Kind::kLoopback), HasSubstr("`loopback_grants`"));
}

TEST(Denial, StaysShortWhateverIsGranted) {
  std::vector<Grant> grants(
      100, Grant{.role = Role::kReader, .globs = std::vector<std::string>(100, "edge/*")});
  const Decision denied = Ask(grants, Call::kPrune);
  EXPECT_THAT(denied.missing, HasSubstr("..."));
  EXPECT_LT(denied.missing.size(), 1500U);
}

}  // namespace
}  // namespace switchback
