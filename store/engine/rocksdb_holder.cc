// HOLDER is two lines of text, "pid 1234" and "host NAME". It comes from another process, or from a
// crash: anything else in it is as good as nothing.
#include "engine/rocksdb_holder.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <fstream>
#include <optional>
#include <string_view>
#include <system_error>

namespace switchback {

namespace {

constexpr size_t kMaxHostBytes = 256;

struct Note {
  int64_t process = 0;
  std::string host;
};

std::string NotePath(const std::string& folder) {
  return folder + "/HOLDER";
}

std::string HostName() {
  std::array<char, kMaxHostBytes + 1> name{};
  if (gethostname(name.data(), kMaxHostBytes) != 0) return "unknown";
  return name.data();
}

std::optional<Note> ReadNote(const std::string& folder) {
  std::ifstream in(NotePath(folder));
  std::array<char, kMaxHostBytes + 64> buffer{};
  in.read(buffer.data(), buffer.size());
  std::string_view text(buffer.data(), static_cast<size_t>(in.gcount()));
  constexpr std::string_view kPid = "pid ";
  constexpr std::string_view kHost = "\nhost ";
  if (!text.starts_with(kPid)) return std::nullopt;
  text.remove_prefix(kPid.size());
  Note note;
  const auto [end, fault] = std::from_chars(text.begin(), text.end(), note.process);
  if (fault != std::errc() || note.process <= 0) return std::nullopt;
  text.remove_prefix(static_cast<size_t>(end - text.begin()));
  if (!text.starts_with(kHost) || !text.ends_with('\n')) return std::nullopt;
  text.remove_prefix(kHost.size());
  text.remove_suffix(1);
  for (const char c : text) {
    if (c <= ' ' || c > '~') return std::nullopt;  // goes to a terminal: plain text only
  }
  note.host = text;
  return note;
}

// The process that the kernel says has LOCK; 0 if none, or one that can't be seen from here (of
// another machine on a shared file system, or of another container).
int64_t LockOwner(const std::string& folder) {
  const int file = open((folder + "/LOCK").c_str(), O_RDWR | O_CLOEXEC);
  if (file < 0) return 0;
  struct flock lock {};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  const bool asked = fcntl(file, F_GETLK, &lock) == 0;
  close(file);
  return asked && lock.l_type != F_UNLCK && lock.l_pid > 0 ? lock.l_pid : 0;
}

}  // namespace

HolderNote::HolderNote(const std::string& folder) : path_(NotePath(folder)) {
  std::ofstream out(path_, std::ios::trunc);
  out << fmt::format("pid {}\nhost {}\n", getpid(), HostName());
}

HolderNote::~HolderNote() {
  unlink(path_.c_str());
}

std::string DescribeHolder(const std::string& folder, bool held_here) {
  if (held_here) return fmt::format("process {} (this one) on {}", getpid(), HostName());
  const int64_t owner = LockOwner(folder);
  const std::optional<Note> note = ReadNote(folder);
  // The note of a holder that was killed may still be there while its successor is opening.
  if (note && (owner == 0 || owner == note->process)) {
    return fmt::format("process {} on {}", note->process, note->host);
  }
  if (owner != 0) return fmt::format("process {} on {}", owner, HostName());
  return "a process that can't be seen from here";
}

}  // namespace switchback
