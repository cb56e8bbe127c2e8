#include "cli/output/line_log.h"

#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <climits>
#include <utility>

namespace switchback::cli {
namespace {

using std::chrono::steady_clock;

constexpr int kRoomPatience = 100;  // milliseconds
constexpr std::chrono::seconds kEndPatience{1};

}  // namespace

LineLog::LineLog(int file, size_t most_bytes)
    : file_(file), most_bytes_(most_bytes), thread_([this] { Run(); }) {}

LineLog::~LineLog() {
  {
    const std::scoped_lock lock(mutex_);
    ends_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

void LineLog::Say(std::string_view line) {
  {
    const std::scoped_lock lock(mutex_);
    if (kept_.size() + line.size() >= most_bytes_) {
      ++lost_;
      return;
    }
    if (lost_ != 0) kept_ += fmt::format("{{\"lost_lines\":{}}}\n", std::exchange(lost_, 0));
    kept_ += line;
    kept_ += '\n';
  }
  changed_.notify_one();
}

// A pipe that has room has it for PIPE_BUF bytes: no write of as many waits.
bool LineLog::WritePiece(std::string_view& bytes) const {
  pollfd room{.fd = file_, .events = POLLOUT, .revents = 0};
  if (poll(&room, 1, kRoomPatience) <= 0) return false;
  const ssize_t written = write(file_, bytes.data(), std::min<size_t>(bytes.size(), PIPE_BUF));
  if (written < 0) {
    if (errno != EINTR && errno != EAGAIN) bytes = {};  // nobody will ever read it
    return false;
  }
  bytes.remove_prefix(static_cast<size_t>(written));
  return true;
}

void LineLog::Run() {
  std::unique_lock lock(mutex_);
  auto gives_up = steady_clock::time_point::max();
  while (true) {
    changed_.wait(lock, [this] { return ends_ || !kept_.empty(); });
    if (ends_ && gives_up == steady_clock::time_point::max()) {
      gives_up = steady_clock::now() + kEndPatience;
    }
    if (kept_.empty() || steady_clock::now() > gives_up) return;
    // What is being written counts: it goes back in front if it is not taken.
    std::string taken = std::exchange(kept_, {});
    std::string_view left = taken;
    lock.unlock();
    while (!left.empty() && WritePiece(left)) {
    }
    lock.lock();
    if (!left.empty()) kept_.insert(0, left);
  }
}

}  // namespace switchback::cli
