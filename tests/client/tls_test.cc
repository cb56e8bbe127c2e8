#include "client/tls_transport.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>

#include "client/dial.h"
#include "client/scripted_server.h"

namespace switchback::client {
namespace {

using std::chrono::milliseconds;

// A certificate that vouches for itself, for 127.0.0.1, and its key.
class SelfSigned {
 public:
  SelfSigned() : key_(EVP_EC_gen("P-256")), certificate_(X509_new()) {
    ASN1_INTEGER_set(X509_get_serialNumber(certificate_), 1);
    X509_set_version(certificate_, 2);
    X509_gmtime_adj(X509_getm_notBefore(certificate_), -3600);
    X509_gmtime_adj(X509_getm_notAfter(certificate_), 3600);
    X509_set_pubkey(certificate_, key_);
    X509_NAME* name = X509_get_subject_name(certificate_);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>("test"), -1, -1, 0);
    X509_set_issuer_name(certificate_, name);
    X509_EXTENSION* address =
        X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, "IP:127.0.0.1");
    X509_add_ext(certificate_, address, -1);
    X509_EXTENSION_free(address);
    X509_sign(certificate_, key_, EVP_sha256());
  }
  ~SelfSigned() {
    X509_free(certificate_);
    EVP_PKEY_free(key_);
  }
  SelfSigned(const SelfSigned&) = delete;
  SelfSigned& operator=(const SelfSigned&) = delete;

  void WriteTo(const std::string& path) const {
    FILE* file = fopen(path.c_str(), "w");
    PEM_write_X509(file, certificate_);
    fclose(file);
  }
  void GiveTo(SSL_CTX* context) const {
    SSL_CTX_use_certificate(context, certificate_);
    SSL_CTX_use_PrivateKey(context, key_);
  }

 private:
  EVP_PKEY* const key_;
  X509* const certificate_;
};

// Echoes what the first connection says, in capitals, and says goodbye.
class TlsServer {
 public:
  explicit TlsServer(const SelfSigned& identity) : listener_(socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    auto* any = reinterpret_cast<sockaddr*>(&address);
    EXPECT_EQ(bind(listener_.fd(), any, size), 0);
    EXPECT_EQ(listen(listener_.fd(), 1), 0);
    EXPECT_EQ(getsockname(listener_.fd(), any, &size), 0);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this, &identity] { Run(identity); });
  }
  ~TlsServer() {
    shutdown(listener_.fd(), SHUT_RDWR);
    thread_.join();
  }
  TlsServer(const TlsServer&) = delete;
  TlsServer& operator=(const TlsServer&) = delete;
  [[nodiscard]] uint16_t port() const { return port_; }

 private:
  void Run(const SelfSigned& identity) const {
    const Socket peer(accept(listener_.fd(), nullptr, nullptr));
    if (peer.fd() < 0) return;
    SSL_CTX* context = SSL_CTX_new(TLS_server_method());
    identity.GiveTo(context);
    SSL* ssl = SSL_new(context);
    SSL_set_fd(ssl, peer.fd());
    if (SSL_accept(ssl) == 1) {
      char bytes[16];
      const int count = SSL_read(ssl, bytes, sizeof(bytes));
      for (int i = 0; i < count; ++i) bytes[i] = static_cast<char>(toupper(bytes[i]));
      if (count > 0) SSL_write(ssl, bytes, count);
      SSL_shutdown(ssl);
      pollfd end{.fd = peer.fd(), .events = POLLIN, .revents = 0};
      poll(&end, 1, 5'000);
    }
    SSL_free(ssl);
    SSL_CTX_free(context);
  }

  Socket listener_;
  uint16_t port_ = 0;
  std::thread thread_;
};

Attempt<std::unique_ptr<Transport>> StartTls(const TlsServer& server, const std::string& ca_file,
                                             const std::string& host) {
  const ServiceUrl url{.kind = ServiceUrl::Kind::kTls, .host = "127.0.0.1", .port = server.port()};
  const Deadline deadline = DeadlineAfter(milliseconds{5'000});
  Attempt<Socket> socket = Dial(url, deadline, nullptr);
  EXPECT_TRUE(socket);
  const auto context = TlsContext::Make({.ca_file = ca_file});
  EXPECT_TRUE(context);
  return (*context)->Start(std::move(*socket), host, deadline, nullptr);
}

class TlsTest : public testing::Test {
 protected:
  TlsTest() { identity_.WriteTo(file_); }

  const ScratchFolder scratch_;
  const std::string file_ = scratch_.path() + "/ca.pem";
  const SelfSigned identity_;
};

TEST_F(TlsTest, TalksToWhomItTrustsUpToTheEnd) {
  const TlsServer server(identity_);
  const auto transport = StartTls(server, file_, "127.0.0.1");
  ASSERT_TRUE(transport) << transport.error().what;
  const Deadline deadline = DeadlineAfter(milliseconds{5'000});
  ASSERT_TRUE((*transport)->Write("hello", milliseconds{5'000}));
  char bytes[16];
  ASSERT_EQ((*transport)->Read(bytes, deadline).value(), 5);
  EXPECT_EQ(std::string_view(bytes, 5), "HELLO");
  EXPECT_EQ((*transport)->Read(bytes, deadline).value(), 0);
  EXPECT_FALSE((*transport)->IsQuiet());
}

TEST_F(TlsTest, RefusesAnotherName) {
  const TlsServer server(identity_);
  const auto transport = StartTls(server, file_, "routes.example");
  ASSERT_FALSE(transport);
  EXPECT_EQ(transport.error().kind, FaultKind::kRefused);
  EXPECT_THAT(transport.error().what, testing::HasSubstr("not to be trusted"));
}

TEST_F(TlsTest, RefusesWhomNobodyVouchesFor) {
  const SelfSigned stranger;
  const TlsServer server(stranger);
  const auto transport = StartTls(server, file_, "127.0.0.1");
  ASSERT_FALSE(transport);
  EXPECT_EQ(transport.error().kind, FaultKind::kRefused);
}

TEST_F(TlsTest, NamesTheFileThatCannotBeUsed) {
  const std::string missing = scratch_.path() + "/missing.pem";
  const auto context = TlsContext::Make({.ca_file = missing});
  ASSERT_FALSE(context);
  EXPECT_EQ(context.error().code, ErrorCode::kInvalidArgument);
  EXPECT_THAT(context.error().message, testing::HasSubstr(missing));
  EXPECT_FALSE(TlsContext::Make({.ca_file = file_, .certificate_file = missing}));
}

}  // namespace
}  // namespace switchback::client
