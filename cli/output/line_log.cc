#include "cli/output/line_log.h"

#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <utility>

namespace switchback::cli {
namespace {

using std::chrono::steady_clock;

constexpr int kRoomPatience = 100;  // milliseconds
constexpr std::chrono::seconds kEndPatience{1};

std::string LostLine(uint64_t lost) {
  return fmt::format("{{\"lost_lines\":{}}}\n", lost);
}

// As much as a pipe that has room for anything takes without waiting, and up to a line's end: so
// that others who write there do it between lines.
std::string_view Piece(std::string_view lines) {
  if (lines.size() <= PIPE_BUF) return lines;
  const size_t end = lines.rfind('\n', PIPE_BUF - 1);
  return lines.substr(0, end == std::string_view::npos ? PIPE_BUF : end + 1);
}

}  // namespace

LineLog::LineLog(int file, size_t most_bytes)
    : file_(file), most_bytes_(most_bytes), thread_([this] { Run(); }) {}

LineLog::~LineLog() {
  {
    const std::scoped_lock lock(mutex_);
    ends_ = true;
    gives_up_ = steady_clock::now() + kEndPatience;
  }
  changed_.notify_one();
  thread_.join();
}

void LineLog::Say(std::string_view line) {
  {
    const std::scoped_lock lock(mutex_);
    if (in_writing_ + kept_.size() + line.size() >= most_bytes_) {
      ++lost_;
      return;
    }
    kept_ += line;
    kept_ += '\n';
  }
  changed_.notify_one();
}

bool LineLog::TimeIsUp() {
  const std::scoped_lock lock(mutex_);
  return ends_ && steady_clock::now() >= gives_up_;
}

bool LineLog::WriteSome(std::string_view& lines) const {
  pollfd room{.fd = file_, .events = POLLOUT, .revents = 0};
  if (poll(&room, 1, kRoomPatience) <= 0) return true;
  const std::string_view piece = Piece(lines);
  const ssize_t written = write(file_, piece.data(), piece.size());
  if (written < 0) return errno == EINTR || errno == EAGAIN;
  lines.remove_prefix(static_cast<size_t>(written));
  return true;
}

void LineLog::Run() {
  bool torn = false;  // what was written last is no whole line
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return ends_ || !kept_.empty(); });
    if (kept_.empty() && lost_ == 0) return;
    const uint64_t lost = std::exchange(lost_, 0);
    std::string taken = torn ? "\n" : "";
    taken += std::exchange(kept_, {});
    if (lost != 0) taken += LostLine(lost);
    in_writing_ = taken.size();
    lock.unlock();
    std::string_view left = taken;
    bool writes = true;
    while (!left.empty() && writes && !TimeIsUp()) writes = WriteSome(left);
    lock.lock();
    in_writing_ = 0;
    const size_t written = taken.size() - left.size();
    // A disk that is full, say: they are not tried for ever, but counted; of the line that says how
    // many were lost before, those.
    if (!left.empty()) {
      const auto ends = static_cast<uint64_t>(std::ranges::count(left, '\n'));
      const uint64_t no_lines = (torn && written == 0 ? 1U : 0U) + (lost != 0 ? 1U : 0U);
      lost_ += ends - no_lines + lost;
    }
    if (written != 0) torn = taken[written - 1] != '\n';
    if (ends_ && !left.empty()) return;
  }
}

}  // namespace switchback::cli
