#include "client/service_calls.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "types/excerpt.h"
#include "wire/status.h"

namespace switchback::client {
namespace {

constexpr unsigned kFirstError = 400;
constexpr unsigned kFirstServerError = 500;

std::string_view HowToTell(CallKind kind) {
  return kind == CallKind::kWritesWithId
             ? "whether the change was made is not known: the same request ID tells"
             : "whether the change was made is not known: look into the log before it is made "
               "again; a change with a request ID is safe to send again";
}

// How long the service asks to wait: nothing, unless it says that it did nothing and for how long.
std::optional<std::chrono::milliseconds> AskedToWait(const HttpHead& head) {
  // So that "at once" is not as fast as it goes.
  constexpr std::chrono::milliseconds kLeast{50};
  constexpr uint64_t kMostSeconds = 3'600;
  const bool asks = head.status == wire::kTooManyRequests || head.status == wire::kUnavailable;
  if (!asks) return std::nullopt;
  const std::optional<uint64_t> seconds = head.FindNumber("Retry-After");
  if (!seconds) return std::nullopt;
  return std::max(kLeast, std::chrono::milliseconds(std::min(*seconds, kMostSeconds) * 1'000));
}

void Pause(std::chrono::milliseconds time, const Interrupt* interrupt) {
  const Interrupt never;
  (interrupt != nullptr ? interrupt : &never)->Pause(time);
}

Error MakeError(ErrorCode code, std::string message) {
  return {.code = code, .message = std::move(message), .items = {}};
}

// Of a write that may have been carried out; what only reads has no outcome.
Error MakeUnknown(Error error, CallKind kind) {
  if (kind == CallKind::kReads) return error;
  error.code = ErrorCode::kUnknownOutcome;
  error.message += fmt::format("; {}", HowToTell(kind));
  return error;
}

ErrorCode CodeOf(FaultKind kind) {
  switch (kind) {
    case FaultKind::kNobody:
      return ErrorCode::kNotFound;
    case FaultKind::kRefused:
      return ErrorCode::kRefused;
    case FaultKind::kTooLarge:
      return ErrorCode::kLimitExceeded;
    default:
      return ErrorCode::kIoError;
  }
}

}  // namespace

ServiceCalls::ServiceCalls(PoolOptions options, std::unique_ptr<TlsContext> tls,
                           Headers identification)
    : timeout_(options.timeout),
      identification_(std::move(identification)),
      pool_(std::move(options), std::move(tls)) {}

Result<Answer> ServiceCalls::Send(const Call& call) {
  std::expected<Answer, CallError> answer = TrySend(call);
  if (!answer) return std::unexpected(std::move(answer.error().error));
  return std::move(*answer);
}

std::expected<Answer, CallError> ServiceCalls::TrySend(const Call& call) {
  Course course{.end = DeadlineAfter(PatienceFor(call))};
  while (true) {
    bool is_kept = false;
    Attempt<Answer> answer = SendOnce(call, course, is_kept);
    if (!answer) {
      const Fault& fault = answer.error();
      course.is_possible = course.is_possible || fault.sent;
      if (IsRepeatable(call, fault, is_kept, course)) continue;
      return std::unexpected(
          CallError{Explain(fault, call.kind, course.is_possible), /*is_answer=*/false, 0});
    }
    if (answer->head.status < kFirstError) return std::move(*answer);
    const auto wait = AskedToWait(answer->head);
    if (!wait || DeadlineAfter(*wait) > course.end) {
      Error error = ErrorOf(*answer, call.kind);
      // This time nothing was done; what became of an earlier time it does not say.
      if (wait && course.is_possible) error = MakeUnknown(std::move(error), call.kind);
      return std::unexpected(CallError{std::move(error), /*is_answer=*/true, answer->head.status});
    }
    answer->connection.reset();
    Pause(*wait, call.interrupt);
  }
}

bool ServiceCalls::IsRepeatable(const Call& call, const Fault& fault, bool is_kept,
                                Course& course) {
  if (fault.kind != FaultKind::kCut) return false;
  if (call.kind == CallKind::kWritesWithoutId && fault.sent) return false;
  course.use_idle = false;
  // That a service ends a connection which was idle is no sign of anything.
  return is_kept || course.repeats-- > 0;
}

Attempt<Answer> ServiceCalls::SendOnce(const Call& call, Course& course, bool& is_kept) {
  ConnectionPool::Lease connection;
  if (course.use_idle && call.interrupt == nullptr) connection = pool_.TakeIdle();
  is_kept = connection != nullptr;
  if (!is_kept) {
    Attempt<ConnectionPool::Lease> opened = pool_.Open(PatienceFor(call), call.interrupt);
    // One that broke while it was made is as bad as one that nobody answers.
    if (!opened && opened.error().kind == FaultKind::kCut) {
      opened.error().kind = FaultKind::kUnreachable;
    }
    if (!opened) return std::unexpected(std::move(opened.error()));
    connection = std::move(*opened);
  }
  return Exchange(call, std::move(connection));
}

Attempt<Answer> ServiceCalls::Exchange(const Call& call, ConnectionPool::Lease connection) const {
  Attempt<HttpHead> head = connection->Exchange(RequestFor(call));
  if (!head) return std::unexpected(std::move(head.error()));
  Answer answer{std::move(*head), {}, {}};
  if (call.is_stream && answer.head.status < kFirstError) {
    answer.connection = std::move(connection);
    return answer;
  }
  Attempt<std::string> body = connection->ReadBody();
  if (!body) {
    body.error().sent = true;
    return std::unexpected(std::move(body.error()));
  }
  answer.body = std::move(*body);
  return answer;
}

std::chrono::milliseconds ServiceCalls::PatienceFor(const Call& call) const {
  return call.patience.count() > 0 ? call.patience : timeout_;
}

HttpRequest ServiceCalls::RequestFor(const Call& call) const {
  HttpRequest request{call.method, call.target, identification_, call.body};
  request.headers.insert(request.headers.end(), call.headers.begin(), call.headers.end());
  if (!call.body.empty()) request.headers.emplace_back("Content-Type", "application/json");
  return request;
}

Error ServiceCalls::ErrorOf(const Answer& answer, CallKind kind) const {
  const Result<wire::Json> json = wire::ParseJson(answer.body);
  if (json && json->is_object() && json->contains("error")) {
    return ErrorIn(json->find("error").value(), kind);
  }
  // Not the service speaks, but what stands before it: whether that passed the request on is its
  // secret, unless it says that it did not.
  const unsigned status = answer.head.status;
  Error error = MakeError(ErrorCode::kIoError,
                          fmt::format("{} answers with HTTP status {} and no reason that "
                                      "is known here",
                                      url(), status));
  const bool is_possible = status >= kFirstServerError && status != wire::kUnavailable;
  return is_possible ? MakeUnknown(std::move(error), kind) : error;
}

Error ServiceCalls::ErrorIn(const wire::Json& error, CallKind kind) const {
  Result<Error> read = wire::FromJson<Error>(error, "error");
  return read ? std::move(*read) : NotUnderstood(read.error().message, kind);
}

Error ServiceCalls::NotUnderstood(std::string_view why, CallKind kind) const {
  return MakeUnknown(MakeError(ErrorCode::kIoError,
                               fmt::format("what {} answers is not understood: {}", url(), why)),
                     kind);
}

Result<wire::Json> ServiceCalls::Parse(std::string_view text, CallKind kind) const {
  Result<wire::Json> json = wire::ParseJson(text);
  if (!json) return std::unexpected(NotUnderstood(json.error().message, kind));
  if (!json->is_object()) {
    return std::unexpected(
        NotUnderstood(fmt::format("expected an object, found '{}'", Excerpt(text)), kind));
  }
  return json;
}

Result<wire::Json> ServiceCalls::AskJson(const Call& call) {
  const Result<Answer> answer = Send(call);
  if (!answer) return std::unexpected(answer.error());
  return Parse(answer->body, call.kind);
}

Error ServiceCalls::Explain(const Fault& fault, CallKind kind, bool is_possible) const {
  Error error = MakeError(CodeOf(fault.kind), {});
  switch (fault.kind) {
    case FaultKind::kNobody:
      error.message = fmt::format("nobody serves at {}: {}", url(), fault.what);
      break;
    case FaultKind::kTimedOut:
      error.message = fmt::format("no answer from {} within {} ms", url(), timeout_.count());
      break;
    case FaultKind::kMalformed:
      error.message = fmt::format("what {} answers is no HTTP: {}", url(), fault.what);
      break;
    case FaultKind::kRefused:
      error.message = fmt::format("the connection to {} is refused: {}", url(), fault.what);
      break;
    case FaultKind::kUnreachable:
      error.message = fmt::format("no connection to {}: {}", url(), fault.what);
      break;
    case FaultKind::kTooLarge:
      error.message = fmt::format("from {}: {}", url(), fault.what);
      break;
    default:
      error.message = fmt::format("the connection to {} broke: {}", url(), fault.what);
  }
  return is_possible ? MakeUnknown(std::move(error), kind) : error;
}

}  // namespace switchback::client
