#include "cli/input/list_collector.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "cli/output/text_format.h"
#include "switchback/limits.h"

namespace switchback::cli {
namespace {

constexpr size_t kShownBytes = 120;

}  // namespace

void ListCollector::Add(std::string_view text, Faults& faults) {
  auto endpoint = ParseEndpoint(text);
  if (!endpoint) {
    return faults.Add(fmt::format("endpoint '{}': {}", Clip(OneLine(text), kShownBytes),
                                  endpoint.error().message),
                      endpoint.error().code);
  }
  if (others_.empty() && (ordered_.size() == 0 || *ordered_.last_key() < endpoint->key)) {
    ordered_.Append(endpoint->view());
  } else {
    others_.push_back(*std::move(endpoint));
  }
}

EndpointList ListCollector::Take(Faults& faults) {
  EndpointList list = others_.empty() ? ordered_.Finish() : Sorted(faults);
  others_.clear();
  if (list.size() > kMaxEndpointsPerList) {
    faults.Add(fmt::format("{}; the limit is {}", Counted(list.size(), "endpoint"),
                           Grouped(kMaxEndpointsPerList)),
               ErrorCode::kLimitExceeded);
  }
  return list;
}

EndpointList ListCollector::Sorted(Faults& faults) {
  const EndpointList ordered = ordered_.Finish();
  std::vector<Endpoint> all(ordered.begin(), ordered.end());
  for (const OwnedEndpoint& other : others_) all.push_back(other.view());
  std::ranges::stable_sort(all, {}, &Endpoint::key);
  EndpointListBuilder list;
  const Endpoint* last = nullptr;
  for (const Endpoint& endpoint : all) {
    if (last == nullptr || last->key < endpoint.key) {
      list.Append(endpoint);
      last = &endpoint;
    } else if (*last == endpoint) {
      ++duplicates_;
    } else {
      faults.Add(fmt::format("'{}' and '{}' are one endpoint with two values",
                             FormatEndpoint(*last), FormatEndpoint(endpoint)));
    }
  }
  return list.Finish();
}

}  // namespace switchback::cli
