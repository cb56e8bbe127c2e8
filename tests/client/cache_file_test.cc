// A client with a cache file, against a service that goes away, comes back, and answers what it
// should not.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <chrono>
#include <csignal>
#include <fstream>
#include <thread>

#include "client/cache_format.h"
#include "client/list_server.h"
#include "switchback/client.h"
#include "wire/private_file.h"

namespace switchback::client {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;

std::string ReadBytes(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}
void WriteBytes(const std::string& path, std::string_view bytes) {
  {
    std::ofstream file(path, std::ios::binary | std::ios::trunc);
    file << bytes;
  }
  chmod(path.c_str(), S_IRUSR | S_IWUSR);
}

class CacheFileTest : public testing::Test {
 protected:
  void Serve(const StoreIdentity& identity = ServedIdentity()) {
    server_ = std::make_unique<ListServer>(folder_.path(), identity);
    server_->SayList("a", list_, 3);
  }
  void Stop() { server_->Stop(); }
  [[nodiscard]] std::string cache() const { return folder_.path() + "/cache"; }
  [[nodiscard]] ClientOptions Options() const {
    return {.url = "unix:" + folder_.path() + "/service.sock",
            .connect_timeout = milliseconds{500},
            .timeout = milliseconds{1'000},
            .cache_file = cache()};
  }
  [[nodiscard]] Result<std::unique_ptr<Store>> TryConnect() const { return Connect(Options()); }
  void ConnectAnew() {
    store_.reset();
    Result<std::unique_ptr<Store>> store = TryConnect();
    ASSERT_TRUE(store) << store.error().message;
    store_ = *std::move(store);
  }
  // A client has read `a`, and is gone, and so is the service.
  void LeaveACache() {
    Serve();
    ConnectAnew();
    ASSERT_TRUE(store_->Read(Id("a")));
    store_.reset();
    Stop();
  }
  void ExpectFromCache(const EndpointList& list, std::string_view id = "a") const {
    const Result<DatedList> read = ReadDated(*store_, Id(id));
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_TRUE(read->from_cache);
    EXPECT_EQ(*read->list->list, list);
  }
  [[nodiscard]] ErrorCode CodeOfRead(std::string_view id) const {
    const Result<ListHandle> read = store_->Read(Id(id));
    EXPECT_FALSE(read) << id;
    return read ? ErrorCode::kUnknownOutcome : read.error().code;
  }
  // Until it is asked again: it is spared for a second where it was away.
  static void AwaitNextProbe() { std::this_thread::sleep_for(milliseconds{1'100}); }

  const ScratchFolder folder_;
  const EndpointList list_ = OneEndpoint("10.0.0.1:80");
  const EndpointList other_ = OneEndpoint("10.0.0.2:80");
  std::unique_ptr<ListServer> server_;
  std::unique_ptr<Store> store_;
};

// -- Away and back

TEST_F(CacheFileTest, ARestartWhileTheServiceIsAwayHasTheLastLists) {
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

TEST_F(CacheFileTest, WhatWasNeverReadIsNotKnownRatherThanEmpty) {
  LeaveACache();
  ConnectAnew();
  const Result<ListHandle> read = store_->Read(Id("b"));
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, ErrorCode::kIoError);
  EXPECT_THAT(read.error().message, HasSubstr("nothing is known of b"));
}

TEST_F(CacheFileTest, AllElseNeedsTheService) {
  LeaveACache();
  ConnectAnew();
  EXPECT_EQ(store_->NewView().error().code, ErrorCode::kNotFound);
  EXPECT_FALSE(store_->Commit(Change{}, {}));
  EXPECT_FALSE(store_->Subscribe({}));
  EXPECT_FALSE(store_->WaitForNewer(Id("a"), Version{1}, milliseconds{10}));
  EXPECT_FALSE(store_->ListSnapshots());
}

TEST_F(CacheFileTest, GoesOnWithTheServiceOnceThatIsBack) {
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

TEST_F(CacheFileTest, ReadersDoNotWaitForAServiceThatHangs) {
  LeaveACache();
  // Takes connections and says nothing.
  std::filesystem::remove(folder_.path() + "/service.sock");
  ScriptedServer hanging({}, folder_.path());
  ConnectAnew();
  const auto begin = std::chrono::steady_clock::now();
  for (int i = 0; i < 1'000; ++i) ExpectFromCache(list_);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, milliseconds{900});
}

TEST_F(CacheFileTest, TellsHowOldTheNewsIs) {
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

TEST_F(CacheFileTest, ADeletedIdStaysDeleted) {
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

TEST_F(CacheFileTest, KeepsTheListsOfAView) {
  Serve();
  ConnectAnew();
  {
    const auto view = store_->NewView();
    ASSERT_TRUE(view && (*view)->Read(Id("a")));
  }
  Stop();
  ExpectFromCache(list_);
}

TEST_F(CacheFileTest, WithoutOneItIsAsBefore) {
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
class FalseAnswerTest : public CacheFileTest {
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
class TrueRefusalTest : public CacheFileTest {
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

TEST_F(CacheFileTest, ARefusalAtConnectIsNoReasonToGoOnWithout) {
  LeaveACache();
  Serve();
  server_->Say("/v1/store", ErrorAnswer("401 Unauthorized", "refused"));
  EXPECT_EQ(TryConnect().error().code, ErrorCode::kRefused);
  server_->Say("/v1/store", HttpAnswer("200 OK", "", ""));
  EXPECT_TRUE(TryConnect());
}

// -- Whose cache it is

TEST_F(CacheFileTest, OfAnotherEnvironmentItIsNotUsed) {
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

TEST_F(CacheFileTest, OfAnotherStoreItIsForgotten) {
  LeaveACache();
  Serve(ServedIdentity("0000"));
  ConnectAnew();
  Stop();
  EXPECT_EQ(CodeOfRead("a"), ErrorCode::kIoError);
}

TEST_F(CacheFileTest, AnotherStoreAtTheSamePlaceIsNotTakenForIt) {
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
TEST_F(CacheFileTest, AnotherStoreThatTakesThePlaceBetweenTwoReadsIsNotTakenForIt) {
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

// -- The file

TEST_F(CacheFileTest, IsForItsOwnerAlone) {
  LeaveACache();
  struct stat about {};
  ASSERT_EQ(stat(cache().c_str(), &about), 0);
  EXPECT_EQ(about.st_mode & 0777, 0600U);
  EXPECT_FALSE(std::filesystem::exists(cache() + ".new"));
}

TEST_F(CacheFileTest, IsWrittenWhileItIsUsed) {
  Serve();
  ConnectAnew();
  ASSERT_TRUE(store_->Read(Id("a")));
  for (int i = 0; i < 500 && !std::filesystem::exists(cache()); ++i) {
    std::this_thread::sleep_for(milliseconds{10});
  }
  EXPECT_TRUE(std::filesystem::exists(cache()));
  server_->SayList("a", other_, 4);
  ASSERT_TRUE(store_->Read(Id("a")));
  ASSERT_TRUE(FlushCache(*store_));
  const Result<CacheContent> content = DecodeCache(ReadBytes(cache()));
  ASSERT_TRUE(content) << content.error().message;
  ASSERT_EQ(content->answers.size(), 1U);
  EXPECT_EQ(content->answers.front().version, Version{4});
}

TEST_F(CacheFileTest, DamagedItIsOfNoUseAndSaysSo) {
  LeaveACache();
  const std::string whole = ReadBytes(cache());
  for (size_t at = 0; at < whole.size(); at += 7) {
    std::string bytes = whole;
    bytes[at] = static_cast<char>(bytes[at] ^ 0x10);
    WriteBytes(cache(), bytes);
    const auto store = TryConnect();
    ASSERT_FALSE(store) << at;
    EXPECT_EQ(store.error().code, ErrorCode::kNotFound);
    EXPECT_THAT(store.error().message, HasSubstr("the cache file can't be used"));
    WriteBytes(cache(), whole.substr(0, at));
    EXPECT_FALSE(TryConnect()) << at;
  }
}

TEST_F(CacheFileTest, DamagedItIsWrittenOver) {
  LeaveACache();
  WriteBytes(cache(), "no cache");
  Serve();
  ConnectAnew();
  EXPECT_EQ(StateOf(*store_)->cache_fault->code, ErrorCode::kDataLoss);
  ASSERT_TRUE(store_->Read(Id("a")));
  ASSERT_TRUE(FlushCache(*store_));
  EXPECT_FALSE(StateOf(*store_)->cache_fault);
  Stop();
  ConnectAnew();
  ExpectFromCache(list_);
}

TEST_F(CacheFileTest, OthersCanNotPutListsThere) {
  LeaveACache();
  chmod(cache().c_str(), 0666);
  const auto store = TryConnect();
  ASSERT_FALSE(store);
  EXPECT_THAT(store.error().message, HasSubstr("others than its owner can write it"));
}

TEST_F(CacheFileTest, WhereItCanNotBeWrittenReadsGoOn) {
  Serve();
  ClientOptions options = Options();
  options.cache_file = folder_.path() + "/no such folder/cache";
  store_ = *Connect(options);
  ASSERT_TRUE(store_->Read(Id("a")));
  EXPECT_EQ(FlushCache(*store_).error().code, ErrorCode::kIoError);
  EXPECT_EQ(StateOf(*store_)->cache_fault->code, ErrorCode::kIoError);
  EXPECT_TRUE(store_->Read(Id("a")));
  Stop();
  ExpectFromCache(list_);  // from memory, as long as it lasts
}

// As on a full disk: a write fails in the middle.
class FullDisk {
 public:
  FullDisk() {
    getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit small{50, before_.rlim_max};
    handler_ = signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &small);
  }
  ~FullDisk() {
    setrlimit(RLIMIT_FSIZE, &before_);
    signal(SIGXFSZ, handler_);
  }
  FullDisk(const FullDisk&) = delete;
  FullDisk& operator=(const FullDisk&) = delete;

 private:
  rlimit before_{};
  void (*handler_)(int) = nullptr;
};

TEST_F(CacheFileTest, ADiskThatIsFullLeavesTheOldOne) {
  LeaveACache();
  const std::string before = ReadBytes(cache());
  Serve();
  server_->SayList("a", other_, 4);
  {
    const FullDisk full;
    ConnectAnew();
    EXPECT_TRUE(store_->Read(Id("a")));
    EXPECT_EQ(FlushCache(*store_).error().code, ErrorCode::kIoError);
    EXPECT_EQ(StateOf(*store_)->cache_fault->code, ErrorCode::kIoError);
    EXPECT_TRUE(store_->Read(Id("a")));
  }
  EXPECT_EQ(ReadBytes(cache()), before);
  EXPECT_FALSE(std::filesystem::exists(cache() + ".new"));
  ASSERT_TRUE(FlushCache(*store_));
  EXPECT_FALSE(StateOf(*store_)->cache_fault);
  EXPECT_NE(ReadBytes(cache()), before);
}

// What a crash leaves of a write is of no meaning.
TEST_F(CacheFileTest, APartlyWrittenOneBesideItIsOverlooked) {
  LeaveACache();
  WriteBytes(cache() + ".new", ReadBytes(cache()).substr(0, 60));
  ConnectAnew();
  ExpectFromCache(list_);
  store_.reset();
  Serve();
  server_->SayList("a", other_, 4);
  ConnectAnew();
  ASSERT_TRUE(store_->Read(Id("a")));
  ASSERT_TRUE(FlushCache(*store_));
  EXPECT_FALSE(std::filesystem::exists(cache() + ".new"));
  Stop();
  ConnectAnew();
  ExpectFromCache(other_);
}

TEST_F(CacheFileTest, IsBounded) {
  Serve();
  ClientOptions options = Options();
  options.cache_bytes = 1'000;
  store_ = *Connect(options);
  for (int i = 0; i < 100; ++i) {
    const std::string id = fmt::format("id{}", i);
    server_->SayList(id, list_, 1);
    ASSERT_TRUE(store_->Read(Id(id)));
  }
  ASSERT_TRUE(FlushCache(*store_));
  EXPECT_LT(std::filesystem::file_size(cache()), 1'100U);
  Stop();
  ExpectFromCache(list_, "id99");
  EXPECT_EQ(CodeOfRead("id0"), ErrorCode::kIoError);
  options.cache_bytes = kMostCacheBytes + 1;
  EXPECT_EQ(Connect(options).error().code, ErrorCode::kInvalidArgument);
}

TEST_F(CacheFileTest, TwoClientsAddToWhatTheOtherWrote) {
  LeaveACache();
  // Both begin with the same file, and each reads another ID.
  const auto one = TryConnect();
  const auto two = TryConnect();
  ASSERT_TRUE(one && two);
  Serve();
  server_->SayList("b", other_, 1);
  server_->Say("/v1/lists/a", ErrorAnswer("404 Not Found", "not_found"));
  server_->HangUpAfterAnswers(true);
  AwaitNextProbe();
  EXPECT_EQ((*one)->Read(Id("a")).error().code, ErrorCode::kNotFound);
  EXPECT_TRUE((*two)->Read(Id("b")));
  EXPECT_TRUE(FlushCache(**one));
  EXPECT_TRUE(FlushCache(**two));
  Stop();
  ConnectAnew();
  EXPECT_EQ(CodeOfRead("a"), ErrorCode::kNotFound);
  ExpectFromCache(other_, "b");
}

// -- Threads

TEST_F(CacheFileTest, ManyThreadsReadFromIt) {
  LeaveACache();
  ConnectAnew();
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      // Long enough for some probes of a service that is away still.
      const auto end = std::chrono::steady_clock::now() + milliseconds{1'500};
      while (std::chrono::steady_clock::now() < end) {
        ExpectFromCache(list_);
        EXPECT_TRUE(StateOf(*store_)->away);
        EXPECT_TRUE(FlushCache(*store_));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace switchback::client
