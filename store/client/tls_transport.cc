#include "client/tls_transport.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <climits>

namespace switchback::client {
namespace {

// What OpenSSL says first; its queue is empty afterwards.
std::string OpenSslText() {
  const unsigned long error = ERR_get_error();
  ERR_clear_error();
  if (error == 0) return "no reason given";
  const char* reason = ERR_reason_error_string(error);
  return reason != nullptr ? reason : fmt::format("OpenSSL error {:x}", error);
}

// -- A BIO over a socket that, unlike OpenSSL's own, never raises SIGPIPE in the caller's process.

int FdOf(BIO* bio) {
  return static_cast<const Socket*>(BIO_get_data(bio))->fd();
}

bool IsTransient(int error) {
  return error == EAGAIN || error == EWOULDBLOCK || error == EINTR;
}

int WriteBio(BIO* bio, const char* bytes, int count) {
  BIO_clear_retry_flags(bio);
  const ssize_t sent = send(FdOf(bio), bytes, static_cast<size_t>(count), MSG_NOSIGNAL);
  if (sent < 0 && IsTransient(errno)) BIO_set_retry_write(bio);
  return static_cast<int>(sent);
}

int ReadBio(BIO* bio, char* bytes, int count) {
  BIO_clear_retry_flags(bio);
  const ssize_t got = recv(FdOf(bio), bytes, static_cast<size_t>(count), 0);
  if (got < 0 && IsTransient(errno)) BIO_set_retry_read(bio);
  if (got == 0) BIO_set_flags(bio, BIO_FLAGS_IN_EOF);
  return static_cast<int>(got);
}

long ControlBio(BIO* bio, int command, long /*number*/, void* /*pointer*/) {
  if (command == BIO_CTRL_EOF) return BIO_test_flags(bio, BIO_FLAGS_IN_EOF) != 0 ? 1 : 0;
  return command == BIO_CTRL_FLUSH ? 1 : 0;
}

int CreateBio(BIO* bio) {
  BIO_set_init(bio, 1);
  return 1;
}

const BIO_METHOD* SocketMethod() {
  static const BIO_METHOD* const method = [] {
    BIO_METHOD* made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "socket");
    BIO_meth_set_write(made, WriteBio);
    BIO_meth_set_read(made, ReadBio);
    BIO_meth_set_ctrl(made, ControlBio);
    BIO_meth_set_create(made, CreateBio);
    return made;
  }();
  return method;
}

struct FreeSsl {
  void operator()(SSL* ssl) const { SSL_free(ssl); }
};
using Ssl = std::unique_ptr<SSL, FreeSsl>;

// The other side's alerts that say: not with this certificate.
bool IsRefusal(unsigned long error) {
  switch (ERR_GET_REASON(error)) {
    case SSL_R_CERTIFICATE_VERIFY_FAILED:
    case SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED:
    case SSL_R_TLSV1_ALERT_UNKNOWN_CA:
    case SSL_R_TLSV1_ALERT_ACCESS_DENIED:
    case SSL_R_SSLV3_ALERT_BAD_CERTIFICATE:
    case SSL_R_SSLV3_ALERT_CERTIFICATE_EXPIRED:
    case SSL_R_SSLV3_ALERT_CERTIFICATE_REVOKED:
    case SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN:
    case SSL_R_SSLV3_ALERT_UNSUPPORTED_CERTIFICATE:
      return true;
    default:
      return false;
  }
}

class TlsTransport final : public Transport {
 public:
  // Takes over `bio`, of SocketMethod.
  TlsTransport(Socket socket, Ssl ssl, BIO* bio, const Interrupt* interrupt)
      : socket_(std::move(socket)), ssl_(std::move(ssl)), interrupt_(interrupt) {
    BIO_set_data(bio, &socket_);
    SSL_set_bio(ssl_.get(), bio, bio);
  }

  // Says goodbye where that goes without waiting; a connection that broke has nobody to say it to.
  ~TlsTransport() override {
    if (!is_broken_) SSL_shutdown(ssl_.get());
    ERR_clear_error();
  }

  [[nodiscard]] Attempt<void> ShakeHands(Deadline deadline) {
    while (true) {
      ERR_clear_error();
      const int done = SSL_connect(ssl_.get());
      if (done == 1) return {};
      if (Attempt<void> waited = WaitAfter(done, deadline); !waited) return waited;
    }
  }

  [[nodiscard]] Attempt<size_t> Read(std::span<char> into, Deadline deadline) override {
    const int room = static_cast<int>(std::min<size_t>(into.size(), INT_MAX));
    while (true) {
      ERR_clear_error();
      const int count = SSL_read(ssl_.get(), into.data(), room);
      if (count > 0) return static_cast<size_t>(count);
      if (SSL_get_error(ssl_.get(), count) == SSL_ERROR_ZERO_RETURN) return 0;
      if (Attempt<void> waited = WaitAfter(count, deadline); !waited) {
        return std::unexpected(waited.error());
      }
    }
  }

  [[nodiscard]] Attempt<void> Write(std::string_view bytes,
                                    std::chrono::milliseconds patience) override {
    while (!bytes.empty()) {
      ERR_clear_error();
      const int room = static_cast<int>(std::min<size_t>(bytes.size(), INT_MAX));
      const int count = SSL_write(ssl_.get(), bytes.data(), room);
      if (count > 0) {
        bytes.remove_prefix(static_cast<size_t>(count));
        continue;
      }
      if (Attempt<void> waited = WaitAfter(count, DeadlineAfter(patience)); !waited) return waited;
    }
    return {};
  }

  // A look into the stream takes in what TLS itself sends between answers (session tickets).
  [[nodiscard]] bool IsQuiet() override {
    if (is_broken_) return false;
    ERR_clear_error();
    char byte = 0;
    const int count = SSL_peek(ssl_.get(), &byte, 1);
    return count <= 0 && SSL_get_error(ssl_.get(), count) == SSL_ERROR_WANT_READ;
  }

 private:
  // After a call that returned `result`, not above 0: waits for what it wants, or says why not.
  [[nodiscard]] Attempt<void> WaitAfter(int result, Deadline deadline) {
    const int saved = errno;
    switch (SSL_get_error(ssl_.get(), result)) {
      case SSL_ERROR_WANT_READ:
        return WaitFor(socket_.fd(), POLLIN, deadline, interrupt_);
      case SSL_ERROR_WANT_WRITE:
        return WaitFor(socket_.fd(), POLLOUT, deadline, interrupt_);
      case SSL_ERROR_ZERO_RETURN:
        return Broken(FaultKind::kCut, "the other side ended it");
      case SSL_ERROR_SYSCALL:
        is_broken_ = true;
        return Broken(FaultKind::kCut,
                      saved != 0 ? ErrnoText(saved) : "the other side ended it without a word");
      default:
        is_broken_ = true;
        return Explain();
    }
  }

  [[nodiscard]] std::unexpected<Fault> Explain() const {
    const FaultKind kind = IsRefusal(ERR_peek_error()) ? FaultKind::kRefused : FaultKind::kCut;
    const long verified = SSL_get_verify_result(ssl_.get());
    std::string text = OpenSslText();
    if (verified != X509_V_OK) {
      text = fmt::format("its certificate is not to be trusted: {}",
                         X509_verify_cert_error_string(verified));
    }
    return Broken(kind, std::move(text));
  }

  Socket socket_;  // what the BIO of ssl_ names
  const Ssl ssl_;
  const Interrupt* const interrupt_;
  bool is_broken_ = false;
};

std::unexpected<Error> BadFile(std::string_view what, const std::string& file) {
  return Fail(ErrorCode::kInvalidArgument,
              fmt::format("{} '{}' can't be used: {}", what, file, OpenSslText()));
}

bool IsAddress(const std::string& host) {
  in6_addr space{};
  return inet_pton(AF_INET, host.c_str(), &space) == 1 ||
         inet_pton(AF_INET6, host.c_str(), &space) == 1;
}

// The name that its certificate must be for; an address is looked up in other fields of it.
bool ExpectHost(SSL* ssl, const std::string& host) {
  if (IsAddress(host)) {
    return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), host.c_str()) == 1;
  }
  SSL_set_hostflags(ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  // SSL_set_tlsext_host_name, without its C cast.
  std::string name = host;
  const long named =
      SSL_ctrl(ssl, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, name.data());
  return named == 1 && SSL_set1_host(ssl, host.c_str()) == 1;
}

}  // namespace

void TlsContext::FreeContext::operator()(SSL_CTX* context) const {
  SSL_CTX_free(context);
}

TlsContext::TlsContext(TlsOptions options)
    : options_(std::move(options)),
      changes_({options_.ca_file, options_.certificate_file, options_.key_file}) {}

Result<std::unique_ptr<TlsContext>> TlsContext::Make(TlsOptions options) {
  std::unique_ptr<TlsContext> made(new TlsContext(std::move(options)));
  Result<Context> read = Read(made->options_);
  if (!read) return std::unexpected(std::move(read.error()));
  made->context_ = *std::move(read);
  return made;
}

bool TlsContext::Refresh() {
  if (!changes_.Take()) return false;
  const std::scoped_lock lock(mutex_);  // also while they are read: the last one to read is right
  Result<Context> read = Read(options_);
  if (!read) {
    changes_.TakeAgain();
    return false;
  }
  context_ = *std::move(read);
  return true;
}

// It keeps what it was made from (SSL_new).
SSL* TlsContext::NewConnection() const {
  const std::scoped_lock lock(mutex_);
  return SSL_new(context_.get());
}

Result<TlsContext::Context> TlsContext::Read(const TlsOptions& options) {
  ERR_clear_error();
  Context made(SSL_CTX_new(TLS_client_method()));
  SSL_CTX* context = made.get();
  if (context == nullptr) return Fail(ErrorCode::kIoError, "TLS does not start: " + OpenSslText());
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
  SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  // OpenSSL would ask on the terminal for the password of a key that has one.
  SSL_CTX_set_default_passwd_cb(context, [](char*, int, int, void*) { return 0; });
  if (options.ca_file.empty()) {
    if (SSL_CTX_set_default_verify_paths(context) != 1) return BadFile("the system's", "CA files");
  } else if (SSL_CTX_load_verify_file(context, options.ca_file.c_str()) != 1) {
    return BadFile("the CA file", options.ca_file);
  }
  if (options.certificate_file.empty()) return made;
  const std::string& certificate = options.certificate_file;
  const std::string& key = options.key_file.empty() ? certificate : options.key_file;
  if (SSL_CTX_use_certificate_chain_file(context, certificate.c_str()) != 1) {
    return BadFile("the certificate file", certificate);
  }
  if (SSL_CTX_use_PrivateKey_file(context, key.c_str(), SSL_FILETYPE_PEM) != 1 ||
      SSL_CTX_check_private_key(context) != 1) {
    return BadFile("the key file", key);
  }
  return made;
}

Attempt<std::unique_ptr<Transport>> TlsContext::Start(Socket socket, const std::string& host,
                                                      Deadline deadline,
                                                      const Interrupt* interrupt) const {
  ERR_clear_error();
  Ssl ssl(NewConnection());
  BIO* bio = BIO_new(SocketMethod());
  if (ssl == nullptr || bio == nullptr) {
    BIO_free(bio);
    return Broken(FaultKind::kUnreachable, "TLS does not start: " + OpenSslText());
  }
  if (!ExpectHost(ssl.get(), host)) {
    BIO_free(bio);
    return Broken(FaultKind::kUnreachable, "its name can't be verified: " + OpenSslText());
  }
  auto transport =
      std::make_unique<TlsTransport>(std::move(socket), std::move(ssl), bio, interrupt);
  if (Attempt<void> shaken = transport->ShakeHands(deadline); !shaken) {
    return std::unexpected(shaken.error());
  }
  return transport;
}

}  // namespace switchback::client
