#include "child.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <thread>
#include <utility>

#include "engine/rocksdb_options.h"
#include "scenes.h"
#include "timing.h"

namespace switchback::targets {
namespace {

constexpr uint64_t kMemoryLimit = uint64_t{512} << 20;

// Often enough that what a program takes in its last moments is not missed by much.
constexpr std::chrono::microseconds kLookEvery(500);

// Of a running process, since it became the program that it is; 0 once it has ended. What the
// kernel says of an ended child (ru_maxrss) begins with the memory of the process that started it.
uint64_t PeakOf(pid_t process) {
  std::ifstream status(fmt::format("/proc/{}/status", process));
  for (std::string word; status >> word;) {
    uint64_t kilobytes = 0;
    if (word == "VmHWM:" && status >> kilobytes) return kilobytes * 1024;
  }
  return 0;
}

// Returns when the new process has become the program.
pid_t Start(const std::vector<std::string>& command, const std::string& output) {
  std::vector<char*> arguments;
  arguments.reserve(command.size() + 1);
  for (const std::string& argument : command) {
    arguments.push_back(const_cast<char*>(argument.c_str()));
  }
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO,
                                   output.empty() ? "/dev/null" : output.c_str(),
                                   O_WRONLY | O_CREAT | O_TRUNC, 0600);
  pid_t child = 0;
  const int failed =
      posix_spawn(&child, arguments.front(), &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (failed != 0) End(fmt::format("{}: can't be started: {}", command.front(), strerror(failed)));
  return child;
}

Change OneEdit(uint64_t number) {
  Change change;
  EditEndpoints edits;
  edits.edits.push_back({EditKind::kSet, Host(static_cast<uint32_t>(number)), false});
  change.ids.push_back({IdOf(number % 16), std::move(edits), std::nullopt});
  return change;
}

int OneWrite(const std::string& path) {
  const auto store = OpenStore(path);
  const uint64_t number = Must(store->NewView())->revision().value + 1;
  Must(store->Commit(OneEdit(number), CommitAs(number, Durability::kSynced)));
  return 0;
}

int Paced(const std::string& path, uint64_t commits) {
  constexpr double kCommitsPerSecond = 1'000;
  const auto store = OpenStore(path);
  SmallLists lists(1'000, 100);
  const double started = Now();
  for (uint64_t i = 0; i < commits; ++i) {
    const double wait = started + static_cast<double>(i) / kCommitsPerSecond - Now();
    if (wait > 0) std::this_thread::sleep_for(std::chrono::duration<double>(wait));
    const CommitResult done =
        Must(store->Commit(lists.EditAny(), CommitAs(i, Durability::kBuffered)));
    fmt::print("{} {:.6f}\n", done.revision.value_or(Revision{}).value, Now());
  }
  return 0;
}

// Rows behind the newest flush, as the cap on the log lets them pile up at most.
int Killed(const std::string& path) {
  const auto store = OpenStore(path);
  uint64_t number = Must(store->NewView())->revision().value;
  uint64_t before = 0;
  uint64_t enough = kMaxWalBytes * 95 / 100;
  while (true) {
    for (int i = 0; i < 64; ++i) {
      ++number;
      Must(store->Commit(OneEdit(number), CommitAs(number, Durability::kBuffered)));
    }
    uint64_t log = 0;
    std::error_code fault;
    for (const auto& entry : std::filesystem::directory_iterator(path, fault)) {
      if (entry.path().extension() == ".log") log += entry.file_size(fault);
    }
    if (log > enough) break;
    // A flush came before the log was that long: the next one will be let grow almost as far.
    if (log < before) enough = std::min(enough, before * 9 / 10);
    before = log;
  }
  raise(SIGKILL);
  return 1;
}

}  // namespace

Ended RunChild(const std::vector<std::string>& command, const std::string& output) {
  Ended ended;
  const double started = Now();
  const pid_t child = Start(command, output);
  int status = 0;
  pid_t changed = 0;
  while ((changed = waitpid(child, &status, WNOHANG)) == 0) {
    ended.peak_bytes = std::max(ended.peak_bytes, PeakOf(child));
    std::this_thread::sleep_for(kLookEvery);
  }
  if (changed != child) End("lost a child process");
  ended.seconds = Now() - started;
  ended.by_signal = WIFSIGNALED(status);
  ended.code = ended.by_signal ? WTERMSIG(status) : WEXITSTATUS(status);
  return ended;
}

Row MemoryRow(std::string name, std::string what, const Ended& ended) {
  Row row = MakeRow(std::move(name), std::move(what), "< 512 MiB",
                    static_cast<double>(ended.peak_bytes) / (1 << 20), "MiB", std::nullopt);
  row.met = ended.peak_bytes < kMemoryLimit;
  row.note = fmt::format("took {:.1f} s", ended.seconds);
  return row;
}

std::string SelfPath() {
  return std::filesystem::read_symlink("/proc/self/exe").string();
}

std::optional<int> RunRole(const std::string& role, const std::string& store) {
  if (role == "one-write") return OneWrite(store);
  if (role == "killed") return Killed(store);
  if (role == "paced") return Paced(store, 20'000);
  if (role == "paced-quick") return Paced(store, 3'000);
  return std::nullopt;
}

}  // namespace switchback::targets
