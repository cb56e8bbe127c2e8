// A view: lists by version and by address, and what addresses and selectors name.
#include <utility>

#include "c/call.h"
#include "c/handles.h"
#include "c/lists.h"
#include "switchback/selector.h"

namespace switchback::c {
namespace {

struct Address {
  BusinessId id;
  Selector selector;
};

Result<Address> ReadAddress(const char* text) {
  Result<VersionAddress> parsed = ParseVersionAddress(text, SystemClock());
  if (!parsed) return std::unexpected(std::move(parsed.error()));
  return Address{std::move(parsed->id), parsed->selector.value_or(HeadSelector())};
}

}  // namespace
}  // namespace switchback::c

using switchback::BusinessId;
using switchback::ResolvedVersion;
using switchback::Result;
using switchback::Version;
namespace c = switchback::c;

switchback_code switchback_view_open(const switchback_store* store, switchback_view** view,
                                     switchback_error** error) {
  using Opened = Result<std::unique_ptr<switchback_view>>;
  return c::RunFor(view, {{store, "store"}}, error, [&]() -> Opened {
    Result<std::unique_ptr<switchback::View>> opened = store->store->NewView();
    if (!opened) return std::unexpected(std::move(opened.error()));
    return std::make_unique<switchback_view>(store->store, std::move(*opened));
  });
}

uint64_t switchback_view_revision(const switchback_view* view) {
  return view == nullptr ? 0 : view->view->revision().value;
}

void switchback_view_free(switchback_view* view) {
  delete view;
}

switchback_code switchback_view_get(const switchback_view* view, const char* address,
                                    switchback_list** list, switchback_error** error) {
  return c::RunFor(list, {{view, "view"}, {address, "address"}}, error, [&]() -> c::ListResult {
    const Result<c::Address> read = c::ReadAddress(address);
    if (!read) return std::unexpected(read.error());
    const Result<ResolvedVersion> found = view->view->Resolve(read->id, read->selector);
    if (!found) return std::unexpected(found.error());
    return c::ToListHandle(view->view->Read(found->id, found->version));
  });
}

switchback_code switchback_view_get_version(const switchback_view* view, const char* id,
                                            uint64_t version, switchback_list** list,
                                            switchback_error** error) {
  return c::RunFor(list, {{view, "view"}, {id, "ID"}}, error, [&]() -> c::ListResult {
    const Result<BusinessId> parsed = BusinessId::Parse(id);
    if (!parsed) return std::unexpected(parsed.error());
    return c::ToListHandle(view->view->Read(*parsed, Version{version}));
  });
}

switchback_code switchback_view_resolve(const switchback_view* view, const char* address,
                                        uint64_t* version, uint64_t* revision, int32_t* deleted,
                                        switchback_error** error) {
  const auto tell = [&](Version found, switchback::Revision made_by, bool is_deletion) {
    if (version != nullptr) *version = found.value;
    if (revision != nullptr) *revision = made_by.value;
    if (deleted != nullptr) *deleted = is_deletion;
  };
  tell({}, {}, false);
  return c::Run({{view, "view"}, {address, "address"}}, error, [&]() -> Result<void> {
    const Result<c::Address> read = c::ReadAddress(address);
    if (!read) return std::unexpected(read.error());
    const Result<ResolvedVersion> found = view->view->Resolve(read->id, read->selector);
    if (!found) return std::unexpected(found.error());
    tell(found->version, found->revision, found->deleted);
    return {};
  });
}

switchback_code switchback_view_resolve_revision(const switchback_view* view, const char* selector,
                                                 uint64_t* revision, switchback_error** error) {
  return c::RunFor(
      revision, {{view, "view"}, {selector, "selector"}}, error, [&]() -> Result<uint64_t> {
        const auto parsed = switchback::ParseSelector(selector, switchback::SystemClock());
        if (!parsed) return std::unexpected(parsed.error());
        const auto found = view->view->ResolveRevision(*parsed);
        if (!found) return std::unexpected(found.error());
        return found->value;
      });
}
