// A request as handlers see it, and how they answer: HTTP without the library that speaks it.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "switchback/types.h"

namespace switchback {

enum class Transport : uint8_t { kUnix, kLoopback, kTls };

// Who is at the other end, as far as the transport knows it.
struct Peer {
  Transport transport = Transport::kUnix;
  // kUnix: from the kernel, as of when it connected.
  uint32_t uid = 0;
  uint32_t gid = 0;
  std::string address = {};      // else: of the other machine
  std::string common_name = {};  // kTls: of its certificate, which has been verified; empty: none
  std::optional<Timestamp> certificate_expires = {};
};

struct HttpRequest {
  std::string method = {};
  std::vector<std::string> path = {};  // segments, decoded
  std::multimap<std::string, std::string> query = {};
  std::map<std::string, std::string> headers = {};  // names in lower case
  std::string body = {};
  Peer peer = {};
  bool admitted = false;  // it was asked before its body was read (HttpCalls)

  // The first of that name; empty: none.
  [[nodiscard]] std::string_view Header(const std::string& name) const {
    const auto found = headers.find(name);
    return found == headers.end() ? std::string_view() : std::string_view(found->second);
  }
};

// Takes a request's target apart, a path or a whole URL. False: it is no path in percent-encoding,
// or too deep.
[[nodiscard]] bool ParseTarget(std::string_view target, HttpRequest& request);

struct HttpResponse {
  unsigned status = 200;
  std::string type = "application/json";
  std::vector<std::pair<std::string, std::string>> headers = {};
  std::string body = {};
  bool closes = false;  // the connection, behind it
};

// A stream that goes on when its handler has returned. From any thread.
class PushStream {
 public:
  PushStream() = default;
  virtual ~PushStream() = default;
  PushStream(const PushStream&) = delete;
  PushStream& operator=(const PushStream&) = delete;
  // Sends `line` some time; never blocks. False: more waits to be sent than may, or the other end
  // is gone; nothing more is sent then but End's.
  [[nodiscard]] virtual bool Push(const std::shared_ptr<const std::string>& line) = 0;
  // Sends what waits, then `last`, and ends it. Nothing is pushed afterwards.
  virtual void End(std::string last) = 0;
  // The other end has gone, or it was ended.
  [[nodiscard]] virtual bool closed() const = 0;
  // Calls `call` once the connection is closed, whoever closes it; at once if it is.
  virtual void OnClosed(std::function<void()> call) = 0;
};

// How one request is answered: by Send alone, or by Begin, any number of Write, and End or Detach.
// By the handler's thread.
class Responder {
 public:
  Responder() = default;
  virtual ~Responder() = default;
  Responder(const Responder&) = delete;
  Responder& operator=(const Responder&) = delete;
  virtual void Send(HttpResponse response) = 0;
  // Status and headers of an answer of unknown length; `head.body` is not sent.
  virtual void Begin(HttpResponse head) = 0;
  // Waits until it is sent. False: the other end is gone, or takes nothing for too long.
  [[nodiscard]] virtual bool Write(std::string bytes) = 0;
  // `whole` false: cut, so that the other end can't take it for all.
  virtual void End(bool whole) = 0;
  // The answer goes on without the handler.
  [[nodiscard]] virtual std::shared_ptr<PushStream> Detach() = 0;
};

}  // namespace switchback
