// From a request to its answer: who asks, how often, which call it is, whether they may; then the
// call, what is counted, and the log. The one place where calls are authorised.
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "service/access.h"
#include "service/calls.h"
#include "service/http.h"
#include "service/metrics.h"
#include "service/rate_limiter.h"
#include "service/watch_hub.h"
#include "switchback/service.h"
#include "switchback/token.h"

namespace switchback {

struct FoundRoute;  // routes.h
struct Route;

// Safe from any number of threads.
class Dispatcher {
 public:
  // `store` is borrowed. Errors: as Access::Make and WatchHub::Start.
  [[nodiscard]] static Result<std::unique_ptr<Dispatcher>> Make(Store& store,
                                                                const ServiceOptions& options);

  // Of a request whose body is large, before it is read: nothing, it may be worth it; else what to
  // answer. Whether it is allowed is for Handle to say, which knows what is in the body.
  [[nodiscard]] std::optional<HttpResponse> Admit(const HttpRequest& head);
  // What whoever supervises the process asks: no identity, no limits.
  [[nodiscard]] static bool IsHealth(const HttpRequest& request);
  void Handle(const HttpRequest& request, Responder& responder);
  // Logs what was answered before it was a request.
  void NoteRefused(const Peer& peer, const Error& error, unsigned status) const;
  // For the server to count in; shown among the metrics.
  [[nodiscard]] HttpCounts& counts() { return counts_; }
  // From now on it is not ready; ends all watches.
  void Stop();

 private:
  struct Known {  // who asks, and what they may
    Identity identity;
    std::vector<Grant> grants;
  };
  struct Answer;

  Dispatcher(Store& store, const ServiceOptions& options, Access access,
             std::unique_ptr<WatchHub> hub);
  [[nodiscard]] Result<Known> Identify(const HttpRequest& request);
  [[nodiscard]] Known UnixUser(const Peer& peer);
  [[nodiscard]] bool IsOver(const Peer& peer) const;  // its certificate's time
  [[nodiscard]] Result<void> Authorise(CallContext& call, const Route& route, const Known& known);
  [[nodiscard]] Result<void> CheckEnvironment(const HttpRequest& request) const;
  // The rest of it, once it is known who asks.
  void AnswerKnown(const HttpRequest& request, Responder& responder, const Known& known,
                   Answer& answer);
  [[nodiscard]] Result<void> Run(CallContext& call, const Route& route);
  [[nodiscard]] Result<void> Watch(CallContext& call);
  // Whether who made this call may still watch these IDs; logs and journals that it may not.
  // Errors: kRefused; those of the token file.
  [[nodiscard]] Result<void> AskAgain(const HttpRequest& watch, std::span<const BusinessId> ids);
  // -- Answers before there is a call
  [[nodiscard]] std::optional<HttpResponse> RefusalOf(const HttpRequest& head, Answer& answer);
  [[nodiscard]] std::optional<HttpResponse> RefuseRate(const Identity& identity, Answer& answer);
  static HttpResponse Unknown(const Error& error, Answer& answer);
  static HttpResponse NoSuchCall(const FoundRoute& found, Answer& answer);
  // Counts a denial, and journals it in the store.
  void Denied(const Identity& identity, const Peer& peer, const std::string& missing,
              Answer& answer);
  void AnswerHealth(const HttpRequest& request, Responder& responder, Answer& answer);
  // Counts it, and logs it.
  void Account(const HttpRequest& request, const Answer& answer);
  void Log(const HttpRequest& request, const Answer& answer) const;

  Store& store_;
  const ServiceOptions options_;
  const Access access_;
  std::unique_ptr<TokenFile> tokens_;  // null: none are taken
  RateLimiter limiter_;
  RateLimiter journaling_;  // of denials
  Metrics metrics_;
  HttpCounts counts_;
  std::atomic<bool> stopping_ = false;
  std::mutex mutex_;  // of the next
  struct Remembered {
    Known known;
    std::chrono::steady_clock::time_point at;
  };
  std::unordered_map<uint64_t, Remembered> users_;  // by uid and gid
  std::unique_ptr<WatchHub> hub_;                   // last: its thread asks the others
};

}  // namespace switchback
