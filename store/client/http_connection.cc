// The parsing of HTTP is Boost.Beast's, which no other file knows; bytes come from a Transport.
#include "client/http_connection.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>
#include <charconv>
#include <limits>

#include "types/ascii.h"

namespace switchback::client {
namespace {

namespace http = boost::beast::http;

// How long a service that broke off taking a request may take to say why.
constexpr std::chrono::milliseconds kLastWords{500};

std::string_view ToStd(boost::beast::string_view text) {
  return {text.data(), text.size()};
}

std::string Format(const HttpRequest& request) {
  std::string text = fmt::format("{} {} HTTP/1.1\r\n", request.method, request.target);
  for (const auto& [name, value] : request.headers) {
    fmt::format_to(std::back_inserter(text), "{}: {}\r\n", name, value);
  }
  if (!request.body.empty() || request.method != "GET") {
    fmt::format_to(std::back_inserter(text), "Content-Length: {}\r\n", request.body.size());
  }
  text += "\r\n";
  return text;
}

bool IsSameName(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::ranges::equal(a, b, {}, lower, lower);
}

}  // namespace

std::optional<std::string_view> HttpHead::Find(std::string_view name) const {
  for (const auto& [found, value] : headers) {
    if (IsSameName(found, name)) return value;
  }
  return std::nullopt;
}

std::optional<uint64_t> HttpHead::FindNumber(std::string_view name) const {
  const std::optional<std::string_view> text = Find(name);
  if (!text) return std::nullopt;
  uint64_t number = 0;
  const char* end = text->data() + text->size();
  const auto [stopped, error] = std::from_chars(text->data(), end, number);
  if (error != std::errc{} || stopped != end) return std::nullopt;
  return number;
}

// Collects the head, and appends the body to `body` as it comes.
class HttpConnection::Parser final : public http::basic_parser<false> {
 public:
  explicit Parser(std::string& body) : body_(body) {
    header_limit(static_cast<std::uint32_t>(kMaxHeadBytes));
    // Whoever reads it has a limit. (None at all is more than Boost 1.74 understands.)
    body_limit(std::numeric_limits<std::uint64_t>::max());
    eager(true);
  }

  HttpHead head;

 private:
  using ErrorCode = boost::beast::error_code;
  using Text = boost::beast::string_view;

  void on_request_impl(http::verb /*method*/, Text /*name*/, Text /*target*/, int /*version*/,
                       ErrorCode& /*error*/) override {}
  void on_response_impl(int status, Text /*reason*/, int /*version*/,
                        ErrorCode& /*error*/) override {
    head.status = static_cast<unsigned>(status);
  }
  void on_field_impl(http::field /*field*/, Text name, Text value, ErrorCode& /*error*/) override {
    head.headers.emplace_back(ToStd(name), ToStd(value));
  }
  void on_header_impl(ErrorCode& /*error*/) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>& /*length*/,
                         ErrorCode& /*error*/) override {}
  std::size_t on_body_impl(Text body, ErrorCode& /*error*/) override {
    body_ += ToStd(body);
    return body.size();
  }
  void on_chunk_header_impl(std::uint64_t /*size*/, Text /*extensions*/,
                            ErrorCode& /*error*/) override {}
  std::size_t on_chunk_body_impl(std::uint64_t /*left*/, Text body, ErrorCode& error) override {
    return on_body_impl(body, error);
  }
  void on_finish_impl(ErrorCode& /*error*/) override {}

  std::string& body_;
};

HttpConnection::HttpConnection(std::unique_ptr<Transport> transport,
                               std::chrono::milliseconds patience)
    : transport_(std::move(transport)), patience_(patience) {}

HttpConnection::~HttpConnection() = default;

bool HttpConnection::is_reusable() const {
  if (parser_ == nullptr) return true;
  return parser_->is_done() && parser_->keep_alive() && raw_.empty() && body_begin_ == body_.size();
}

bool HttpConnection::IsQuiet() {
  return is_reusable() && transport_->IsQuiet();
}

Attempt<void> HttpConnection::Send(const HttpRequest& request) {
  // Small ones in one packet.
  constexpr size_t kSmallBytes = size_t{64} << 10;
  std::string head = Format(request);
  const bool is_small = request.body.size() <= kSmallBytes;
  if (is_small) head += request.body;
  if (Attempt<void> written = transport_->Write(head, patience_); !written) return written;
  return is_small ? Attempt<void>() : transport_->Write(request.body, patience_);
}

// A request that was not taken whole is not acted on. Where the service closed the connection
// under it, it may have said why before.
Attempt<HttpHead> HttpConnection::Exchange(const HttpRequest& request) {
  body_.clear();
  body_begin_ = 0;
  line_searched_ = 0;
  parser_ = std::make_unique<Parser>(body_);
  const Attempt<void> sent = Send(request);
  if (!sent && sent.error().kind != FaultKind::kCut) return std::unexpected(sent.error());
  Attempt<HttpHead> head = ReadHead(sent ? patience_ : std::min(patience_, kLastWords));
  if (!head && !sent) return std::unexpected(sent.error());
  if (!head) head.error().sent = true;
  return head;
}

Attempt<HttpHead> HttpConnection::ReadHead(std::chrono::milliseconds patience) {
  while (!parser_->is_header_done()) {
    if (Attempt<void> read = ReadMore(DeadlineAfter(patience)); !read) {
      return std::unexpected(read.error());
    }
  }
  // A body without a length lasts to the end of the connection: whether it is whole nobody can say.
  if (parser_->need_eof() && !parser_->is_done()) {
    return Broken(FaultKind::kMalformed, "the answer does not say how long it is");
  }
  return std::move(parser_->head);
}

Attempt<void> HttpConnection::ReadMore(Deadline deadline) {
  constexpr size_t kReadBytes = size_t{64} << 10;
  const size_t before = raw_.size();
  raw_.resize(before + kReadBytes);
  const Attempt<size_t> count = transport_->Read({raw_.data() + before, kReadBytes}, deadline);
  raw_.resize(before + (count ? *count : 0));
  if (!count) return std::unexpected(count.error());
  if (*count == 0) return Broken(FaultKind::kCut, "the other side closed it");
  return Parse();
}

Attempt<void> HttpConnection::Parse() {
  size_t done = 0;
  Attempt<void> parsed;
  while (done < raw_.size() && !parser_->is_done()) {
    boost::beast::error_code error;
    const boost::asio::const_buffer rest(raw_.data() + done, raw_.size() - done);
    const size_t count = parser_->put(rest, error);
    done += count;
    if (error == http::error::need_more) break;
    if (error) {
      parsed = Broken(FaultKind::kMalformed, error.message());
      break;
    }
    if (count == 0) break;
  }
  raw_.erase(0, done);
  return parsed;
}

Attempt<std::string> HttpConnection::ReadBody(size_t limit) {
  while (!parser_->is_done()) {
    if (body_.size() - body_begin_ > limit) break;
    if (Attempt<void> read = ReadMore(DeadlineAfter(patience_)); !read) {
      return std::unexpected(read.error());
    }
  }
  if (body_.size() - body_begin_ > limit) {
    return Broken(FaultKind::kTooLarge, fmt::format("an answer of more than {} bytes", limit));
  }
  std::string body = body_begin_ == 0 ? std::move(body_) : body_.substr(body_begin_);
  body_.clear();
  body_begin_ = 0;
  line_searched_ = 0;
  return body;
}

Attempt<std::optional<std::string>> HttpConnection::NextLine(std::chrono::milliseconds timeout) {
  const Deadline deadline = DeadlineAfter(timeout);
  while (true) {
    const size_t end = body_.find('\n', std::max(line_searched_, body_begin_));
    if (end != std::string::npos) {
      std::string line = body_.substr(body_begin_, end - body_begin_);
      body_begin_ = end + 1;
      line_searched_ = body_begin_;
      return line;
    }
    if (parser_->is_done()) break;
    // What was handed out is dropped here, once for many lines.
    body_.erase(0, body_begin_);
    body_begin_ = 0;
    line_searched_ = body_.size();
    if (body_.size() > kMaxAnswerBytes) {
      return Broken(FaultKind::kTooLarge,
                    fmt::format("a line of more than {} bytes", kMaxAnswerBytes));
    }
    if (Attempt<void> read = ReadMore(deadline); !read) return std::unexpected(read.error());
  }
  if (body_begin_ == body_.size()) return std::nullopt;
  return Broken(FaultKind::kMalformed, "the last line has no end");
}

}  // namespace switchback::client
