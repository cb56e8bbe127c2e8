// Store::Create, Open and CreateInMemory.
#include <fmt/format.h>

#include <random>
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
  open.read_only = false;
  return Open(std::move(engine), open);
}

Result<std::unique_ptr<Store>> Store::Create(const std::string& path,
                                             const CreateOptions& options) {
  if (Result<void> checked = CheckEnvironmentName(options.environment); !checked) {
    return std::unexpected(checked.error());
  }
  RocksDbEngineOptions engine_options;
  engine_options.create = true;
  engine_options.block_cache_bytes = options.open.block_cache_bytes;
  Result<std::unique_ptr<Engine>> engine = OpenRocksDbEngine(path, engine_options);
  if (!engine) return std::unexpected(engine.error());
  return StoreImpl::Create(std::move(*engine), options);
}

Result<std::unique_ptr<Store>> Store::Open(const std::string& path, const OpenOptions& options) {
  RocksDbEngineOptions engine_options;
  engine_options.read_only = options.read_only;
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
  if (Result<void> checked = CheckEnvironmentName(options.environment); !checked) {
    return std::unexpected(checked.error());
  }
  return StoreImpl::Create(NewMemoryEngine(), options);
}

}  // namespace switchback
