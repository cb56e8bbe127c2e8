// Calls of a service: requests over pooled connections, sent again where that is safe, and what
// went wrong as the Error that the store itself would have given.
#pragma once

#include <atomic>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "client/connection_pool.h"
#include "switchback/client.h"
#include "wire/json_forms.h"

namespace switchback::client {

// What it means that a connection breaks under a call.
enum class CallKind : uint8_t {
  kReads,         // nothing: it is sent again
  kWritesWithId,  // sent again once: the service knows the request ID, and tells what became of it
  kWritesWithoutId,  // the outcome is unknown
};

struct Call {
  std::string_view method = "GET";
  std::string target;
  CallKind kind = CallKind::kReads;
  std::string body = {};  // JSON; empty: none
  Headers headers = {};
  // The answer is read line by line: LineStream.
  bool is_stream = false;
  // Ends it from another thread; then it has a connection of its own. Null: nothing does.
  const Interrupt* interrupt = nullptr;
  // How long each wait for the service may take; 0: as long as for any call.
  std::chrono::milliseconds patience{0};
};

struct Answer {
  HttpHead head;
  std::string body;                  // unless it is a stream
  ConnectionPool::Lease connection;  // of a stream
};

// An error, and whether the service itself said so.
struct CallError {
  Error error;
  bool is_answer = false;
  unsigned status = 0;  // of HTTP, where it is an answer
};

// Safe from any number of threads.
class ServiceCalls {
 public:
  // `identification`: the headers that go with every request.
  ServiceCalls(PoolOptions options, std::unique_ptr<TlsContext> tls, Headers identification);

  // An answer of a status below 400. Errors: what the service says; kNotFound, nobody serves there;
  // kIoError; kUnknownOutcome, a write may have been carried out or not.
  [[nodiscard]] Result<Answer> Send(const Call& call);
  [[nodiscard]] std::expected<Answer, CallError> TrySend(const Call& call);

  // The value in an answer, or in a line of one.
  template <typename T>
  [[nodiscard]] Result<T> Ask(const Call& call, std::string_view what) {
    const Result<Answer> answer = Send(call);
    if (!answer) return std::unexpected(answer.error());
    const Result<wire::Json> json = Parse(answer->body, call.kind);
    if (!json) return std::unexpected(json.error());
    return Decode<T>(*json, what, call.kind);
  }
  [[nodiscard]] Result<wire::Json> AskJson(const Call& call);
  template <typename T>
  [[nodiscard]] Result<T> Decode(const wire::Json& json, std::string_view what,
                                 CallKind kind) const {
    Result<T> value = wire::FromJson<T>(json, what);
    if (!value) return std::unexpected(NotUnderstood(value.error().message, kind));
    return value;
  }
  // An object. Errors: as NotUnderstood.
  [[nodiscard]] Result<wire::Json> Parse(std::string_view text, CallKind kind) const;
  // What the object behind "error" says.
  [[nodiscard]] Error ErrorIn(const wire::Json& error, CallKind kind) const;
  // The service did what it was asked, but what it says of it is no answer to that.
  [[nodiscard]] Error NotUnderstood(std::string_view why, CallKind kind) const;
  // `is_possible`: a write may have been carried out.
  [[nodiscard]] Error Explain(const Fault& fault, CallKind kind, bool is_possible) const;

  [[nodiscard]] std::chrono::milliseconds timeout() const { return timeout_; }
  // How many connections were opened so far: while it is the same, the same service answers.
  [[nodiscard]] uint64_t connections_opened() const { return pool_.opened(); }
  [[nodiscard]] const std::string& url() const { return pool_.url().text; }

 private:
  // What one call has gone through so far.
  struct Course {
    Deadline end;              // of waiting for a service that is busy
    bool use_idle = true;      // where a kept connection is broken, so may be the others
    int repeats = 1;           // left, over new connections that break
    bool is_possible = false;  // a request went out that may have been carried out
  };

  [[nodiscard]] Attempt<Answer> SendOnce(const Call& call, Course& course, bool& is_kept);
  [[nodiscard]] Attempt<Answer> Exchange(const Call& call, ConnectionPool::Lease connection) const;
  [[nodiscard]] std::chrono::milliseconds PatienceFor(const Call& call) const;
  [[nodiscard]] HttpRequest RequestFor(const Call& call) const;
  [[nodiscard]] static bool IsRepeatable(const Call& call, const Fault& fault, bool is_kept,
                                         Course& course);
  [[nodiscard]] Error ErrorOf(const Answer& answer, CallKind kind) const;

  const std::chrono::milliseconds timeout_;
  const Headers identification_;
  ConnectionPool pool_;
};

}  // namespace switchback::client
