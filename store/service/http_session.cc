#include "service/http_session.h"

#include <boost/beast/core/error.hpp>
#include <boost/beast/core/read_size.hpp>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/error.hpp>

#include <utility>

#include "service/error_response.h"
#include "wire/status.h"

namespace switchback {
namespace {

namespace beast = boost::beast;
namespace http = boost::beast::http;

// Beside a header, of what is read and not taken yet: bounds what stands between the chunks of a
// body too, which no other limit does.
constexpr size_t kReadAheadBytes = size_t{128} << 10;
constexpr size_t kReadBytes = size_t{64} << 10;  // at once, at most
// Bodies up to here are read before it is asked who sends them: that takes a thread.
constexpr uint64_t kSmallBodyBytes = size_t{64} << 10;

constexpr const char* kNoHead =
    "expected HTTP/1.1 with one Host, a path of at most 8 parts in percent-encoding, and no field "
    "twice that may stand once";
constexpr const char* kTooManyRequests =
    "the service has as many requests under way as it takes: try again";
constexpr const char* kTooManyBytes =
    "the service holds as many bytes of requests as it takes: try again";

const char* WhyOf(unsigned status) {
  switch (status) {
    case 411:
      return "a PUT needs a body: say how long it is, if it is empty too";
    case 413:
      return "the body is larger than this service takes";
    case 415:
      return "the body is encoded: send it as it is";
    case 431:
      return "the header is larger than this service takes";
    case 501:
      return "of transfer codings this service takes chunked alone";
    default:
      return "this is no HTTP/1.1 request";
  }
}

// Of who only looks whether somebody listens.
bool IsGone(SystemError error) {
  return error == boost::asio::error::eof || error == boost::asio::error::connection_reset ||
         error == boost::asio::ssl::error::stream_truncated;
}

}  // namespace

HttpSession::HttpSession(std::unique_ptr<Connection> connection, Peer peer, const SessionHost& host)
    : connection_(std::move(connection)),
      peer_(std::move(peer)),
      host_(host),
      buffer_(size_t{host.limits.header_bytes} + kReadAheadBytes) {}

HttpSession::~HttpSession() {
  Discharge();
  host_.ended(this);
}

void HttpSession::Start() {
  connection_->Post([self = shared_from_this()] { self->Handshake(); });
}

void HttpSession::Close(bool at_once) {
  connection_->Post([self = shared_from_this(), at_once] {
    self->last_request_ = true;
    if (at_once || !self->busy_) self->Drop();
  });
}

void HttpSession::Handshake() {
  connection_->ExpireAfter(host_.limits.header_timeout);
  connection_->Handshake([self = shared_from_this()](SystemError error) {
    if (error) return self->NoHandshake(error);
    PeerCertificate certificate = self->connection_->Certificate();
    self->peer_.common_name = std::move(certificate.common_name);
    self->peer_.certificate_expires = certificate.expires;
    self->Read(self->host_.limits.header_timeout);
  });
}

void HttpSession::NoHandshake(SystemError error) {
  if (error == beast::error::timeout) host_.timed_out();
  if (!host_.stopping() && !IsGone(error)) {
    host_.refused(peer_, {ErrorCode::kRefused, "no TLS handshake: " + error.message(), {}, 0}, 0);
  }
  Drop();
}

void HttpSession::Read(std::chrono::milliseconds patience) {
  if (last_request_ || host_.stopping()) return Drop();
  parser_.emplace();
  parser_->header_limit(host_.limits.header_bytes);
  parser_->body_limit(host_.limits.body_bytes);
  header_read_ = keep_alive_ = without_body_ = false;
  // Thousands of connections wait here.
  if (buffer_.size() == 0) buffer_.shrink_to_fit();
  connection_->ExpireAfter(patience);
  Parse();
}

void HttpSession::ReadMore() {
  const size_t most = beast::read_size(buffer_, kReadBytes);
  if (most == 0) return Refuse(http::error::buffer_overflow);
  connection_->ReadSome(buffer_.prepare(most),
                        [self = shared_from_this()](SystemError error, size_t bytes) {
                          if (error) return self->Refuse(error);
                          self->buffer_.commit(bytes);
                          self->Parse();
                        });
}

// Takes what has been read as far as it goes: up to the end of the header, then up to the end of
// the request.
void HttpSession::Parse() {
  while (buffer_.size() != 0 && !parser_->is_done()) {
    beast::error_code error;
    buffer_.consume(parser_->put(buffer_.data(), error));
    if (error == http::error::need_more) break;
    if (error) return Refuse(error);
    if (header_read_ && !Charge()) return RefuseBusy(kTooManyBytes);
    if (!header_read_ && parser_->is_header_done()) return ReadHeader();
  }
  if (header_read_ && parser_->is_done()) return HandOn();
  ReadMore();
}

void HttpSession::ReadHeader() {
  header_read_ = true;
  keep_alive_ = parser_->get().keep_alive();
  without_body_ = parser_->get().method() == http::verb::head;
  if (const unsigned status = StatusOfBody(); status != 0) return Refuse(status);
  if (!TakeHead()) return Refuse(400, kNoHead);
  connection_->ExpireAfter(host_.limits.io_timeout);
  const uint64_t length = parser_->content_length().value_or(0);
  if (parser_->chunked() || length > kSmallBodyBytes) return AskForAdmission();
  GoOnWithBody();
}

// 0: the body can be read, and what is read is what was sent. A body whose form is not known must
// not be taken for none.
unsigned HttpSession::StatusOfBody() const {
  const auto& message = parser_->get();
  const size_t codings = message.count(http::field::transfer_encoding);
  if (codings > 1 ||
      (codings == 1 && !beast::iequals(message[http::field::transfer_encoding], "chunked"))) {
    return 501;
  }
  if (message.count(http::field::content_encoding) != 0) return 415;
  const bool has_length = message.count(http::field::content_length) != 0;
  const bool needs_body = message.method() == http::verb::put;
  return needs_body && codings == 0 && !has_length ? 411 : 0;
}

void HttpSession::AskForAdmission() {
  const auto done = [self = shared_from_this()](std::optional<HttpResponse> refusal) {
    auto shared = std::make_shared<std::optional<HttpResponse>>(std::move(refusal));
    self->Post([self, shared] { self->Admitted(std::move(*shared)); });
  };
  if (!host_.admit(request_, done)) RefuseBusy(kTooManyRequests);
}

void HttpSession::Admitted(std::optional<HttpResponse> refusal) {
  if (!refusal) {
    request_.admitted = true;
    return GoOnWithBody();
  }
  last_request_ = true;  // its body will not be read
  Send(*std::move(refusal));
}

void HttpSession::GoOnWithBody() {
  if (!beast::iequals(parser_->get()[http::field::expect], "100-continue")) return Parse();
  const auto text = std::make_shared<Outgoing>(Outgoing{"HTTP/1.1 100 Continue\r\n\r\n"});
  connection_->Write(text, [self = shared_from_this()](SystemError error, size_t) {
    if (error) return self->Drop();
    self->Parse();
  });
}

// What has come; what is only announced takes nothing from others.
bool HttpSession::Charge() {
  const uint64_t bytes = parser_->get().body().size();
  if (bytes <= charged_) return true;
  if (!host_.reserve(peer_, bytes - charged_)) return false;
  charged_ = bytes;
  return true;
}

void HttpSession::Discharge() {
  if (charged_ != 0) host_.release(std::exchange(charged_, 0));
}

// False: it is no request. Of a field that decides something there must not be two.
bool HttpSession::TakeHead() {
  const auto& message = parser_->get();
  request_ = HttpRequest();
  request_.peer = peer_;
  if (message.version() != 11) return false;
  if (!ParseTarget({message.target().data(), message.target().size()}, request_)) return false;
  if (message.count(http::field::host) != 1) return false;  // RFC 9112, 3.2
  for (const auto once : {http::field::authorization, http::field::if_match,
                          http::field::if_none_match, http::field::expect}) {
    if (message.count(once) > 1) return false;
  }
  request_.method = std::string(message.method_string());
  for (const auto& field : message) {
    std::string name(field.name_string());
    for (char& c : name) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    request_.headers.insert_or_assign(std::move(name), std::string(field.value()));
  }
  return true;
}

void HttpSession::HandOn() {
  request_.body = std::move(parser_->get().body());
  busy_ = true;
  connection_->NeverExpire();  // the handler has its own time
  if (!host_.dispatch(shared_from_this(), std::exchange(request_, {}))) {
    RefuseBusy(kTooManyRequests);
  }
}

// What could not be read as a request.
void HttpSession::Refuse(SystemError error) {
  if (error == beast::error::timeout) host_.timed_out();
  const bool is_http = error.category() == make_error_code(http::error::bad_target).category();
  if (!is_http) return Drop();
  Refuse(error == http::error::body_limit ? 413 : error == http::error::header_limit ? 431 : 400);
}

void HttpSession::Refuse(unsigned status) {
  Refuse(status, WhyOf(status));
}

void HttpSession::Refuse(unsigned status, const char* why) {
  host_.malformed();
  last_request_ = true;
  const bool too_large = status == 413 || status == 431;
  const Error error{
      too_large ? ErrorCode::kLimitExceeded : ErrorCode::kInvalidArgument, why, {}, 0};
  host_.refused(peer_, error, status);
  Send(ErrorResponse(error, status));
}

// If its body is not read yet it never is.
void HttpSession::RefuseBusy(const char* why) {
  last_request_ = last_request_ || !parser_->is_done();
  const Error error{ErrorCode::kHeld, why, {}, 0};
  host_.refused(peer_, error, wire::kUnavailable);
  Send(ErrorResponse(error, wire::kUnavailable));
}

}  // namespace switchback
