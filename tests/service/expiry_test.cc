// What is granted and ends: tokens that are revoked or whose time is over, certificates whose time
// ends on a connection that stays. The next call is refused, and a watch that was begun ends.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <fstream>
#include <mutex>
#include <string>
#include <vector>

#include "service/raw_connection.h"
#include "service/served_store.h"
#include "switchback/token.h"

namespace switchback {
namespace {

using std::chrono::milliseconds;
using ::testing::Contains;
using ::testing::HasSubstr;

constexpr int64_t kHour = int64_t{3'600} * 1'000'000;
constexpr milliseconds kSoon{10'000};

class ExpiryTest : public SocketServiceTest {
 protected:
  void SetUp() override {
    SocketServiceTest::SetUp();
    now_ = SystemClock().now().micros;
    options_.clock = {.now = [this] { return Timestamp{now_}; },
                      .utc_offset_seconds = [](Timestamp) { return 0; }};
    options_.tokens = token_file_;
    options_.loopback_http = "127.0.0.1:0";
    options_.loopback_grants = {{Role::kReader, {"nothing/*"}, {}}};
    options_.access_log = [this](std::string_view line) {
      const std::scoped_lock lock(mutex_);
      log_.emplace_back(line);
    };
  }
  void TearDown() override { service_.reset(); }  // before what its clock and log refer to

  [[nodiscard]] std::string NewToken(const std::string& name,
                                     std::optional<Timestamp> expires = {}) {
    TokenFile file(token_file_, options_.clock);
    const auto token = file.Create(name, {Role::kReader, {}, {}}, expires, "user:ann");
    EXPECT_TRUE(token.has_value()) << token.error().message;
    return *token;
  }
  [[nodiscard]] std::unique_ptr<Store> ClientWith(const std::string& token) const {
    ClientOptions options = ClientOf(*service_, Line::kLoopback, certificates_);
    options.token = token;
    auto client = Connect(options);
    EXPECT_TRUE(client.has_value()) << client.error().message;
    return *std::move(client);
  }
  void CommitOne() {
    ASSERT_TRUE(store_->Commit(Set("a", Range(++commits_, 2)), By("w", Durability::kSynced)));
  }
  // It is told, and so it is the hub's by now: what comes next it is told by the hub.
  void ExpectTold(Subscription& feed) {
    for (int i = 0; i < 2; ++i) {
      CommitOne();
      const auto event = feed.Next(kSoon);
      ASSERT_TRUE(event.has_value()) << event.error().message;
      ASSERT_TRUE(event->has_value());
      EXPECT_EQ((*event)->commit.revision, Revision{commits_});
    }
  }
  static void ExpectRefused(const Error& error, const std::string& why) {
    EXPECT_EQ(error.code, ErrorCode::kRefused) << error.message;
    EXPECT_THAT(error.message, HasSubstr(why));
  }
  static void ExpectEnd(Subscription& feed, const std::string& why) {
    const auto event = feed.Next(kSoon);
    ASSERT_FALSE(event.has_value()) << "it goes on";
    ExpectRefused(event.error(), why);
  }
  [[nodiscard]] std::vector<std::string> log() {
    const std::scoped_lock lock(mutex_);
    return log_;
  }

  const std::string token_file_ = folder_.path("tokens");
  std::atomic<int64_t> now_ = 0;
  uint32_t commits_ = 0;

 private:
  std::mutex mutex_;
  std::vector<std::string> log_;
};

TEST_F(ExpiryTest, ATokenThatIsRevokedEndsItsWatches) {
  const std::string ends = NewToken("ends");
  const std::string stays = NewToken("stays");
  Start();
  const auto client = ClientWith(ends);
  const auto other_client = ClientWith(stays);
  const auto feed = client->Subscribe({});
  const auto other = other_client->Subscribe({});
  ASSERT_TRUE(feed && other);
  ExpectTold(**feed);
  ASSERT_TRUE(TokenFile(token_file_).Revoke("ends"));
  ExpectEnd(**feed, "('ends') was revoked at");
  ExpectRefused(client->Read(Id("a")).error(), "was revoked at");
  EXPECT_THAT(log(), Contains(AllOf(HasSubstr("\"call\":\"watch\""), HasSubstr("\"status\":401"),
                                    HasSubstr("('ends') was revoked"))));
  for (uint32_t n = 1; n <= commits_; ++n) {
    const auto event = (*other)->Next(kSoon);
    ASSERT_TRUE(event && *event);
    EXPECT_EQ((*event)->commit.revision, Revision{n});
  }
  ExpectTold(**other);
  // Also to go on, it must be one that may.
  ExpectEnd(**feed, "was revoked at");
}

TEST_F(ExpiryTest, SoDoesOneWhoseTimeIsOver) {
  const std::string token = NewToken("hour", Timestamp{now_ + kHour});
  Start();
  const auto client = ClientWith(token);
  const auto feed = client->Subscribe({});
  ASSERT_TRUE(feed.has_value());
  ExpectTold(**feed);
  now_ += kHour - 1;
  ExpectTold(**feed);
  now_ += 1;
  ExpectEnd(**feed, "('hour') expired at");
  ExpectRefused(client->Read(Id("a")).error(), "('hour') expired at");
}

// A handshake has looked at the certificate's time; a connection may stay for months.
TEST_F(ExpiryTest, ACertificateEndsOnTheConnectionItOpened) {
  options_.tls = ServeOn(Line::kTls, folder_, certificates_).tls;
  options_.certificates = {{"tester", {Role::kReader, {}, {}}}};
  Start();
  const auto client = Connect(ClientOf(*service_, Line::kTls, certificates_));
  ASSERT_TRUE(client.has_value()) << client.error().message;
  const auto feed = (*client)->Subscribe({});
  ASSERT_TRUE(feed.has_value());
  ExpectTold(**feed);
  EXPECT_TRUE((*client)->Read(Id("a")));
  now_ += 2 * kHour;
  ExpectEnd(**feed, "certificate 'tester' expired at");
  ExpectRefused((*client)->Read(Id("a")).error(), "connect again with a newer one");
}

TEST_F(ExpiryTest, WhileTheFileOfTokensIsDamagedNoWatchGoesOn) {
  const std::string token = NewToken("one");
  Start();
  const auto client = ClientWith(token);
  const auto feed = client->Subscribe({});
  ASSERT_TRUE(feed.has_value());
  ExpectTold(**feed);
  std::ofstream(token_file_, std::ios::app) << "rubbish\n";
  const auto event = (*feed)->Next(kSoon);
  ASSERT_FALSE(event.has_value());
  EXPECT_EQ(event.error().code, ErrorCode::kDataLoss) << event.error().message;
}

// As a page of another site names it, which a browser of this machine has opened.
TEST_F(ExpiryTest, LoopbackIsAskedForByItsOwnName) {
  options_.loopback_grants = {{Role::kReader, {}, {}}};
  Start();
  const auto ask = [&](const std::string& host) {
    RawConnection raw(service_->loopback_port());
    return raw.Ask("GET /v1/store HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n");
  };
  for (const char* own : {"localhost", "localhost:80", "127.0.0.1", "127.0.0.1:8080", "[::1]:1"}) {
    EXPECT_THAT(ask(own), testing::StartsWith("HTTP/1.1 200")) << own;
  }
  for (const char* other : {"evil.example", "127.evil.example", "127.0.0.1.evil.example:80",
                            "[::2]", "localhost.evil.example"}) {
    EXPECT_THAT(ask(other), testing::StartsWith("HTTP/1.1 401")) << other;
  }
}

}  // namespace
}  // namespace switchback
