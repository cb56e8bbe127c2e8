// A process that commits, and backs up again and again beside it, for backup_test to kill. It is a
// program of its own because RocksDB's threads do not survive a fork.
//   backing_up_process PATH BACKUPS
// Commit n becomes revision n; committing_process.h says what it holds. The number of each backup
// is reported once it is made, as an 8-byte number on standard output; the first report is 0.
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <thread>

#include "store/committing_process.h"
#include "switchback/backup.h"

namespace switchback {
namespace {

void Report(uint64_t number) {
  if (write(STDOUT_FILENO, &number, sizeof(number)) != sizeof(number)) std::exit(1);
}

int Run(const std::string& path, const std::string& backups) {
  const auto store = Store::Open(path, {.max_ids_at_once = 512});
  if (!store) return 1;
  Report(0);
  std::thread committer([&store] {
    for (uint64_t number = (*(*store)->NewView())->revision().value + 1;; ++number) {
      if (!(*store)->Commit(NumberedChange(number), NumberedOptions(number))) std::exit(1);
    }
  });
  while (true) {
    const Result<BackupInfo> info = (*store)->CreateBackup(backups, By("backer"), {});
    if (!info) std::exit(1);
    Report(info->number);
  }
}

}  // namespace
}  // namespace switchback

int main(int argc, char** argv) {
  return argc == 3 ? switchback::Run(argv[1], argv[2]) : 2;
}
