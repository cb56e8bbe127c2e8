// Stores for tests: on RocksDB in a folder of their own, or in memory; and small helpers for lists.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <functional>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "switchback/endpoint.h"
#include "switchback/store.h"

namespace switchback {

inline BusinessId Id(std::string_view text) {
  return *BusinessId::Parse(text);
}

// Endpoints in any order, as texts.
inline EndpointList List(const std::vector<std::string>& texts) {
  std::vector<OwnedEndpoint> endpoints;
  endpoints.reserve(texts.size());
  for (const std::string& text : texts) endpoints.push_back(*ParseEndpoint(text));
  std::sort(endpoints.begin(), endpoints.end(),
            [](const auto& a, const auto& b) { return a.key < b.key; });
  EndpointListBuilder builder;
  for (const OwnedEndpoint& endpoint : endpoints) builder.Append(endpoint.view());
  return builder.Finish();
}

inline std::vector<std::string> Texts(const EndpointList& list) {
  std::vector<std::string> texts;
  for (const Endpoint endpoint : list) texts.push_back(FormatEndpoint(endpoint));
  return texts;
}

// `count` IPv4 hosts from `start` on, `step` apart, with port 8000 and a weight.
inline EndpointList Range(uint32_t start, size_t count, uint32_t step = 1,
                          std::optional<uint32_t> weight = 100) {
  EndpointListBuilder builder;
  for (size_t i = 0; i < count; ++i) {
    const uint64_t address = start + static_cast<uint64_t>(i) * step;
    builder.Append({{{Family::kIPv4, 0, address}, 32, 8000}, {weight, {}}});
  }
  return builder.Finish();
}

// A long list whose distances don't repeat: it takes chunks of their own.
inline EndpointList Scattered(uint32_t seed, size_t count = 20000) {
  std::mt19937 random(seed);
  EndpointListBuilder builder;
  uint64_t address = 0x0a000000;
  for (size_t i = 0; i < count; ++i) {
    address += 1 + random() % 5000;
    builder.Append({{{Family::kIPv4, 0, address}, 32, 8000}, {100, {}}});
  }
  return builder.Finish();
}

inline EndpointEdit Edit(EditKind kind, std::string_view text, bool match_value = false) {
  return {kind, *ParseEndpoint(text), match_value};
}

inline Change Set(std::string_view id, EndpointList list) {
  Change change;
  change.ids.push_back({Id(id), Replace{std::move(list)}, std::nullopt});
  return change;
}

inline Change Edits(std::string_view id, std::vector<EndpointEdit> edits) {
  Change change;
  change.ids.push_back({Id(id), EditEndpoints{std::move(edits), false}, std::nullopt});
  return change;
}

inline Change Delete(std::string_view id) {
  Change change;
  change.ids.push_back({Id(id), DeleteId{}, std::nullopt});
  return change;
}

inline CommitOptions By(std::string_view author, Durability durability = Durability::kBuffered) {
  CommitOptions options;
  options.author = author;
  options.durability = durability;
  return options;
}

// A clock that stands still until it is moved.
struct FakeClock {
  std::shared_ptr<int64_t> micros = std::make_shared<int64_t>(1'700'000'000'000'000);
  [[nodiscard]] Clock clock() const {
    auto at = micros;
    return {[at] { return Timestamp{*at}; }, [](Timestamp) { return 0; }};
  }
  void Advance(int64_t by) const { *micros += by; }
};

// A folder that goes with the test.
class TempFolder {
 public:
  TempFolder() {
    std::string path = (std::filesystem::temp_directory_path() / "switchback-test-XXXXXX").string();
    path_ = mkdtemp(path.data());
  }
  ~TempFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;
  [[nodiscard]] std::string path(std::string_view name = "store") const {
    return path_ + "/" + std::string(name);
  }

 private:
  std::string path_;
};

// Slices from so few IDs on that tests reach them in little time.
inline constexpr size_t kIdsAtOnce = 512;
inline OpenOptions SlicingEarly(OpenOptions options = {}) {
  options.max_ids_at_once = kIdsAtOnce;
  return options;
}

enum class Kind { kMemory, kRocksDb };

// A store as tests are to see it: the store itself, or what stands before it (a service and its
// client) and is kept by `behind` as long as it is used.
struct SeenStore {
  std::shared_ptr<void> behind = nullptr;
  std::unique_ptr<Store> store;
};
// How StoreHolder shows its stores, for programs that run the same tests over something else.
inline std::function<SeenStore(std::unique_ptr<Store>)>& ShowStore() {
  static std::function<SeenStore(std::unique_ptr<Store>)> show = [](std::unique_ptr<Store> store) {
    return SeenStore{nullptr, std::move(store)};
  };
  return show;
}

// One store that can be closed and opened again; in memory it simply stays open.
class StoreHolder {
 public:
  explicit StoreHolder(Kind kind, OpenOptions options = {})
      : kind_(kind), options_(SlicingEarly(std::move(options))) {
    CreateOptions create{"test", options_};
    auto made = kind == Kind::kMemory ? Store::CreateInMemory(create)
                                      : Store::Create(folder_.path(), create);
    EXPECT_TRUE(made.has_value()) << (made ? "" : made.error().message);
    seen_ = ShowStore()(*std::move(made));
  }
  ~StoreHolder() { Close(); }
  StoreHolder(const StoreHolder&) = delete;
  StoreHolder& operator=(const StoreHolder&) = delete;
  void Reopen() {
    if (kind_ == Kind::kMemory) return;
    Close();
    auto opened = Store::Open(folder_.path(), options_);
    ASSERT_TRUE(opened.has_value()) << opened.error().message;
    seen_ = ShowStore()(*std::move(opened));
  }
  void Close() {
    seen_.store.reset();
    seen_.behind.reset();
  }
  Store* operator->() const { return seen_.store.get(); }
  Store& operator*() const { return *seen_.store; }
  [[nodiscard]] std::string path() const { return folder_.path(); }

 private:
  Kind kind_;
  TempFolder folder_;
  OpenOptions options_;
  SeenStore seen_;
};

inline void ExpectSound(const Store& store) {
  const Result<VerifyReport> report = store.Verify({});
  ASSERT_TRUE(report.has_value()) << report.error().message;
  EXPECT_EQ(report->damage_count, 0U) << (report->damage.empty() ? "" : report->damage[0].what);
}

}  // namespace switchback
