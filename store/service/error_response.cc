#include "service/error_response.h"

#include "wire/json_forms.h"
#include "wire/status.h"

namespace switchback {

HttpResponse ErrorResponse(const Error& error, unsigned status) {
  HttpResponse response;
  response.status = status;
  response.body = wire::Dump({{"error", wire::ToJson(error)}}) + '\n';
  if (status == wire::kTooManyRequests || status == wire::kUnavailable) {
    response.headers.emplace_back("Retry-After", "1");
  }
  return response;
}

}  // namespace switchback
