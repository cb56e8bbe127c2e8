// What a request asks for, as one hash: a repeat under the same request ID must match it.
#pragma once

#include <string>

#include "codec/hash.h"
#include "switchback/change.h"
#include "switchback/options.h"

namespace switchback {

// Of IDs in order, their actions and expectations. Lists count by digest.
class RequestHasher {
 public:
  void Add(const IdChange& change);
  [[nodiscard]] Digest Finish() const { return hasher_.Finish(); }

 private:
  BytesHasher hasher_;
  std::string bytes_;  // of one change
};
// With the metadata that the caller gave: operation, author, message, ticket, source.
[[nodiscard]] Digest HashOfRequest(const Digest& changes, const CommitOptions& options);

}  // namespace switchback
