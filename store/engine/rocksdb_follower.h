// The engine that follows a writer in another process (a secondary instance, in RocksDB's words).
#pragma once

#include <rocksdb/env.h>

#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "engine/engine.h"
#include "engine/read_gate.h"
#include "engine/rocksdb_database.h"

namespace switchback {

// Takes no lock and writes nothing, anywhere. Invariants:
// 1. What readers see is one state of the database, that of the last catch-up: a secondary's
//    iterators take no snapshot, so nothing moves while a view is open or a read is under way.
// 2. A secondary moves in place through logs alone. Once the MANIFEST has changed, by a flush say,
//    it is opened anew: RocksDB 7.8 keeps what it had read of a log in front of the table that the
//    log went into, though that holds more.
// 3. A move in place counts only if no table or log came or went meanwhile: RocksDB passes over
//    logs that vanish. What another one leaves is in no known state: reads say so, or it is opened
//    anew.
class RocksDbFollower final : public Engine {
 public:
  // Errors: as OpenRocksDbEngine.
  [[nodiscard]] static Result<std::unique_ptr<Engine>> Open(const std::string& path,
                                                            const RocksDbEngineOptions& options,
                                                            rocksdb::Env* env);
  RocksDbFollower(std::unique_ptr<Database> database, RocksDbEngineOptions options,
                  rocksdb::Env* env);

  [[nodiscard]] Result<std::unique_ptr<EngineView>> NewView() const override;
  [[nodiscard]] Result<bool> Get(Space space, std::string_view key,
                                 std::string& value) const override;
  [[nodiscard]] Result<void> Write(const WriteBatch& batch, bool sync) override;
  [[nodiscard]] Result<void> Sync() override;
  [[nodiscard]] Result<void> Compact() override;
  [[nodiscard]] Result<EngineStats> Stats() const override;
  [[nodiscard]] Result<bool> CatchUp(const Moved& moved) override;

 private:
  // Errors: kNotFound.
  [[nodiscard]] Result<void> CheckSameDatabase(const FolderState& now) const;
  // Whether what is open can move to `now` in place.
  [[nodiscard]] bool CanMoveInPlace(const FolderState& now) const;
  [[nodiscard]] Result<std::unique_ptr<Database>> OpenAnew() const;

  // -- REQUIRES: the gate is closed
  // False: it did not come to rest, or failed; what is open is then of no more use.
  [[nodiscard]] bool MoveInPlace();
  [[nodiscard]] Result<void> Replace(Result<std::unique_ptr<Database>> database);
  [[nodiscard]] Result<void> Tell(const Moved& moved);

  const std::string path_;
  const RocksDbEngineOptions options_;
  rocksdb::Env* const env_;
  std::mutex catching_up_;  // one at a time
  mutable ReadGate gate_;
  // Both change only while the gate is closed.
  std::shared_ptr<Database> database_;
  std::optional<Error> broken_;
  FolderState seen_;  // the folder as of what is seen; of the thread that catches up
};

}  // namespace switchback
