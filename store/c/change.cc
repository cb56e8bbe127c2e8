// Building a change. What a call on it refuses, its commit refuses too: a caller that looks at no
// error can't commit half of what was meant.
#include <fmt/format.h>

#include <utility>

#include "c/call.h"
#include "c/endpoints.h"
#include "c/handles.h"
#include "switchback/text.h"

namespace switchback::c {
namespace {

// `amend` does it to the ID, which is parsed. A failure is remembered.
template <typename Amend>
switchback_code AmendWith(switchback_change* change, const char* id, AllNeeded needed,
                          switchback_error** error, const Amend& amend) noexcept {
  return Run({{change, "change"}}, error, [&]() -> Result<void> {
    const bool was_broken = std::exchange(change->broken, true);  // should it throw
    const auto attempt = [&]() -> Result<void> {
      if (Result<void> named = Check({{id, "ID"}}); !named) return named;
      if (Result<void> given = Check(needed); !given) return given;
      const Result<BusinessId> parsed = BusinessId::Parse(id);
      if (!parsed) return std::unexpected(parsed.error());
      return amend(*parsed);
    };
    Result<void> done = attempt();
    if (!done && !was_broken) change->failure = done.error();
    if (done) change->broken = was_broken;
    return done;
  });
}

IdChange* Find(switchback_change& change, const BusinessId& id) {
  const auto place = change.places.find(id);
  return place == change.places.end() ? nullptr : &change.change.ids[place->second];
}

Result<void> CheckFree(switchback_change& change, const BusinessId& id) {
  if (Find(change, id) == nullptr) return {};
  return Fail(ErrorCode::kInvalidArgument,
              fmt::format("{} has an action in this change already: one is what an ID can have",
                          id.text()));
}

// REQUIRES: the ID is free.
template <typename Action>
void Add(switchback_change& change, const BusinessId& id, Action action) {
  change.change.ids.push_back({id, std::move(action)});
  change.places.emplace(id, change.change.ids.size() - 1);
}

Result<EditEndpoints*> EditsOf(switchback_change& change, const BusinessId& id) {
  if (Find(change, id) == nullptr) Add(change, id, EditEndpoints());
  if (auto* edits = std::get_if<EditEndpoints>(&Find(change, id)->action)) return edits;
  return Fail(ErrorCode::kInvalidArgument,
              fmt::format("{} has another action than edits in this change already", id.text()));
}

Result<EndpointEdit> NewEdit(switchback_edit_kind kind, OwnedEndpoint endpoint) {
  switch (kind) {
    case SWITCHBACK_EDIT_ADD:
      return EndpointEdit{EditKind::kAdd, std::move(endpoint)};
    case SWITCHBACK_EDIT_REMOVE:
      return EndpointEdit{EditKind::kRemove, std::move(endpoint)};
    case SWITCHBACK_EDIT_REMOVE_EXACT:
      return EndpointEdit{EditKind::kRemove, std::move(endpoint), /*match_value=*/true};
    case SWITCHBACK_EDIT_SET:
      return EndpointEdit{EditKind::kSet, std::move(endpoint)};
    default:
      return Fail(ErrorCode::kInvalidArgument,
                  fmt::format("{} is no kind of edit; expected 1 (add) to 4 (set)", kind));
  }
}

Result<void> AddEdit(switchback_change& change, const BusinessId& id, switchback_edit_kind kind,
                     OwnedEndpoint endpoint) {
  Result<EndpointEdit> edit = NewEdit(kind, std::move(endpoint));
  if (!edit) return std::unexpected(std::move(edit.error()));
  Result<EditEndpoints*> edits = EditsOf(change, id);
  if (!edits) return std::unexpected(std::move(edits.error()));
  (*edits)->edits.push_back(std::move(*edit));
  return {};
}

// Of one endpoint's text the reason alone is known.
std::unexpected<Error> Named(const BusinessId& id, std::string_view text, Error error) {
  error.message = fmt::format("{}: {}: {}", id.text(), text, error.message);
  return std::unexpected(std::move(error));
}

}  // namespace
}  // namespace switchback::c

using switchback::BusinessId;
using switchback::Endpoint;
using switchback::EndpointList;
using switchback::Result;
using switchback::Version;
namespace c = switchback::c;

switchback_code switchback_change_new(switchback_change** change, switchback_error** error) {
  return c::RunFor(change, {}, error, []() -> Result<std::unique_ptr<switchback_change>> {
    return std::make_unique<switchback_change>();
  });
}

void switchback_change_free(switchback_change* change) {
  delete change;
}

switchback_code switchback_change_replace(switchback_change* change, const char* id,
                                          const switchback_endpoint* endpoints, size_t count,
                                          switchback_error** error) {
  return c::AmendWith(change, id, {}, error, [&](const BusinessId& parsed) -> Result<void> {
    if (count > 0) {
      auto given = c::Check({{endpoints, "array of endpoints"}});
      if (!given) return given;
    }
    if (auto free = c::CheckFree(*change, parsed); !free) return free;
    Result<EndpointList> list = c::ReadList(parsed.text(), endpoints, count);
    if (!list) return std::unexpected(std::move(list.error()));
    c::Add(*change, parsed, switchback::Replace{std::move(*list)});
    return {};
  });
}

switchback_code switchback_change_replace_text(switchback_change* change, const char* id,
                                               const char* text, switchback_error** error) {
  return c::AmendWith(change, id, {{text, "text"}}, error,
                      [&](const BusinessId& parsed) -> Result<void> {
                        if (auto free = c::CheckFree(*change, parsed); !free) return free;
                        auto list = switchback::ParseEndpointList(text, parsed.text());
                        if (!list) return std::unexpected(std::move(list.error()));
                        c::Add(*change, parsed, switchback::Replace{std::move(list->list)});
                        return {};
                      });
}

switchback_code switchback_change_edit(switchback_change* change, const char* id,
                                       switchback_edit_kind kind,
                                       const switchback_endpoint* endpoint,
                                       switchback_error** error) {
  return c::AmendWith(
      change, id, {{endpoint, "endpoint"}}, error, [&](const BusinessId& parsed) -> Result<void> {
        Result<Endpoint> read = c::ReadEndpoint(*endpoint);
        if (!read) return c::Named(parsed, "endpoint", std::move(read.error()));
        return c::AddEdit(*change, parsed, kind,
                          {read->key, read->value.weight, std::string(read->value.attributes)});
      });
}

switchback_code switchback_change_edit_text(switchback_change* change, const char* id,
                                            switchback_edit_kind kind, const char* endpoint,
                                            switchback_error** error) {
  return c::AmendWith(change, id, {{endpoint, "endpoint"}}, error,
                      [&](const BusinessId& parsed) -> Result<void> {
                        auto read = switchback::ParseEndpoint(endpoint);
                        if (!read) return c::Named(parsed, endpoint, std::move(read.error()));
                        return c::AddEdit(*change, parsed, kind, std::move(*read));
                      });
}

switchback_code switchback_change_if_needed(switchback_change* change, const char* id,
                                            switchback_error** error) {
  return c::AmendWith(change, id, {}, error, [&](const BusinessId& parsed) -> Result<void> {
    Result<switchback::EditEndpoints*> edits = c::EditsOf(*change, parsed);
    if (!edits) return std::unexpected(std::move(edits.error()));
    (*edits)->if_needed = true;
    return {};
  });
}

switchback_code switchback_change_delete(switchback_change* change, const char* id,
                                         switchback_error** error) {
  return c::AmendWith(change, id, {}, error, [&](const BusinessId& parsed) -> Result<void> {
    if (auto free = c::CheckFree(*change, parsed); !free) return free;
    c::Add(*change, parsed, switchback::DeleteId());
    return {};
  });
}

switchback_code switchback_change_copy(switchback_change* change, const char* id, uint64_t version,
                                       switchback_error** error) {
  return c::AmendWith(change, id, {}, error, [&](const BusinessId& parsed) -> Result<void> {
    if (auto free = c::CheckFree(*change, parsed); !free) return free;
    c::Add(*change, parsed, switchback::CopyVersion{Version{version}});
    return {};
  });
}

switchback_code switchback_change_expect(switchback_change* change, const char* id,
                                         uint64_t version, switchback_error** error) {
  return c::AmendWith(change, id, {}, error, [&](const BusinessId& parsed) -> Result<void> {
    switchback::IdChange* found = c::Find(*change, parsed);
    if (found == nullptr) {
      return switchback::Fail(
          switchback::ErrorCode::kInvalidArgument,
          fmt::format("{} has no action in this change yet: give it one first", parsed.text()));
    }
    found->expect = Version{version};
    return {};
  });
}
