// The lines of an answer that comes as a stream, each a JSON object.
#pragma once

#include <optional>

#include "client/service_calls.h"

namespace switchback::client {

// One thread at a time. Must not outlive its ServiceCalls.
class LineStream {
 public:
  // Sends the call, as a stream. Errors: as ServiceCalls::Send.
  [[nodiscard]] static Result<LineStream> Open(ServiceCalls& calls, Call call);

  LineStream(ServiceCalls& calls, ConnectionPool::Lease connection, CallKind kind)
      : calls_(&calls), connection_(std::move(connection)), kind_(kind) {}

  // The next object; nothing at the end. A line that is an error is that error: of kDataLoss the
  // next call goes on behind it, after any other it stays at its end. Errors: also kIoError.
  [[nodiscard]] Result<std::optional<wire::Json>> Next();
  template <typename T>
  [[nodiscard]] Result<std::optional<T>> NextOf(std::string_view what) {
    const Result<std::optional<wire::Json>> json = Next();
    if (!json) return std::unexpected(json.error());
    if (!*json) return std::nullopt;
    Result<T> value = calls_->Decode<T>(**json, what, kind_);
    if (!value) return std::unexpected(EndWith(std::move(value.error())));
    return std::optional<T>(std::move(*value));
  }

 private:
  [[nodiscard]] Error EndWith(Error error) {
    connection_.reset();
    return error;
  }

  ServiceCalls* calls_;
  ConnectionPool::Lease connection_;  // null at the end
  CallKind kind_;
};

}  // namespace switchback::client
