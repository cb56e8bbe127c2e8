// Endpoints, and lists of them. What a service says is in canonical text and order, so that it has
// one form; what a client asks is read as a file of endpoints is.
#pragma once

#include <memory>

#include "switchback/endpoint.h"
#include "switchback/endpoint_list.h"
#include "wire/form.h"

namespace switchback::wire {

// A key alone.
template <>
struct Form<EndpointKey> {
  static Json Write(const EndpointKey& key) { return FormatEndpointKey(key); }
  static Result<void> Read(const Json& json, const Place& place, EndpointKey& key);
};

template <>
struct Form<OwnedEndpoint> {
  static Json Write(const OwnedEndpoint& endpoint) { return FormatEndpoint(endpoint.view()); }
  static Result<void> Read(const Json& json, const Place& place, OwnedEndpoint& endpoint);
};

// As a service says it: canonical texts in canonical order.
template <>
struct Form<EndpointList> {
  static Json Write(const EndpointList& list);
  static Result<void> Read(const Json& json, const Place& place, EndpointList& list);
};

template <>
struct Form<std::shared_ptr<const EndpointList>> {
  static Json Write(const std::shared_ptr<const EndpointList>& list) {
    return Form<EndpointList>::Write(*list);
  }
  static Result<void> Read(const Json& json, const Place& place,
                           std::shared_ptr<const EndpointList>& list);
};

// As a client asks it: in any order, exact duplicates collapse. Errors: kInvalidArgument, `items`
// names the bad ones as PLACE:N, the first being 1; kLimitExceeded.
struct AnyOrderForm {
  static Json Write(const EndpointList& list) { return Form<EndpointList>::Write(list); }
  static Result<void> Read(const Json& json, const Place& place, EndpointList& list);
};

template <>
struct Form<ListDiff> {
  static Json Write(const ListDiff& diff);
  static Result<void> Read(const Json& json, const Place& place, ListDiff& diff);
};

}  // namespace switchback::wire
