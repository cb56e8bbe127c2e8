// Lists as the service sends them.
#pragma once

#include "client/service_calls.h"
#include "switchback/view.h"

namespace switchback::client {

// GET /v1/lists/{id}, to which the caller adds what it asks for.
[[nodiscard]] Target ListTarget(const BusinessId& id);

// The list that `target` names. Null: the service says that nothing is newer. Errors: as
// ServiceCalls::Send; kIoError, the answer is no such list. `known`: a list that may be the same
// still, and then need not be sent; null: none.
[[nodiscard]] Result<ListHandle> FetchList(ServiceCalls& calls, const BusinessId& id,
                                           const Target& target, const ListHandle& known);

}  // namespace switchback::client
