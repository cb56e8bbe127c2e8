// A cursor over what a service sends line by line.
#pragma once

#include <memory>
#include <string_view>
#include <utility>

#include "client/line_stream.h"
#include "switchback/view.h"

namespace switchback::client {

template <typename T>
class RemoteCursor final : public Cursor<T> {
 public:
  // `what` is what messages call a value; it is kept.
  RemoteCursor(LineStream lines, std::string_view what) : lines_(std::move(lines)), what_(what) {}

  [[nodiscard]] Result<std::optional<T>> Next() override { return lines_.NextOf<T>(what_); }

 private:
  LineStream lines_;
  const std::string_view what_;
};

// Errors at opening come from the status of the answer, before any value.
template <typename T>
[[nodiscard]] Result<std::unique_ptr<Cursor<T>>> OpenCursor(ServiceCalls& calls, Call call,
                                                            std::string_view what) {
  Result<LineStream> lines = LineStream::Open(calls, std::move(call));
  if (!lines) return std::unexpected(std::move(lines.error()));
  return std::make_unique<RemoteCursor<T>>(std::move(*lines), what);
}

}  // namespace switchback::client
