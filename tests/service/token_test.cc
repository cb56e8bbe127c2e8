#include "switchback/token.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "service/role.h"
#include "service/scratch_file.h"
#include "service/token_text.h"

namespace switchback {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

constexpr int64_t kSecond = 1'000'000;
constexpr int64_t kHour = 3'600 * kSecond;
const Timestamp kNow = *ParseTime("2026-11-25T12:00:00Z");

Timestamp After(int64_t micros) {
  return {kNow.micros + micros};
}

class Tokens : public ::testing::Test {
 protected:
  // Fails the test where it can't be made.
  std::string Make(const std::string& name, const Grant& grant = {},
                   std::optional<Timestamp> expires = {}) {
    const auto token = file_.Create(name, grant, expires, "user:ann");
    EXPECT_TRUE(token.has_value()) << token.error().message;
    return token.value_or("");
  }
  static std::string SecretOf(const std::string& token) { return token.substr(13); }
  // The message of the refusal; empty: it was taken.
  std::string Refusal(const std::string& token, Timestamp at) const {
    const auto checked = file_.Check(token, at);
    if (checked) return "";
    EXPECT_EQ(checked.error().code, ErrorCode::kRefused);
    return checked.error().message;
  }

  ScratchFolder folder_;
  const std::string path_ = folder_.File("tokens");
  Timestamp now_ = kNow;
  const Clock clock_ = {.now = [this] { return now_; },
                        .utc_offset_seconds = [](Timestamp) { return 0; }};
  TokenFile file_{path_, clock_};
};

TEST_F(Tokens, AreOfTheDocumentedForm) {
  EXPECT_THAT(Make("deploy"), ::testing::MatchesRegex("sbt_[0-9a-f]{8}_[A-Za-z0-9_-]{43}"));
}

TEST_F(Tokens, AreCheckedByTheirTextAndGiveTheirRecord) {
  const Grant grant = {
      .role = Role::kWriter, .globs = {"edge/*", "core/?"}, .environment = "production"};
  const std::string token = Make("deploy", grant, After(kHour));
  const auto record = file_.Check(token, kNow);
  ASSERT_TRUE(record.has_value()) << record.error().message;
  EXPECT_EQ(record->id, token.substr(4, 8));
  EXPECT_EQ(record->name, "deploy");
  EXPECT_EQ(DescribeGrant(record->grant), "writer of edge/*, core/? in production");
  EXPECT_EQ(record->created, kNow);
  EXPECT_EQ(record->created_by, "user:ann");
  EXPECT_EQ(record->expires, After(kHour));
  EXPECT_FALSE(record->revoked.has_value());
  EXPECT_EQ(record->hash, HashOfToken(token));
}

TEST_F(Tokens, AreListedInTheOrderTheyWereMade) {
  const auto none = file_.List();
  ASSERT_TRUE(none.has_value());
  EXPECT_THAT(*none, IsEmpty());
  EXPECT_FALSE(std::filesystem::exists(path_));
  for (const char* name : {"c", "a", "b"}) Make(name);
  ASSERT_TRUE(file_.Revoke("a").has_value());
  const auto all = file_.List();
  ASSERT_TRUE(all.has_value());
  ASSERT_THAT(*all, SizeIs(3));
  EXPECT_EQ((*all)[0].name, "c");
  EXPECT_EQ((*all)[1].name, "a");
  EXPECT_TRUE((*all)[1].revoked.has_value());
  EXPECT_EQ((*all)[2].name, "b");
}

TEST_F(Tokens, WithAnyOtherTextAreRefused) {
  const std::string token = Make("deploy");
  for (size_t i = 0; i < token.size(); ++i) {
    std::string other = token;
    other[i] = other[i] == 'a' ? 'b' : 'a';
    EXPECT_NE(Refusal(other, kNow), "") << "byte " << i;
    EXPECT_NE(Refusal(token.substr(0, i), kNow), "") << "first " << i;
  }
  EXPECT_NE(Refusal(token + "a", kNow), "");
  EXPECT_NE(Refusal(token + '\0', kNow), "");
  EXPECT_EQ(Refusal(token, kNow), "");
}

TEST_F(Tokens, OfAnUnknownIdAndOfAWrongSecretAreToldAlike) {
  const std::string known = Make("deploy");
  std::string wrong_secret = known;
  wrong_secret.back() = wrong_secret.back() == 'A' ? 'B' : 'A';
  EXPECT_EQ(Refusal(wrong_secret, kNow), "token " + known.substr(4, 8) + " is not known here");
  const std::string other_id = known[4] == '0' ? "1" : "0";
  EXPECT_EQ(Refusal("sbt_" + other_id + known.substr(5), kNow),
            "token " + other_id + known.substr(5, 7) + " is not known here");
}

TEST_F(Tokens, AreRefusedFromTheTimeTheyExpire) {
  const std::string token = Make("deploy", {}, After(kHour));
  EXPECT_EQ(Refusal(token, After(kHour - 1)), "");
  EXPECT_THAT(Refusal(token, After(kHour)),
              HasSubstr("('deploy') expired at 2026-11-25T13:00:00Z"));
}

TEST_F(Tokens, AreRefusedOnceRevokedByIdOrName) {
  const std::string by_name = Make("deploy");
  const std::string by_id = Make("other");
  now_ = After(kSecond);
  const auto revoked = file_.Revoke("deploy");
  ASSERT_TRUE(revoked.has_value());
  EXPECT_EQ(revoked->id, by_name.substr(4, 8));
  EXPECT_EQ(revoked->revoked, now_);
  ASSERT_TRUE(file_.Revoke(by_id.substr(4, 8)).has_value());
  for (const std::string& token : {by_name, by_id}) {
    EXPECT_THAT(Refusal(token, kNow), HasSubstr("was revoked at 2026-11-25T12:00:01Z"));
  }
}

TEST_F(Tokens, RevokedTwiceKeepTheFirstTime) {
  Make("deploy");
  ASSERT_TRUE(file_.Revoke("deploy").has_value());
  now_ = After(kHour);
  const auto again = file_.Revoke("deploy");
  ASSERT_TRUE(again.has_value());
  EXPECT_EQ(again->revoked, kNow);
}

TEST_F(Tokens, ThatAreNotThereCantBeRevoked) {
  Make("deploy");
  const auto revoked = file_.Revoke("deplyo");
  ASSERT_FALSE(revoked.has_value());
  EXPECT_EQ(revoked.error().code, ErrorCode::kNotFound);
  EXPECT_EQ(revoked.error().message, "there is no token 'deplyo'");
}

TEST_F(Tokens, ShareANameOnlyOneAfterAnother) {
  const std::string first = Make("deploy", {}, After(kHour));
  const auto same = file_.Create("deploy", {}, {}, "user:ann");
  ASSERT_FALSE(same.has_value());
  EXPECT_EQ(same.error().code, ErrorCode::kAlreadyExists);
  now_ = After(kHour);
  const std::string second = Make("deploy");
  const auto revoked = file_.Revoke("deploy");
  ASSERT_TRUE(revoked.has_value());
  EXPECT_EQ(revoked->id, second.substr(4, 8));  // the one in use
  Make("deploy");
  EXPECT_NE(first, second);
}

TEST_F(Tokens, HaveNamesThatCantBeTakenForAnythingElse) {
  for (const std::string& name : {std::string(), std::string("a b"), std::string("a/b"),
                                  std::string("deadbeef"), std::string(65, 'a')}) {
    const auto made = file_.Create(name, {}, {}, "user:ann");
    ASSERT_FALSE(made.has_value()) << name;
    EXPECT_EQ(made.error().code, ErrorCode::kInvalidArgument);
  }
  Make(std::string(64, 'a'));
  Make("DEADBEEF");
}

TEST_F(Tokens, AreNotMadeExpiredOrWithGrantsThatMatchNothing) {
  EXPECT_FALSE(file_.Create("a", {}, kNow, "user:ann").has_value());
  EXPECT_FALSE(file_.Create("a", {.globs = {""}}, {}, "user:ann").has_value());
  EXPECT_FALSE(file_.Create("a", {.environment = ""}, {}, "user:ann").has_value());
  EXPECT_FALSE(std::filesystem::exists(path_));
}

TEST_F(Tokens, AreInAFileOfTheDocumentedForm) {
  const std::string token = Make(
      "deploy", {.role = Role::kWriter, .globs = {"edge/*"}, .environment = "test"}, After(kHour));
  ASSERT_TRUE(file_.Revoke("deploy").has_value());
  Make("reader");
  const auto all = file_.List();
  ASSERT_TRUE(all.has_value());
  EXPECT_EQ(ReadBytes(path_),
            "{\"format\":1}\n"
            "{\"id\":\"" +
                token.substr(4, 8) + "\",\"name\":\"deploy\",\"hash\":\"" + HashOfToken(token) +
                "\",\"role\":\"writer\",\"globs\":[\"edge/*\"],"
                "\"environment\":\"test\",\"created\":\"2026-11-25T12:00:00Z\","
                "\"created_by\":\"user:ann\",\"expires\":\"2026-11-25T13:00:00Z\","
                "\"revoked\":\"2026-11-25T12:00:00Z\"}\n"
                "{\"id\":\"" +
                (*all)[1].id + "\",\"name\":\"reader\",\"hash\":\"" + (*all)[1].hash +
                "\",\"role\":\"reader\",\"globs\":[],\"created\":\"2026-11-25T12:00:00Z\","
                "\"created_by\":\"user:ann\"}\n");
}

TEST_F(Tokens, AreInAFileThatOnlyItsOwnerReads) {
  const mode_t before = umask(0);
  Make("a");
  Make("b");
  umask(before);
  struct stat about {};
  ASSERT_EQ(stat(path_.c_str(), &about), 0);
  EXPECT_EQ(about.st_mode & 07777, 0600U);
  EXPECT_FALSE(std::filesystem::exists(path_ + ".new"));
}

TEST_F(Tokens, LeaveTheirSecretNowhere) {
  const std::string token = Make("deploy", {}, After(kHour));
  const std::string secret = SecretOf(token);
  std::vector<std::string> said;
  std::string wrong = token;
  wrong.back() = wrong.back() == 'A' ? 'B' : 'A';
  for (const std::string& text :
       {wrong, token + " ", " " + token, "Bearer " + token, token + "\n", wrong.substr(0, 50)}) {
    said.push_back(Refusal(text, kNow));
  }
  said.push_back(Refusal(token, After(kHour)));
  said.push_back(file_.Revoke(token).error().message);
  said.push_back(file_.Revoke(token.substr(0, 40)).error().message);
  said.push_back(file_.Create(token, {}, {}, "user:ann").error().message);
  said.push_back(file_.Create("x" + token, {}, {}, "user:ann").error().message);
  ASSERT_TRUE(file_.Revoke("deploy").has_value());
  said.push_back(Refusal(token, kNow));
  for (const std::string& text : said) EXPECT_NE(text, "");
  for (const auto& entry : std::filesystem::directory_iterator(folder_.path())) {
    said.push_back(ReadBytes(entry.path().string()));
  }
  for (const std::string& text : said) {
    EXPECT_THAT(text, AllOf(Not(HasSubstr(secret.substr(0, 12))),
                            Not(HasSubstr(secret.substr(secret.size() - 12)))));
  }
}

TEST_F(Tokens, MadeOrRevokedByOthersAreSeenAtOnce) {
  TokenFile other(path_, clock_);
  for (int i = 0; i < 50; ++i) {
    const auto token = other.Create("t" + std::to_string(i), {}, {}, "user:bob");
    ASSERT_TRUE(token.has_value());
    EXPECT_EQ(Refusal(*token, kNow), "");
    ASSERT_TRUE(other.Revoke("t" + std::to_string(i)).has_value());
    EXPECT_NE(Refusal(*token, kNow), "");
  }
}

TEST_F(Tokens, AreGoneWithTheirFile) {
  const std::string token = Make("deploy");
  EXPECT_EQ(Refusal(token, kNow), "");
  std::filesystem::remove(path_);
  EXPECT_NE(Refusal(token, kNow), "");
}

TEST_F(Tokens, AreNotTakenFromAFileThatOthersWrite) {
  const std::string token = Make("deploy");
  for (const mode_t mode : {0620, 0602, 0666}) {
    ASSERT_EQ(chmod(path_.c_str(), mode), 0);
    const auto checked = file_.Check(token, kNow);
    ASSERT_FALSE(checked.has_value());
    EXPECT_EQ(checked.error().code, ErrorCode::kIoError);
    EXPECT_THAT(checked.error().message, HasSubstr("chmod 600"));
    EXPECT_FALSE(file_.Create("other", {}, {}, "user:ann").has_value());
  }
  ASSERT_EQ(chmod(path_.c_str(), 0640), 0);
  EXPECT_EQ(Refusal(token, kNow), "");
}

TEST_F(Tokens, AreNotTakenFromWhatIsNoFile) {
  std::filesystem::create_directory(path_);
  EXPECT_EQ(file_.Check("x", kNow).error().code, ErrorCode::kIoError);
  std::filesystem::remove(path_);
  ASSERT_EQ(mkfifo(path_.c_str(), 0600), 0);
  EXPECT_EQ(file_.Check("x", kNow).error().code, ErrorCode::kIoError);
}

TEST_F(Tokens, KeepTheirFilesOwnerWhoeverChangesIt) {
  if (geteuid() != 0) GTEST_SKIP() << "only root gives files away";
  Make("a");
  ASSERT_EQ(chown(path_.c_str(), 12'345, 54'321), 0);
  Make("b");
  struct stat about {};
  ASSERT_EQ(stat(path_.c_str(), &about), 0);
  EXPECT_EQ(about.st_uid, 12'345U);
  EXPECT_EQ(about.st_gid, 54'321U);
}

TEST_F(Tokens, CantBeMadeWhereTheFolderIsMissing) {
  TokenFile lost(folder_.File("none/tokens"), clock_);
  const auto made = lost.Create("a", {}, {}, "user:ann");
  ASSERT_FALSE(made.has_value());
  EXPECT_EQ(made.error().code, ErrorCode::kIoError);
}

TEST_F(Tokens, SurviveWhatACrashLeftBesideTheFile) {
  const std::string first = Make("first");
  WriteBytes(path_ + ".new", "half a li");
  const std::string second = Make("second");
  EXPECT_EQ(Refusal(first, kNow), "");
  EXPECT_EQ(Refusal(second, kNow), "");
}

TEST_F(Tokens, MadeByManyThreadsAtOnceAreAllThere) {
  constexpr int kThreads = 4;
  constexpr int kEach = 25;
  std::vector<std::thread> threads;
  std::atomic<int> taken = 0;
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&, thread] {
      for (int i = 0; i < kEach; ++i) {
        const auto token =
            file_.Create("t" + std::to_string(thread * kEach + i), {}, {}, "user:ann");
        if (token && file_.Check(*token, kNow)) ++taken;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(taken, kThreads * kEach);
  EXPECT_THAT(*file_.List(), SizeIs(kThreads * kEach));
}

// What a process of its own does; no test of its parent's goes on in it.
[[noreturn]] void MakeManyAndExit(const std::string& path, const std::string& prefix, int count) {
  TokenFile file(path);
  for (int i = 0; i < count; ++i) {
    if (!file.Create(prefix + std::to_string(i), {}, {}, "user:ann")) _exit(1);
    if (i % 2 == 1 && !file.Revoke(prefix + std::to_string(i))) _exit(2);
  }
  _exit(0);
}

TEST_F(Tokens, MadeAndRevokedByTwoProcessesAtOnceAreAllThere) {
  constexpr int kEach = 40;
  std::vector<pid_t> processes;
  for (const char* prefix : {"a", "b"}) {
    const pid_t process = fork();
    ASSERT_GE(process, 0);
    if (process == 0) MakeManyAndExit(path_, prefix, kEach);
    processes.push_back(process);
  }
  for (const pid_t process : processes) {
    int status = 0;
    ASSERT_EQ(waitpid(process, &status, 0), process);
    EXPECT_EQ(status, 0);
  }
  const auto all = file_.List();
  ASSERT_TRUE(all.has_value()) << all.error().message;
  std::set<std::string> names;
  int revoked = 0;
  for (const TokenRecord& token : *all) {
    names.insert(token.name);
    revoked += token.revoked ? 1 : 0;
  }
  EXPECT_THAT(names, SizeIs(2 * kEach));
  EXPECT_EQ(revoked, kEach);
}

TEST(TokenText, AreAllDifferent) {
  std::set<std::string> secrets;
  for (int i = 0; i < 1'000; ++i) {
    const auto made = MakeToken();
    ASSERT_TRUE(made.has_value());
    EXPECT_EQ(TokenIdOf(made->text), made->id);
    EXPECT_TRUE(secrets.insert(made->text.substr(13)).second);
  }
}

TEST(TokenText, HashesAsSha256Does) {
  EXPECT_EQ(HashOfToken("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_TRUE(IsSameHash("ab", "ab"));
  EXPECT_FALSE(IsSameHash("ab", "ac"));
  EXPECT_FALSE(IsSameHash("ab", "abc"));
  EXPECT_FALSE(IsSameHash("", ""));
}

}  // namespace
}  // namespace switchback
