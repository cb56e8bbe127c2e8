// What callers hand in is checked before anything is prepared: limits, text, endpoints.
#pragma once

#include <string_view>

#include "switchback/change.h"
#include "switchback/options.h"
#include "switchback/store.h"

namespace switchback {

// Author, message, ticket, source, request ID, bookmark: lengths, UTF-8, no control bytes (a
// message may have line ends and TABs). Errors: kInvalidArgument, kLimitExceeded.
[[nodiscard]] Result<void> CheckCommitOptions(const CommitOptions& options);
[[nodiscard]] Result<void> CheckEnvironmentName(std::string_view name);
[[nodiscard]] Result<void> CheckOrigin(const Origin& origin);
[[nodiscard]] Result<void> CheckRefusal(const Refusal& refusal);

// Key in range, no host bits under the prefix, attributes canonical. Errors: kInvalidArgument names
// it.
[[nodiscard]] Result<void> CheckEndpoint(const Endpoint& endpoint);
// Every endpoint, in strictly rising order of keys, and the list's length.
[[nodiscard]] Result<void> CheckList(const BusinessId& id, const EndpointList& list);

}  // namespace switchback
