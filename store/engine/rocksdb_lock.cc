#include "engine/rocksdb_lock.h"

namespace switchback {

rocksdb::Status WriterLock::LockedEnv::LockFile(const std::string& /*name*/,
                                                rocksdb::FileLock** lock) {
  *lock = new rocksdb::FileLock();  // RocksDB takes none for not locked
  return rocksdb::Status::OK();
}

rocksdb::Status WriterLock::LockedEnv::UnlockFile(rocksdb::FileLock* lock) {
  delete lock;
  return rocksdb::Status::OK();
}

rocksdb::Status WriterLock::Take(const std::string& folder, rocksdb::Env* env,
                                 std::shared_ptr<WriterLock>& lock) {
  if (env == nullptr) env = rocksdb::Env::Default();
  rocksdb::FileLock* taken = nullptr;
  rocksdb::Status status = env->LockFile(folder + "/LOCK", &taken);
  if (status.ok()) lock.reset(new WriterLock(folder, env, taken));
  return status;
}

WriterLock::WriterLock(const std::string& folder, rocksdb::Env* env, rocksdb::FileLock* lock)
    : env_(env), lock_(lock), locked_(env), note_(std::make_unique<HolderNote>(folder)) {}

WriterLock::~WriterLock() {
  // Before the lock: the next holder's note must not be removed.
  note_.reset();
  env_->UnlockFile(lock_);
}

}  // namespace switchback
