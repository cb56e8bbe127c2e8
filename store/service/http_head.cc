#include "service/http_head.h"

#include <fmt/format.h>
#include <boost/beast/http/status.hpp>

#include <algorithm>

namespace switchback {
namespace {

std::string_view ReasonOf(unsigned status) {
  namespace http = boost::beast::http;
  const auto reason = http::obsolete_reason(http::int_to_status(status));
  return {reason.data(), reason.size()};
}

void AddField(std::string_view name, std::string_view value, std::string& head) {
  fmt::format_to(std::back_inserter(head), "{}: ", name);
  std::ranges::copy_if(value, std::back_inserter(head),
                       [](char c) { return c != '\r' && c != '\n'; });
  head += "\r\n";
}

}  // namespace

std::string HttpHead(const HttpResponse& response, Framing framing, bool keep_alive) {
  std::string head = fmt::format("HTTP/1.1 {} {}\r\n", response.status, ReasonOf(response.status));
  if (!response.type.empty()) AddField("Content-Type", response.type, head);
  for (const auto& [name, value] : response.headers) AddField(name, value, head);
  if (framing == Framing::kLength) {
    AddField("Content-Length", fmt::to_string(response.body.size()), head);
  }
  if (framing == Framing::kChunked) AddField("Transfer-Encoding", "chunked", head);
  if (!keep_alive) AddField("Connection", "close", head);
  return head += "\r\n";
}

std::string ChunkHead(size_t bytes) {
  return fmt::format("{:x}\r\n", bytes);
}

}  // namespace switchback
