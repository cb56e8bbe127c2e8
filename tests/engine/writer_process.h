// The program writer_process as the tests see it: started, listened to, killed; and what it and
// they agree on about the rows that it writes.
#pragma once

#include <signal.h>  // NOLINT(modernize-deprecated-headers): kill is POSIX
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/engine.h"

namespace switchback {

inline constexpr int kRowsPerBatch = 20;
inline constexpr uint64_t kCompactEvery = 1000;

inline Space SpaceOfRow(int row) {
  return static_cast<Space>(static_cast<size_t>(row) % kSpaceCount);
}
inline std::string RowKey(uint64_t batch, int row) {
  return std::to_string(batch) + "/" + std::to_string(row);
}

// Killed with SIGKILL when it goes, if not before.
class WriterProcess {
 public:
  WriterProcess(std::string program, std::vector<std::string> arguments) {
    std::array<int, 2> reports{};
    if (pipe(reports.data()) != 0) return;
    std::vector<char*> words = {program.data()};
    for (std::string& argument : arguments) words.push_back(argument.data());
    words.push_back(nullptr);
    process_ = fork();
    if (process_ == 0) {
      dup2(reports[1], STDOUT_FILENO);
      close(reports[0]);
      close(reports[1]);
      execv(program.c_str(), words.data());
      _exit(127);
    }
    close(reports[1]);
    reports_ = reports[0];
  }
  ~WriterProcess() {
    Kill();
    close(reports_);
  }
  WriterProcess(const WriterProcess&) = delete;
  WriterProcess& operator=(const WriterProcess&) = delete;

  // The next number that it reports; nothing once it has ended.
  std::optional<uint64_t> NextReport() {
    uint64_t number = 0;
    if (read(reports_, &number, sizeof(number)) != sizeof(number)) return std::nullopt;
    return number;
  }
  void Kill() {
    if (process_ <= 0) return;
    kill(process_, SIGKILL);
    waitpid(process_, nullptr, 0);
    process_ = 0;
  }
  [[nodiscard]] bool running() const { return waitpid(process_, nullptr, WNOHANG) == 0; }
  [[nodiscard]] pid_t process() const { return process_; }

 private:
  pid_t process_ = 0;
  int reports_ = -1;
};

}  // namespace switchback
