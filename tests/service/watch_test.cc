// Watching: every commit once and in order, from wherever it is taken up, beside commits; and who
// does not take what is told is dropped, and holds up nobody.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <atomic>
#include <cstring>
#include <thread>
#include <vector>

#include "service/served_store.h"

namespace switchback {
namespace {

using std::chrono::milliseconds;

class WatchTest : public ::testing::Test {
 protected:
  void SetUp() override {
    store_ = *Store::CreateInMemory({"test", {}});
    options_ = ServeOn(Line::kSocket, folder_, certificates_);
  }
  void Start() { service_ = *Service::Start(*store_, options_); }
  [[nodiscard]] std::unique_ptr<Store> Client() const {
    auto client = Connect(ClientOf(*service_, Line::kSocket, certificates_));
    EXPECT_TRUE(client.has_value()) << (client ? "" : client.error().message);
    return client ? *std::move(client) : nullptr;
  }
  void Commit(const std::string& id, uint32_t n) const {
    ASSERT_TRUE(store_->Commit(Set(id, Range(n, 1 + n % 5)), By("w", Durability::kSynced)));
  }

  const TempFolder folder_;
  const TestCertificates certificates_{folder_.path("certificates")};
  std::unique_ptr<Store> store_;
  ServiceOptions options_;
  std::unique_ptr<Service> service_;
};

TEST_F(WatchTest, EveryCommitComesOnceFromWhereverItIsTakenUp) {
  Start();
  constexpr uint64_t kCommits = 400;
  std::thread writer([&] {
    for (uint32_t n = 1; n <= kCommits; ++n) Commit(fmt::format("id-{}", n % 7), n);
  });
  std::vector<std::thread> watchers;
  for (int i = 0; i < 8; ++i) {
    watchers.emplace_back([&, i] {
      const auto client = Client();
      std::string token;
      uint64_t told = 0;
      // Taken up anew again and again, so that it meets every moment of the hand-over.
      while (told < kCommits) {
        SubscribeOptions from;
        from.token = token;
        if (token.empty()) from.after = Revision{0};
        const auto feed = client->Subscribe(from);
        ASSERT_TRUE(feed.has_value()) << feed.error().message;
        for (int n = 0; n < 20 + i * 10 && told < kCommits; ++n) {
          const auto event = (*feed)->Next(milliseconds(20000));
          ASSERT_TRUE(event.has_value()) << event.error().message;
          ASSERT_TRUE(event->has_value()) << "nothing more after " << told;
          ASSERT_EQ((*event)->commit.revision.value, told + 1);
          ++told;
        }
        token = *(*feed)->token();
      }
    });
  }
  writer.join();
  for (std::thread& watcher : watchers) watcher.join();
}

TEST_F(WatchTest, OnlyWhatWasAskedForComesAndTheTokenGoesOnAllTheSame) {
  Start();
  const auto client = Client();
  const auto named = client->Subscribe({.ids = {{Id("id-3")}}, .after = Revision{0}});
  const auto matched = client->Subscribe({.glob = "id-[45]", .after = Revision{0}});
  ASSERT_TRUE(named && matched);
  for (uint32_t n = 1; n <= 60; ++n) Commit(fmt::format("id-{}", n % 6), n);
  for (uint32_t n = 3; n <= 60; n += 6) {
    const auto event = (*named)->Next(milliseconds(5000));
    ASSERT_TRUE(event && *event);
    EXPECT_EQ((*event)->commit.revision.value, n);
    ASSERT_EQ((*event)->changes.size(), 1U);
    EXPECT_EQ((*event)->changes[0].id, Id("id-3"));
  }
  for (uint32_t n = 4; n <= 60; n += 6) {
    for (const uint32_t revision : {n, n + 1}) {
      const auto event = (*matched)->Next(milliseconds(5000));
      ASSERT_TRUE(event && *event);
      EXPECT_EQ((*event)->commit.revision.value, revision);
    }
  }
}

TEST_F(WatchTest, ARevisionInPartsComesWholeAlsoFiltered) {
  Start();
  const auto client = Client();
  const auto all = client->Subscribe({});
  const auto some = client->Subscribe({.glob = "id-*7"});
  ASSERT_TRUE(all && some);
  // Both watch by now.
  Commit("id-7", 1);
  ASSERT_TRUE(*(*all)->Next(milliseconds(5000)) && *(*some)->Next(milliseconds(5000)));
  Change change;
  for (uint32_t i = 0; i < 3000; ++i) {
    change.ids.push_back({Id(fmt::format("id-{:05}", i)), Replace{Range(i, 1)}, {}});
  }
  ASSERT_TRUE(store_->Commit(change, By("w", Durability::kSynced)));
  for (const auto& [feed, expected] :
       {std::pair(all->get(), size_t{3000}), {some->get(), size_t{300}}}) {
    size_t told = 0;
    while (true) {
      const auto event = feed->Next(milliseconds(5000));
      ASSERT_TRUE(event && *event);
      told += (*event)->changes.size();
      if ((*event)->last) break;
    }
    EXPECT_EQ(told, expected);
  }
}

TEST_F(WatchTest, AWatcherThatTakesNothingIsDroppedAndHoldsUpNobody) {
  options_.limits.request_timeout = milliseconds(1000);
  Start();
  const int socket = ::socket(AF_UNIX, SOCK_STREAM, 0);
  const int little = 4096;
  ::setsockopt(socket, SOL_SOCKET, SO_RCVBUF, &little, sizeof little);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, service_->socket().c_str(), sizeof address.sun_path - 1);
  ASSERT_EQ(::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  const std::string_view request = "GET /v1/watch HTTP/1.1\r\nHost: x\r\n\r\n";
  ASSERT_GT(::send(socket, request.data(), request.size(), MSG_NOSIGNAL), 0);
  std::this_thread::sleep_for(milliseconds(200));
  const auto client = Client();
  const auto quick = client->Subscribe({.after = Revision{0}});
  ASSERT_TRUE(quick.has_value());
  constexpr uint32_t kCommits = 3000;
  for (uint32_t n = 1; n <= kCommits; ++n) Commit("id", n);
  for (uint32_t n = 1; n <= kCommits; ++n) {
    const auto event = (*quick)->Next(milliseconds(5000));
    ASSERT_TRUE(event && *event);
    ASSERT_EQ((*event)->commit.revision.value, n);
  }
  // Closed by now or soon, once it has waited for it long enough.
  bool closed = false;
  std::string piece(65536, '\0');
  const timeval patience{10, 0};
  ::setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  for (int i = 0; i < 1'000'000 && !closed; ++i) {
    closed = ::recv(socket, piece.data(), piece.size(), 0) <= 0;
  }
  EXPECT_TRUE(closed);
  ::close(socket);
}

TEST_F(WatchTest, AStopEndsWatchesWithAReason) {
  Start();
  const auto client = Client();
  const auto feed = client->Subscribe({});
  ASSERT_TRUE(feed.has_value());
  ASSERT_FALSE((*feed)->Next(milliseconds(50))->has_value());
  const auto begun = std::chrono::steady_clock::now();
  service_->Stop(milliseconds(10000));
  EXPECT_LT(std::chrono::steady_clock::now() - begun, milliseconds(5000));
}

TEST_F(WatchTest, AThousandIdleWatchersAreTold) {
  Start();
  std::vector<int> sockets;
  const std::string_view request = "GET /v1/watch?heartbeat_ms=60000 HTTP/1.1\r\nHost: x\r\n\r\n";
  for (int i = 0; i < 1000; ++i) {
    const int socket = ::socket(AF_UNIX, SOCK_STREAM, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, service_->socket().c_str(), sizeof address.sun_path - 1);
    while (::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
      ASSERT_EQ(errno, EAGAIN);
      std::this_thread::sleep_for(milliseconds(1));
    }
    ASSERT_GT(::send(socket, request.data(), request.size(), MSG_NOSIGNAL), 0);
    sockets.push_back(socket);
  }
  const auto read_until = [](int socket, const std::string& text) {
    timeval timeout{10, 0};
    ::setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout);
    std::string all;
    std::string piece(4096, '\0');
    while (all.find(text) == std::string::npos) {
      const ssize_t got = ::recv(socket, piece.data(), piece.size(), 0);
      if (got <= 0) return false;
      all.append(piece, 0, static_cast<size_t>(got));
    }
    return true;
  };
  for (const int socket : sockets) ASSERT_TRUE(read_until(socket, "\r\n\r\n"));
  std::this_thread::sleep_for(milliseconds(200));
  Commit("id", 1);
  for (const int socket : sockets) {
    EXPECT_TRUE(read_until(socket, "\"token\""));
    ::close(socket);
  }
}

}  // namespace
}  // namespace switchback
