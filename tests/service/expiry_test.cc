// What is granted and ends: tokens that are revoked or whose time is over, certificates whose time
// ends on a connection that stays. The next call is refused, and a watch that was begun ends.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <fstream>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "service/raw_connection.h"
#include "service/served_store.h"
#include "switchback/token.h"

namespace switchback {
namespace {

using std::chrono::milliseconds;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

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
  EXPECT_EQ(event.error().code, ErrorCode::kIoError)
      << "no damage of the store: " << event.error().message;
  EXPECT_THAT(event.error().message, HasSubstr(token_file_ + " line 3"));
}

// One that still catches up, as slowly as it likes.
TEST_F(ExpiryTest, WhoCatchesUpIsAskedToo) {
  const std::string token = NewToken("slow");
  Start();
  const std::string many(3'000, 'x');
  for (uint32_t n = 1; n <= 3'000; ++n) {
    CommitOptions options = By("w");
    options.message = many;
    ASSERT_TRUE(store_->Commit(Set("a", Range(n, 1)), options));
  }
  RawConnection raw(service_->loopback_port());
  raw.Send("GET /v1/watch?after=0 HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + token +
           "\r\n\r\n");
  std::string all = raw.ReceiveUntil("heartbeat", kSoon);
  ASSERT_TRUE(TokenFile(token_file_).Revoke("slow"));
  std::this_thread::sleep_for(milliseconds(3'000));
  ASSERT_TRUE(store_->Commit(Set("after-that", Range(1, 1)), By("w", Durability::kSynced)));
  all += raw.ReceiveUntil("was revoked", kSoon);
  EXPECT_THAT(all, HasSubstr("('slow') was revoked"));
  EXPECT_THAT(all, Not(HasSubstr("after-that")));
}

// As a page of another site names it, which a browser of this machine has opened.
TEST_F(ExpiryTest, LoopbackIsAskedForByItsOwnName) {
  options_.loopback_grants = {{Role::kReader, {}, {}}};
  Start();
  const auto ask = [&](const std::string& host) {
    RawConnection raw(service_->loopback_port());
    return raw.Ask("GET /v1/store HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n");
  };
  for (const char* own :
       {"localhost", "LocalHost:80", "127.0.0.1", "127.0.0.1:8080", "[::1]:1", "[::1]"}) {
    EXPECT_THAT(ask(own), testing::StartsWith("HTTP/1.1 200")) << own;
  }
  for (const char* other :
       {"evil.example", "127.evil.example", "127.0.0.1.evil.example:80", "[::2]",
        "localhost.evil.example", "[::1]evil.example", "localhost:@x"}) {
    EXPECT_THAT(ask(other), testing::StartsWith("HTTP/1.1 401")) << other;
  }
}

// Nor by its right name: browsers say whose page asks.
TEST_F(ExpiryTest, NoPageOfAnotherSiteWritesOverLoopback) {
  options_.loopback_grants = {{Role::kWriter, {}, {}}};
  Start();
  const auto put = [&](const std::string& headers) {
    RawConnection raw(service_->loopback_port());
    return raw.Ask("PUT /v1/lists/a HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" +
                   headers + "Content-Length: 0\r\n\r\n");
  };
  for (const char* other : {"Origin: https://evil.example\r\n", "Origin: null\r\n",
                            "Origin: http://127.evil.example\r\n", "Sec-Fetch-Site: cross-site\r\n",
                            "Sec-Fetch-Site: same-site\r\n"}) {
    EXPECT_THAT(put(other), testing::StartsWith("HTTP/1.1 401")) << other;
  }
  EXPECT_EQ((*store_->NewView())->revision(), Revision{0});
  EXPECT_THAT(put("Origin: http://localhost:7080\r\nSec-Fetch-Site: same-origin\r\n"),
              testing::StartsWith("HTTP/1.1 200"));
}

}  // namespace
}  // namespace switchback
