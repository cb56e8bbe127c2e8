// What the decoders promise of what they hand out, whatever the bytes were.
#pragma once

#include <string>
#include <string_view>

#include "fuzz/fuzz_target.h"
#include "switchback/endpoint_list.h"
#include "switchback/error.h"

namespace switchback {

// Keys increase, and every endpoint is one that its own text says again.
inline void RequireWellFormed(const EndpointList& list) {
  std::string text;
  for (size_t i = 0; i < list.size(); ++i) {
    const Endpoint endpoint = list[i];
    Require(i == 0 || list.Key(i - 1) < endpoint.key, "the keys of a list do not increase");
    text.clear();
    AppendEndpoint(endpoint, text);
    const Result<OwnedEndpoint> parsed = ParseEndpoint(text);
    Require(parsed && parsed->view() == endpoint, text + " is not what its text says");
  }
}

inline void RequireSameList(const EndpointList& a, const EndpointList& b, std::string_view what) {
  Require(a == b && a.digest() == b.digest(), what);
}

inline void RequireSameDiff(const ListDiff& a, const ListDiff& b, std::string_view what) {
  RequireSameList(a.removed, b.removed, what);
  RequireSameList(a.changed_from, b.changed_from, what);
  RequireSameList(a.changed_to, b.changed_to, what);
  RequireSameList(a.added, b.added, what);
}

// An error of stored bytes: it says what is wrong, and that they are damaged.
inline void RequireDataLoss(const Error& error) {
  Require(error.code == ErrorCode::kDataLoss && !error.message.empty(),
          "stored bytes are refused as something else than damaged: " + error.message);
}

// What a decoder takes can be written again, and that is read as the same and written as the same.
// Returns whether the bytes were taken.
template <typename Row>
bool RequireStable(std::string_view bytes, Result<Row> (*decode)(std::string_view),
                   void (*encode)(const Row&, std::string&)) {
  const Result<Row> row = decode(bytes);
  if (!row) {
    RequireDataLoss(row.error());
    return false;
  }
  std::string once;
  encode(*row, once);
  const Result<Row> again = decode(once);
  Require(again.has_value(), "what was written of it is refused");
  std::string twice;
  encode(*again, twice);
  Require(once == twice, "it is written in another way the second time");
  Require(once.size() <= bytes.size(), "a writer takes more bytes than those that were read");
  return true;
}

}  // namespace switchback
