// One HTTP/1.1 connection to a service: a request at a time, its answer read whole or line by line.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "client/transport.h"

namespace switchback::client {

using Headers = std::vector<std::pair<std::string, std::string>>;

struct HttpRequest {
  std::string_view method;
  std::string_view target;
  Headers headers;  // what HTTP itself needs (Host but for it) is added
  std::string_view body;
};

struct HttpHead {
  unsigned status = 0;
  Headers headers;
  // Of the first header of this name, in whatever case; nothing if there is none.
  [[nodiscard]] std::optional<std::string_view> Find(std::string_view name) const;
  [[nodiscard]] std::optional<uint64_t> FindNumber(std::string_view name) const;
};

inline constexpr size_t kMaxHeadBytes = size_t{64} << 10;
// Of an answer, or of a line of one: more than the largest list takes, less than would end a
// process that a confused service sends without end.
inline constexpr size_t kMaxAnswerBytes = size_t{2} << 30;

// One thread at a time. After a fault other than kTimedOut in NextLine it is of no more use.
class HttpConnection {
 public:
  // `patience`: how long each wait for the service may take.
  HttpConnection(std::unique_ptr<Transport> transport, std::chrono::milliseconds patience);
  ~HttpConnection();
  HttpConnection(const HttpConnection&) = delete;
  HttpConnection& operator=(const HttpConnection&) = delete;

  // Sends a request and reads the head of its answer; the body comes by ReadBody or NextLine.
  // REQUIRES: is_reusable().
  [[nodiscard]] Attempt<HttpHead> Exchange(const HttpRequest& request);
  // Faults: kCut where the answer ends before its end.
  [[nodiscard]] Attempt<std::string> ReadBody(size_t limit = kMaxAnswerBytes);
  // The next line, without its end; nothing behind the last, once the answer is whole. Faults:
  // kTimedOut, no whole line yet: the next call waits on; kCut, as ReadBody.
  [[nodiscard]] Attempt<std::optional<std::string>> NextLine(std::chrono::milliseconds timeout);

  // The last answer was read to its end, and the service goes on listening.
  [[nodiscard]] bool is_reusable() const;
  // It is reusable, and nothing has come since, not even its end.
  [[nodiscard]] bool IsQuiet();

 private:
  class Parser;

  [[nodiscard]] Attempt<void> Send(const HttpRequest& request);
  [[nodiscard]] Attempt<HttpHead> ReadHead(std::chrono::milliseconds patience);
  [[nodiscard]] Attempt<void> ReadMore(Deadline deadline);
  [[nodiscard]] Attempt<void> Parse();

  const std::unique_ptr<Transport> transport_;
  const std::chrono::milliseconds patience_;
  std::unique_ptr<Parser> parser_;  // of the answer under way; null before the first
  std::string raw_;                 // read, and not parsed yet
  std::string body_;                // parsed, and not handed out yet, from body_begin_ on
  size_t body_begin_ = 0;
  size_t line_searched_ = 0;  // in body_: there is no line end before it
};

}  // namespace switchback::client
