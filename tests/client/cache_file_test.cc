// The cache file of a client: who may use it, damage, disks that are full, several that share it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <chrono>
#include <csignal>
#include <fstream>
#include <thread>

#include "client/cache_client.h"
#include "client/cache_format.h"
#include "files/private_file.h"

namespace switchback::client {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;

using CacheFileTest = CacheClientTest;

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
    // The thread that writes has failed too, and leaves the disk alone for seconds.
    while (!StateOf(*store_)->cache_fault) std::this_thread::sleep_for(milliseconds{1});
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
