// A client with a cache file, and a service that it can lose.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <thread>

#include "client/list_server.h"
#include "switchback/client.h"

namespace switchback::client {

class CacheClientTest : public testing::Test {
 protected:
  void Serve(const StoreIdentity& identity = ServedIdentity()) {
    server_ = std::make_unique<ListServer>(folder_.path(), identity);
    server_->SayList("a", list_, 3);
  }
  void Stop() { server_->Stop(); }
  [[nodiscard]] std::string cache() const { return folder_.path() + "/cache"; }
  [[nodiscard]] ClientOptions Options() const {
    return {.url = "unix:" + folder_.path() + "/service.sock",
            .connect_timeout = std::chrono::milliseconds{500},
            .timeout = std::chrono::milliseconds{1'000},
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
  static void AwaitNextProbe() { std::this_thread::sleep_for(std::chrono::milliseconds{1'100}); }

  const ScratchFolder folder_;
  const EndpointList list_ = OneEndpoint("10.0.0.1:80");
  const EndpointList other_ = OneEndpoint("10.0.0.2:80");
  std::unique_ptr<ListServer> server_;
  std::unique_ptr<Store> store_;
};

}  // namespace switchback::client
