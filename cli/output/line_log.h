// Lines to a pipe or file that somebody may have stopped reading: they are lost then, and whoever
// says them is never held up.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

namespace switchback::cli {

// Safe from any number of threads.
class LineLog {
 public:
  // `file` is borrowed: a file descriptor. What is kept until it is taken is `most_bytes` at most.
  LineLog(int file, size_t most_bytes);
  // Writes what is kept, for a second at most.
  ~LineLog();
  LineLog(const LineLog&) = delete;
  LineLog& operator=(const LineLog&) = delete;

  // Adds the line's end. Never blocks. Of lines that were lost a later one tells: {"lost_lines":N}.
  void Say(std::string_view line);

 private:
  void Run();
  [[nodiscard]] bool TimeIsUp();
  // Writes from the front of `lines` as far as that goes now, whole lines where they are short.
  // False: nothing of it will be written.
  [[nodiscard]] bool WriteSome(std::string_view& lines) const;

  const int file_;
  const size_t most_bytes_;
  std::mutex mutex_;  // of all below but the thread
  std::condition_variable changed_;
  std::string kept_;
  size_t in_writing_ = 0;  // bytes
  uint64_t lost_ = 0;
  bool ends_ = false;
  std::chrono::steady_clock::time_point gives_up_;  // once ends_
  std::thread thread_;
};

}  // namespace switchback::cli
