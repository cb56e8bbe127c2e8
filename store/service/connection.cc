#include "service/connection.h"

#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/stream_base.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/stream_traits.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/ssl.hpp>

#include <cstdint>
#include <ctime>
#include <type_traits>
#include <utility>

#include "types/calendar.h"

namespace switchback {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using TlsStream = beast::ssl_stream<beast::tcp_stream>;
using UnixStream = beast::basic_stream<asio::local::stream_protocol>;

std::string CommonNameOf(const X509* certificate) {
  const X509_NAME* subject = X509_get_subject_name(certificate);
  const int at = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
  if (at < 0) return {};
  const ASN1_STRING* text = X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at));
  return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
          static_cast<size_t>(ASN1_STRING_length(text))};
}

// A time that is no such is in the past.
Timestamp EndOf(const X509* certificate) {
  std::tm time{};
  if (ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &time) != 1) return {};
  return Timestamp{int64_t{timegm(&time)} * kMicrosPerSecond};
}

PeerCertificate CertificateOf(SSL* connection) {
  const std::unique_ptr<X509, decltype(&X509_free)> certificate(
      SSL_get1_peer_certificate(connection), &X509_free);
  if (certificate == nullptr) return {};
  return {CommonNameOf(certificate.get()), EndOf(certificate.get())};
}

asio::const_buffer BufferOf(const std::string& text) {
  return {text.data(), text.size()};
}

template <typename Stream>
class ConnectionOf final : public Connection {
 public:
  // `kept`: lives as long as the stream; may be null.
  template <typename... Args>
  explicit ConnectionOf(std::shared_ptr<const void> kept, Args&&... args)
      : kept_(std::move(kept)), stream_(std::forward<Args>(args)...) {}

  void Post(std::function<void()> work) override {
    asio::post(stream_.get_executor(), std::move(work));
  }

  void Handshake(std::function<void(SystemError)> done) override {
    if constexpr (kIsTls) {
      stream_.async_handshake(asio::ssl::stream_base::server, std::move(done));
    } else {
      done({});
    }
  }

  PeerCertificate Certificate() override {
    if constexpr (kIsTls) return CertificateOf(stream_.native_handle());
    return {};
  }

  void ReadSome(asio::mutable_buffer into, Done done) override {
    stream_.async_read_some(into, std::move(done));
  }

  void Write(std::shared_ptr<const Outgoing> what, Done done) override {
    static const std::string kNothing;
    const std::array<asio::const_buffer, 3> buffers = {
        BufferOf(what->before), BufferOf(what->shared ? *what->shared : kNothing),
        BufferOf(what->after)};
    asio::async_write(stream_, buffers,
                      Done([what = std::move(what), done = std::move(done)](
                               SystemError error, size_t bytes) { done(error, bytes); }));
  }

  void ExpireAfter(std::chrono::milliseconds time) override { Lowest().expires_after(time); }
  void NeverExpire() override { Lowest().expires_never(); }

  void CloseWrites() override {
    SystemError ignored;
    Lowest().socket().shutdown(asio::socket_base::shutdown_send, ignored);
  }

  void Close() override {
    SystemError ignored;
    Lowest().socket().shutdown(asio::socket_base::shutdown_both, ignored);
    Lowest().close();
  }

 private:
  static constexpr bool kIsTls = std::is_same_v<Stream, TlsStream>;
  auto& Lowest() { return beast::get_lowest_layer(stream_); }

  const std::shared_ptr<const void> kept_;
  Stream stream_;
};

}  // namespace

std::unique_ptr<Connection> MakeConnection(asio::local::stream_protocol::socket socket) {
  return std::make_unique<ConnectionOf<UnixStream>>(nullptr, std::move(socket));
}

std::unique_ptr<Connection> MakeConnection(asio::ip::tcp::socket socket) {
  return std::make_unique<ConnectionOf<beast::tcp_stream>>(nullptr, std::move(socket));
}

std::unique_ptr<Connection> MakeConnection(asio::ip::tcp::socket socket,
                                           const std::shared_ptr<asio::ssl::context>& tls) {
  return std::make_unique<ConnectionOf<TlsStream>>(tls, beast::tcp_stream(std::move(socket)), *tls);
}

}  // namespace switchback
