// Lists, and what it says of its store, as the service sends them.
#pragma once

#include <string>

#include "client/service_calls.h"
#include "switchback/store.h"

namespace switchback::client {

// GET /v1/lists/{id}, to which the caller adds what it asks for.
[[nodiscard]] Target ListTarget(const BusinessId& id);

struct FetchedList {
  ListHandle list;    // null: the service says that nothing is newer
  std::string bytes;  // as it came (wire/binary_list.h); empty: it is the known one still
};

// The list that `target` names, whole: it has the digest that its bytes, and where the answer has
// an ETag that too, say. Errors: as ServiceCalls::TrySend; kIoError, the answer is no such list.
// `known`: a list that may be the same still, and then need not be sent; null: none.
[[nodiscard]] std::expected<FetchedList, CallError> FetchList(ServiceCalls& calls,
                                                              const BusinessId& id,
                                                              const Target& target,
                                                              const ListHandle& known);

// The list alone of what came with it.
template <typename T>
[[nodiscard]] Result<ListHandle> ListIn(Result<T> answer) {
  if (!answer) return std::unexpected(std::move(answer.error()));
  return std::move(answer->list);
}

// What the service says of its store as a whole.
struct StoreState {
  StoreIdentity identity;
  Revision revision;  // the newest
  Revision durable;
};
// `patience` 0: as for any call. Errors: as FetchList.
[[nodiscard]] std::expected<StoreState, CallError> FetchState(
    ServiceCalls& calls, std::chrono::milliseconds patience = std::chrono::milliseconds{0});

// An answer that is none to what was asked.
[[nodiscard]] std::unexpected<CallError> NoSuchAnswer(const ServiceCalls& calls,
                                                      std::string_view why);

}  // namespace switchback::client
