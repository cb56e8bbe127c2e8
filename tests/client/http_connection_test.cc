#include "client/http_connection.h"

#include <gtest/gtest.h>

#include "client/dial.h"
#include "client/scripted_server.h"

namespace switchback::client {
namespace {

using std::chrono::milliseconds;

std::unique_ptr<HttpConnection> ConnectTo(const std::string& url,
                                          milliseconds patience = milliseconds{5'000},
                                          const Interrupt* interrupt = nullptr) {
  Attempt<Socket> socket = Dial(*ParseServiceUrl(url), DeadlineAfter(patience), interrupt);
  if (!socket) return nullptr;
  return std::make_unique<HttpConnection>(MakePlainTransport(std::move(*socket), interrupt),
                                          patience);
}

HttpRequest Get() {
  return {"GET", "/v1/store", {{"Host", "localhost"}}, ""};
}

// What the head of an answer of these bytes is taken for.
FaultKind FaultOf(const std::string& answer) {
  ScriptedServer server({[&](Peer& peer) {
    std::ignore = peer.Read();
    peer.Send(answer);
  }});
  const auto connection = ConnectTo(server.url());
  const Attempt<HttpHead> head = connection->Exchange(Get());
  if (head) return FaultKind::kNobody;
  EXPECT_TRUE(head.error().sent);
  return head.error().kind;
}

TEST(HttpConnectionTest, ReadsAWholeAnswerAndIsGoodForAnother) {
  std::string request;
  ScriptedServer server({[&](Peer& peer) {
    request = peer.Read();
    peer.SendJson(R"({"a":1})", "200 OK", "switchback-version: 7\r\n");
    std::ignore = peer.Read();
    peer.SendJson("", "204 No Content");
  }});
  const auto connection = ConnectTo(server.url());
  const Attempt<HttpHead> head = connection->Exchange(Get());
  ASSERT_TRUE(head);
  EXPECT_EQ(request, "GET /v1/store HTTP/1.1\r\nHost: localhost\r\n\r\n");
  EXPECT_EQ(head->status, 200);
  EXPECT_EQ(head->FindNumber("Switchback-Version"), 7);
  EXPECT_FALSE(connection->is_reusable());
  EXPECT_EQ(connection->ReadBody().value(), R"({"a":1})");
  ASSERT_TRUE(connection->is_reusable());
  EXPECT_EQ(connection->Exchange(Get())->status, 204);
}

TEST(HttpConnectionTest, ReadsLinesHoweverTheyAreCutIntoChunks) {
  ScriptedServer server({[](Peer& peer) {
    std::ignore = peer.Read();
    peer.BeginLines();
    peer.SendChunk("one\ntw");
    peer.SendChunk("o\n");
    peer.SendChunk("\nfour\n");
    peer.EndLines();
  }});
  const auto connection = ConnectTo(server.url());
  ASSERT_TRUE(connection->Exchange(Get()));
  for (const char* line : {"one", "two", "", "four"}) {
    EXPECT_EQ(connection->NextLine(milliseconds{5'000}).value(), line);
  }
  EXPECT_EQ(connection->NextLine(milliseconds{5'000}).value(), std::nullopt);
  EXPECT_TRUE(connection->is_reusable());
}

TEST(HttpConnectionTest, TellsACutStreamFromItsEnd) {
  ScriptedServer server({[](Peer& peer) {
    std::ignore = peer.Read();
    peer.BeginLines();
    peer.SendChunk("one\n");
  }});
  const auto connection = ConnectTo(server.url());
  ASSERT_TRUE(connection->Exchange(Get()));
  EXPECT_EQ(connection->NextLine(milliseconds{5'000}).value(), "one");
  const auto end = connection->NextLine(milliseconds{5'000});
  ASSERT_FALSE(end);
  EXPECT_EQ(end.error().kind, FaultKind::kCut);
}

TEST(HttpConnectionTest, WaitsOnAfterATimeOut) {
  ScriptedServer server({[](Peer& peer) {
    std::ignore = peer.Read();
    peer.BeginLines();
    peer.SendChunk("o");
    std::ignore = peer.Read();  // the test's sign
    peer.SendChunk("ne\n");
    peer.EndLines();
  }});
  Attempt<Socket> socket =
      Dial(*ParseServiceUrl(server.url()), DeadlineAfter(milliseconds{5'000}), nullptr);
  ASSERT_TRUE(socket);
  const int fd = socket->fd();
  HttpConnection connection(MakePlainTransport(std::move(*socket), nullptr), milliseconds{5'000});
  ASSERT_TRUE(connection.Exchange(Get()));
  const auto nothing = connection.NextLine(milliseconds{20});
  ASSERT_FALSE(nothing);
  EXPECT_EQ(nothing.error().kind, FaultKind::kTimedOut);
  ASSERT_GT(send(fd, "\r\n\r\n", 4, MSG_NOSIGNAL), 0);
  EXPECT_EQ(connection.NextLine(milliseconds{5'000}).value(), "one");
}

TEST(HttpConnectionTest, GivesUpOnAServiceThatSaysNothing) {
  ScriptedServer server({[](Peer& peer) {
    std::ignore = peer.Read();
    std::ignore = peer.Read();
  }});
  const auto connection = ConnectTo(server.url(), milliseconds{30});
  const Attempt<HttpHead> head = connection->Exchange(Get());
  ASSERT_FALSE(head);
  EXPECT_EQ(head.error().kind, FaultKind::kTimedOut);
}

TEST(HttpConnectionTest, IsInterruptedFromAnotherThread) {
  ScriptedServer server({[](Peer& peer) {
    std::ignore = peer.Read();
    peer.BeginLines();
    std::ignore = peer.Read();
  }});
  Interrupt interrupt;
  auto connection = ConnectTo(server.url(), milliseconds{60'000}, &interrupt);
  ASSERT_TRUE(connection->Exchange(Get()));
  std::thread other([&] { interrupt.Raise(); });
  const auto line = connection->NextLine(milliseconds{60'000});
  other.join();
  ASSERT_FALSE(line);
  EXPECT_EQ(line.error().kind, FaultKind::kInterrupted);
}

TEST(HttpConnectionTest, RefusesWhatIsNoHttp) {
  EXPECT_EQ(FaultOf("SSH-2.0-OpenSSH_9.2\r\n\r\n"), FaultKind::kMalformed);
  EXPECT_EQ(FaultOf("HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n"), FaultKind::kMalformed);
  EXPECT_EQ(FaultOf("HTTP/1.1 200 OK\r\nX: " + std::string(kMaxHeadBytes, 'x') + "\r\n\r\n"),
            FaultKind::kMalformed);
  EXPECT_EQ(FaultOf("HTTP/1.1 200 OK\r\n\r\nto the end"), FaultKind::kMalformed);
  EXPECT_EQ(FaultOf("HTTP/1.1 200 OK\r\n"), FaultKind::kCut);
  EXPECT_EQ(FaultOf(""), FaultKind::kCut);
}

TEST(HttpConnectionTest, ReadsNoMoreThanItsLimit) {
  ScriptedServer server({[](Peer& peer) {
    std::ignore = peer.Read();
    peer.SendJson(std::string(1000, ' '));
  }});
  const auto connection = ConnectTo(server.url());
  ASSERT_TRUE(connection->Exchange(Get()));
  const Attempt<std::string> body = connection->ReadBody(999);
  ASSERT_FALSE(body);
  EXPECT_EQ(body.error().kind, FaultKind::kTooLarge);
}

TEST(DialTest, FindsTheSocketOfAFolderAtAnyDepth) {
  const ScratchFolder scratch;
  const std::string folder =
      scratch.path() + "/" + std::string(90, 'a') + "/" + std::string(90, 'b');
  std::filesystem::create_directories(folder);
  ScriptedServer server({[](Peer&) {}, [](Peer&) {}}, folder);
  EXPECT_NE(ConnectTo("unix:" + folder), nullptr);
  EXPECT_NE(ConnectTo(server.url()), nullptr);
}

TEST(DialTest, SaysThatNobodyIsThere) {
  const ScratchFolder scratch;
  for (const std::string& url : {"unix:" + scratch.path(), std::string("http://127.0.0.1:1")}) {
    const auto socket = Dial(*ParseServiceUrl(url), DeadlineAfter(milliseconds{5'000}), nullptr);
    ASSERT_FALSE(socket) << url;
    EXPECT_EQ(socket.error().kind, FaultKind::kNobody) << url;
  }
}

}  // namespace
}  // namespace switchback::client
