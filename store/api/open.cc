// Store::Create, Open and CreateInMemory.
#include <fmt/format.h>

#include <filesystem>
#include <random>
#include <system_error>
#include <utility>

#include "api/store_impl.h"
#include "api/validation.h"
#include "history/row_keys.h"

namespace switchback {
namespace {

// Version 4, from the system's randomness (RFC 4122, section 4.4).
std::string NewUuid() {
  std::random_device random;
  const auto word = [&random] { return static_cast<uint64_t>(random()) << 32 | random(); };
  const uint64_t high = (word() & ~uint64_t{0xf000}) | 0x4000;
  const uint64_t low = (word() & ~(uint64_t{3} << 62)) | uint64_t{1} << 63;
  return fmt::format("{:08x}-{:04x}-{:04x}-{:04x}-{:012x}", high >> 32, (high >> 16) & 0xffff,
                     high & 0xffff, low >> 48, low & 0xffffffffffff);
}

// A store's folder is its own. What an `init` that was cut short has left may stay: the engine
// knows it.
Result<void> CheckFolder(const std::string& path) {
  std::error_code fault;
  if (!std::filesystem::exists(path, fault)) return {};
  const bool folder = std::filesystem::is_directory(path, fault);
  if (folder && HoldsOnlyEngineFiles(path)) return {};
  return Fail(ErrorCode::kAlreadyExists,
              fmt::format("{}: expected no such folder or an empty one, found {}; nothing was made",
                          path, folder ? "other files in it" : "something that is no folder"));
}

// Before anything is made: what is refused later would leave a store behind.
Result<void> CheckCreate(const CreateOptions& options) {
  if (Result<void> checked = CheckEnvironmentName(options.environment); !checked) return checked;
  if (!IsStorableTime(options.open.clock.now())) {
    return Fail(ErrorCode::kInvalidArgument,
                "the clock's time does not lie in the years 1970 to 9999");
  }
  return CheckOrigin(options.open.origin);
}

}  // namespace

Result<std::unique_ptr<Store>> StoreImpl::Create(std::unique_ptr<Engine> engine,
                                                 const CreateOptions& options) {
  StoreRow state;
  state.uuid = NewUuid();
  state.environment = options.environment;
  state.created = options.open.clock.now();
  std::string bytes;
  EncodeStoreRow(state, bytes);
  WriteBatch batch;
  batch.Put(Space::kState, StoreRowKey(), std::move(bytes));
  if (Result<void> written = engine->Write(batch, /*sync=*/true); !written) {
    return std::unexpected(written.error());
  }
  OpenOptions open = options.open;
  open.environment.reset();
  open.read_only = open.follow = false;
  return Open(std::move(engine), open);
}

Result<std::unique_ptr<Store>> Store::Create(const std::string& path,
                                             const CreateOptions& options) {
  if (Result<void> checked = CheckCreate(options); !checked) {
    return std::unexpected(checked.error());
  }
  if (Result<void> free = CheckFolder(path); !free) return std::unexpected(free.error());
  RocksDbEngineOptions engine_options;
  engine_options.create = true;
  engine_options.block_cache_bytes = options.open.block_cache_bytes;
  Result<std::unique_ptr<Engine>> engine = OpenRocksDbEngine(path, engine_options);
  if (!engine) return std::unexpected(engine.error());
  return StoreImpl::Create(std::move(*engine), options);
}

Result<std::unique_ptr<Store>> Store::Open(const std::string& path, const OpenOptions& options) {
  if (options.follow && !options.read_only) {
    return Fail(ErrorCode::kInvalidArgument,
                path + ": only a store that is opened read-only can follow");
  }
  RocksDbEngineOptions engine_options;
  engine_options.read_only = options.read_only;
  engine_options.follow = options.follow;
  engine_options.block_cache_bytes = options.block_cache_bytes;
  Result<std::unique_ptr<Engine>> engine = OpenRocksDbEngine(path, engine_options);
  if (!engine) return std::unexpected(engine.error());
  Result<std::unique_ptr<Store>> store = StoreImpl::Open(std::move(*engine), options);
  if (!store) {
    Error error = store.error();
    error.message = fmt::format("{}: {}", path, error.message);
    return std::unexpected(std::move(error));
  }
  return store;
}

Result<std::unique_ptr<Store>> Store::CreateInMemory(const CreateOptions& options) {
  if (Result<void> checked = CheckCreate(options); !checked) {
    return std::unexpected(checked.error());
  }
  return StoreImpl::Create(NewMemoryEngine(), options);
}

}  // namespace switchback
