// The answer to a call that failed, wherever it failed.
#pragma once

#include "service/http.h"
#include "switchback/error.h"

namespace switchback {

// With the error object of doc/service.md. Who is answered 429 or 503 is told when to ask again.
[[nodiscard]] HttpResponse ErrorResponse(const Error& error, unsigned status);

}  // namespace switchback
