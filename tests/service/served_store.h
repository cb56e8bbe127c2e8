// A store behind a service, and its client: what the tests of the store see in its place.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>

#include "service/test_certificates.h"
#include "store/store_fixture.h"
#include "switchback/client.h"
#include "switchback/service.h"

namespace switchback {

enum class Line { kSocket, kLoopback, kTls };

inline ServiceOptions ServeOn(Line line, const TempFolder& folder,
                              const TestCertificates& certificates) {
  ServiceOptions options;
  const Grant admin{Role::kAdmin, {}, {}};
  switch (line) {
    case Line::kSocket:
      options.socket = folder.path("service.sock");
      break;
    case Line::kLoopback:
      options.loopback_http = "127.0.0.1:0";
      options.loopback_grants = {admin};
      break;
    case Line::kTls:
      options.tls = TlsOptions{"127.0.0.1:0", certificates.server_certificate(),
                               certificates.server_key(), certificates.authority()};
      options.certificates = {{"tester", admin}};
      break;
  }
  return options;
}

inline ClientOptions ClientOf(const Service& service, Line line,
                              const TestCertificates& certificates) {
  ClientOptions options;
  options.origin = {"tester", "here", "test", "1"};
  switch (line) {
    case Line::kSocket:
      options.url = "unix:" + service.socket();
      break;
    case Line::kLoopback:
      options.url = "http://127.0.0.1:" + std::to_string(service.loopback_port());
      break;
    case Line::kTls:
      options.url = "https://127.0.0.1:" + std::to_string(service.tls_port());
      options.ca_file = certificates.authority();
      options.certificate_file = certificates.client_certificate();
      options.key_file = certificates.client_key();
      break;
  }
  return options;
}

// What is behind the client; goes in reverse order.
struct ServedStore {
  TempFolder folder;
  TestCertificates certificates{folder.path("certificates")};
  std::unique_ptr<Store> store;
  std::unique_ptr<Service> service;
};

inline SeenStore Serve(std::unique_ptr<Store> store, Line line) {
  auto served = std::make_shared<ServedStore>();
  served->store = std::move(store);
  auto service =
      Service::Start(*served->store, ServeOn(line, served->folder, served->certificates));
  EXPECT_TRUE(service.has_value()) << (service ? "" : service.error().message);
  served->service = *std::move(service);
  auto client = Connect(ClientOf(*served->service, line, served->certificates));
  EXPECT_TRUE(client.has_value()) << (client ? "" : client.error().message);
  return {std::move(served), *std::move(client)};
}

// A store in memory, served on a socket once Start is called.
class SocketServiceTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto store = Store::CreateInMemory({"production", {}});
    ASSERT_TRUE(store.has_value()) << store.error().message;
    store_ = *std::move(store);
    options_ = ServeOn(Line::kSocket, folder_, certificates_);
  }
  void Start() {
    auto service = Service::Start(*store_, options_);
    ASSERT_TRUE(service.has_value()) << service.error().message;
    service_ = *std::move(service);
  }
  [[nodiscard]] std::unique_ptr<Store> Client() const {
    auto client = Connect(ClientOf(*service_, Line::kSocket, certificates_));
    EXPECT_TRUE(client.has_value()) << (client ? "" : client.error().message);
    return client ? *std::move(client) : nullptr;
  }

  const TempFolder folder_;
  const TestCertificates certificates_{folder_.path("certificates")};
  std::unique_ptr<Store> store_;
  ServiceOptions options_;
  std::unique_ptr<Service> service_;
};

}  // namespace switchback
