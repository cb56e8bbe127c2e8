#include "engine/rocksdb_follower.h"

#include <algorithm>
#include <chrono>
#include <thread>
#include <utility>

#include "engine/rocksdb_error.h"
#include "engine/rocksdb_folder.h"
#include "engine/rocksdb_view.h"

namespace switchback {

namespace {

using std::chrono::milliseconds;

// In place is quick, and readers wait meanwhile: after so many disturbed attempts it is opened
// anew, which has more patience.
constexpr int kMoveAttempts = 10;
constexpr milliseconds kFirstDelay{1};
constexpr milliseconds kLongestDelay{8};

// A single read inside the gate.
class GatedRead {
 public:
  explicit GatedRead(ReadGate& gate) : gate_(gate) { gate_.EnterRead(); }
  ~GatedRead() { gate_.LeaveRead(); }
  GatedRead(const GatedRead&) = delete;
  GatedRead& operator=(const GatedRead&) = delete;

 private:
  ReadGate& gate_;
};

// The gate, closed until it goes.
class ClosedGate {
 public:
  explicit ClosedGate(ReadGate& gate) : gate_(gate), closed_(gate.Close()) {}
  ~ClosedGate() {
    if (closed_) gate_.Open();
  }
  ClosedGate(const ClosedGate&) = delete;
  ClosedGate& operator=(const ClosedGate&) = delete;
  [[nodiscard]] bool closed() const { return closed_; }

 private:
  ReadGate& gate_;
  const bool closed_;
};

// A view that is inside the gate for as long as it lives. REQUIRES: it has entered.
class GatedView final : public EngineView {
 public:
  GatedView(std::shared_ptr<const Database> database, ReadGate& gate)
      : view_(std::move(database)), gate_(gate) {}
  ~GatedView() override { gate_.LeaveView(); }
  GatedView(const GatedView&) = delete;
  GatedView& operator=(const GatedView&) = delete;

  [[nodiscard]] Result<bool> Get(Space space, std::string_view key,
                                 std::string& value) const override {
    return view_.Get(space, key, value);
  }
  [[nodiscard]] Result<std::vector<std::optional<std::string>>> MultiGet(
      Space space, std::span<const std::string> keys) const override {
    return view_.MultiGet(space, keys);
  }
  [[nodiscard]] std::unique_ptr<Iterator> Scan(Space space, std::string_view lower,
                                               std::string_view upper) const override {
    return view_.Scan(space, lower, upper);
  }

 private:
  const RocksDbView view_;
  ReadGate& gate_;
};

Error ReadOnly(const std::string& path) {
  return {ErrorCode::kInvalidArgument,
          path + ": was opened read-only, to follow: open it for writing to change it",
          {},
          0};
}

}  // namespace

Result<std::unique_ptr<Engine>> RocksDbFollower::Open(const std::string& path,
                                                      const RocksDbEngineOptions& options,
                                                      rocksdb::Env* env) {
  Result<std::unique_ptr<Database>> database = Database::Open(path, options, env);
  if (!database) return std::unexpected(std::move(database.error()));
  return std::make_unique<RocksDbFollower>(*std::move(database), options, env);
}

RocksDbFollower::RocksDbFollower(std::unique_ptr<Database> database, RocksDbEngineOptions options,
                                 rocksdb::Env* env)
    : path_(database->path()),
      options_(options),
      env_(env),
      database_(std::move(database)),
      seen_(database_->opened_at()) {}

Result<std::unique_ptr<EngineView>> RocksDbFollower::NewView() const {
  gate_.EnterView();
  if (broken_) {
    Error error = *broken_;
    gate_.LeaveView();
    return std::unexpected(std::move(error));
  }
  return std::make_unique<GatedView>(database_, gate_);
}

Result<bool> RocksDbFollower::Get(Space space, std::string_view key, std::string& value) const {
  const GatedRead read(gate_);
  if (broken_) return std::unexpected(*broken_);
  return GetRow(*database_, rocksdb::ReadOptions(), space, key, value);
}

Result<void> RocksDbFollower::Write(const WriteBatch& /*batch*/, bool /*sync*/) {
  return std::unexpected(ReadOnly(path_));
}

Result<void> RocksDbFollower::Sync() {
  return std::unexpected(ReadOnly(path_));
}

Result<void> RocksDbFollower::Compact() {
  return std::unexpected(ReadOnly(path_));
}

Result<EngineStats> RocksDbFollower::Stats() const {
  return CountFiles(path_);
}

Result<void> RocksDbFollower::CheckSameDatabase(const FolderState& now) const {
  if (now.identity == seen_.identity) return {};
  return Fail(ErrorCode::kNotFound,
              path_ + (now.identity.empty()
                           ? ": the database that was followed here is gone"
                           : ": another database has taken the place of the one that was followed: "
                             "open it again to follow this one"));
}

bool RocksDbFollower::CanMoveInPlace(const FolderState& now) const {
  return !broken_ && database_->is_secondary() && now.HasSameTables(seen_);
}

Result<std::unique_ptr<Database>> RocksDbFollower::OpenAnew() const {
  return Database::Open(path_, options_, env_, database_->block_cache());
}

bool RocksDbFollower::MoveInPlace() {
  milliseconds delay = kFirstDelay;
  for (int attempt = 0; attempt < kMoveAttempts; ++attempt) {
    const FolderState before = LookAtFolder(path_);
    // A secondary that has failed once must not be asked again: RocksDB would end the process.
    if (!CanMoveInPlace(before) || !database_->db().TryCatchUpWithPrimary().ok()) return false;
    const FolderState after = LookAtFolder(path_);
    if (!after.HasSameTables(before)) return false;
    if (after.HasSameLogs(before)) {
      seen_ = before;
      return true;
    }
    std::this_thread::sleep_for(delay);
    delay = std::min(delay * 2, kLongestDelay);
  }
  return false;
}

Result<void> RocksDbFollower::Replace(Result<std::unique_ptr<Database>> database) {
  if (!database) {
    broken_ = database.error();
    return std::unexpected(std::move(database.error()));
  }
  database_ = *std::move(database);
  seen_ = database_->opened_at();
  broken_.reset();
  return {};
}

Result<void> RocksDbFollower::Tell(const Moved& moved) {
  const RocksDbView view(database_);
  Result<void> told = moved(view);
  if (!told) broken_ = told.error();
  return told;
}

Result<bool> RocksDbFollower::CatchUp(const Moved& moved) {
  const std::scoped_lock one(catching_up_);
  const FolderState now = LookAtFolder(path_);
  if ((now == seen_ && !broken_) || gate_.has_views()) return false;
  if (Result<void> same = CheckSameDatabase(now); !same) return std::unexpected(same.error());
  // Opening takes its time, and what is open is as good as before meanwhile.
  const bool in_place = CanMoveInPlace(now);
  Result<std::unique_ptr<Database>> anew;
  if (!in_place) {
    anew = OpenAnew();
    if (!anew) return std::unexpected(std::move(anew.error()));
  }
  const ClosedGate gate(gate_);
  if (!gate.closed()) return false;
  Result<void> caught_up;
  if (!in_place) {
    caught_up = Replace(std::move(anew));
  } else if (!MoveInPlace()) {
    caught_up = Replace(OpenAnew());
  }
  if (caught_up) caught_up = Tell(moved);
  if (!caught_up) return std::unexpected(std::move(caught_up.error()));
  return true;
}

}  // namespace switchback
