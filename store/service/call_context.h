// One call being answered: what it asked, by whom, and the ways to answer.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "service/access_table.h"
#include "service/http.h"
#include "service/identity.h"
#include "switchback/store.h"
#include "wire/json_forms.h"

namespace switchback {

// User and host of a caller, as the service knows them; nothing that it says of itself.
[[nodiscard]] Origin CallerOrigin(const Identity& identity, const Peer& peer);

// Of one thread.
class CallContext {
 public:
  CallContext(Store& store, const HttpRequest& request, Responder& responder, Identity identity,
              Clock clock)
      : store_(store),
        request_(request),
        responder_(responder),
        identity_(std::move(identity)),
        clock_(std::move(clock)) {}

  [[nodiscard]] Store& store() const { return store_; }
  [[nodiscard]] const HttpRequest& request() const { return request_; }
  [[nodiscard]] Responder& responder() const { return responder_; }
  [[nodiscard]] const Identity& identity() const { return identity_; }
  [[nodiscard]] const Clock& clock() const { return clock_; }

  // -- What was asked. Errors of each: kInvalidArgument, naming the parameter
  // Segments of the path that the route left open, in order.
  void SetOpenSegments(std::vector<std::string> segments) { segments_ = std::move(segments); }
  [[nodiscard]] Result<BusinessId> PathId() const;
  [[nodiscard]] Result<uint64_t> PathNumber(size_t place) const;
  [[nodiscard]] std::optional<std::string> Text(const std::string& name) const;
  [[nodiscard]] Result<std::optional<uint64_t>> Number(const std::string& name) const;
  [[nodiscard]] Result<bool> Flag(const std::string& name) const;  // 0 or 1; not there: 0
  [[nodiscard]] Result<uint64_t> NeededNumber(const std::string& name) const;
  [[nodiscard]] Result<std::string> NeededText(const std::string& name) const;
  [[nodiscard]] Result<BusinessId> NeededId(const std::string& name) const;
  // Every value of `id`; empty: none.
  [[nodiscard]] Result<std::vector<BusinessId>> Ids() const;
  // No other parameters than these are there.
  [[nodiscard]] Result<void> OnlyParameters(std::initializer_list<std::string_view> known) const;
  // The body as a JSON object with no other keys than these; read once.
  [[nodiscard]] Result<void> ReadBody(const std::vector<std::string>& known);
  [[nodiscard]] const wire::Json& body() const { return body_; }
  // The value of `key` in the body. Errors: kInvalidArgument, there is none or it is no such value.
  template <typename T>
  [[nodiscard]] Result<T> Body(const std::string& key) const {
    const auto found = body_.find(key);
    if (found == body_.end()) {
      return Fail(ErrorCode::kInvalidArgument, "the body lacks '" + key + "'");
    }
    return wire::FromJson<T>(*found, key);
  }
  [[nodiscard]] Result<bool> BodyFlag(const std::string& key) const;  // not there: false
  [[nodiscard]] Result<std::string> BodyText(const std::string& key) const;
  [[nodiscard]] Result<uint64_t> BodyNumber(const std::string& key) const;
  // The body's `options`, made this caller's: what is known of it becomes the commit's origin.
  [[nodiscard]] Result<CommitOptions> BodyOptions() const;
  void SetOrigin(CommitOptions& options) const;

  // The view at revision `view`, or the newest one. Its revision goes into the answer's headers.
  [[nodiscard]] Result<std::unique_ptr<View>> OpenView();

  // -- Answers
  void AddHeader(std::string name, std::string value) {
    headers_.emplace_back(std::move(name), std::move(value));
  }
  void SendJson(const wire::Json& json, unsigned status = 200);
  void SendBytes(std::string type, std::string body, unsigned status = 200);
  void SendError(const Error& error, std::optional<unsigned> status = std::nullopt);
  // One value a line. An error within goes into the stream.
  template <typename T>
  void SendCursor(Cursor<T>& values) {
    BeginLines();
    while (true) {
      const Result<std::optional<T>> next = values.Next();
      if (next && !*next) return EndLines();
      if (!next) {
        WriteLine({{"error", wire::ToJson(next.error())}});
        if (next.error().code != ErrorCode::kDataLoss) return EndLines();
      } else {
        WriteLine(wire::ToJson(**next));
      }
      if (gone_) return EndLines();
    }
  }
  // Work that may take minutes: lines that tell how far it is, at least one every few seconds, and
  // then `report`, or the error. `work` runs in a thread of its own.
  using Say = std::function<void(wire::Json line)>;
  using LongWork = std::function<Result<wire::Json>(const Progress&, const Say&)>;
  // kEnd: for what only reads. `work` is left by an exception from its `Progress`.
  enum class IfNobodyListens : uint8_t { kGoOn, kEnd };
  void SendLong(const LongWork& work, IfNobodyListens nobody = IfNobodyListens::kGoOn);

  void BeginLines(bool closes = false);  // the connection, behind them
  void WriteLine(const wire::Json& json);
  void EndLines();
  [[nodiscard]] bool answered() const { return status_ != 0; }
  // For the log. 0: not answered yet.
  [[nodiscard]] unsigned status() const { return status_; }
  [[nodiscard]] uint64_t bytes() const { return bytes_; }
  [[nodiscard]] const std::string& reason() const { return reason_; }

 private:
  [[nodiscard]] HttpResponse Head(std::string type, unsigned status);
  void FlushLines();

  Store& store_;
  const HttpRequest& request_;
  Responder& responder_;
  const Identity identity_;
  const Clock clock_;
  std::vector<std::string> segments_;
  wire::Json body_;
  std::vector<std::pair<std::string, std::string>> headers_;
  std::string lines_;  // not sent yet
  std::chrono::steady_clock::time_point flushed_;
  bool gone_ = false;
  unsigned status_ = 0;
  uint64_t bytes_ = 0;
  std::string reason_;
};

}  // namespace switchback
