// What is walked through: versions, revisions, the table.
#include <optional>
#include <utility>

#include "c/call.h"
#include "c/handles.h"

namespace switchback::c {
namespace {

// `open` gives the cursor, from the view that the handle shares.
template <typename Handle, typename Open>
switchback_code OpenCursor(const switchback_view* view, AllNeeded needed, Handle** out,
                           switchback_error** error, const Open& open) noexcept {
  return RunFor(out, {{view, "view"}}, error, [&]() -> Result<std::unique_ptr<Handle>> {
    if (Result<void> given = Check(needed); !given) return std::unexpected(given.error());
    auto cursor = open(*view->view);
    if (!cursor) return std::unexpected(std::move(cursor.error()));
    auto handle = std::make_unique<Handle>();
    handle->from = *view;
    handle->cursor = std::move(*cursor);
    return handle;
  });
}

// The handle's next record; NULL at the end.
template <typename Handle, typename Record>
switchback_code Next(Handle* handle, const Record** out, switchback_error** error) noexcept {
  return RunFor(out, {{handle, "cursor"}}, error, [&]() -> Result<const Record*> {
    handle->current.reset();
    auto next = handle->cursor->Next();
    if (!next) return std::unexpected(std::move(next.error()));
    if (!*next) return nullptr;
    return handle->current.emplace(std::move(**next)).get();
  });
}

using Versions = Result<std::unique_ptr<Cursor<VersionInfo>>>;

}  // namespace
}  // namespace switchback::c

using switchback::BusinessId;
using switchback::Result;
using switchback::Revision;
using switchback::Version;
using switchback::View;
namespace c = switchback::c;

switchback_code switchback_view_history(const switchback_view* view, const char* id, uint64_t from,
                                        switchback_versions** versions, switchback_error** error) {
  return c::OpenCursor(view, {{id, "ID"}}, versions, error, [&](const View& of) -> c::Versions {
    const Result<BusinessId> parsed = BusinessId::Parse(id);
    if (!parsed) return std::unexpected(parsed.error());
    return of.History(*parsed, from == 0 ? std::nullopt : std::optional(Version{from}));
  });
}

switchback_code switchback_view_changes(const switchback_view* view, uint64_t revision,
                                        switchback_versions** versions, switchback_error** error) {
  return c::OpenCursor(view, {}, versions, error,
                       [&](const View& of) { return of.Changes(Revision{revision}); });
}

switchback_code switchback_versions_next(switchback_versions* versions,
                                         const switchback_version_info** info,
                                         switchback_error** error) {
  return c::Next(versions, info, error);
}

void switchback_versions_free(switchback_versions* versions) {
  delete versions;
}

switchback_code switchback_view_log(const switchback_view* view, uint64_t from,
                                    switchback_revisions** revisions, switchback_error** error) {
  return c::OpenCursor(view, {}, revisions, error, [&](const View& of) {
    return of.Log(from == 0 ? std::nullopt : std::optional(Revision{from}));
  });
}

switchback_code switchback_revisions_next(switchback_revisions* revisions,
                                          const switchback_revision_info** info,
                                          switchback_error** error) {
  return c::Next(revisions, info, error);
}

void switchback_revisions_free(switchback_revisions* revisions) {
  delete revisions;
}

switchback_code switchback_view_table(const switchback_view* view, uint64_t revision,
                                      const char* prefix, switchback_table** table,
                                      switchback_error** error) {
  return c::OpenCursor(view, {}, table, error, [&](const View& of) {
    return of.Table(revision == 0 ? std::nullopt : std::optional(Revision{revision}),
                    {.prefix = prefix == nullptr ? "" : prefix});
  });
}

switchback_code switchback_table_next(switchback_table* table, const switchback_table_entry** entry,
                                      switchback_error** error) {
  return c::Next(table, entry, error);
}

void switchback_table_free(switchback_table* table) {
  delete table;
}
