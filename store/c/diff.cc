// The diff of two versions of an ID.
#include <memory>
#include <utility>

#include "c/call.h"
#include "c/endpoints.h"
#include "c/handles.h"

namespace switchback::c {
namespace {

// NULL for what is no part.
const EndpointList* PartOf(const switchback_diff* diff, switchback_diff_part part) {
  if (diff == nullptr) return nullptr;
  switch (part) {
    case SWITCHBACK_DIFF_REMOVED:
      return &diff->diff.removed;
    case SWITCHBACK_DIFF_ADDED:
      return &diff->diff.added;
    case SWITCHBACK_DIFF_CHANGED_FROM:
      return &diff->diff.changed_from;
    case SWITCHBACK_DIFF_CHANGED_TO:
      return &diff->diff.changed_to;
    default:
      return nullptr;
  }
}

}  // namespace
}  // namespace switchback::c

using switchback::BusinessId;
using switchback::EndpointList;
using switchback::ListDiff;
using switchback::Result;
using switchback::Version;
namespace c = switchback::c;

switchback_code switchback_view_diff(const switchback_view* view, const char* id, uint64_t from,
                                     uint64_t to, switchback_diff** diff,
                                     switchback_error** error) {
  using Made = Result<std::unique_ptr<switchback_diff>>;
  return c::RunFor(diff, {{view, "view"}, {id, "ID"}}, error, [&]() -> Made {
    const Result<BusinessId> parsed = BusinessId::Parse(id);
    if (!parsed) return std::unexpected(parsed.error());
    Result<ListDiff> made = view->view->Diff({*parsed, Version{from}}, {*parsed, Version{to}});
    if (!made) return std::unexpected(std::move(made.error()));
    return std::make_unique<switchback_diff>(std::move(*made));
  });
}

size_t switchback_diff_count(const switchback_diff* diff, switchback_diff_part part) {
  const EndpointList* list = c::PartOf(diff, part);
  return list == nullptr ? 0 : list->size();
}

size_t switchback_diff_endpoints(const switchback_diff* diff, switchback_diff_part part,
                                 size_t first, switchback_endpoint* endpoints, size_t capacity) {
  const EndpointList* list = c::PartOf(diff, part);
  return list == nullptr ? 0 : c::CopyEndpoints(*list, first, endpoints, capacity);
}

void switchback_diff_free(switchback_diff* diff) {
  delete diff;
}
