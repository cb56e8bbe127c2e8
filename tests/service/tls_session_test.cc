// A TLS session that is taken up again, as proxies and curl do: without the long handshake, and
// still as who it was begun.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <mutex>
#include <string>

#include "service/raw_connection.h"
#include "service/served_store.h"

namespace switchback {
namespace {

using std::chrono::milliseconds;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class TlsSessionTest : public SocketServiceTest {
 protected:
  using Session = std::unique_ptr<SSL_SESSION, decltype(&SSL_SESSION_free)>;

  void SetUp() override {
    SocketServiceTest::SetUp();
    options_ = ServeOn(Line::kTls, folder_, certificates_);
    options_.clock = {.now = [this] { return Timestamp{SystemClock().now().micros + ahead_}; },
                      .utc_offset_seconds = [](Timestamp) { return 0; }};
    options_.access_log = [this](std::string_view line) {
      const std::scoped_lock lock(mutex_);
      log_ += line;
    };
    Start();
  }
  void TearDown() override { service_.reset(); }

  static bool Stays(int file) {
    const timeval patience{.tv_sec = 2, .tv_usec = 0};
    ::setsockopt(file, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    char more = 0;
    return ::recv(file, &more, 1, MSG_PEEK) < 0;
  }

  // Asks who may read, in a session that goes on from `session_` where there is one.
  [[nodiscard]] std::string Ask(SSL_CTX* context, bool& taken_up) {
    const std::unique_ptr<SSL, decltype(&SSL_free)> ssl(SSL_new(context), &SSL_free);
    const int file = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(service_->tls_port());
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    std::string answer;
    if (::connect(file, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) {
      SSL_set_fd(ssl.get(), file);
      if (session_ != nullptr) SSL_set_session(ssl.get(), session_.get());
      constexpr std::string_view kRequest = "GET /v1/store HTTP/1.1\r\nHost: x\r\n\r\n";
      if (SSL_connect(ssl.get()) == 1 &&
          SSL_write(ssl.get(), kRequest.data(), static_cast<int>(kRequest.size())) > 0) {
        std::string piece(4096, '\0');
        // Not to its end, which OpenSSL may take for cut, and the session for unsafe.
        for (int n = 1; n > 0 && !answer.ends_with("}\n");) {
          n = SSL_read(ssl.get(), piece.data(), static_cast<int>(piece.size()));
          if (n > 0) answer.append(piece, 0, static_cast<size_t>(n));
        }
        taken_up = SSL_session_reused(ssl.get()) == 1;
        session_.reset(SSL_get1_session(ssl.get()));
        if (asks_whether_it_stays_) stays_ = Stays(file);
        SSL_shutdown(ssl.get());
      }
    }
    ::close(file);
    return answer;
  }

  using Context = std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)>;
  [[nodiscard]] Context WithCertificate(int newest_version) const {
    Context context(SSL_CTX_new(TLS_client_method()), &SSL_CTX_free);
    SSL_CTX_set_max_proto_version(context.get(), newest_version);
    SSL_CTX_use_certificate_file(context.get(), certificates_.client_certificate().c_str(),
                                 SSL_FILETYPE_PEM);
    SSL_CTX_use_PrivateKey_file(context.get(), certificates_.client_key().c_str(),
                                SSL_FILETYPE_PEM);
    return context;
  }

  void ExpectTakenUp(int newest_version) {
    const Context context = WithCertificate(newest_version);
    session_.reset();
    bool taken_up = true;
    EXPECT_THAT(Ask(context.get(), taken_up), StartsWith("HTTP/1.1 200"));
    EXPECT_FALSE(taken_up);
    for (int i = 0; i < 3; ++i) {
      EXPECT_THAT(Ask(context.get(), taken_up), StartsWith("HTTP/1.1 200"));
      EXPECT_TRUE(taken_up);
    }
  }
  [[nodiscard]] std::string log() {
    const std::scoped_lock lock(mutex_);
    return log_;
  }

  Session session_{nullptr, &SSL_SESSION_free};
  bool asks_whether_it_stays_ = false;
  bool stays_ = false;  // the connection, behind the answer
  std::atomic<int64_t> ahead_ = 0;

 private:
  std::mutex mutex_;
  std::string log_;
};

TEST_F(TlsSessionTest, IsTakenUpWithItsIdentity) {
  ExpectTakenUp(TLS1_2_VERSION);
  ExpectTakenUp(TLS1_3_VERSION);
  EXPECT_THAT(log(), HasSubstr("certificate:tester"));
}

TEST_F(TlsSessionTest, AConnectionOfACertificateThatIsOverIsClosed) {
  const auto context = WithCertificate(TLS1_2_VERSION);
  asks_whether_it_stays_ = true;
  bool taken_up = false;
  EXPECT_THAT(Ask(context.get(), taken_up), StartsWith("HTTP/1.1 200"));
  EXPECT_TRUE(stays_);
  ahead_ = int64_t{2 * 3'600} * 1'000'000;
  EXPECT_THAT(Ask(context.get(), taken_up), StartsWith("HTTP/1.1 401"));
  EXPECT_FALSE(stays_);
}

TEST_F(TlsSessionTest, AHandshakeThatFailsIsLogged) {
  RawConnection raw(service_->tls_port());
  std::ignore = raw.Ask("GET /v1/store HTTP/1.1\r\nHost: x\r\n\r\n");
  for (int i = 0; i < 200 && !log().contains("no TLS handshake"); ++i) {
    std::this_thread::sleep_for(milliseconds(10));
  }
  EXPECT_THAT(log(), HasSubstr("no TLS handshake"));
  EXPECT_THAT(log(), HasSubstr("\"address\":\"127.0.0.1\""));
}

}  // namespace
}  // namespace switchback
