#include "engine/rocksdb_lock.h"

namespace switchback {

namespace {

class LockedEnv final : public rocksdb::EnvWrapper {
 public:
  using EnvWrapper::EnvWrapper;
  rocksdb::Status LockFile(const std::string& /*name*/, rocksdb::FileLock** lock) override {
    *lock = std::make_unique<rocksdb::FileLock>().release();  // to RocksDB, none is not locked
    return rocksdb::Status::OK();
  }
  rocksdb::Status UnlockFile(rocksdb::FileLock* lock) override {
    const std::unique_ptr<rocksdb::FileLock> freed(lock);
    return rocksdb::Status::OK();
  }
};

}  // namespace

rocksdb::Status WriterLock::Take(const std::string& folder, rocksdb::Env* env,
                                 std::shared_ptr<WriterLock>& lock) {
  if (env == nullptr) env = rocksdb::Env::Default();
  rocksdb::FileLock* taken = nullptr;
  rocksdb::Status status = env->LockFile(folder + "/LOCK", &taken);
  if (status.ok()) lock.reset(new WriterLock(folder, env, taken));
  return status;
}

WriterLock::WriterLock(const std::string& folder, rocksdb::Env* env, rocksdb::FileLock* lock)
    : env_(env), lock_(lock), note_(std::make_unique<HolderNote>(folder)) {}

WriterLock::~WriterLock() {
  // Before the lock: the next holder's note must not be removed.
  note_.reset();
  env_->UnlockFile(lock_);
}

std::unique_ptr<rocksdb::Env> EnvWithLockHeld(rocksdb::Env* env) {
  return std::make_unique<LockedEnv>(env);
}

}  // namespace switchback
