// Making, opening and closing a store, and what it says of itself.
#include <cstdint>
#include <string>
#include <utility>

#include "c/call.h"
#include "c/handles.h"
#include "c/options.h"

namespace switchback::c {
namespace {

using Opened = Result<std::unique_ptr<switchback_store>>;

Opened ToHandle(Result<std::unique_ptr<Store>> store) {
  if (!store) return std::unexpected(std::move(store.error()));
  return std::make_unique<switchback_store>(std::move(*store));
}

// A new store's environment is one of the options here.
Result<CreateOptions> ReadCreateOptions(const switchback_open_options* given) {
  Result<OpenOptions> open = ReadOptions(given);
  if (!open) return std::unexpected(std::move(open.error()));
  if (open->read_only) {
    return Fail(ErrorCode::kInvalidArgument,
                "a store can't be made read-only: open it so once it is there");
  }
  CreateOptions options;
  options.environment = open->environment.value_or("");
  options.open = std::move(*open);
  return options;
}

}  // namespace
}  // namespace switchback::c

using switchback::Result;
using switchback::Store;
namespace c = switchback::c;

switchback_store::switchback_store(std::unique_ptr<Store> opened)
    : store(std::move(opened)),
      identity{.environment = store->identity().environment.c_str(),
               .uuid = store->identity().uuid.c_str(),
               .created = store->identity().created.micros,
               .format = store->identity().format} {}

switchback_code switchback_create(const char* path, const switchback_open_options* options,
                                  switchback_store** store, switchback_error** error) {
  return c::RunFor(store, {{path, "path"}}, error, [&]() -> c::Opened {
    const auto read = c::ReadCreateOptions(options);
    if (!read) return std::unexpected(read.error());
    return c::ToHandle(Store::Create(path, *read));
  });
}

switchback_code switchback_create_in_memory(const switchback_open_options* options,
                                            switchback_store** store, switchback_error** error) {
  return c::RunFor(store, {}, error, [&]() -> c::Opened {
    const auto read = c::ReadCreateOptions(options);
    if (!read) return std::unexpected(read.error());
    return c::ToHandle(Store::CreateInMemory(*read));
  });
}

switchback_code switchback_open(const char* path, const switchback_open_options* options,
                                switchback_store** store, switchback_error** error) {
  return c::RunFor(store, {{path, "path"}}, error, [&]() -> c::Opened {
    const auto read = c::ReadOptions(options);
    if (!read) return std::unexpected(read.error());
    return c::ToHandle(Store::Open(path, *read));
  });
}

void switchback_close(switchback_store* store) {
  delete store;
}

const switchback_identity* switchback_store_identity(const switchback_store* store) {
  return store == nullptr ? nullptr : &store->identity;
}

switchback_code switchback_sync(switchback_store* store, switchback_error** error) {
  return c::Run({{store, "store"}}, error, [&] { return store->store->Sync(); });
}
