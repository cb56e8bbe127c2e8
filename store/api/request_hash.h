// What a request asks for, as one hash: a repeat under the same request ID must match it.
#pragma once

#include <vector>

#include "switchback/change.h"
#include "switchback/options.h"

namespace switchback {

// Of IDs in order, their actions and expectations. Lists count by digest.
[[nodiscard]] Digest HashOfChanges(const std::vector<const IdChange*>& changes);
// With the metadata that the caller gave: operation, author, message, ticket, source.
[[nodiscard]] Digest HashOfRequest(const Digest& changes, const CommitOptions& options);

}  // namespace switchback
