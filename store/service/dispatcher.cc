#include "service/dispatcher.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <tuple>
#include <utility>

#include "service/error_response.h"
#include "service/routes.h"
#include "service/watch_call.h"
#include "types/excerpt.h"
#include "wire/status.h"

namespace switchback {
namespace {

using std::chrono::steady_clock;

// Groups and names of users are looked up again after so long.
constexpr std::chrono::seconds kRemembered{30};
constexpr size_t kMostRemembered = 1'000;
// Denials that are journaled, so that who asks for ever does not fill the disk: some 200 bytes
// each.
constexpr ServiceLimits kJournaled{
    .requests_per_second = 1, .total_requests_per_second = 20, .burst = 20};
constexpr const char* kAuthorization = "authorization";
constexpr const char* kHost = "host";
constexpr std::string_view kBearer = "bearer ";
constexpr std::string_view kHealth = "healthz";
constexpr std::string_view kReady = "readyz";

void SendText(Responder& responder, unsigned status, std::string text) {
  responder.Send({status, "text/plain; charset=utf-8", {}, std::move(text)});
}

bool IsSameWord(std::string_view one, std::string_view other) {
  const auto lower = [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  };
  return std::ranges::equal(one, other, {}, lower, lower);
}

bool IsBearer(std::string_view authorization) {
  return IsSameWord(authorization.substr(0, kBearer.size()), kBearer);
}

// HOST or HOST:PORT of this machine. A name of the DNS may begin as an address does.
bool IsLoopbackName(std::string_view host) {
  const size_t port = host.find(':', host.starts_with('[') ? host.find(']') : 0);
  if (port != std::string_view::npos) {
    if (host.find_first_not_of("0123456789", port + 1) != std::string_view::npos) return false;
    host = host.substr(0, port);
  }
  const bool is_address = host.find_first_not_of("0123456789.") == std::string_view::npos;
  return IsSameWord(host, "localhost") || host == "[::1]" ||
         (host.starts_with("127.") && is_address) || host.empty();
}

// Of a page of another site, opened in a browser of this machine. What its name leads to is that
// site's choice, so that Host may be of it; and whatever it asks for, browsers say whose page asks.
bool IsOfAnotherSite(const HttpRequest& request) {
  constexpr std::string_view kScheme = "http://";
  const std::string_view origin = request.Header("origin");
  const bool other_origin = !origin.empty() && (!origin.starts_with(kScheme) ||
                                                !IsLoopbackName(origin.substr(kScheme.size())));
  const std::string_view site = request.Header("sec-fetch-site");
  const bool other_site = !site.empty() && site != "same-origin" && site != "none";
  return other_origin || other_site || !IsLoopbackName(request.Header(kHost));
}

std::vector<std::string> Words(std::string_view text) {
  std::vector<std::string> words;
  while (!text.empty()) {
    const size_t end = std::min(text.find(' '), text.size());
    if (end != 0) words.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return words;
}

// Damage of the tokens is none of the store, which reason data_loss would say.
Error OfThisService(Error error) {
  if (error.code != ErrorCode::kRefused) error.code = ErrorCode::kIoError;
  return error;
}

// Of an answer to somebody who is not known.
unsigned UnknownStatus(const Error& error) {
  return error.code == ErrorCode::kRefused ? wire::kUnauthorized : wire::HttpStatus(error.code);
}

// What of a request says who makes it, and what is logged of it.
HttpRequest HeadOf(const HttpRequest& request) {
  HttpRequest head{.method = request.method, .path = request.path, .peer = request.peer};
  for (const char* name : {kAuthorization, kHost}) {
    const auto found = request.headers.find(name);
    if (found != request.headers.end()) head.headers.insert(*found);
  }
  return head;
}

}  // namespace

// What is said of a request in the log and the metrics.
struct Dispatcher::Answer {
  steady_clock::time_point begun = steady_clock::now();
  std::string identity;
  std::optional<Call> call;
  unsigned status = 0;
  uint64_t bytes = 0;
  std::string reason;
  std::string denial;

  // An error before there is a call.
  HttpResponse Refuse(const Error& error, unsigned with) {
    reason = ErrorCodeName(error.code);
    status = with;
    return ErrorResponse(error, with);
  }
};

Result<std::unique_ptr<Dispatcher>> Dispatcher::Make(Store& store, const ServiceOptions& options) {
  Result<Access> access = Access::Make(options, ::geteuid());
  if (!access) return std::unexpected(std::move(access.error()));
  auto hub = WatchHub::Start(store, options.limits.max_watchers);
  if (!hub) return std::unexpected(std::move(hub.error()));
  return std::unique_ptr<Dispatcher>(
      new Dispatcher(store, options, *std::move(access), *std::move(hub)));
}

Dispatcher::Dispatcher(Store& store, const ServiceOptions& options, Access access,
                       std::unique_ptr<WatchHub> hub)
    : store_(store),
      options_(options),
      access_(std::move(access)),
      tokens_(options.tokens.empty() ? nullptr
                                     : std::make_unique<TokenFile>(options.tokens, options.clock)),
      limiter_(options.limits, steady_clock::now()),
      journaling_(kJournaled, steady_clock::now()),
      hub_(std::move(hub)) {}

void Dispatcher::Stop() {
  stopping_ = true;
  hub_->Stop();
}

std::optional<HttpResponse> Dispatcher::Admit(const HttpRequest& head) {
  Answer answer;
  std::optional<HttpResponse> refusal = RefusalOf(head, answer);
  if (!refusal) return std::nullopt;
  Account(head, answer);
  return refusal;
}

std::optional<HttpResponse> Dispatcher::RefusalOf(const HttpRequest& head, Answer& answer) {
  const Result<Known> known = Identify(head);
  if (!known) return Unknown(known.error(), answer);
  answer.identity = known->identity.name;
  if (auto refusal = RefuseRate(known->identity, answer)) return refusal;
  const FoundRoute found = FindRoute(head.method, head.path);
  if (found.route == nullptr) return NoSuchCall(found, answer);
  answer.call = found.route->call;
  Decision decision = AuthorizeForSome(known->identity, known->grants, found.route->call,
                                       store_.identity().environment);
  if (decision.allowed) return std::nullopt;
  Denied(known->identity, head.peer, decision.missing, answer);
  const Error error{ErrorCode::kRefused, std::move(decision.missing), {}, 0};
  return answer.Refuse(error, wire::HttpStatus(error.code));
}

void Dispatcher::Handle(const HttpRequest& request, Responder& responder) {
  Answer answer;
  if (IsHealth(request)) {
    AnswerHealth(request, responder, answer);
  } else if (const Result<Known> known = Identify(request); known) {
    AnswerKnown(request, responder, *known, answer);
  } else {
    HttpResponse response = Unknown(known.error(), answer);
    response.closes = IsOver(request.peer);  // the next connection may show a newer certificate
    responder.Send(std::move(response));
  }
  Account(request, answer);
}

void Dispatcher::NoteRefused(const Peer& peer, const Error& error, unsigned status) const {
  Answer answer;
  answer.status = status;
  answer.reason = ErrorCodeName(error.code);
  answer.denial = error.message;
  HttpRequest request;
  request.peer = peer;
  Log(request, answer);
}

void Dispatcher::Account(const HttpRequest& request, const Answer& answer) {
  const std::chrono::duration<double> took = steady_clock::now() - answer.begun;
  if (answer.call) metrics_.Answered(*answer.call, answer.status, took.count(), answer.bytes);
  Log(request, answer);
}

HttpResponse Dispatcher::Unknown(const Error& error, Answer& answer) {
  HttpResponse response = answer.Refuse(error, UnknownStatus(error));
  answer.denial = error.message;
  response.headers.emplace_back("WWW-Authenticate", "Bearer");
  return response;
}

HttpResponse Dispatcher::NoSuchCall(const FoundRoute& found, Answer& answer) {
  const bool other_method = !found.allowed.empty();
  HttpResponse response =
      answer.Refuse({ErrorCode::kNotFound, "there is no such call: see doc/service.md", {}, 0},
                    other_method ? 405 : 404);
  if (other_method) response.headers.emplace_back("Allow", found.allowed);
  return response;
}

std::optional<HttpResponse> Dispatcher::RefuseRate(const Identity& identity, Answer& answer) {
  const auto wait = limiter_.Take(identity.name, answer.begun);
  if (!wait) return std::nullopt;
  metrics_.Limited();
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(*wait).count();
  answer.denial = fmt::format("{} asks more often than this service allows: try again in {} s",
                              identity.name, seconds);
  const Error error{ErrorCode::kLimitExceeded, answer.denial, {}, 0};
  HttpResponse response = answer.Refuse(error, wire::kTooManyRequests);
  response.headers = {{"Retry-After", fmt::to_string(seconds)}};
  return response;
}

void Dispatcher::Denied(const Identity& identity, const Peer& peer, const std::string& missing,
                        Answer& answer) {
  answer.denial = missing;
  const bool journals = !journaling_.Take(identity.name, answer.begun);
  const bool journaled =
      journals && store_.RecordRefusal({std::string(AboutCall(*answer.call).name), missing,
                                        CallerOrigin(identity, peer)});
  metrics_.Denied(journaled);
}

bool Dispatcher::IsHealth(const HttpRequest& request) {
  return (request.method == "GET" || request.method == "HEAD") && request.path.size() == 1 &&
         (request.path.front() == kHealth || request.path.front() == kReady);
}

void Dispatcher::AnswerHealth(const HttpRequest& request, Responder& responder, Answer& answer) {
  answer.call = request.path.front() == kHealth ? Call::kHealth : Call::kReady;
  const bool good = answer.call == Call::kHealth || (!stopping_ && store_.NewView());
  answer.status = good ? 200 : wire::kUnavailable;
  SendText(responder, answer.status, good ? "ok\n" : "not ready\n");
}

// Looked at in the handshake too, but a connection may stay for months.
bool Dispatcher::IsOver(const Peer& peer) const {
  return peer.certificate_expires && *peer.certificate_expires <= options_.clock.now();
}

Result<Dispatcher::Known> Dispatcher::Identify(const HttpRequest& request) {
  const Peer& peer = request.peer;
  if (peer.transport == Transport::kUnix) return UnixUser(peer);
  const std::string_view authorization = request.Header(kAuthorization);
  if (IsBearer(authorization) && authorization.size() > kBearer.size()) {
    if (!tokens_) return Fail(ErrorCode::kRefused, "this service takes no tokens");
    auto token = tokens_->Check(authorization.substr(kBearer.size()), options_.clock.now());
    if (!token) return std::unexpected(OfThisService(std::move(token.error())));
    Identity identity = Access::Token(*token);
    std::vector<Grant> grants = access_.GrantsOf(identity, &*token);
    return Known{std::move(identity), std::move(grants)};
  }
  if (request.headers.contains(kAuthorization)) {
    return Fail(ErrorCode::kRefused, "Authorization: expected 'Bearer' and a token");
  }
  if (peer.transport == Transport::kLoopback) {
    if (IsOfAnotherSite(request)) {
      return Fail(
          ErrorCode::kRefused,
          "plain HTTP is for programs of this machine, by its own name (localhost), and not "
          "for pages of other sites");
    }
    Identity identity = Access::Loopback();
    std::vector<Grant> grants = access_.GrantsOf(identity);
    return Known{std::move(identity), std::move(grants)};
  }
  if (peer.common_name.empty()) {
    return Fail(ErrorCode::kRefused,
                "who is asking? Send a token (Authorization: Bearer ...) or a client certificate");
  }
  if (IsOver(peer)) {
    return Fail(ErrorCode::kRefused,
                fmt::format("certificate '{}' expired at {}: connect again with a newer one",
                            Excerpt(peer.common_name), FormatTime(*peer.certificate_expires)));
  }
  Identity identity = Access::Certificate(peer.common_name);
  std::vector<Grant> grants = access_.GrantsOf(identity);
  return Known{std::move(identity), std::move(grants)};
}

Dispatcher::Known Dispatcher::UnixUser(const Peer& peer) {
  const uint64_t key = uint64_t{peer.uid} << 32 | peer.gid;
  const steady_clock::time_point now = steady_clock::now();
  {
    const std::scoped_lock lock(mutex_);
    const auto found = users_.find(key);
    if (found != users_.end() && now - found->second.at < kRemembered) return found->second.known;
  }
  Identity identity = access_.UnixUser(peer.uid, peer.gid);
  std::vector<Grant> grants = access_.GrantsOf(identity);
  Known known{std::move(identity), std::move(grants)};
  const std::scoped_lock lock(mutex_);
  if (users_.size() >= kMostRemembered) users_.clear();
  users_.insert_or_assign(key, Remembered{known, now});
  return known;
}

void Dispatcher::AnswerKnown(const HttpRequest& request, Responder& responder, const Known& known,
                             Answer& answer) {
  answer.identity = known.identity.name;
  if (!request.admitted) {
    if (auto refusal = RefuseRate(known.identity, answer)) {
      return responder.Send(*std::move(refusal));
    }
  }
  FoundRoute found = FindRoute(request.method, request.path);
  if (found.route == nullptr) return responder.Send(NoSuchCall(found, answer));
  const Route& route = *found.route;
  answer.call = route.call;
  CallContext call(store_, request, responder, known.identity, options_.clock);
  call.SetOpenSegments(std::move(found.open_segments));
  Result<void> done = Authorise(call, route, known);
  if (!done && done.error().code == ErrorCode::kRefused) {
    Denied(known.identity, request.peer, done.error().message, answer);
  }
  if (done) done = Run(call, route);
  if (!done && !call.answered()) call.SendError(done.error());
  answer.status = call.status();
  answer.bytes = call.bytes();
  answer.reason = call.reason();
}

Result<void> Dispatcher::Authorise(CallContext& call, const Route& route, const Known& known) {
  if (!route.body_keys.empty()) {
    if (route.call != Call::kNetChanges) {
      if (Result<void> known_ones = call.OnlyParameters({}); !known_ones) return known_ones;
    }
    if (Result<void> read = call.ReadBody(Words(route.body_keys)); !read) return read;
  }
  const Result<std::vector<BusinessId>> ids = route.ids(call);
  if (!ids) return std::unexpected(ids.error());
  Decision decision =
      Authorize(known.identity, known.grants, route.call, store_.identity().environment, *ids);
  if (!decision.allowed) return Fail(ErrorCode::kRefused, std::move(decision.missing));
  return route.writes ? CheckEnvironment(call.request()) : Result<void>();
}

// A user of this machine is who it was when it connected, and its groups may be long to look up:
// it is not asked again.
Result<void> Dispatcher::Watch(CallContext& call) {
  if (call.request().peer.transport == Transport::kUnix) return AnswerWatch(call, *hub_, nullptr);
  Result<std::vector<BusinessId>> ids = call.Ids();
  if (!ids) return std::unexpected(ids.error());
  return AnswerWatch(call, *hub_, [this, head = HeadOf(call.request()), ids = *std::move(ids)] {
    return AskAgain(head, ids);
  });
}

Result<void> Dispatcher::AskAgain(const HttpRequest& watch, std::span<const BusinessId> ids) {
  Answer answer;
  answer.call = Call::kWatch;
  Error error{ErrorCode::kRefused, {}, {}, 0};
  unsigned status = wire::HttpStatus(error.code);
  if (const Result<Known> known = Identify(watch); known) {
    answer.identity = known->identity.name;
    Decision decision =
        Authorize(known->identity, known->grants, Call::kWatch, store_.identity().environment, ids);
    if (decision.allowed) return {};
    Denied(known->identity, watch.peer, decision.missing, answer);
    error.message = std::move(decision.missing);
  } else {
    error = known.error();
    status = UnknownStatus(error);
    answer.denial = error.message;
  }
  std::ignore = answer.Refuse(error, status);
  Log(watch, answer);
  return std::unexpected(std::move(error));
}

Result<void> Dispatcher::CheckEnvironment(const HttpRequest& request) const {
  const std::string_view expected = request.Header("switchback-environment");
  const std::string& found = store_.identity().environment;
  if (expected.empty() || expected == found) return {};
  return Fail(
      ErrorCode::kWrongEnvironment,
      fmt::format("the store's environment is '{}', not '{}'; nothing was done", found, expected));
}

Result<void> Dispatcher::Run(CallContext& call, const Route& route) {
  if (route.answer != nullptr) return route.answer(call);
  if (route.call == Call::kWatch) return Watch(call);
  call.SendBytes("text/plain; version=0.0.4; charset=utf-8", metrics_.Text(store_, counts_, *hub_));
  return {};
}

void Dispatcher::Log(const HttpRequest& request, const Answer& answer) const {
  if (!options_.access_log) return;
  const std::chrono::duration<double, std::milli> took = steady_clock::now() - answer.begun;
  wire::Json line = {{"time", FormatTime(options_.clock.now())},
                     {"identity", answer.identity},
                     {"method", request.method},
                     {"call", answer.call ? std::string(AboutCall(*answer.call).name) : ""},
                     {"status", answer.status},
                     {"milliseconds", took.count()},
                     {"bytes", answer.bytes}};
  std::string path;
  for (const std::string& segment : request.path) path += '/' + segment;
  line["path"] = std::move(path);
  if (!request.peer.address.empty()) line["address"] = request.peer.address;
  if (!answer.reason.empty()) line["reason"] = answer.reason;
  if (!answer.denial.empty()) line["denial"] = answer.denial;
  options_.access_log(wire::Dump(line));
}

}  // namespace switchback
