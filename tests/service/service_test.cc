// A service and what may come to it: the same store seen by many, clients that break off, stops,
// and whatever is no request.
#include "switchback/service.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <tuple>
#include <vector>

#include "service/raw_connection.h"
#include "service/served_store.h"
#include "wire/json_forms.h"

namespace switchback {
namespace {

using std::chrono::milliseconds;

class ServiceTest : public SocketServiceTest {
 protected:
  [[nodiscard]] std::string Ask(const std::string& line, const std::string& headers = "",
                                const std::string& body = "") const {
    RawConnection raw(service_->socket());
    return raw.Ask(
        fmt::format("{} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{}{}\r\n{}", line, headers,
                    body.empty() ? "" : fmt::format("Content-Length: {}\r\n", body.size()), body));
  }
};

TEST_F(ServiceTest, AClientSeesWhatTheHolderCommitsAndTheOtherWayRound) {
  Start();
  const auto client = Client();
  ASSERT_TRUE(store_->Commit(Set("a", Range(1, 3)), By("holder")));
  const auto read = client->Read(Id("a"));
  ASSERT_TRUE(read.has_value()) << read.error().message;
  EXPECT_EQ((*read)->list->size(), 3U);
  const auto result = client->Commit(Set("a", Range(1, 5)), By("client"));
  ASSERT_TRUE(result.has_value()) << result.error().message;
  EXPECT_EQ(result->revision, Revision{2});
  EXPECT_EQ((*store_->Read(Id("a")))->list->size(), 5U);
  const auto info = (*store_->NewView())->DescribeRevision(Revision{2});
  EXPECT_EQ(info->author, "client");
  EXPECT_EQ(info->origin.program, "test") << "what the client says of its program";
  EXPECT_NE(info->origin.user, "tester") << "but not of its user: that is the kernel's to say";
}

TEST_F(ServiceTest, ETagsSpareWhatIsKnownAndGuardWhatIsWritten) {
  Start();
  ASSERT_TRUE(store_->Commit(Set("a/b", Range(1, 3)), By("x")));
  const std::string whole = Ask("GET /v1/lists/a%2Fb?as=text");
  EXPECT_THAT(whole, testing::StartsWith("HTTP/1.1 200 OK"));
  const std::string digest = (*store_->Read(Id("a/b")))->digest().ToHex();
  EXPECT_THAT(whole, testing::HasSubstr("ETag: \"" + digest + "\""));
  EXPECT_THAT(whole, testing::HasSubstr("0.0.0.1:8000 weight=100\n"));
  EXPECT_THAT(Ask("GET /v1/lists/a%2Fb", "If-None-Match: \"" + digest + "\"\r\n"),
              testing::StartsWith("HTTP/1.1 304"));
  EXPECT_THAT(Ask("PUT /v1/lists/a%2Fb", "If-Match: \"00\"\r\n", "10.0.0.9:80\n"),
              testing::StartsWith("HTTP/1.1 412"));
  EXPECT_THAT(Ask("PUT /v1/lists/a%2Fb", "If-None-Match: *\r\n", "10.0.0.9:80\n"),
              testing::StartsWith("HTTP/1.1 412"));
  EXPECT_EQ((*store_->NewView())->revision(), Revision{1});
  EXPECT_THAT(Ask("PUT /v1/lists/a%2Fb", "If-Match: \"" + digest + "\"\r\n", "10.0.0.9:80\n"),
              testing::StartsWith("HTTP/1.1 200"));
  EXPECT_THAT(Ask("DELETE /v1/lists/a%2Fb"), testing::StartsWith("HTTP/1.1 200"));
  EXPECT_THAT(Ask("GET /v1/lists/a%2Fb"), testing::StartsWith("HTTP/1.1 404"));
}

TEST_F(ServiceTest, WhatIsNoRequestIsRefusedAndHarmsNobodyElse) {
  options_.limits.max_body_bytes = 2000;
  options_.limits.max_header_bytes = 1024;
  options_.limits.header_timeout = milliseconds(500);
  Start();
  const struct {
    std::string bytes;
    std::string answer;
  } cases[] = {
      {"rubbish\r\n\r\n", "HTTP/1.1 400"},
      {std::string(300, '\0') + "\r\n\r\n", "HTTP/1.1 400"},
      {"GET / HTTP/9.9\r\n\r\n", "HTTP/1.1 400"},
      {"GET %zz HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP/1.1 400"},
      {"GET /" + std::string(5000, 'a') + " HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP/1.1 4"},
      {"PUT /v1/lists/a HTTP/1.1\r\nHost: x\r\nContent-Length: 999999999999\r\n\r\n",
       "HTTP/1.1 413"},
      {"PUT /v1/lists/a HTTP/1.1\r\nHost: x\r\nContent-Length: -4\r\n\r\n", "HTTP/1.1 400"},
      {"PUT /v1/lists/a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\nabc", "HTTP/1.1 501"},
      {"PUT /v1/lists/a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
       "HTTP/1.1 501"},
      {"PUT /v1/lists/a HTTP/1.1\r\nHost: x\r\nContent-Encoding: gzip\r\nContent-Length: "
       "1\r\n\r\na",
       "HTTP/1.1 415"},
      {"PUT /v1/lists/a HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP/1.1 411"},
      {"PUT /v1/lists/a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding:\r\nTransfer-Encoding: gzip\r\n"
       "Content-Length: 0\r\n\r\n",
       "HTTP/1.1 501"},
      {"PUT /v1/lists/a HTTP/1.1\r\nHost: x\r\nContent-Encoding:\r\nContent-Encoding: gzip\r\n"
       "Content-Length: 1\r\n\r\na",
       "HTTP/1.1 415"},
      {"GET /v1/store HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n", "HTTP/1.1 400"},
      {"GET /v1/store HTTP/1.1\r\n\r\n", "HTTP/1.1 400"},
      {"PUT /v1/lists/a HTTP/1.1\r\nHost: x\r\nIf-Match: \"00\"\r\nIf-Match: \"01\"\r\n"
       "Content-Length: 0\r\n\r\n",
       "HTTP/1.1 400"},
      {"PUT /v1/lists/a?dry_run=0&dry_run=1 HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n",
       "HTTP/1.1 400"},
      {"PUT /v1/lists/a HTTP/1.1\r\nHost: x\r\nIf-Match:\r\nContent-Length: 0\r\n\r\n",
       "HTTP/1.1 400"},
      {"PUT /v1/lists/a HTTP/1.1\r\nHost: x\r\nIf-None-Match: \"00\"\r\nContent-Length: 0\r\n\r\n",
       "HTTP/1.1 400"},
      {"PUT /v1/lists/a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2;" +
           std::string(400'000, 'x') + "\r\n",
       ""},
      {"GET /v1/nothing HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP/1.1 404"},
      {"GET http://x/v1/nothing HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP/1.1 404"},
      {"GET http://x HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP/1.1 404"},
      {"GET ftp://x/v1/store HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP/1.1 400"},
      {"GET http://x/v1/store?y=http://z HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP/1.1 400"},
      {"GET /a/b/c/d/e/f/g/h/i HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP/1.1 400"},
      {"HEAD /healthz HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP/1.1 200"},
      {"HEAD /v1/store HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP/1.1 405"},
      {"PATCH /v1/store HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP/1.1 405"},
      {"POST /v1/commits HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\n{\"a\"", "HTTP/1.1 400"},
      {"POST /v1/commits HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{\"ids\":1}",
       "HTTP/1.1 400"},
      {"GET /v1/lists/%01 HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP/1.1 400"},
      {"GET /v1/log?from=x HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP/1.1 400"},
      {"GET /v1/log?frm=1 HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP/1.1 400"},
  };
  for (const auto& one : cases) {
    RawConnection raw(service_->socket());
    EXPECT_THAT(raw.Ask(one.bytes), testing::StartsWith(one.answer)) << one.bytes.substr(0, 60);
  }
  EXPECT_EQ((*store_->NewView())->revision(), Revision{0}) << "nothing of it was written";
  // A header that never ends is given up; meanwhile others are served.
  RawConnection slow(service_->socket());
  slow.Send("GET /v1/store HTTP/1.1\r\nHo");
  EXPECT_THAT(Ask("GET /healthz"), testing::StartsWith("HTTP/1.1 200"));
  const auto begun = std::chrono::steady_clock::now();
  EXPECT_EQ(slow.Receive(milliseconds(5000)), "");
  EXPECT_TRUE(slow.closed());
  EXPECT_LT(std::chrono::steady_clock::now() - begun, milliseconds(4000)) << "it was closed";
  EXPECT_NE(Client(), nullptr);
}

TEST_F(ServiceTest, TooManyConnectionsAreClosedAtOnceAndComeBackLater) {
  options_.limits.max_connections = 8;
  Start();
  {
    std::vector<std::unique_ptr<RawConnection>> held;
    for (int i = 0; i < 40; ++i) {
      held.push_back(std::make_unique<RawConnection>(service_->socket()));
    }
    const std::string_view request = "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n";
    EXPECT_THAT(held.front()->Ask(request), testing::StartsWith("HTTP/1.1 200"));
    EXPECT_EQ(held.back()->Ask(request), "");
    EXPECT_TRUE(held.back()->closed());
  }
  for (int i = 0; i < 100 && Ask("GET /healthz").empty(); ++i) {
    std::this_thread::sleep_for(milliseconds(20));
  }
  EXPECT_THAT(Ask("GET /healthz"), testing::StartsWith("HTTP/1.1 200"));
}

TEST_F(ServiceTest, WhoAsksTooOftenIsToldToWait) {
  options_.limits.requests_per_second = 1;
  options_.limits.burst = 3;
  Start();
  for (int i = 0; i < 3; ++i) {
    EXPECT_THAT(Ask("GET /v1/store"), testing::StartsWith("HTTP/1.1 200"));
  }
  const std::string refused = Ask("GET /v1/store");
  EXPECT_THAT(refused, testing::StartsWith("HTTP/1.1 429"));
  EXPECT_THAT(refused, testing::HasSubstr("Retry-After: 1"));
}

TEST_F(ServiceTest, AWriteToAnotherEnvironmentIsRefused) {
  Start();
  ClientOptions options = ClientOf(*service_, Line::kSocket, certificates_);
  options.environment = "staging";
  const auto client = Connect(options);
  ASSERT_FALSE(client.has_value());
  EXPECT_EQ(client.error().code, ErrorCode::kWrongEnvironment);
  EXPECT_THAT(Ask("DELETE /v1/lists/a", "Switchback-Environment: staging\r\n"),
              testing::StartsWith("HTTP/1.1 421"));
}

TEST_F(ServiceTest, AStopFinishesWhatWasAccepted) {
  Start();
  std::atomic<bool> go_on = true;
  std::atomic<uint64_t> acknowledged = 0;
  std::vector<std::thread> writers;
  for (int i = 0; i < 4; ++i) {
    writers.emplace_back([&, i] {
      const auto client = Client();
      for (uint32_t n = 1; go_on; ++n) {
        CommitOptions options = By("writer");
        options.request_id = fmt::format("{}-{}", i, n);
        if (!client->Commit(Set(fmt::format("id-{}", i), Range(n, 2)), options)) return;
        ++acknowledged;
      }
    });
  }
  while (acknowledged < 200) std::this_thread::sleep_for(milliseconds(1));
  service_->Stop(milliseconds(5000));
  go_on = false;
  for (std::thread& writer : writers) writer.join();
  // Each writer's last one may have been committed and not answered.
  const uint64_t revisions = (*store_->NewView())->revision().value;
  EXPECT_GE(revisions, acknowledged);
  EXPECT_LE(revisions, acknowledged + 4);
  EXPECT_FALSE(std::filesystem::exists(service_->socket()));
  const auto client = Connect(ClientOf(*service_, Line::kSocket, certificates_));
  ASSERT_FALSE(client.has_value());
  EXPECT_EQ(client.error().code, ErrorCode::kNotFound) << client.error().message;
}

TEST_F(ServiceTest, TwoHundredClientsOfAllKinds) {
  Start();
  ASSERT_TRUE(store_->Commit(Set("shared", Range(1, 50)), By("x", Durability::kSynced)));
  std::atomic<int> failures = 0;
  std::vector<std::thread> clients;
  for (int i = 0; i < 200; ++i) {
    clients.emplace_back([&, i] {
      const auto client = Connect(ClientOf(*service_, Line::kSocket, certificates_));
      if (!client) {
        ++failures;
        return;
      }
      for (uint32_t n = 0; n < 5; ++n) {
        bool good = false;
        if (i % 4 == 0) {
          CommitOptions options = By("c");
          options.request_id = fmt::format("{}-{}", i, n);
          good =
              (*client)->Commit(Set(fmt::format("id-{}", i), Range(n, n + 1)), options).has_value();
        } else if (i % 4 == 1) {
          good = (*client)->Read(Id("shared")).has_value();
        } else if (i % 4 == 2) {
          const auto view = (*client)->NewView();
          good = view && (*view)->Table() && (*view)->Log();
        } else {
          good = (*client)->Wait(Revision{0}, milliseconds(2000)).has_value();
        }
        if (!good) ++failures;
      }
    });
  }
  for (std::thread& client : clients) client.join();
  EXPECT_EQ(failures, 0);
  EXPECT_EQ((*store_->NewView())->revision(), Revision{1 + 50 * 5});
  ExpectSound(*store_);
}

TEST_F(ServiceTest, MetricsCountWhatWasAsked) {
  Start();
  std::ignore = Ask("GET /v1/store");
  std::ignore = Ask("GET /v1/lists/none");
  const std::string text = Ask("GET /metrics");
  EXPECT_THAT(
      text, testing::HasSubstr("switchback_requests_total{call=\"lists.read\",status=\"404\"} 1"));
  EXPECT_THAT(text, testing::HasSubstr("switchback_request_seconds_bucket"));
  EXPECT_THAT(text, testing::HasSubstr("switchback_durable_revision"));
}

TEST_F(ServiceTest, MetricsSayWhatTheStoreHasBeenDoing) {
  Start();
  ASSERT_TRUE(store_->Commit(Set("a", Range(1, 3)), By("holder")));
  CommitOptions synced = By("holder");
  synced.durability = Durability::kSynced;
  ASSERT_TRUE(store_->Commit(Set("b", Range(1, 3)), synced));
  std::ignore = store_->Read(Id("a"));
  std::ignore = store_->Read(Id("a"));
  const std::string text = Ask("GET /metrics");
  EXPECT_THAT(text, testing::HasSubstr("\nswitchback_commit_seconds_count 2\n"));
  EXPECT_THAT(text, testing::HasSubstr("\nswitchback_commit_seconds_bucket{le=\"+Inf\"} 2\n"));
  EXPECT_THAT(text, testing::HasSubstr("\nswitchback_write_seconds_count 1\n"));
  EXPECT_THAT(text, testing::HasSubstr("\nswitchback_sync_seconds_count 1\n"));
  EXPECT_THAT(text, testing::HasSubstr("\nswitchback_head_hits_total 1\n"));
  EXPECT_THAT(text, testing::HasSubstr("\nswitchback_head_misses_total 1\n"));
  EXPECT_THAT(text, testing::HasSubstr("\nswitchback_queue_seconds_count 1\n"));
  EXPECT_THAT(text, testing::HasSubstr("switchback_cache_bytes{cache=\"heads\"}"));
  EXPECT_THAT(text, testing::HasSubstr("\nswitchback_disk_bytes "));
}

TEST(ServiceOnTls, WhoIsNotKnownMayNothingAndStrangersLittle) {
  auto store = Store::CreateInMemory({"production", {}});
  ASSERT_TRUE(store.has_value());
  const TempFolder folder;
  const TestCertificates certificates(folder.path("certificates"));
  ServiceOptions options = ServeOn(Line::kTls, folder, certificates);
  options.certificates.push_back({"stranger", {Role::kReader, {"public/*"}, {}}});
  options.certificates.push_back({"expired", {Role::kAdmin, {}, {}}});
  const auto service = Service::Start(**store, options);
  ASSERT_TRUE(service.has_value()) << service.error().message;
  ClientOptions as = ClientOf(**service, Line::kTls, certificates);
  const auto tester = Connect(as);
  ASSERT_TRUE(tester.has_value()) << tester.error().message;
  ASSERT_TRUE((*tester)->Commit(Set("public/a", Range(1, 2)), By("x")));
  ASSERT_TRUE((*tester)->Commit(Set("secret/a", Range(1, 2)), By("x")));
  as.certificate_file = certificates.certificate("stranger");
  as.key_file = certificates.key("stranger");
  const auto stranger = Connect(as);
  ASSERT_TRUE(stranger.has_value()) << stranger.error().message;
  EXPECT_TRUE((*stranger)->Read(Id("public/a")));
  EXPECT_EQ((*stranger)->Read(Id("secret/a")).error().code, ErrorCode::kRefused);
  const auto denied = (*stranger)->Commit(Set("public/a", Range(1, 3)), By("x"));
  ASSERT_FALSE(denied.has_value());
  EXPECT_EQ(denied.error().code, ErrorCode::kRefused);
  EXPECT_THAT(denied.error().message, testing::HasSubstr("writer"));
  as.certificate_file.clear();
  as.key_file.clear();
  // Its time is over, whatever it is granted.
  ClientOptions late = as;
  late.certificate_file = certificates.certificate("expired");
  late.key_file = certificates.key("expired");
  EXPECT_FALSE(Connect(late).has_value());
  const auto nobody = Connect(as);
  ASSERT_FALSE(nobody.has_value());
  EXPECT_EQ(nobody.error().code, ErrorCode::kRefused) << nobody.error().message;
  as.ca_file.clear();
  const auto distrustful = Connect(as);
  ASSERT_FALSE(distrustful.has_value());
  EXPECT_EQ(distrustful.error().code, ErrorCode::kRefused) << distrustful.error().message;
  EXPECT_THAT(distrustful.error().message, testing::HasSubstr("certificate"));
}

}  // namespace
}  // namespace switchback
