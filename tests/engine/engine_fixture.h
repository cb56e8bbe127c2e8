// What the engine's tests share: a scratch folder, and one body over both engines.
#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>  // NOLINT(modernize-deprecated-headers): mkdtemp is POSIX

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "engine/engine.h"

namespace switchback {

// Debian's RocksDB is not built for ThreadSanitizer, which then reports what is not there.
#ifdef SWITCHBACK_TSAN
inline constexpr bool kThreadSanitizer = true;
#else
inline constexpr bool kThreadSanitizer = false;
#endif

class ScratchFolder {
 public:
  ScratchFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "switchback-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) ADD_FAILURE() << "no scratch folder " << name;
    path_ = name;
  }
  ~ScratchFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  // Empties it.
  void Clear() const {
    for (const auto& entry : std::filesystem::directory_iterator(path_)) {
      std::filesystem::remove_all(entry.path());
    }
  }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  [[nodiscard]] std::string operator/(std::string_view name) const {
    return path_ + "/" + std::string(name);
  }

 private:
  std::string path_;
};

// The engine, or a failed test with the reason.
inline std::unique_ptr<Engine> MustOpen(const std::string& path,
                                        const RocksDbEngineOptions& options) {
  Result<std::unique_ptr<Engine>> engine = OpenRocksDbEngine(path, options);
  if (engine) return *std::move(engine);
  ADD_FAILURE() << engine.error().message;
  return nullptr;
}

// The value of a row, or "(none)"; "(error) ..." where it can't be read.
template <typename Readable>
std::string ValueOf(const Readable& from, Space space, std::string_view key) {
  std::string value;
  const Result<bool> there = from.Get(space, key, value);
  if (!there) return "(error) " + there.error().message;
  return *there ? value : "(none)";
}

inline Result<void> Put(Engine& engine, Space space, std::string key, std::string value,
                        bool sync = false) {
  WriteBatch batch;
  batch.Put(space, std::move(key), std::move(value));
  return engine.Write(batch, sync);
}

enum class EngineKind : uint8_t { kMemory, kRocksDb };

inline std::string EngineKindName(const testing::TestParamInfo<EngineKind>& info) {
  return info.param == EngineKind::kMemory ? "Memory" : "RocksDb";
}

class EveryEngine : public testing::TestWithParam<EngineKind> {
 protected:
  void SetUp() override {
    if (GetParam() == EngineKind::kMemory) {
      engine_ = NewMemoryEngine();
      return;
    }
    if (kThreadSanitizer) GTEST_SKIP() << "RocksDB is not built for ThreadSanitizer";
    engine_ = MustOpen(folder_ / "db", {.create = true});
    ASSERT_NE(engine_, nullptr);
  }

  // Closes and opens again where the engine outlives its process.
  void Reopen() {
    if (GetParam() == EngineKind::kMemory) return;
    engine_.reset();
    engine_ = MustOpen(folder_ / "db", {});
    ASSERT_NE(engine_, nullptr);
  }

  [[nodiscard]] std::unique_ptr<EngineView> View() const {
    Result<std::unique_ptr<EngineView>> view = engine_->NewView();
    if (view) return *std::move(view);
    ADD_FAILURE() << view.error().message;
    return nullptr;
  }

  ScratchFolder folder_;
  std::unique_ptr<Engine> engine_;
};

inline const auto kBothEngines = testing::Values(EngineKind::kMemory, EngineKind::kRocksDb);

}  // namespace switchback
