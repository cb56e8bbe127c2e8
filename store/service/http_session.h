// One connection: reads a request, hands it on, sends the answer, and so on. Of any kind of stream.
// Everything of a session but the calls of Responder and PushStream runs on its strand.
#pragma once

#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/stream_base.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "service/error_response.h"
#include "service/http.h"

namespace switchback {

namespace beast = boost::beast;
namespace http = boost::beast::http;

// Beside a header, of what is read and not taken yet: bounds what stands between the chunks of a
// body too, which no other limit does.
inline constexpr size_t kReadAheadBytes = size_t{128} << 10;

struct SessionLimits {
  uint32_t header_bytes = 0;
  uint64_t body_bytes = 0;
  std::chrono::milliseconds header_timeout{};  // to get a whole header, once its time has begun
  std::chrono::milliseconds idle_timeout{};    // between two requests
  std::chrono::milliseconds io_timeout{};      // to get a whole body; to send a piece
  size_t push_bytes = 0;                       // that may wait to be pushed
};

class AnySession;

// What a session asks of the server.
struct SessionHost {
  SessionLimits limits;
  // Hands a request to a thread, which answers by the session. False: too many are under way.
  std::function<bool(std::shared_ptr<AnySession>, HttpRequest)> dispatch;
  std::function<bool()> stopping;
  std::function<void()> malformed;
  std::function<void()> timed_out;
  std::function<void(AnySession*)> ended;
};

class AnySession : public Responder, public PushStream {
 public:
  virtual void Start() = 0;
  // Closes it: at once, or once the answer under way is sent.
  virtual void Close(bool at_once) = 0;
};

// Of the certificate that the other end has shown, and that was verified; empty: none.
template <typename Stream>
std::string CommonNameOf(Stream& stream) {
  const std::unique_ptr<X509, decltype(&X509_free)> certificate(
      SSL_get1_peer_certificate(stream.native_handle()), &X509_free);
  if (certificate == nullptr) return {};
  const X509_NAME* subject = X509_get_subject_name(certificate.get());
  const int at = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
  if (at < 0) return {};
  const ASN1_STRING* text = X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at));
  return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
          static_cast<size_t>(ASN1_STRING_length(text))};
}

template <typename Stream>
class HttpSession final : public AnySession,
                          public std::enable_shared_from_this<HttpSession<Stream>> {
 public:
  HttpSession(Stream stream, Peer peer, const SessionHost& host)
      : stream_(std::move(stream)),
        peer_(std::move(peer)),
        host_(host),
        buffer_(size_t{host.limits.header_bytes} + kReadAheadBytes) {}
  ~HttpSession() override { host_.ended(this); }

  void Start() override {
    boost::asio::dispatch(stream_.get_executor(),
                          [self = this->shared_from_this()] { self->Handshake(); });
  }

  void Close(bool at_once) override {
    boost::asio::post(stream_.get_executor(), [self = this->shared_from_this(), at_once] {
      self->last_request_ = true;
      if (at_once || !self->busy_) self->Drop();
    });
  }

  // -- Responder
  void Send(HttpResponse response) override {
    auto message = std::make_shared<http::response<http::string_body>>();
    FillHead(response, *message);
    // To HEAD, which no call answers, with none.
    if (parser_->get().method() != http::verb::head) message->body() = std::move(response.body);
    const bool has_body = message->result() != http::status::not_modified &&
                          message->result() != http::status::no_content;
    if (has_body) message->prepare_payload();
    boost::asio::post(stream_.get_executor(), [self = this->shared_from_this(), message] {
      message->keep_alive(self->KeepsAlive());
      beast::get_lowest_layer(self->stream_).expires_after(self->host_.limits.io_timeout);
      http::async_write(
          self->stream_, *message,
          [self, message](beast::error_code error, size_t /*bytes*/) { self->Answered(error); });
    });
  }

  void Begin(HttpResponse head) override {
    auto message = std::make_shared<http::response<http::empty_body>>();
    FillHead(head, *message);
    message->chunked(true);
    SendAndWait([this, message, closes = head.closes](const auto& done) {
      if (closes) last_request_ = true;
      message->keep_alive(KeepsAlive());
      auto serializer = std::make_shared<http::response_serializer<http::empty_body>>(*message);
      http::async_write_header(
          stream_, *serializer,
          [message, serializer, done](beast::error_code error, size_t) { done(error); });
    });
  }

  bool Write(std::string bytes) override {
    if (bytes.empty()) return !failed_;
    const auto chunk = std::make_shared<const std::string>(std::move(bytes));
    return SendAndWait([this, chunk](const auto& done) {
      boost::asio::async_write(stream_, http::make_chunk(boost::asio::buffer(*chunk)),
                               [chunk, done](beast::error_code error, size_t) { done(error); });
    });
  }

  void End(bool whole) override {
    boost::asio::post(stream_.get_executor(), [self = this->shared_from_this(), whole] {
      if (!whole || self->failed_) return self->Drop();
      self->WriteLastChunk();
    });
  }

  std::shared_ptr<PushStream> Detach() override {
    boost::asio::post(stream_.get_executor(), [self = this->shared_from_this()] {
      self->pushing_ = true;
      beast::get_lowest_layer(self->stream_).expires_never();
      self->NoticeEnd();
      self->PushNext();
    });
    return this->shared_from_this();
  }

  // -- PushStream
  bool Push(const std::shared_ptr<const std::string>& line) override {
    const std::scoped_lock lock(mutex_);
    if (failed_ || ended_ || waiting_bytes_ + line->size() > host_.limits.push_bytes) return false;
    Enqueue(line);
    return true;
  }

  void End(std::string last) override {
    const std::scoped_lock lock(mutex_);
    if (ended_) return;
    Enqueue(std::make_shared<const std::string>(std::move(last)));
    ended_ = true;
  }

  bool closed() const override {
    const std::scoped_lock lock(mutex_);
    return failed_ || ended_;
  }

 private:
  static constexpr bool kIsTls = !std::is_same_v<
      std::remove_reference_t<decltype(beast::get_lowest_layer(std::declval<Stream&>()))>, Stream>;

  template <typename Body>
  static void FillHead(const HttpResponse& response, http::response<Body>& message) {
    message.version(11);
    message.result(response.status);
    if (!response.type.empty()) message.set(http::field::content_type, response.type);
    for (const auto& [name, value] : response.headers) message.set(name, value);
  }

  [[nodiscard]] bool KeepsAlive() const {
    return !last_request_ && parser_ && parser_->get().keep_alive() && !host_.stopping();
  }

  void Handshake() {
    if constexpr (kIsTls) {
      beast::get_lowest_layer(stream_).expires_after(host_.limits.header_timeout);
      stream_.async_handshake(boost::asio::ssl::stream_base::server,
                              [self = this->shared_from_this()](beast::error_code error) {
                                if (error) return self->Drop();
                                self->peer_.common_name = CommonNameOf(self->stream_);
                                self->Read(self->host_.limits.header_timeout);
                              });
    } else {
      Read(host_.limits.header_timeout);
    }
  }

  void Read(std::chrono::milliseconds patience) {
    if (last_request_ || host_.stopping()) return Drop();
    parser_.emplace();
    parser_->header_limit(host_.limits.header_bytes);
    parser_->body_limit(host_.limits.body_bytes);
    beast::get_lowest_layer(stream_).expires_after(patience);
    http::async_read_header(stream_, buffer_, *parser_,
                            [self = this->shared_from_this()](beast::error_code error, size_t) {
                              self->ReadHeader(error);
                            });
  }

  void ReadHeader(beast::error_code error) {
    if (error) return Refuse(error);
    if (const unsigned status = StatusOfBody(parser_->get()); status != 0) return Refuse(status);
    beast::get_lowest_layer(stream_).expires_after(host_.limits.io_timeout);
    if (beast::iequals(parser_->get()[http::field::expect], "100-continue")) return Continue();
    ReadBody();
  }

  // 0: the body can be read, and what is read is what was sent. A body whose form is not known must
  // not be taken for none.
  static unsigned StatusOfBody(const http::request<http::string_body>& message) {
    const auto coding = message[http::field::transfer_encoding];
    if (!coding.empty() && !beast::iequals(coding, "chunked")) return 501;
    if (!message[http::field::content_encoding].empty()) return 415;
    const bool has_length = message.find(http::field::content_length) != message.end();
    const bool needs_body = message.method() == http::verb::put;
    return needs_body && coding.empty() && !has_length ? 411 : 0;
  }

  void Continue() {
    auto message = std::make_shared<http::response<http::empty_body>>(http::status::continue_, 11);
    http::async_write(stream_, *message,
                      [self = this->shared_from_this(), message](beast::error_code error, size_t) {
                        if (error) return self->Drop();
                        self->ReadBody();
                      });
  }

  void ReadBody() {
    http::async_read(stream_, buffer_, *parser_,
                     [self = this->shared_from_this()](beast::error_code error, size_t) {
                       if (error) return self->Refuse(error);
                       self->HandOn();
                     });
  }

  void HandOn() {
    HttpRequest request;
    const auto& message = parser_->get();
    if (message.version() != 11) return Refuse(http::error::bad_version);
    if (!ParseTarget({message.target().data(), message.target().size()}, request)) {
      return Refuse(http::error::bad_target);
    }
    request.method = std::string(message.method_string());
    for (const auto& field : message) {
      std::string name(field.name_string());
      for (char& c : name) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
      request.headers.insert_or_assign(std::move(name), std::string(field.value()));
    }
    request.body = std::move(parser_->get().body());
    request.peer = peer_;
    busy_ = true;
    beast::get_lowest_layer(stream_).expires_never();  // the handler has its own time
    if (host_.dispatch(this->shared_from_this(), std::move(request))) return;
    Send(ErrorResponse({ErrorCode::kHeld,
                        "the service has as many requests under way as it takes: try again",
                        {},
                        0},
                       503));
  }

  // What could not be read as a request.
  void Refuse(beast::error_code error) {
    if (error == beast::error::timeout) host_.timed_out();
    const bool is_http = error.category() == make_error_code(http::error::bad_target).category();
    if (!is_http || error == http::error::end_of_stream || error == http::error::partial_message) {
      return Drop();
    }
    Refuse(error == http::error::body_limit ? 413 : error == http::error::header_limit ? 431 : 400);
  }

  void Refuse(unsigned status) {
    host_.malformed();
    last_request_ = true;
    const char* why = "this is no HTTP/1.1 request";
    if (status == 411) why = "a PUT needs a body: say how long it is, if it is empty too";
    if (status == 413) why = "the body is larger than this service takes";
    if (status == 415) why = "the body is encoded: send it as it is";
    if (status == 431) why = "the header is larger than this service takes";
    if (status == 501) why = "of transfer codings this service takes chunked alone";
    const bool too_large = status == 413 || status == 431;
    Send(ErrorResponse(
        {too_large ? ErrorCode::kLimitExceeded : ErrorCode::kInvalidArgument, why, {}, 0}, status));
  }

  void Answered(beast::error_code error) {
    busy_ = false;
    if (error || !KeepsAlive()) return Drop();
    Read(host_.limits.idle_timeout);
  }

  void WriteLastChunk() {
    beast::get_lowest_layer(stream_).expires_after(host_.limits.io_timeout);
    boost::asio::async_write(stream_, http::make_chunk_last(),
                             [self = this->shared_from_this()](beast::error_code error, size_t) {
                               if (self->pushing_) return self->Drop();
                               self->Answered(error);
                             });
  }

  // Starts a write on the strand, and waits for it. `start` is given what to call when it is done.
  template <typename Start>
  bool SendAndWait(const Start& start) {
    if (failed_) return false;
    std::unique_lock lock(mutex_);
    written_ = false;
    boost::asio::post(stream_.get_executor(), [self = this->shared_from_this(), start] {
      beast::get_lowest_layer(self->stream_).expires_after(self->host_.limits.io_timeout);
      start([self](beast::error_code error) { self->Wrote(error); });
    });
    sent_.wait(lock, [this] { return written_; });
    return !failed_;
  }

  void Wrote(beast::error_code error) {
    beast::get_lowest_layer(stream_).expires_never();
    const std::scoped_lock lock(mutex_);
    if (error) failed_ = true;
    written_ = true;
    sent_.notify_all();
  }

  // REQUIRES: mutex_ is held.
  void Enqueue(const std::shared_ptr<const std::string>& line) {
    waiting_bytes_ += line->size();
    waiting_.push_back(line);
    boost::asio::post(stream_.get_executor(),
                      [self = this->shared_from_this()] { self->PushNext(); });
  }

  void PushNext() {
    if (!pushing_ || push_under_way_) return;
    std::shared_ptr<const std::string> line;
    {
      const std::scoped_lock lock(mutex_);
      if (failed_) return;
      if (waiting_.empty()) {
        if (ended_) WriteLastChunk();
        return;
      }
      line = std::move(waiting_.front());
      waiting_.pop_front();
    }
    push_under_way_ = true;
    beast::get_lowest_layer(stream_).expires_after(host_.limits.io_timeout);
    boost::asio::async_write(
        stream_, http::make_chunk(boost::asio::buffer(*line)),
        [self = this->shared_from_this(), line](beast::error_code error, size_t) {
          self->Pushed(error, line->size());
        });
  }

  void Pushed(beast::error_code error, size_t bytes) {
    push_under_way_ = false;
    if (error) return Drop();
    beast::get_lowest_layer(stream_).expires_never();
    {
      const std::scoped_lock lock(mutex_);
      waiting_bytes_ -= bytes;
    }
    PushNext();
  }

  // Nothing is read from a stream that pushes but its end.
  void NoticeEnd() {
    stream_.async_read_some(boost::asio::buffer(&unread_, 1),
                            [self = this->shared_from_this()](beast::error_code error, size_t) {
                              if (error != beast::error::timeout) self->Drop();
                            });
  }

  void Drop() {
    {
      const std::scoped_lock lock(mutex_);
      failed_ = true;
      written_ = true;
      sent_.notify_all();
    }
    beast::error_code ignored;
    auto& socket = beast::get_lowest_layer(stream_).socket();
    socket.shutdown(boost::asio::socket_base::shutdown_both, ignored);
    beast::get_lowest_layer(stream_).close();
  }

  Stream stream_;
  Peer peer_;
  const SessionHost& host_;
  beast::flat_buffer buffer_;
  std::optional<http::request_parser<http::string_body>> parser_;
  bool busy_ = false;          // a request is being answered
  bool last_request_ = false;  // no other is read
  bool pushing_ = false;
  bool push_under_way_ = false;
  char unread_ = 0;
  mutable std::mutex mutex_;  // of what follows
  std::condition_variable sent_;
  bool written_ = false;
  std::atomic<bool> failed_ = false;
  bool ended_ = false;
  size_t waiting_bytes_ = 0;
  std::deque<std::shared_ptr<const std::string>> waiting_;
};

}  // namespace switchback
