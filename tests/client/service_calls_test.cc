#include "client/service_calls.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/scripted_server.h"

namespace switchback::client {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;

std::unique_ptr<ServiceCalls> CallsTo(const std::string& url,
                                      milliseconds timeout = milliseconds{5'000}) {
  PoolOptions pool{.url = *ParseServiceUrl(url),
                   .connect_timeout = milliseconds{2'000},
                   .timeout = timeout,
                   .max_idle = 2};
  return std::make_unique<ServiceCalls>(std::move(pool), nullptr, Headers{{"Host", "localhost"}});
}

Call Reading() {
  return {.target = "/v1/store"};
}
Call Writing(CallKind kind) {
  return {.method = "POST", .target = "/v1/commits", .kind = kind, .body = R"({"ids":[]})"};
}

// Takes a request and goes away.
void HangUp(Peer& peer) {
  std::ignore = peer.Read();
}
void AnswerOnce(Peer& peer) {
  std::ignore = peer.Read();
  peer.SendJson(R"({"ok":true})");
}

Error ErrorOf(ServiceCalls& calls, const Call& call) {
  const Result<Answer> answer = calls.Send(call);
  return answer ? Error{.message = "no error", .items = {}} : answer.error();
}

TEST(ServiceCallsTest, AsksOverOneConnectionAgainAndAgain) {
  ScriptedServer server({[](Peer& peer) {
    for (int i = 0; i < 3; ++i) AnswerOnce(peer);
  }});
  const auto calls = CallsTo(server.url());
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(calls->AskJson(Reading()));
  EXPECT_EQ(server.taken(), 1);
}

TEST(ServiceCallsTest, ReadsOnceMoreWhereAConnectionBreaks) {
  ScriptedServer server({HangUp, AnswerOnce});
  EXPECT_TRUE(CallsTo(server.url())->AskJson(Reading()));
  EXPECT_EQ(server.taken(), 2);
}

TEST(ServiceCallsTest, ReadsNotAThirdTime) {
  ScriptedServer server({HangUp, HangUp, AnswerOnce});
  EXPECT_EQ(ErrorOf(*CallsTo(server.url()), Reading()).code, ErrorCode::kIoError);
  EXPECT_EQ(server.taken(), 2);
}

TEST(ServiceCallsTest, ReadsOnceMoreWhereAnAnswerIsCut) {
  ScriptedServer server({[](Peer& peer) {
                           std::ignore = peer.Read();
                           peer.Send("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{");
                         },
                         AnswerOnce});
  EXPECT_TRUE(CallsTo(server.url())->AskJson(Reading()));
}

TEST(ServiceCallsTest, ABrokenWriteWithoutARequestIdHasAnUnknownOutcome) {
  ScriptedServer server({HangUp, AnswerOnce});
  const Error error = ErrorOf(*CallsTo(server.url()), Writing(CallKind::kWritesWithoutId));
  EXPECT_EQ(error.code, ErrorCode::kUnknownOutcome);
  EXPECT_THAT(error.message, HasSubstr("look into the log"));
  EXPECT_EQ(server.taken(), 1);
}

TEST(ServiceCallsTest, ABrokenWriteWithARequestIdIsSentAgainOnce) {
  ScriptedServer server({HangUp, AnswerOnce});
  EXPECT_TRUE(CallsTo(server.url())->AskJson(Writing(CallKind::kWritesWithId)));
  ScriptedServer worse({HangUp, HangUp, AnswerOnce});
  EXPECT_EQ(ErrorOf(*CallsTo(worse.url()), Writing(CallKind::kWritesWithId)).code,
            ErrorCode::kUnknownOutcome);
}

TEST(ServiceCallsTest, AWriteGoesOverANewConnectionWhereTheKeptOneHasEnded) {
  ScriptedServer server({AnswerOnce, AnswerOnce});
  const auto calls = CallsTo(server.url());
  EXPECT_TRUE(calls->AskJson(Reading()));
  server.AwaitClosed(1);
  EXPECT_TRUE(calls->AskJson(Writing(CallKind::kWritesWithoutId)));
}

TEST(ServiceCallsTest, ASlowReadIsAnErrorAndASlowWriteUnknown) {
  const auto slow = [](Peer& peer) {
    std::ignore = peer.Read();
    std::ignore = peer.Read();
  };
  ScriptedServer server({slow, slow});
  const auto calls = CallsTo(server.url(), milliseconds{50});
  const Error read = ErrorOf(*calls, Reading());
  EXPECT_EQ(read.code, ErrorCode::kIoError);
  EXPECT_THAT(read.message, HasSubstr("no answer from " + server.url() + " within 50 ms"));
  EXPECT_EQ(ErrorOf(*calls, Writing(CallKind::kWritesWithId)).code, ErrorCode::kUnknownOutcome);
}

TEST(ServiceCallsTest, NobodyThereIsNotFound) {
  const ScratchFolder scratch;
  const auto calls = CallsTo("unix:" + scratch.path());
  for (const CallKind kind : {CallKind::kReads, CallKind::kWritesWithoutId}) {
    const Error error = ErrorOf(*calls, Writing(kind));
    EXPECT_EQ(error.code, ErrorCode::kNotFound);
    EXPECT_THAT(error.message, HasSubstr("nobody serves at unix:" + scratch.path()));
  }
}

TEST(ServiceCallsTest, WaitsAsLongAsABusyServiceAsks) {
  ScriptedServer server({[](Peer& peer) {
    std::ignore = peer.Read();
    peer.SendJson(R"({"error":{"reason":"store_held","message":"busy"}})",
                  "503 Service Unavailable", "Retry-After: 0\r\n");
    std::ignore = peer.Read();
    peer.SendJson(R"({"error":{"reason":"limit_exceeded","message":"slower"}})",
                  "429 Too Many Requests", "Retry-After: 0\r\n");
    AnswerOnce(peer);
  }});
  EXPECT_TRUE(CallsTo(server.url())->AskJson(Writing(CallKind::kWritesWithoutId)));
}

TEST(ServiceCallsTest, DoesNotWaitPastItsTimeOut) {
  ScriptedServer server({[](Peer& peer) {
    std::ignore = peer.Read();
    peer.SendJson(R"({"error":{"reason":"store_held","message":"stopping"}})",
                  "503 Service Unavailable", "Retry-After: 60\r\n");
  }});
  const Error error = ErrorOf(*CallsTo(server.url()), Reading());
  EXPECT_EQ(error.code, ErrorCode::kHeld);
  EXPECT_EQ(error.message, "stopping");
}

TEST(ServiceCallsTest, TakesErrorsByTheirReason) {
  ScriptedServer server({[](Peer& peer) {
    std::ignore = peer.Read();
    peer.SendJson(R"({"error":{"reason":"conflict","message":"no","items":["a","b"],)"
                  R"("item_count":3,"exit":5,"committed":"no"}})",
                  "409 Conflict");
    std::ignore = peer.Read();
    peer.SendJson("<html>", "502 Bad Gateway");
    std::ignore = peer.Read();
    peer.SendJson("<html>", "502 Bad Gateway");
    std::ignore = peer.Read();
    peer.SendJson("[1]");
  }});
  const auto calls = CallsTo(server.url());
  const Error conflict = ErrorOf(*calls, Reading());
  EXPECT_EQ(conflict.code, ErrorCode::kConflict);
  EXPECT_THAT(conflict.items, testing::ElementsAre("a", "b"));
  EXPECT_EQ(conflict.item_count, 3);
  EXPECT_EQ(ErrorOf(*calls, Reading()).code, ErrorCode::kIoError);
  EXPECT_EQ(ErrorOf(*calls, Writing(CallKind::kWritesWithoutId)).code, ErrorCode::kUnknownOutcome);
  const auto not_understood = calls->AskJson(Reading());
  ASSERT_FALSE(not_understood);
  EXPECT_EQ(not_understood.error().code, ErrorCode::kIoError);
}

}  // namespace
}  // namespace switchback::client
