// Certificates that are renewed while service and clients run: who connects then meets the new
// ones.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <mutex>
#include <thread>

#include "service/served_store.h"

namespace switchback {
namespace {

using std::chrono::milliseconds;
using ::testing::HasSubstr;

class RenewalTest : public SocketServiceTest {
 protected:
  void SetUp() override {
    SocketServiceTest::SetUp();
    options_ = ServeOn(Line::kTls, folder_, certificates_);
    options_.certificates.push_back({"stranger", {Role::kReader, {}, {}}});
    options_.access_log = [this](std::string_view line) {
      const std::scoped_lock lock(mutex_);
      log_ += line;
    };
    Start();
  }
  void TearDown() override { service_.reset(); }

  [[nodiscard]] ClientOptions Trusting(const TestCertificates& authority) const {
    ClientOptions options = ClientOf(*service_, Line::kTls, certificates_);
    options.ca_file = authority.authority();
    return options;
  }
  static void Replace(const std::string& file, const std::string& by) {
    std::filesystem::copy_file(by, file + ".new");
    std::filesystem::rename(file + ".new", file);
  }
  // Files are looked at once a second.
  static bool Soon(const std::function<bool()>& holds) {
    for (int i = 0; i < 100; ++i) {
      if (holds()) return true;
      std::this_thread::sleep_for(milliseconds(50));
    }
    return false;
  }
  [[nodiscard]] bool Logged(const std::string& text) {
    const std::scoped_lock lock(mutex_);
    return log_.contains(text);
  }

 private:
  std::mutex mutex_;
  std::string log_;
};

TEST_F(RenewalTest, TheServiceShowsItsNewCertificate) {
  const TestCertificates others(folder_.path("others"));
  const auto before = Connect(Trusting(certificates_));
  ASSERT_TRUE(before.has_value()) << before.error().message;
  ASSERT_FALSE(Connect(Trusting(others)).has_value());
  Replace(certificates_.server_certificate(), others.server_certificate());
  // As long as the key is of the one before it, that one goes on.
  EXPECT_TRUE(Soon([&] {
    EXPECT_TRUE(Connect(Trusting(certificates_)).has_value());
    return Logged("server.key");
  }));
  Replace(certificates_.server_key(), others.server_key());
  EXPECT_TRUE(Soon([&] { return Connect(Trusting(others)).has_value(); }));
  EXPECT_FALSE(Connect(Trusting(certificates_)).has_value());
  EXPECT_TRUE((*before)->Commit(Set("a", Range(1, 2)), By("x"))) << "who is there stays";
}

TEST_F(RenewalTest, AKeyThatCanNotBeUsedChangesNothing) {
  const auto write = [&](EVP_PKEY* key, const EVP_CIPHER* cipher) {
    std::FILE* const file = std::fopen(folder_.path("next").c_str(), "w");
    unsigned char secret[] = "secret";
    PEM_write_PrivateKey(file, key, cipher, cipher == nullptr ? nullptr : secret,
                         cipher == nullptr ? 0 : 6, nullptr, nullptr);
    std::fclose(file);
    Replace(certificates_.server_key(), folder_.path("next"));
  };
  // Of another kind than the certificate's, which OpenSSL does not compare by itself.
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> other(EVP_RSA_gen(2048),
                                                                  &EVP_PKEY_free);
  write(other.get(), nullptr);
  EXPECT_TRUE(Soon([&] {
    EXPECT_TRUE(Connect(Trusting(certificates_)).has_value());
    return Logged("it is not the key of");
  }));
  // One that wants a word is not asked for at the terminal.
  write(other.get(), EVP_aes_128_cbc());
  EXPECT_TRUE(Soon([&] {
    EXPECT_TRUE(Connect(Trusting(certificates_)).has_value());
    return Logged("server.key: bad decrypt") || Logged("server.key: bad password");
  }));
}

TEST_F(RenewalTest, AClientShowsItsNewOne) {
  const auto client = Connect(Trusting(certificates_));
  ASSERT_TRUE(client.has_value()) << client.error().message;
  ASSERT_TRUE((*client)->Commit(Set("a", Range(1, 2)), By("x")));
  Replace(certificates_.client_certificate(), certificates_.certificate("stranger"));
  std::this_thread::sleep_for(milliseconds(1'100));
  EXPECT_TRUE((*client)->Commit(Set("a", Range(1, 3)), By("x")))
      << "its key is that of the one before";
  Replace(certificates_.client_key(), certificates_.key("stranger"));
  Error error;
  EXPECT_TRUE(Soon([&] {
    const auto made = (*client)->Commit(Set("a", Range(1, 4)), By("x"));
    if (!made) error = made.error();
    return !made;
  }));
  EXPECT_EQ(error.code, ErrorCode::kRefused);
  EXPECT_THAT(error.message, HasSubstr("certificate:stranger may not call commits"));
  EXPECT_TRUE((*client)->Read(Id("a")));
}

}  // namespace
}  // namespace switchback
