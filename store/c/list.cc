// Current lists, the hot path; and what can be asked of a list.
#include <chrono>
#include <cstring>
#include <utility>

#include "c/call.h"
#include "c/endpoints.h"
#include "c/handles.h"
#include "c/lists.h"

namespace switchback::c {
namespace {

// `read` gives the list of an ID.
template <typename Read>
switchback_code Get(const switchback_store* store, const char* id, switchback_list** list,
                    switchback_error** error, const Read& read) {
  return RunFor(list, {{store, "store"}, {id, "ID"}}, error, [&]() -> ListResult {
    const Result<BusinessId> parsed = BusinessId::Parse(id);
    if (!parsed) return std::unexpected(parsed.error());
    return ToListHandle(read(*store->store, *parsed));
  });
}

}  // namespace

ListResult ToListHandle(Result<ListHandle> list) {
  if (!list) return std::unexpected(std::move(list.error()));
  if (*list == nullptr) return nullptr;
  return std::make_unique<switchback_list>(std::move(*list));
}

}  // namespace switchback::c

using switchback::BusinessId;
using switchback::Digest;
using switchback::Store;
using switchback::Version;
namespace c = switchback::c;

switchback_code switchback_get(const switchback_store* store, const char* id,
                               switchback_list** list, switchback_error** error) {
  return c::Get(store, id, list, error,
                [](const Store& from, const BusinessId& wanted) { return from.Read(wanted); });
}

switchback_code switchback_get_if_newer(const switchback_store* store, const char* id,
                                        uint64_t known, switchback_list** list,
                                        switchback_error** error) {
  return c::Get(store, id, list, error, [&](const Store& from, const BusinessId& wanted) {
    return from.ReadIfNewer(wanted, Version{known});
  });
}

switchback_code switchback_wait_for_newer(const switchback_store* store, const char* id,
                                          uint64_t known, uint32_t timeout_ms,
                                          switchback_list** list, switchback_error** error) {
  return c::Get(store, id, list, error, [&](const Store& from, const BusinessId& wanted) {
    return from.WaitForNewer(wanted, Version{known}, std::chrono::milliseconds(timeout_ms));
  });
}

const char* switchback_list_id(const switchback_list* list) {
  return list == nullptr ? nullptr : list->read->id.text().c_str();
}

uint64_t switchback_list_version(const switchback_list* list) {
  return list == nullptr ? 0 : list->read->version.value;
}

uint64_t switchback_list_revision(const switchback_list* list) {
  return list == nullptr ? 0 : list->read->revision.value;
}

size_t switchback_list_count(const switchback_list* list) {
  return list == nullptr ? 0 : list->read->list->size();
}

void switchback_list_digest(const switchback_list* list, uint8_t digest[16]) {
  if (digest == nullptr) return;
  const Digest value = list == nullptr ? Digest() : list->read->digest();
  for (unsigned i = 0; i < 16; ++i) {
    const uint64_t half = i < 8 ? value.high : value.low;
    digest[i] = static_cast<uint8_t>(half >> 8 * (7 - i % 8));
  }
}

size_t switchback_list_endpoints(const switchback_list* list, size_t first,
                                 switchback_endpoint* endpoints, size_t capacity) {
  if (list == nullptr) return 0;
  return c::CopyEndpoints(*list->read->list, first, endpoints, capacity);
}

void switchback_list_free(switchback_list* list) {
  delete list;
}
