// The bytes of a client's cache file: what the service last said of each ID (doc/format-cache.md).
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "switchback/store.h"

namespace switchback::client {

// What the service said of one ID.
struct KeptAnswer {
  BusinessId id;
  Version version;    // of an ID that is not there: the last one known, 0 for none
  Revision revision;  // that made the version; 0 where the ID is not there
  Timestamp heard;    // when the service said so
  // The list (wire/binary_list.h); null: there is no such ID.
  std::shared_ptr<const std::string> list;
};
using KeptAnswerHandle = std::shared_ptr<const KeptAnswer>;

struct CacheContent {
  StoreIdentity identity;           // of the store that all of it is of
  Timestamp contact;                // when its service last answered anything
  std::vector<KeptAnswer> answers;  // in order of their IDs, each once
};

// What an answer takes in the file, at most.
[[nodiscard]] size_t CacheBytesOf(const KeptAnswer& answer);

// REQUIRES: `answers` in order of their IDs, each once.
[[nodiscard]] std::string EncodeCache(const StoreIdentity& identity, Timestamp contact,
                                      const std::vector<KeptAnswerHandle>& answers);
// Takes untrusted bytes; the lists themselves are decoded where they are asked for. Errors:
// kDataLoss, they are no such file, or not whole; kInvalidArgument, another format.
[[nodiscard]] Result<CacheContent> DecodeCache(std::string_view bytes);

}  // namespace switchback::client
