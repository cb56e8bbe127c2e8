// What a service holds on behalf of who asks, and of whom it reads a large body at all.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "service/raw_connection.h"
#include "service/served_store.h"

namespace switchback {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;
using testing::StartsWith;

constexpr size_t kLargeBytes = 100'000;

std::string Head(const std::string& line, size_t bytes, const std::string& headers = "") {
  return fmt::format("{} HTTP/1.1\r\nHost: localhost\r\n{}Content-Length: {}\r\n\r\n", line,
                     headers, bytes);
}

std::string ChunkedHead(const std::string& line) {
  return fmt::format("{} HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n", line);
}

class AdmissionTest : public SocketServiceTest {
 protected:
  // Who comes by the socket is admin, who comes by loopback a reader.
  void SetUp() override {
    SocketServiceTest::SetUp();
    options_.loopback_http = "127.0.0.1:0";
  }
  [[nodiscard]] std::string Metric(const std::string& name) const {
    RawConnection raw(service_->socket());
    const std::string text = raw.Ask("GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n");
    const size_t at = text.find("\n" + name + " ");
    if (at == std::string::npos) return "none";
    const size_t begin = at + name.size() + 2;
    return text.substr(begin, text.find('\n', begin) - begin);
  }
};

TEST_F(AdmissionTest, ALargeBodyOfWhoMayNotSendItIsNeverRead) {
  Start();
  const std::string heads[] = {Head("POST /v1/commits", kLargeBytes),
                               Head("PUT /v1/lists/a", kLargeBytes),
                               ChunkedHead("PUT /v1/lists/a")};
  for (const std::string& head : heads) {
    RawConnection reader(service_->loopback_port());
    const std::string answer = reader.Ask(head);
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 403")) << head;
    EXPECT_THAT(answer, HasSubstr("loopback may not call"));
    EXPECT_THAT(answer, HasSubstr("Connection: close"));
    EXPECT_TRUE(reader.closed());
  }
  EXPECT_EQ(Metric("switchback_denied_total"), "3");
  EXPECT_EQ(Metric("switchback_body_bytes"), "0");
}

TEST_F(AdmissionTest, WhoIsNotKnownAndWhatIsNoCallAreToldSoAtOnce) {
  Start();
  RawConnection unknown(service_->loopback_port());
  EXPECT_THAT(unknown.Ask(Head("POST /v1/commits", kLargeBytes, "Authorization: Bearer x\r\n")),
              StartsWith("HTTP/1.1 401"));
  RawConnection lost(service_->socket());
  EXPECT_THAT(lost.Ask(Head("POST /v1/nothing", kLargeBytes)), StartsWith("HTTP/1.1 404"));
  RawConnection mistaken(service_->socket());
  EXPECT_THAT(mistaken.Ask(Head("POST /v1/store", kLargeBytes)), StartsWith("HTTP/1.1 405"));
  RawConnection old(service_->socket());
  EXPECT_THAT(old.Ask("POST /v1/commits HTTP/1.0\r\nContent-Length: 100000\r\n\r\n"),
              StartsWith("HTTP/1.1 400"));
}

TEST_F(AdmissionTest, DenialsAreJournaledAndNotWithoutEnd) {
  Start();
  constexpr int kAsked = 60;
  RawConnection reader(service_->loopback_port());
  for (int i = 0; i < kAsked; ++i) {
    const std::string line = fmt::format("DELETE /v1/lists/a{}", i);
    reader.Send(line + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
    ASSERT_THAT(reader.ReceiveUntil("\n", milliseconds(5000)), StartsWith("HTTP/1.1 403"));
  }
  std::vector<SaidRecord> records;
  const auto view = store_->NewView();
  const auto cursor = (*view)->SaidRecords();
  while (auto next = (*cursor)->Next().value()) records.push_back(*std::move(next));
  ASSERT_GE(records.size(), 20U);
  EXPECT_LT(records.size(), static_cast<size_t>(kAsked));
  const SaidRecord& first = records.back();
  EXPECT_EQ(first.info.operation, Operation::kRefusal);
  EXPECT_EQ(first.subject, "lists.delete");
  EXPECT_EQ(first.info.origin.user, "loopback");
  EXPECT_EQ(first.info.origin.host, "127.0.0.1");
  EXPECT_THAT(first.info.message, HasSubstr("missing: role writer"));
  EXPECT_EQ(Metric("switchback_denied_total"), fmt::to_string(kAsked));
  EXPECT_EQ(Metric("switchback_denied_not_journaled_total"),
            fmt::to_string(kAsked - records.size()));
  EXPECT_TRUE(store_->Verify({})->ok());
  EXPECT_EQ((*store_->NewView())->revision(), Revision{0}) << "they are no revisions";
}

TEST_F(AdmissionTest, LargeBodiesCountAgainstTheRateBeforeTheyAreRead) {
  options_.limits.requests_per_second = 0.01;
  options_.limits.burst = 2;
  Start();
  for (const char* status : {"403", "403", "429", "429"}) {
    RawConnection reader(service_->loopback_port());
    EXPECT_THAT(reader.Ask(Head("POST /v1/commits", kLargeBytes)),
                StartsWith(std::string("HTTP/1.1 ") + status));
  }
}

TEST_F(AdmissionTest, WhatIsRefusedEarlyIsInTheAccessLog) {
  std::mutex mutex;
  std::string log;
  options_.access_log = [&](std::string_view line) {
    const std::scoped_lock lock(mutex);
    log.append(line).append("\n");
  };
  Start();
  for (const std::string& request :
       {std::string("rubbish\r\n\r\n"), Head("PUT /v1/lists/a", options_.limits.max_body_bytes + 1),
        Head("POST /v1/commits", kLargeBytes)}) {
    RawConnection reader(service_->loopback_port());
    EXPECT_THAT(reader.Ask(request), StartsWith("HTTP/1.1 4"));
  }
  service_.reset();
  EXPECT_THAT(log, HasSubstr("\"status\":400"));
  EXPECT_THAT(log, HasSubstr("\"status\":413"));
  EXPECT_THAT(log, HasSubstr("\"status\":403"));
  EXPECT_THAT(log, HasSubstr("\"address\":\"127.0.0.1\""));
}

// Who sends on regardless still hears why: the connection is not broken before it has sent all.
TEST_F(AdmissionTest, WhoSendsAllTheSameHearsWhy) {
  Start();
  RawConnection reader(service_->loopback_port());
  reader.Send(Head("POST /v1/commits", 40 * kLargeBytes));
  for (int i = 0; i < 40; ++i) reader.Send(std::string(kLargeBytes, 'x'));
  EXPECT_THAT(reader.Receive(milliseconds(2000)), StartsWith("HTTP/1.1 403"));
}

TEST_F(AdmissionTest, WhoMayIsToldToGoOnAndHasItsBodyRead) {
  Start();
  std::string list;
  for (int i = 0; i < 10'000; ++i) {
    list += fmt::format("10.0.{}.{}:80 weight=100\n", i / 250, i % 250 + 1);
  }
  ASSERT_GT(list.size(), kLargeBytes);
  RawConnection whole(service_->socket());
  EXPECT_THAT(whole.Ask(Head("PUT /v1/lists/whole", list.size(), "Expect: 100-continue\r\n")),
              "HTTP/1.1 100 Continue\r\n\r\n");
  EXPECT_THAT(whole.Ask(list), StartsWith("HTTP/1.1 200"));
  RawConnection chunked(service_->socket());
  chunked.Send(ChunkedHead("PUT /v1/lists/chunked"));
  for (size_t at = 0; at < list.size(); at += 1000) {
    const std::string chunk = list.substr(at, 1000);
    chunked.Send(fmt::format("{:x}\r\n{}\r\n", chunk.size(), chunk));
  }
  EXPECT_THAT(chunked.Ask("0\r\n\r\n"), StartsWith("HTTP/1.1 200"));
  for (const char* id : {"whole", "chunked"}) {
    EXPECT_EQ((*store_->Read(Id(id)))->list->size(), 10'000U) << id;
  }
  EXPECT_EQ(Metric("switchback_body_bytes"), "0");
}

// Two requests that come as one, the first of them with a body.
TEST_F(AdmissionTest, WhatComesBehindABodyIsTheNextRequest) {
  Start();
  RawConnection raw(service_->socket());
  const std::string list = "10.0.0.1:80 weight=100\n";
  const std::string answer =
      raw.Ask(Head("PUT /v1/lists/a", list.size()) + list +
              "GET /v1/lists/a?as=text HTTP/1.1\r\nHost: x\r\n\r\nGET /healthz HTTP/1.1\r\nHost: "
              "x\r\n\r\n");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200"));
  EXPECT_THAT(answer, HasSubstr(list));
  EXPECT_THAT(answer, testing::EndsWith("ok\n"));
}

TEST_F(AdmissionTest, AllBodiesTogetherAreBounded) {
  options_.limits.max_body_bytes = options_.limits.max_total_body_bytes = 1'000'000;
  Start();
  // What is only announced takes nothing.
  std::vector<RawConnection> claims;
  for (int i = 0; i < 5; ++i) {
    claims.emplace_back(service_->socket());
    claims.back().Send(Head("PUT /v1/lists/a", 1'000'000));
  }
  auto first = std::make_unique<RawConnection>(service_->socket());
  first->Send(Head("PUT /v1/lists/a", 950'000));
  first->Send(std::string(900'000, '\n'));
  EXPECT_EQ(first->Receive(), "") << "it waits for the rest";
  EXPECT_EQ(Metric("switchback_body_bytes"), "900000");
  const std::string list = "10.0.0.1:80 weight=100\n";
  RawConnection second(service_->socket());
  second.Send(Head("PUT /v1/lists/a", 200'000));
  second.Send(std::string(200'000, '\n'));
  const std::string answer = second.Receive(milliseconds(2000));
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 503"));
  EXPECT_THAT(answer, HasSubstr("Retry-After: 1"));
  // One that does not say how much it sends is stopped on the way.
  RawConnection chunked(service_->socket());
  chunked.Send(ChunkedHead("PUT /v1/lists/a"));
  for (int i = 0; i < 4; ++i) {
    chunked.Send(fmt::format("{:x}\r\n{}\r\n", 50'000, std::string(50'000, '\n')));
  }
  EXPECT_THAT(chunked.Receive(milliseconds(2000)), StartsWith("HTTP/1.1 503"));
  // What is small still fits here; who comes by TCP leaves a quarter to others.
  RawConnection small(service_->socket());
  EXPECT_THAT(small.Ask(Head("PUT /v1/lists/a", list.size()) + list), StartsWith("HTTP/1.1 200"));
  RawConnection stranger(service_->loopback_port());
  EXPECT_THAT(stranger.Ask(Head("POST /v1/net-changes", 2) + "{}"), StartsWith("HTTP/1.1 503"));
  first.reset();
  for (int i = 0; i < 500 && Metric("switchback_body_bytes") != "0"; ++i) {
    std::this_thread::sleep_for(milliseconds(10));
  }
  EXPECT_EQ(Metric("switchback_body_bytes"), "0");
}

TEST_F(AdmissionTest, OneCallerLeavesRoomForOthers) {
  options_.limits.max_requests_per_caller = 1;
  Start();
  Change many;
  for (int i = 0; i < 30'000; ++i) {
    many.ids.push_back({Id(fmt::format("id/{:05}", i)), Replace{Range(1, 1)}});
  }
  ASSERT_TRUE(store_->Commit(many, By("x")));
  // One that does not take its answer holds what it may have.
  auto slow = std::make_unique<RawConnection>(service_->socket(), 4096);
  slow->Send("GET /v1/table HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_THAT(slow->ReceiveUntil("HTTP/1.1 200", milliseconds(5000)), StartsWith("HTTP/1.1 200"));
  const std::string ask = "GET /v1/store HTTP/1.1\r\nHost: localhost\r\n\r\n";
  RawConnection same(service_->socket());
  EXPECT_EQ(same.Ask(ask), "") << "it waits";
  RawConnection health(service_->socket());
  EXPECT_THAT(health.Ask("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"), StartsWith("HTTP/1.1 200"));
  RawConnection other(service_->loopback_port());
  EXPECT_THAT(other.Ask(ask), StartsWith("HTTP/1.1 200"));
  slow.reset();
  EXPECT_THAT(same.ReceiveUntil("\n", milliseconds(5000)), StartsWith("HTTP/1.1 200"));
}

TEST_F(AdmissionTest, AnAnswerThatIsNotTakenIsOneOfTheCallersRequests) {
  options_.limits.max_requests_per_caller = 2;
  Start();
  ASSERT_TRUE(store_->Commit(Set("large", Range(1, 200'000)), By("x")));
  std::vector<RawConnection> idle;
  for (int i = 0; i < 20; ++i) {
    idle.emplace_back(service_->socket(), 4096);
    idle.back().Send("GET /v1/lists/large?as=text HTTP/1.1\r\nHost: x\r\n\r\n");
  }
  RawConnection same(service_->socket());
  const std::string ask = "GET /v1/store HTTP/1.1\r\nHost: x\r\n\r\n";
  EXPECT_EQ(same.Ask(ask), "") << "answers are not made faster than they are taken";
  idle.clear();
  EXPECT_THAT(same.ReceiveUntil("\n", milliseconds(10'000)), StartsWith("HTTP/1.1 200"));
}

// What is behind the body is for nobody: who a proxy lets through by the head is who asks.
TEST_F(AdmissionTest, TrailersAreNoHeaders) {
  Start();
  const std::string list = "10.0.0.1:80 weight=100\n";
  RawConnection raw(service_->socket());
  const std::string answer = raw.Ask(
      ChunkedHead("PUT /v1/lists/a") + fmt::format("{:x}\r\n{}\r\n0\r\n", list.size(), list) +
      "If-Match: \"00\"\r\nSwitchback-Environment: other\r\nAuthorization: Bearer x\r\n\r\n");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200"));
  EXPECT_EQ((*store_->Read(Id("a")))->list->size(), 1U);
}

TEST_F(AdmissionTest, ABurstWaitsForItsTurn) {
  options_.limits.max_requests = 2;
  Start();
  std::vector<RawConnection> burst;
  for (int i = 0; i < 200; ++i) {
    burst.emplace_back(service_->socket());
    burst.back().Send("GET /v1/store HTTP/1.1\r\nHost: x\r\n\r\n");
  }
  for (RawConnection& one : burst) {
    EXPECT_THAT(one.ReceiveUntil("\n", milliseconds(10'000)), StartsWith("HTTP/1.1 200"));
  }
  EXPECT_EQ(Metric("switchback_shed_total"), "0");
}

}  // namespace
}  // namespace switchback
