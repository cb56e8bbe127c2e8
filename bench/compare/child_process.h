// A program that an adapter talks to through pipes, and reaps: git's plumbing, the etcd server.
// Started by posix_spawn, so that a start costs the same however much memory this process holds.
#pragma once

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "bench/compare/machine.h"
#include "bench/compare/system.h"

namespace switchback::compare {

class ChildProcess {
 public:
  struct Command {
    std::vector<std::string> arguments;    // the program first, looked up in PATH
    std::vector<std::string> environment;  // "NAME=value"; nothing is inherited
    std::string folder;                    // to run in
    std::string output_file;  // for its output and errors; empty: a pipe, and our own errors
  };

  explicit ChildProcess(const Command& command) : name_(command.arguments.front()) {
    signal(SIGPIPE, SIG_IGN);  // a child that has died shows as a failed write, with its name
    std::array<int, 2> input = Pipe();
    std::array<int, 2> output = Pipe();
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addchdir_np(&actions, command.folder.c_str());
    posix_spawn_file_actions_adddup2(&actions, input[0], STDIN_FILENO);
    if (command.output_file.empty()) {
      posix_spawn_file_actions_adddup2(&actions, output[1], STDOUT_FILENO);
    } else {
      posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, command.output_file.c_str(),
                                       O_WRONLY | O_CREAT | O_APPEND, 0644);
      posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO);
    }
    Spawn(command, actions);
    posix_spawn_file_actions_destroy(&actions);
    close(input[0]);
    close(output[1]);
    input_ = input[1];
    output_ = output[0];
  }
  ~ChildProcess() {
    if (pid_ > 0) Finish();
  }
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  void Write(std::string_view bytes) {
    if (pending_.size() + bytes.size() > kBufferBytes) Flush();
    if (bytes.size() > kBufferBytes) {
      WriteNow(bytes);
    } else {
      pending_.append(bytes);
    }
  }

  void Flush() {
    WriteNow(pending_);
    pending_.clear();
  }

  // Without its LF. Ends the program where the child's output ends first.
  std::string ReadLine() {
    size_t end = 0;
    size_t looked_at = taken_;
    while ((end = read_.find('\n', looked_at)) == std::string::npos) {
      looked_at = read_.size();
      const size_t shift = taken_;
      if (!Fill()) Fail(name_ + " ended before its answer did");
      looked_at -= shift;
    }
    std::string line = read_.substr(taken_, end - taken_);
    taken_ = end + 1;
    return line;
  }

  std::string ReadBytes(size_t count) {
    std::string bytes = read_.substr(taken_, count);
    taken_ += bytes.size();
    size_t have = bytes.size();
    bytes.resize(count);
    while (have < count) {
      const ssize_t got = ReadSome(bytes.data() + have, count - have);
      if (got == 0) Fail(name_ + " ended before its answer did");
      have += static_cast<size_t>(got);
    }
    return bytes;
  }

  std::string ReadAll() {
    while (Fill()) {
    }
    return read_.substr(taken_);
  }

  [[nodiscard]] bool Running() {
    if (pid_ > 0 && Wait(WNOHANG) == pid_) Closed();
    return pid_ > 0;
  }
  void Signal(int number) {
    if (pid_ > 0) kill(pid_, number);
  }

  // Ends its input, waits for it, and gives its exit code, or 128 + the signal that ended it.
  int Finish() {
    if (pid_ > 0) {
      Flush();
      close(input_);
      input_ = -1;
      while (Wait(0) < 0 && errno == EINTR) {
      }
      Closed();
    }
    return WIFEXITED(status_) ? WEXITSTATUS(status_) : 128 + WTERMSIG(status_);
  }

 private:
  pid_t Wait(int options) {
    rusage usage{};
    const pid_t ended = wait4(pid_, &status_, options, &usage);
    if (ended == pid_) NoteEndedChild(static_cast<uint64_t>(usage.ru_maxrss) * 1024);
    return ended;
  }

  static constexpr size_t kBufferBytes = size_t{1} << 16;  // what a pipe holds

  static std::array<int, 2> Pipe() {
    std::array<int, 2> ends{};
    if (pipe2(ends.data(), O_CLOEXEC) != 0) Fail(std::string("pipe: ") + std::strerror(errno));
    return ends;
  }

  static std::vector<char*> Pointers(const std::vector<std::string>& strings) {
    std::vector<char*> pointers;
    pointers.reserve(strings.size() + 1);
    for (const std::string& string : strings) pointers.push_back(const_cast<char*>(string.c_str()));
    pointers.push_back(nullptr);
    return pointers;
  }

  void Spawn(const Command& command, const posix_spawn_file_actions_t& actions) {
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    sigset_t defaults;
    sigemptyset(&defaults);
    sigaddset(&defaults, SIGPIPE);
    posix_spawnattr_setsigdefault(&attributes, &defaults);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
    const int error =
        posix_spawnp(&pid_, name_.c_str(), &actions, &attributes,
                     Pointers(command.arguments).data(), Pointers(command.environment).data());
    posix_spawnattr_destroy(&attributes);
    if (error != 0) Fail("cannot start " + name_ + ": " + std::strerror(error));
  }

  void WriteNow(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t written = write(input_, bytes.data(), bytes.size());
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) Fail("writing to " + name_ + ": " + std::strerror(errno));
      bytes.remove_prefix(static_cast<size_t>(written));
    }
  }

  ssize_t ReadSome(char* data, size_t size) {
    ssize_t got = 0;
    while ((got = read(output_, data, size)) < 0) {
      if (errno != EINTR) Fail("reading from " + name_ + ": " + std::strerror(errno));
    }
    return got;
  }

  // Reads more behind what is not taken yet, which moves to the front. False at the end.
  bool Fill() {
    read_.erase(0, taken_);
    taken_ = 0;
    const size_t have = read_.size();
    read_.resize(have + kBufferBytes);
    const ssize_t got = ReadSome(read_.data() + have, kBufferBytes);
    read_.resize(have + static_cast<size_t>(got));
    return got > 0;
  }

  void Closed() {
    if (input_ >= 0) close(input_);
    close(output_);
    input_ = output_ = -1;
    pid_ = 0;
  }

  std::string name_;
  pid_t pid_ = 0;
  int status_ = 0;
  int input_ = -1;
  int output_ = -1;
  std::string pending_;
  std::string read_;
  size_t taken_ = 0;  // of read_
};

}  // namespace switchback::compare
