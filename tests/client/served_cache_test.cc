// A client with a cache file over a real service, which stops and starts; and a process with one
// that is killed.
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <map>
#include <random>
#include <thread>

#include "client/cache_process.h"
#include "service/served_store.h"

namespace switchback {
namespace {

using std::chrono::milliseconds;

class ServedCacheTest : public SocketServiceTest {
 protected:
  [[nodiscard]] std::string cache() const { return folder_.path("cache"); }
  [[nodiscard]] ClientOptions CachingClient() const {
    return {.url = "unix:" + options_.socket, .environment = "production", .cache_file = cache()};
  }
  void Stop() { service_.reset(); }
  void ConnectAnew() {
    client_.reset();
    Result<std::unique_ptr<Store>> client = Connect(CachingClient());
    ASSERT_TRUE(client.has_value()) << client.error().message;
    client_ = *std::move(client);
  }

  std::unique_ptr<Store> client_;
};

TEST_F(ServedCacheTest, StopsAndComesBackWithOtherLists) {
  const EndpointList before = Scattered(1);
  const EndpointList after = Scattered(2);
  Start();
  ASSERT_TRUE(store_->Commit(Set("a", before), By("ann")));
  ConnectAnew();
  ASSERT_TRUE(client_->Read(Id("a")));
  Stop();
  ConnectAnew();
  const Result<DatedList> away = ReadDated(*client_, Id("a"));
  ASSERT_TRUE(away.has_value()) << away.error().message;
  EXPECT_TRUE(away->from_cache);
  EXPECT_EQ(*away->list->list, before);
  EXPECT_FALSE(client_->Commit(Set("a", after), By("ann")));
  EXPECT_FALSE(client_->NewView());

  ASSERT_TRUE(store_->Commit(Set("a", after), By("ann")));
  ASSERT_TRUE(store_->Commit(Set("b", before), By("ann")));
  Start();
  std::this_thread::sleep_for(milliseconds{1'100});
  const Result<DatedList> back = ReadDated(*client_, Id("a"));
  ASSERT_TRUE(back.has_value()) << back.error().message;
  EXPECT_FALSE(back->from_cache);
  EXPECT_EQ(*back->list->list, after);
  EXPECT_EQ(*(*client_->Read(Id("b")))->list, before);
  EXPECT_TRUE(client_->Commit(Set("a", before), By("ann")));
  const auto view = client_->NewView();
  ASSERT_TRUE(view.has_value());
  EXPECT_EQ(*(*(*view)->Read(Id("a")))->list, before);
}

TEST_F(ServedCacheTest, ADeletedIdDoesNotComeBack) {
  Start();
  ASSERT_TRUE(store_->Commit(Set("a", List({"10.0.0.1:80"})), By("ann")));
  ConnectAnew();
  ASSERT_TRUE(client_->Read(Id("a")));
  ASSERT_TRUE(store_->Commit(Delete("a"), By("ann")));
  EXPECT_EQ(client_->Read(Id("a")).error().code, ErrorCode::kNotFound);
  Stop();
  EXPECT_EQ(client_->Read(Id("a")).error().code, ErrorCode::kNotFound);
  ConnectAnew();
  EXPECT_EQ(client_->Read(Id("a")).error().code, ErrorCode::kNotFound);
}

// What a client is told of an ID, as one word.
std::string Seen(const Result<ListHandle>& read) {
  if (read) return (*read)->digest().ToHex();
  return std::string(ErrorCodeName(read.error().code));
}

// Beside it a plain map of what the client was told last.
TEST_F(ServedCacheTest, IsWhatWasReadLast) {
  constexpr int kIds = 6;
  constexpr uint32_t kSteps = 400;
  std::mt19937 random(20261126);
  std::map<std::string, std::string> told;
  Start();
  ConnectAnew();
  for (uint32_t step = 0; step < kSteps; ++step) {
    const std::string id = CachedId(static_cast<int>(random() % kIds));
    const uint32_t what = random() % 20;
    if (what < 6) {
      ASSERT_TRUE(store_->Commit(Set(id, Range(step * 64, 1 + random() % 50)), By("ann")));
    } else if (what < 8) {
      std::ignore = store_->Commit(Delete(id), By("ann"));
    } else if (what < 16) {
      const std::string seen = Seen(client_->Read(Id(id)));
      ASSERT_NE(seen, "io_error");
      ASSERT_EQ(seen, Seen(store_->Read(Id(id))));
      told[id] = seen;
    } else if (what < 18) {
      ConnectAnew();
    } else {
      Stop();
      ConnectAnew();
      for (int i = 0; i < kIds; ++i) {
        const auto known = told.find(CachedId(i));
        const std::string expected = known == told.end() ? "io_error" : known->second;
        ASSERT_EQ(Seen(client_->Read(Id(CachedId(i)))), expected) << step;
      }
      Start();
      ConnectAnew();
    }
  }
}

// -- Killed

class CacheProcess {
 public:
  CacheProcess(const std::string& url, const std::string& cache) {
    int ends[2];
    if (pipe(ends) != 0) abort();
    child_ = fork();
    if (child_ == 0) {
      dup2(ends[1], STDOUT_FILENO);
      close(ends[0]);
      execl(SWITCHBACK_CACHE_PROCESS, "cache_process", url.c_str(), cache.c_str(), nullptr);
      _exit(3);
    }
    close(ends[1]);
    output_ = ends[0];
  }
  ~CacheProcess() {
    kill(child_, SIGKILL);
    waitpid(child_, nullptr, 0);
    close(output_);
  }
  CacheProcess(const CacheProcess&) = delete;
  CacheProcess& operator=(const CacheProcess&) = delete;
  // Until it has written its file once; false: it has ended.
  [[nodiscard]] bool AwaitFlush() const {
    char byte = 0;
    return read(output_, &byte, 1) == 1;
  }

 private:
  pid_t child_ = -1;
  int output_ = -1;
};

TEST_F(ServedCacheTest, AProcessThatIsKilledLeavesItWhole) {
  constexpr int kKills = 30;
  std::mt19937 random(394521);
  Start();
  std::vector<uint64_t> versions(kCachedIds, 0);
  const auto commit = [&](int number) {
    const uint64_t version = ++versions[static_cast<size_t>(number)];
    EXPECT_TRUE(store_->Commit(Set(CachedId(number), CachedList(number, version)), By("ann")));
  };
  for (int number = 0; number < kCachedIds; ++number) commit(number);
  for (int round = 0; round < kKills; ++round) {
    const std::vector<uint64_t> before(versions.begin(), versions.end());
    {
      const CacheProcess process("unix:" + options_.socket, cache());
      ASSERT_TRUE(process.AwaitFlush());
      for (uint32_t i = random() % 20; i > 0; --i) commit(static_cast<int>(random() % kCachedIds));
      std::this_thread::sleep_for(std::chrono::microseconds(random() % 20'000));
    }
    ClientOptions options = CachingClient();
    options.url = "unix:" + folder_.path("nobody.sock");
    const auto client = Connect(options);
    ASSERT_TRUE(client.has_value()) << client.error().message;
    for (int number = 0; number < kCachedIds; ++number) {
      const Result<ListHandle> read = (*client)->Read(Id(CachedId(number)));
      ASSERT_TRUE(read.has_value()) << read.error().message;
      const uint64_t version = (*read)->version.value;
      EXPECT_GE(version, before[static_cast<size_t>(number)]);
      EXPECT_LE(version, versions[static_cast<size_t>(number)]);
      EXPECT_EQ(*(*read)->list, CachedList(number, version));
    }
  }
}

// Two processes at once on one file, one of them killed.
TEST_F(ServedCacheTest, TwoProcessesShareIt) {
  Start();
  for (int number = 0; number < kCachedIds; ++number) {
    ASSERT_TRUE(store_->Commit(Set(CachedId(number), CachedList(number, 1)), By("ann")));
  }
  ASSERT_TRUE(store_->Commit(Set("mine", List({"10.0.0.1:80"})), By("ann")));
  ConnectAnew();
  ASSERT_TRUE(client_->Read(Id("mine")));
  {
    const CacheProcess process("unix:" + options_.socket, cache());
    for (uint64_t version = 2; version < 20; ++version) {
      ASSERT_TRUE(process.AwaitFlush());
      ASSERT_TRUE(store_->Commit(Set("mine", Range(static_cast<uint32_t>(version), 3)), By("ann")));
      ASSERT_TRUE(store_->Commit(Set(CachedId(1), CachedList(1, version)), By("ann")));
      ASSERT_TRUE(client_->Read(Id("mine")));
      ASSERT_TRUE(FlushCache(*client_));
    }
  }
  Stop();
  ConnectAnew();
  EXPECT_EQ((*client_->Read(Id("mine")))->version, Version{19});
  for (int number = 0; number < kCachedIds; ++number) {
    const Result<ListHandle> read = client_->Read(Id(CachedId(number)));
    ASSERT_TRUE(read.has_value()) << read.error().message;
    EXPECT_EQ(*(*read)->list, CachedList(number, (*read)->version.value));
  }
}

}  // namespace
}  // namespace switchback
