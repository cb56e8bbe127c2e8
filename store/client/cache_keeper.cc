#include "client/cache_keeper.h"

#include <algorithm>
#include <chrono>
#include <tuple>
#include <utility>

namespace switchback::client {
namespace {

using std::chrono::steady_clock;

// Between two writes; longer where a write takes long, so that it is a tenth of the time at most.
constexpr std::chrono::seconds kLeastBetweenWrites{1};
constexpr int kPausePerWrite = 9;
// A disk that is full, or a folder that can't be written, is not better a second later.
constexpr std::chrono::seconds kAfterFailure{10};
// How much older than it is the last contact may stand in the file while no answer changes.
constexpr int64_t kContactMicros = int64_t{10} * 60 * 1'000'000;
// For another process that writes the same file.
constexpr std::chrono::milliseconds kLockPatience{5'000};

bool IsSameStore(const StoreIdentity& a, const StoreIdentity& b) {
  return a.uuid == b.uuid && a.environment == b.environment;
}

}  // namespace

CacheKeeper::CacheKeeper(std::string path, size_t most_bytes)
    : path_(std::move(path)), answers_(most_bytes) {
  Load();
}

CacheKeeper::~CacheKeeper() {
  if (!thread_.joinable()) return;
  {
    const std::scoped_lock lock(mutex_);
    is_ending_ = true;
  }
  woken_.notify_all();
  thread_.join();
  std::ignore = Flush();
}

void CacheKeeper::Load() {
  Result<std::optional<files::PrivateFile>> file = files::ReadPrivateFile(path_);
  if (!file) {
    fault_ = file.error();
    found_ = std::unexpected(std::move(file.error()));
    return;
  }
  if (!*file) return;
  stamp_ = (*file)->stamp;
  Result<CacheContent> content = DecodeCache((*file)->text);
  if (!content) {
    content.error().message = path_ + ": " + content.error().message;
    fault_ = content.error();
    found_ = std::unexpected(std::move(content.error()));
    return;
  }
  found_ = content->identity;
  contact_ = content->contact.micros;
  written_contact_ = content->contact.micros;
  answers_.Merge(std::move(content->answers));
  written_generation_ = answers_.generation();
}

void CacheKeeper::Start(const StoreIdentity& identity) {
  identity_ = identity;
  if (found_ && *found_ && !IsSameStore(**found_, identity)) {
    answers_.Clear();
    contact_ = 0;
    written_contact_ = 0;
  }
  thread_ = std::thread([this] { Run(); });
}

void CacheKeeper::RaiseContact(Timestamp to) {
  int64_t before = contact_;
  while (before < to.micros && !contact_.compare_exchange_weak(before, to.micros)) {
  }
}

void CacheKeeper::NoteContact(Timestamp now) {
  RaiseContact(now);
  const bool is_due =
      answers_.generation() != written_generation_ || contact_ - written_contact_ > kContactMicros;
  if (!is_due) return;
  {
    const std::scoped_lock lock(mutex_);
    if (is_wanted_) return;
    is_wanted_ = true;
  }
  woken_.notify_all();
}

bool CacheKeeper::IsBehind() const {
  return answers_.generation() != written_generation_ || contact_ > written_contact_;
}

void CacheKeeper::Run() {
  std::unique_lock lock(mutex_);
  while (true) {
    woken_.wait(lock, [&] { return is_ending_ || is_wanted_; });
    if (is_ending_) return;
    is_wanted_ = false;
    lock.unlock();
    const auto begin = steady_clock::now();
    const bool is_written = Write().has_value();
    const steady_clock::duration spent = steady_clock::now() - begin;
    lock.lock();
    if (!is_written) is_wanted_ = true;
    const auto pause =
        is_written ? std::max<steady_clock::duration>(kLeastBetweenWrites, spent * kPausePerWrite)
                   : kAfterFailure;
    woken_.wait_for(lock, pause, [&] { return is_ending_; });
  }
}

Result<void> CacheKeeper::Flush() {
  return Write();
}

Result<void> CacheKeeper::Write() {
  Result<void> written;
  {
    const std::scoped_lock lock(write_mutex_);
    if (!IsBehind()) return {};
    written = WriteOver();
  }
  const std::scoped_lock lock(mutex_);
  fault_ = written ? std::nullopt : std::optional(written.error());
  return written;
}

Result<void> CacheKeeper::WriteOver() {
  const auto lock = files::FileLock::Take(path_, kLockPatience);
  if (!lock) return std::unexpected(lock.error());
  TakeOver();
  // Before the answers themselves: one that comes in between is written once more.
  const uint64_t generation = answers_.generation();
  const Timestamp said = contact();
  const std::string bytes = EncodeCache(identity_, said, answers_.All());
  if (Result<void> replaced = files::ReplacePrivateFile(path_, bytes); !replaced) return replaced;
  if (const auto stamp = files::StampOf(path_); stamp) stamp_ = *stamp;
  written_generation_ = generation;
  written_contact_ = said.micros;
  return {};
}

// One that can't be read, or is of another store, is written over.
void CacheKeeper::TakeOver() {
  const Result<std::optional<files::FileStamp>> stamp = files::StampOf(path_);
  if (!stamp || !*stamp || *stamp == stamp_) return;
  const Result<std::optional<files::PrivateFile>> file = files::ReadPrivateFile(path_);
  if (!file || !*file) return;
  Result<CacheContent> content = DecodeCache((*file)->text);
  if (!content || !IsSameStore(content->identity, identity_)) return;
  answers_.Merge(std::move(content->answers));
  RaiseContact(content->contact);
}

std::optional<Error> CacheKeeper::fault() const {
  const std::scoped_lock lock(mutex_);
  return fault_;
}

}  // namespace switchback::client
