// RemoteStore against canned answers: what it sends, and what it makes of what it is told. Whether
// both sides mean the same is for the tests of the service.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/list_server.h"
#include "switchback/client.h"
#include "switchback/provenance.h"
#include "wire/binary_list.h"
#include "wire/json_forms.h"

namespace switchback::client {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

std::string StoreAnswer(uint64_t revision, uint64_t durable) {
  StoreIdentity identity;
  identity.environment = "production";
  identity.uuid = "7f0c";
  return wire::Dump({{"identity", wire::ToJson(identity)},
                     {"revision", revision},
                     {"durable", durable},
                     {"version", "0.1.0"}});
}

void AnswerStore(Peer& peer, uint64_t revision = 7, uint64_t durable = 7) {
  EXPECT_THAT(peer.Read(), StartsWith("GET /v1/store HTTP/1.1\r\n"));
  peer.SendJson(StoreAnswer(revision, durable));
}

std::unique_ptr<Store> ConnectTo(const ScriptedServer& server, ClientOptions options = {}) {
  options.url = server.url();
  if (options.timeout > milliseconds{5'000}) options.timeout = milliseconds{5'000};
  Result<std::unique_ptr<Store>> store = Connect(options);
  EXPECT_TRUE(store) << store.error().message;
  return store ? std::move(*store) : nullptr;
}

EndpointList ListOf(std::string_view endpoint) {
  EndpointListBuilder builder;
  const OwnedEndpoint parsed = *ParseEndpoint(endpoint);
  builder.Append(parsed.view());
  return builder.Finish();
}

TEST(ConnectTest, SaysWhoItIs) {
  std::string request;
  ScriptedServer server({[&](Peer& peer) {
    request = peer.Read();
    peer.SendJson(StoreAnswer(7, 6));
  }});
  const auto store = ConnectTo(
      server, {.environment = "production",
               .origin = {.host = "h\r\nX: y", .program = "routes ctl", .program_version = "1.2"}});
  ASSERT_NE(store, nullptr);
  EXPECT_EQ(store->identity().environment, "production");
  EXPECT_THAT(request, HasSubstr("\r\nUser-Agent: routes-ctl/1.2\r\n"));
  EXPECT_THAT(request, HasSubstr("\r\nSwitchback-Environment: production\r\n"));
  EXPECT_THAT(request, Not(HasSubstr("\r\nX: y")));
}

TEST(ConnectTest, RefusesAnotherEnvironment) {
  ScriptedServer server({[](Peer& peer) { AnswerStore(peer); }});
  const auto store = Connect({.url = server.url(), .environment = "staging"});
  ASSERT_FALSE(store);
  EXPECT_EQ(store.error().code, ErrorCode::kWrongEnvironment);
}

TEST(ConnectTest, KeepsTheTokenOutOfMessages) {
  const auto store = Connect({.url = "https://127.0.0.1:1", .token = "se cret"});
  ASSERT_FALSE(store);
  EXPECT_EQ(store.error().code, ErrorCode::kInvalidArgument);
  EXPECT_THAT(store.error().message, Not(HasSubstr("cret")));
}

TEST(RemoteStoreTest, TakesAListFromItsCacheWhereItIsTheSameStill) {
  const EndpointList list = ListOf("10.0.0.1:80");
  const std::string etag = fmt::format("If-None-Match: \"{}\"\r\n", list.digest().ToHex());
  ScriptedServer server({[&](Peer& peer) {
    AnswerStore(peer);
    EXPECT_THAT(peer.Read(), AllOf(StartsWith("GET /v1/lists/a%2Fb HTTP/1.1\r\n"),
                                   Not(HasSubstr("If-None-Match"))));
    const std::string_view names = "Switchback-Version: 3\r\nSwitchback-List-Revision: 5\r\n";
    peer.SendJson(wire::EncodeBinaryList(list), "200 OK", names);
    EXPECT_THAT(peer.Read(), HasSubstr(etag));
    peer.SendJson("", "304 Not Modified",
                  "Switchback-Version: 4\r\nSwitchback-List-Revision: 6\r\n");
    EXPECT_THAT(peer.Read(), StartsWith("GET /v1/lists/a%2Fb?newer_than=4 "));
    peer.SendJson("", "204 No Content");
  }});
  const auto store = ConnectTo(server);
  const Result<ListHandle> first = store->Read(Id("a/b"));
  ASSERT_TRUE(first) << first.error().message;
  EXPECT_EQ((*first)->version, Version{3});
  EXPECT_EQ(*(*first)->list, list);
  const Result<ListHandle> second = store->Read(Id("a/b"));
  ASSERT_TRUE(second) << second.error().message;
  EXPECT_EQ((*second)->version, Version{4});
  EXPECT_EQ((*second)->revision, Revision{6});
  EXPECT_EQ((*second)->list, (*first)->list);
  EXPECT_EQ(store->ReadIfNewer(Id("a/b"), Version{4}).value(), nullptr);
}

TEST(RemoteStoreTest, ACursorGoesOnBehindDataLoss) {
  ScriptedServer server({[](Peer& peer) {
    AnswerStore(peer);
    AnswerStore(peer);
    EXPECT_THAT(peer.Read(), StartsWith("GET /v1/table?prefix=a%FF&view=7 "));
    peer.BeginLines();
    peer.SendChunk(wire::Dump(wire::ToJson(TableEntry{Id("a"), {1}, {1}})) + "\n");
    peer.SendChunk(R"({"error":{"reason":"data_loss","message":"b is damaged"}})"
                   "\n");
    peer.SendChunk(wire::Dump(wire::ToJson(TableEntry{Id("c"), {1}, {3}})) + "\n");
    peer.SendChunk(R"({"error":{"reason":"io_error","message":"no disk"}})"
                   "\n");
    peer.EndLines();
  }});
  const auto store = ConnectTo(server);
  const auto view = store->NewView();
  ASSERT_TRUE(view);
  EXPECT_EQ((*view)->revision(), Revision{7});
  const auto table = (*view)->Table(std::nullopt, {.prefix = "a\xff"});
  ASSERT_TRUE(table) << table.error().message;
  EXPECT_EQ((*table)->Next().value()->id, Id("a"));
  EXPECT_EQ((*table)->Next().error().code, ErrorCode::kDataLoss);
  EXPECT_EQ((*table)->Next().value()->id, Id("c"));
  EXPECT_EQ((*table)->Next().error().code, ErrorCode::kIoError);
  EXPECT_EQ((*table)->Next().value(), std::nullopt);
}

TEST(RemoteStoreTest, ACursorThatCannotBeOpenedSaysWhy) {
  ScriptedServer server({[](Peer& peer) {
    AnswerStore(peer);
    AnswerStore(peer);
    std::ignore = peer.Read();
    peer.SendJson(R"({"error":{"reason":"not_found","message":"no revision r9"}})",
                  "404 Not Found");
    AnswerStore(peer);
  }});
  const auto store = ConnectTo(server);
  const auto view = store->NewView();
  const auto changes = (*view)->Changes(Revision{9});
  ASSERT_FALSE(changes);
  EXPECT_EQ(changes.error().code, ErrorCode::kNotFound);
  EXPECT_EQ(store->NewViewAt(Revision{8}).error().code, ErrorCode::kNotFound);
}

TEST(RemoteStoreTest, RefusesAChangeOfMoreThanAMessage) {
  class Endless final : public ChangeReader {
   public:
    Result<void> Rewind() override { return {}; }
    Result<std::optional<IdChange>> Next() override {
      std::vector<EndpointEdit> edits;
      for (uint64_t i = 0; i < 10'000; ++i) {
        edits.push_back({EditKind::kAdd,
                         {.key = {{Family::kIPv4, 0, next_ * 10'000 + i}, 32, 80},
                          .weight = {},
                          .attributes = std::string(900, 'a')}});
      }
      return IdChange{Id(fmt::format("{:08}", next_++)), EditEndpoints{std::move(edits)}};
    }

   private:
    uint64_t next_ = 0;
  };
  ScriptedServer server({[](Peer& peer) { AnswerStore(peer); }});
  const auto store = ConnectTo(server);
  Endless changes;
  const auto committed = store->Commit(changes, {});
  ASSERT_FALSE(committed);
  EXPECT_EQ(committed.error().code, ErrorCode::kLimitExceeded);
}

// -- Subscriptions

std::string EventLine(uint64_t revision, std::initializer_list<const char*> ids, bool last,
                      const std::string& token) {
  FeedEvent event;
  event.commit.revision = Revision{revision};
  for (const char* id : ids) event.changes.push_back({.id = Id(id), .version = Version{1}});
  event.last = last;
  wire::Json json = wire::ToJson(event);
  json["token"] = token;
  return wire::Dump(json) + "\n";
}

constexpr std::string_view kBeat = R"({"heartbeat":{"revision":7,"token":"t7"}})"
                                   "\n";

TEST(RemoteSubscriptionTest, GoesOnWhereTheStreamBroke) {
  ScriptedServer server({[](Peer& peer) { AnswerStore(peer); },
                         [](Peer& peer) {
                           EXPECT_THAT(peer.Read(),
                                       StartsWith("GET /v1/watch?after=6&glob=a%2A&id=x&"));
                           peer.BeginLines();
                           peer.SendChunk(kBeat);
                           peer.SendChunk(EventLine(8, {"a", "b"}, /*last=*/false, "t7"));
                         },
                         [](Peer& peer) {
                           EXPECT_THAT(peer.Read(), StartsWith("GET /v1/watch?token=t7&glob=a"));
                           peer.BeginLines();
                           // The revision from its start.
                           peer.SendChunk(EventLine(8, {"a", "b"}, /*last=*/false, "t7"));
                           peer.SendChunk(EventLine(8, {"c"}, /*last=*/true, "t8"));
                           std::ignore = peer.Read();
                         }});
  const auto store = ConnectTo(server);
  const auto feed = store->Subscribe(
      {.glob = "a*", .ids = std::vector<BusinessId>{Id("x")}, .after = Revision{6}});
  ASSERT_TRUE(feed) << feed.error().message;
  EXPECT_EQ((*feed)->token().value(), "t7");
  const auto first = (*feed)->Next(milliseconds{5'000});
  ASSERT_TRUE(first && *first);
  EXPECT_EQ((*first)->changes.size(), 2);
  const auto second = (*feed)->Next(milliseconds{5'000});
  ASSERT_TRUE(second) << second.error().message;
  ASSERT_TRUE(*second);
  ASSERT_EQ((*second)->changes.size(), 1);
  EXPECT_EQ((*second)->changes.front().id, Id("c"));
  EXPECT_TRUE((*second)->last);
  EXPECT_EQ((*feed)->token().value(), "t8");
}

TEST(RemoteSubscriptionTest, WaitsNoLongerThanItIsToldTo) {
  ScriptedServer server({[](Peer& peer) { AnswerStore(peer); },
                         [](Peer& peer) {
                           std::ignore = peer.Read();
                           peer.BeginLines();
                           peer.SendChunk(kBeat);
                           std::ignore = peer.Read();
                         }});
  const auto store = ConnectTo(server);
  const auto feed = store->Subscribe({.token = "t6"});
  ASSERT_TRUE(feed);
  EXPECT_EQ((*feed)->Next(milliseconds{20}).value(), std::nullopt);
  EXPECT_EQ((*feed)->Next(milliseconds{0}).value(), std::nullopt);
  EXPECT_EQ((*feed)->token().value(), "t7");
}

TEST(RemoteSubscriptionTest, IsCancelledFromAnotherThread) {
  ScriptedServer server({[](Peer& peer) { AnswerStore(peer); },
                         [](Peer& peer) {
                           std::ignore = peer.Read();
                           peer.BeginLines();
                           std::ignore = peer.Read();
                         }});
  const auto store = ConnectTo(server);
  const auto feed = store->Subscribe({.token = "t6"});
  ASSERT_TRUE(feed);
  std::thread other([&] { (*feed)->Cancel(); });
  EXPECT_EQ((*feed)->Next(milliseconds{60'000}).value(), std::nullopt);
  other.join();
}

TEST(RemoteSubscriptionTest, ReturnsWhatTheServiceSaysAndTriesAgain) {
  ScriptedServer server({[](Peer& peer) { AnswerStore(peer); },
                         [](Peer& peer) {
                           std::ignore = peer.Read();
                           peer.BeginLines();
                           peer.SendChunk(R"({"error":{"reason":"pruned","message":"gone"}})"
                                          "\n");
                           peer.EndLines();
                         },
                         [](Peer& peer) {
                           std::ignore = peer.Read();
                           peer.SendJson(R"({"error":{"reason":"conflict","message":"other"}})",
                                         "409 Conflict");
                         }});
  const auto store = ConnectTo(server);
  const auto feed = store->Subscribe({.token = "t6"});
  ASSERT_TRUE(feed);
  EXPECT_EQ((*feed)->Next(milliseconds{5'000}).error().code, ErrorCode::kPruned);
  EXPECT_EQ((*feed)->Next(milliseconds{5'000}).error().code, ErrorCode::kConflict);
}

TEST(RemoteStoreTest, WaitsForWhatIsDurable) {
  ScriptedServer server({[](Peer& peer) {
                           AnswerStore(peer);
                           AnswerStore(peer, 8, 7);
                         },
                         [](Peer& peer) {
                           EXPECT_THAT(peer.Read(), StartsWith("GET /v1/watch?after=7&"));
                           peer.BeginLines();
                           peer.SendChunk(EventLine(8, {"a"}, /*last=*/true, "t8"));
                           std::ignore = peer.Read();
                         }});
  const auto store = ConnectTo(server);
  EXPECT_EQ(store->Wait(Revision{7}, milliseconds{5'000}).value(), Revision{8});
}

}  // namespace
}  // namespace switchback::client
