// An in-memory engine that outlives its stores: opened again after a writer "died", looked into row
// by row, damaged, and with callbacks around each write.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "api/store_impl.h"
#include "engine/engine.h"
#include "history/content.h"
#include "history/origins.h"
#include "history/row_keys.h"
#include "history/rows.h"
#include "history/store_row.h"
#include "store_fixture.h"

namespace switchback {

struct EngineHooks {
  // An error is what the write returns, and nothing is written.
  std::function<Result<void>(const WriteBatch&)> before_write;
  std::function<void()> after_write;
};

// Forwards to an engine that others hold too.
class HookedEngine final : public Engine {
 public:
  HookedEngine(std::shared_ptr<Engine> engine, std::shared_ptr<EngineHooks> hooks)
      : engine_(std::move(engine)), hooks_(std::move(hooks)) {}

  Result<std::unique_ptr<EngineView>> NewView() const override { return engine_->NewView(); }
  Result<bool> Get(Space space, std::string_view key, std::string& value) const override {
    return engine_->Get(space, key, value);
  }
  Result<void> Write(const WriteBatch& batch, bool sync) override {
    if (hooks_->before_write) {
      if (Result<void> allowed = hooks_->before_write(batch); !allowed) return allowed;
    }
    Result<void> written = engine_->Write(batch, sync);
    if (hooks_->after_write) hooks_->after_write();
    return written;
  }
  Result<void> Sync() override { return engine_->Sync(); }
  Result<void> Compact() override { return engine_->Compact(); }
  Result<EngineStats> Stats() const override { return engine_->Stats(); }

 private:
  std::shared_ptr<Engine> engine_;
  std::shared_ptr<EngineHooks> hooks_;
};

using RowMap = std::map<std::pair<Space, std::string>, std::string>;

// The engine, and stores on it one after the other.
class LastingEngine {
 public:
  LastingEngine() = default;
  explicit LastingEngine(const RowMap& rows) {
    WriteBatch batch;
    for (const auto& [at, value] : rows) batch.Put(at.first, at.second, value);
    EXPECT_TRUE(engine_->Write(batch, false));
  }

  [[nodiscard]] std::unique_ptr<Store> Create(const OpenOptions& options = {}) const {
    auto store = StoreImpl::Create(Hooked(), CreateOptions{"test", SlicingEarly(options)});
    EXPECT_TRUE(store.has_value()) << (store ? "" : store.error().message);
    return std::move(*store);
  }
  [[nodiscard]] Result<std::unique_ptr<Store>> Open(const OpenOptions& options = {}) const {
    return StoreImpl::Open(Hooked(), SlicingEarly(options));
  }
  [[nodiscard]] EngineHooks& hooks() const { return *hooks_; }
  [[nodiscard]] Engine& engine() const { return *engine_; }

  [[nodiscard]] RowMap Rows() const {
    RowMap rows;
    const auto view = *engine_->NewView();
    for (const Space space : {Space::kState, Space::kHistory, Space::kChunks}) {
      const auto at = view->Scan(space, {}, {});
      for (at->SeekToFirst(); at->valid(); at->Next()) {
        rows[{space, std::string(at->key())}] = at->value();
      }
    }
    return rows;
  }
  [[nodiscard]] std::string Value(Space space, const std::string& key) const {
    std::string value;
    EXPECT_TRUE(*engine_->Get(space, key, value)) << "no such row";
    return value;
  }

 private:
  [[nodiscard]] std::unique_ptr<Engine> Hooked() const {
    return std::make_unique<HookedEngine>(engine_, hooks_);
  }

  std::shared_ptr<Engine> engine_ = NewMemoryEngine();
  std::shared_ptr<EngineHooks> hooks_ = std::make_shared<EngineHooks>();
};

// Content read straight from the rows of an engine, past every cache.
class PlainReader {
 public:
  explicit PlainReader(const LastingEngine& engine) : view_(*engine.engine().NewView()) {
    std::string value;
    EXPECT_TRUE(*view_->Get(Space::kState, StoreRowKey(), value));
    EXPECT_TRUE(origins_.Load(*view_, DecodeStoreRow(value)->origins));
    rows_.emplace(*view_, origins_, DecodeStoreRow(value)->published);
    content_.emplace(*rows_, nullptr, ChunkCheck::kDigest);
  }
  [[nodiscard]] const ContentReader& content() const { return *content_; }
  [[nodiscard]] const Rows& rows() const { return *rows_; }
  // By value but for the payload, which is copied to `bytes`.
  [[nodiscard]] VersionRow Row(const BusinessId& id, uint64_t version, std::string& bytes) const {
    EXPECT_TRUE(*view_->Get(Space::kHistory, VersionKey(id, Version{version}), bytes));
    return *DecodeVersionRow(bytes);
  }
  [[nodiscard]] bool HasCheckpoint(const BusinessId& id, uint64_t version) const {
    std::string value;
    return *view_->Get(Space::kHistory, CheckpointKey(id, Version{version}), value);
  }

 private:
  std::unique_ptr<EngineView> view_;
  Origins origins_;
  std::optional<Rows> rows_;
  std::optional<ContentReader> content_;
};

}  // namespace switchback
