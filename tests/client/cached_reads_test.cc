// A client with a cache file, against a service that goes away, comes back, and answers what it
// should not.
#include "client/cached_reads.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

#include "client/cache_client.h"

namespace switchback::client {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;

using CachedReadsTest = CacheClientTest;

// -- Away and back

TEST_F(CachedReadsTest, ARestartWhileTheServiceIsAwayHasTheLastLists) {
  LeaveACache();
  ConnectAnew();
  EXPECT_EQ(store_->identity().environment, "production");
  EXPECT_EQ(store_->identity().uuid, "7f0c");
  ExpectFromCache(list_);
  const Result<ListHandle> read = store_->Read(Id("a"));
  EXPECT_EQ((*read)->version, Version{3});
  EXPECT_EQ((*read)->revision, Revision{4});
  EXPECT_EQ(store_->ReadIfNewer(Id("a"), Version{3}).value(), nullptr);
  EXPECT_NE(store_->ReadIfNewer(Id("a"), Version{2}).value(), nullptr);
}

TEST_F(CachedReadsTest, WhatWasNeverReadIsNotKnownRatherThanEmpty) {
  LeaveACache();
  ConnectAnew();
  const Result<ListHandle> read = store_->Read(Id("b"));
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, ErrorCode::kIoError);
  EXPECT_THAT(read.error().message, HasSubstr("nothing is known of b"));
}

TEST_F(CachedReadsTest, AllElseNeedsTheService) {
  LeaveACache();
  ConnectAnew();
  EXPECT_EQ(store_->NewView().error().code, ErrorCode::kNotFound);
  EXPECT_FALSE(store_->Commit(Change{}, {}));
  EXPECT_FALSE(store_->Subscribe({}));
  EXPECT_FALSE(store_->WaitForNewer(Id("a"), Version{1}, milliseconds{10}));
  EXPECT_FALSE(store_->ListSnapshots());
}

TEST_F(CachedReadsTest, GoesOnWithTheServiceOnceThatIsBack) {
  LeaveACache();
  ConnectAnew();
  ExpectFromCache(list_);
  Serve();
  server_->SayList("a", other_, 4);
  ExpectFromCache(list_);  // it is not asked yet
  EXPECT_TRUE(StateOf(*store_)->away);
  AwaitNextProbe();
  const Result<DatedList> read = ReadDated(*store_, Id("a"));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_FALSE(read->from_cache);
  EXPECT_EQ(*read->list->list, other_);
  EXPECT_FALSE(StateOf(*store_)->away);
  EXPECT_FALSE(StateOf(*store_)->from_cache);
  store_.reset();
  Stop();
  ConnectAnew();
  ExpectFromCache(other_);
}

TEST_F(CachedReadsTest, ReadersDoNotWaitForAServiceThatHangs) {
  LeaveACache();
  // Takes connections and says nothing.
  std::filesystem::remove(folder_.path() + "/service.sock");
  ScriptedServer hanging({}, folder_.path());
  ConnectAnew();
  const auto begin = std::chrono::steady_clock::now();
  for (int i = 0; i < 1'000; ++i) ExpectFromCache(list_);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, milliseconds{900});
}

TEST_F(CachedReadsTest, TellsHowOldTheNewsIs) {
  ClientOptions options = Options();
  const Timestamp then{1'700'000'000'000'000};
  options.clock.now = [then] { return then; };
  Serve();
  store_ = *Connect(options);
  EXPECT_EQ(ReadDated(*store_, Id("a"))->heard, then);
  EXPECT_FALSE(StateOf(*store_)->from_cache);
  store_.reset();
  Stop();
  ConnectAnew();
  EXPECT_EQ(StateOf(*store_)->last_contact, then);
  EXPECT_EQ(ReadDated(*store_, Id("a"))->heard, then);
  EXPECT_TRUE(StateOf(*store_)->from_cache);
}

TEST_F(CachedReadsTest, ADeletedIdStaysDeleted) {
  LeaveACache();
  Serve();
  server_->Say("/v1/lists/a", ErrorAnswer("404 Not Found", "not_found"));
  ConnectAnew();
  EXPECT_EQ(CodeOfRead("a"), ErrorCode::kNotFound);
  store_.reset();
  Stop();
  ConnectAnew();
  EXPECT_EQ(CodeOfRead("a"), ErrorCode::kNotFound);
  EXPECT_THAT(store_->Read(Id("a")).error().message,
              HasSubstr("is not there, as the service said"));
}

TEST_F(CachedReadsTest, KeepsTheListsOfAView) {
  Serve();
  ConnectAnew();
  {
    const auto view = store_->NewView();
    ASSERT_TRUE(view && (*view)->Read(Id("a")));
  }
  Stop();
  ExpectFromCache(list_);
}

TEST_F(CachedReadsTest, WithoutOneItIsAsBefore) {
  Serve();
  ClientOptions options = Options();
  options.cache_file.clear();
  store_ = *Connect(options);
  EXPECT_FALSE(ReadDated(*store_, Id("a"))->from_cache);
  EXPECT_EQ(StateOf(*store_).error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(FlushCache(*store_).error().code, ErrorCode::kInvalidArgument);
  Stop();
  EXPECT_EQ(CodeOfRead("a"), ErrorCode::kNotFound);
  EXPECT_FALSE(Connect(options));
  EXPECT_FALSE(std::filesystem::exists(cache()));
}

// -- Answers that are none

// The list is read, `answer` comes instead, the last good list is returned, and is what the file
// has.
class FalseAnswerTest : public CacheClientTest {
 protected:
  void ExpectLastGoodList(const std::string& answer, bool hangs_up = false) {
    Serve();
    ConnectAnew();
    ASSERT_TRUE(store_->Read(Id("a")));
    server_->Say("/v1/lists/a", answer);
    server_->HangUpAfterAnswers(hangs_up);
    ExpectFromCache(list_);
    store_.reset();
    Stop();
    ConnectAnew();
    ExpectFromCache(list_);
  }
};

TEST_F(FalseAnswerTest, EmptyBody) {
  ExpectLastGoodList(HttpAnswer("200 OK", ListHeaders(other_, 4), ""));
}
TEST_F(FalseAnswerTest, EmptyAnswerWithoutHeaders) {
  ExpectLastGoodList(HttpAnswer("200 OK", "", ""));
}
TEST_F(FalseAnswerTest, NoContent) {
  ExpectLastGoodList("HTTP/1.1 204 No Content\r\n\r\n");
}
TEST_F(FalseAnswerTest, CutBody) {
  const std::string whole = ListAnswer(other_, 4);
  ExpectLastGoodList(whole.substr(0, whole.size() - 5), /*hangs_up=*/true);
}
TEST_F(FalseAnswerTest, BodyShorterThanItsLength) {
  const std::string whole = ListAnswer(other_, 4);
  ExpectLastGoodList(whole.substr(0, whole.size() - 5));  // and then nothing
}
TEST_F(FalseAnswerTest, PartOfTheList) {
  const std::string bytes = wire::EncodeBinaryList(other_);
  ExpectLastGoodList(
      HttpAnswer("200 OK", ListHeaders(other_, 4), bytes.substr(0, bytes.size() - 1)));
}
TEST_F(FalseAnswerTest, AnotherType) {
  const std::string headers = fmt::format(
      "Content-Type: text/html\r\nETag: \"{}\"\r\nSwitchback-Version: 4\r\n"
      "Switchback-List-Revision: 5\r\n",
      other_.digest().ToHex());
  ExpectLastGoodList(HttpAnswer("200 OK", headers, wire::EncodeBinaryList(other_)));
}
TEST_F(FalseAnswerTest, TheTagOfAnotherList) {
  ExpectLastGoodList(HttpAnswer("200 OK", ListHeaders(list_, 4), wire::EncodeBinaryList(other_)));
}
TEST_F(FalseAnswerTest, AnEmptyListWithTheTagOfAnother) {
  ExpectLastGoodList(HttpAnswer("200 OK", ListHeaders(other_, 4),
                                wire::EncodeBinaryList(EndpointListBuilder().Finish())));
}
TEST_F(FalseAnswerTest, NotModifiedOfAnotherList) {
  ExpectLastGoodList("HTTP/1.1 304 Not Modified\r\n" + ListHeaders(other_, 4) + "\r\n");
}
TEST_F(FalseAnswerTest, AListWithoutItsVersion) {
  ExpectLastGoodList(HttpAnswer("200 OK", "", wire::EncodeBinaryList(other_)));
}
TEST_F(FalseAnswerTest, AnotherStatus) {
  ExpectLastGoodList(
      HttpAnswer("206 Partial Content", ListHeaders(other_, 4), wire::EncodeBinaryList(other_)));
}
TEST_F(FalseAnswerTest, APageOfAGatewayThatFindsNothing) {
  ExpectLastGoodList(HttpAnswer("404 Not Found", "", "<html>no such page</html>"));
}
TEST_F(FalseAnswerTest, AGatewayThatReachesNobody) {
  ExpectLastGoodList(HttpAnswer("502 Bad Gateway", "", ""));
}
TEST_F(FalseAnswerTest, AServiceThatIsBeingStopped) {
  ExpectLastGoodList(ErrorAnswer("503 Service Unavailable", "store_held"));
}
TEST_F(FalseAnswerTest, AServiceWhoseDiskFails) {
  ExpectLastGoodList(ErrorAnswer("500 Internal Server Error", "io_error"));
}

// The list is read, `answer` comes instead, and is what the caller hears.
class TrueRefusalTest : public CacheClientTest {
 protected:
  void ExpectTold(const std::string& answer, ErrorCode code) {
    Serve();
    ConnectAnew();
    ASSERT_TRUE(store_->Read(Id("a")));
    server_->Say("/v1/lists/a", answer);
    EXPECT_EQ(CodeOfRead("a"), code);
    EXPECT_EQ(CodeOfRead("a"), code);
  }
};

TEST_F(TrueRefusalTest, WhoAsksIsNotKnown) {
  ExpectTold(ErrorAnswer("401 Unauthorized", "refused"), ErrorCode::kRefused);
}
TEST_F(TrueRefusalTest, WhoAsksMayNot) {
  ExpectTold(ErrorAnswer("403 Forbidden", "refused"), ErrorCode::kRefused);
}
TEST_F(TrueRefusalTest, AGatewayRefuses) {
  ExpectTold(HttpAnswer("403 Forbidden", "", "<html>"), ErrorCode::kIoError);
}
TEST_F(TrueRefusalTest, Damage) {
  ExpectTold(ErrorAnswer("500 Internal Server Error", "data_loss"), ErrorCode::kDataLoss);
}
TEST_F(TrueRefusalTest, AnotherEnvironment) {
  ExpectTold(ErrorAnswer("421 Misdirected Request", "wrong_environment"),
             ErrorCode::kWrongEnvironment);
}
TEST_F(TrueRefusalTest, TheIdIsNotThere) {
  ExpectTold(ErrorAnswer("404 Not Found", "not_found"), ErrorCode::kNotFound);
}

TEST_F(CachedReadsTest, ARefusalAtConnectIsNoReasonToGoOnWithout) {
  LeaveACache();
  Serve();
  server_->Say("/v1/store", ErrorAnswer("401 Unauthorized", "refused"));
  EXPECT_EQ(TryConnect().error().code, ErrorCode::kRefused);
  server_->Say("/v1/store", HttpAnswer("200 OK", "", ""));
  EXPECT_TRUE(TryConnect());
}

// -- Whose cache it is

TEST_F(CachedReadsTest, OfAnotherEnvironmentItIsNotUsed) {
  LeaveACache();
  ClientOptions options = Options();
  options.environment = "test";
  const auto away = Connect(options);
  ASSERT_FALSE(away);
  EXPECT_EQ(away.error().code, ErrorCode::kNotFound);
  EXPECT_THAT(away.error().message, HasSubstr("is of environment 'production', not 'test'"));
  options.environment = "production";
  EXPECT_TRUE(Connect(options));
}

TEST_F(CachedReadsTest, OfAnotherStoreItIsForgotten) {
  LeaveACache();
  Serve(ServedIdentity("0000"));
  ConnectAnew();
  Stop();
  EXPECT_EQ(CodeOfRead("a"), ErrorCode::kIoError);
}

TEST_F(CachedReadsTest, AnotherStoreAtTheSamePlaceIsNotTakenForIt) {
  LeaveACache();
  ConnectAnew();
  for (const auto& [identity, code] :
       {std::pair{ServedIdentity("0000"), ErrorCode::kConflict},
        std::pair{ServedIdentity("7f0c", "test"), ErrorCode::kWrongEnvironment}}) {
    Serve(identity);
    server_->SayList("a", other_, 9);
    AwaitNextProbe();
    EXPECT_EQ(CodeOfRead("a"), code);
    EXPECT_EQ(CodeOfRead("a"), code);
    EXPECT_EQ(store_->NewView().error().code, code);
    Stop();
    ExpectFromCache(list_);
  }
}

// No read fails in between, so that only the new connection tells.
TEST_F(CachedReadsTest, AnotherStoreThatTakesThePlaceBetweenTwoReadsIsNotTakenForIt) {
  Serve();
  ConnectAnew();
  ASSERT_TRUE(store_->Read(Id("a")));
  Stop();
  Serve(ServedIdentity("0000"));
  server_->SayList("a", other_, 9);
  EXPECT_EQ(CodeOfRead("a"), ErrorCode::kConflict);
  Stop();
  ExpectFromCache(list_);
}

}  // namespace
}  // namespace switchback::client
