// The cache file of a client: read once, written again by a thread of its own as answers come.
#pragma once

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "client/cache_format.h"
#include "client/kept_answers.h"
#include "files/private_file.h"

namespace switchback::client {

// Safe from any number of threads once it is started.
class CacheKeeper {
 public:
  // Reads the file. A file that can't be used is no error here: see found().
  CacheKeeper(std::string path, size_t most_bytes);
  // Writes what is not written yet.
  ~CacheKeeper();
  CacheKeeper(const CacheKeeper&) = delete;
  CacheKeeper& operator=(const CacheKeeper&) = delete;

  // Of what store the file is; nothing: there is none. Errors: it can't be read, or is damaged.
  [[nodiscard]] const Result<std::optional<StoreIdentity>>& found() const { return found_; }
  // Begins to write, for this store. What the file had of another one is forgotten. Called once.
  void Start(const StoreIdentity& identity);

  [[nodiscard]] KeptAnswers& answers() { return answers_; }
  // The service has answered something; what it said of IDs is in answers().
  void NoteContact(Timestamp now);
  // 0: never, as far as is known.
  [[nodiscard]] Timestamp contact() const { return Timestamp{contact_.load()}; }

  // Writes what is not written yet, and waits for it. Errors: kIoError; kHeld, another process
  // has been writing for seconds.
  [[nodiscard]] Result<void> Flush();
  // What is wrong with the file: as it was found, until it was written; then of the last write.
  [[nodiscard]] std::optional<Error> fault() const;

 private:
  void Load();
  void Run();
  [[nodiscard]] bool IsBehind() const;
  // Errors are remembered.
  [[nodiscard]] Result<void> Write();
  [[nodiscard]] Result<void> WriteOver();
  // What another process has put there since.
  void TakeOver();
  void RaiseContact(Timestamp to);

  const std::string path_;
  KeptAnswers answers_;
  StoreIdentity identity_;
  Result<std::optional<StoreIdentity>> found_ = std::nullopt;
  std::atomic<int64_t> contact_ = 0;
  std::atomic<int64_t> written_contact_ = 0;
  std::atomic<uint64_t> written_generation_ = 0;

  std::mutex write_mutex_;                 // of one write at a time
  std::optional<files::FileStamp> stamp_;  // of the file as it was last read or written

  mutable std::mutex mutex_;
  std::condition_variable woken_;
  bool is_wanted_ = false;
  bool is_ending_ = false;
  std::optional<Error> fault_;
  std::thread thread_;  // last: it uses the others
};

}  // namespace switchback::client
