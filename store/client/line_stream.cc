#include "client/line_stream.h"

#include <utility>

namespace switchback::client {

Result<LineStream> LineStream::Open(ServiceCalls& calls, Call call) {
  call.is_stream = true;
  Result<Answer> answer = calls.Send(call);
  if (!answer) return std::unexpected(std::move(answer.error()));
  return LineStream(calls, std::move(answer->connection), call.kind);
}

Result<std::optional<wire::Json>> LineStream::Next() {
  if (connection_ == nullptr) return std::nullopt;
  const Attempt<std::optional<std::string>> line = connection_->NextLine(calls_->timeout());
  if (!line) return std::unexpected(EndWith(calls_->Explain(line.error(), kind_, true)));
  if (!*line) {
    connection_.reset();  // back into the pool
    return std::nullopt;
  }
  Result<wire::Json> json = calls_->Parse(**line, kind_);
  if (!json) return std::unexpected(EndWith(std::move(json.error())));
  const auto said = json->find("error");
  if (said == json->end()) return std::optional<wire::Json>(std::move(*json));
  Error error = calls_->ErrorIn(*said, kind_);
  if (error.code == ErrorCode::kDataLoss) return std::unexpected(std::move(error));
  return std::unexpected(EndWith(std::move(error)));
}

}  // namespace switchback::client
