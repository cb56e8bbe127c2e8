// The head of an answer, as HTTP/1.1 writes it.
#pragma once

#include <string>

#include "service/http.h"

namespace switchback {

// How the body is told from what follows it.
enum class Framing : uint8_t {
  kLength,   // of `response.body`
  kChunked,  // pieces, each with its size
  kNone,     // there is none, whatever `response.body` has
};

// Status line, headers and the empty line behind them. Line breaks in values are left out.
[[nodiscard]] std::string HttpHead(const HttpResponse& response, Framing framing, bool keep_alive);
// What stands before a chunk of so many bytes; behind it stands "\r\n".
[[nodiscard]] std::string ChunkHead(size_t bytes);
inline constexpr const char* kLastChunk = "0\r\n\r\n";

}  // namespace switchback
