// The lock of a database that is open for writing: RocksDB's own, on the file LOCK, but taken here,
// so that it outlives one instance of RocksDB. What failed can then be opened anew without letting
// another process in between.
#pragma once

#include <rocksdb/env.h>

#include <memory>
#include <string>

#include "engine/rocksdb_holder.h"

namespace switchback {

// Held until it goes.
class WriterLock {
 public:
  // `env` null: the system's; else it outlives the lock. The folder exists. A lock that someone has
  // is an error of which IsLockBusy is true.
  [[nodiscard]] static rocksdb::Status Take(const std::string& folder, rocksdb::Env* env,
                                            std::shared_ptr<WriterLock>& lock);
  ~WriterLock();
  WriterLock(const WriterLock&) = delete;
  WriterLock& operator=(const WriterLock&) = delete;

 private:
  WriterLock(const std::string& folder, rocksdb::Env* env, rocksdb::FileLock* lock);

  rocksdb::Env* const env_;
  rocksdb::FileLock* const lock_;
  std::unique_ptr<HolderNote> note_;
};

// `env`, which outlives it, but that it finds every lock free: for RocksDB under a WriterLock.
[[nodiscard]] std::unique_ptr<rocksdb::Env> EnvWithLockHeld(rocksdb::Env* env);

}  // namespace switchback
