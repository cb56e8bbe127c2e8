// Endpoints, one by one and as lists, from C and to C.
#pragma once

#include <cstddef>
#include <string_view>

#include "switchback/endpoint.h"
#include "switchback/endpoint_list.h"
#include "switchback/switchback.h"

namespace switchback::c {

// Borrows the attributes. Errors: kInvalidArgument with the reason alone. Attributes and bits
// beyond the prefix length are not looked at: the commit does.
[[nodiscard]] Result<Endpoint> ReadEndpoint(const switchback_endpoint& given);
// The list of these endpoints, which may be in any order; equal ones count once. Errors:
// kInvalidArgument, `items` name the first 20 bad ones; kLimitExceeded.
[[nodiscard]] Result<EndpointList> ReadList(std::string_view id, const switchback_endpoint* given,
                                            size_t count);

// Copies up to `capacity` endpoints of the list from `first` on; returns how many. Their attributes
// borrow from the list.
size_t CopyEndpoints(const EndpointList& list, size_t first, switchback_endpoint* endpoints,
                     size_t capacity);

}  // namespace switchback::c
