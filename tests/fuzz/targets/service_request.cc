// What comes to a service: a request's target, and what its body may be. What is taken is written
// and taken again as the same.
#include "service/http.h"

#include "fuzz/fuzz_target.h"
#include "wire/json_forms.h"

namespace switchback {
namespace {

template <typename T>
void TryForm(const wire::Json& json) {
  const Result<T> read = wire::FromJson<T>(json, "body");
  if (!read) {
    return Require(read.error().code == ErrorCode::kInvalidArgument ||
                       read.error().code == ErrorCode::kLimitExceeded,
                   "it is refused with another code: " + read.error().message);
  }
  const wire::Json written = wire::ToJson(*read);
  const Result<T> again = wire::FromJson<T>(written, "body");
  Require(again && wire::ToJson(*again) == written, "it is written as something else");
}

void Try(std::string_view bytes) {
  const size_t line = std::min(bytes.find('\n'), bytes.size());
  HttpRequest request;
  const bool is_target = ParseTarget(bytes.substr(0, line), request);
  Require(!is_target || request.path.size() <= line, "there are more segments than bytes");
  const Result<wire::Json> body = wire::ParseJson(bytes.substr(std::min(line + 1, bytes.size())));
  if (!body) return;
  TryForm<CommitOptions>(*body);
  TryForm<IdChange>(*body);
  TryForm<RestoreTarget>(*body);
  TryForm<RevisionChoice>(*body);
  TryForm<PrunePolicy>(*body);
}

const RegisterFuzzTarget kTarget("service_request", Try);

}  // namespace
}  // namespace switchback
