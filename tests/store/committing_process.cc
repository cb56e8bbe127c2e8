// A process that commits without end, for tests to kill and to follow. It is a program of its own
// because RocksDB's threads do not survive a fork.
//   committing_process PATH [COMPACT_EVERY]
// Commit n becomes revision n; committing_process.h says what it holds. Each is reported once it
// returned, as an 8-byte number on standard output; the first report says where it starts.
#include "store/committing_process.h"

#include <unistd.h>

#include <cstdlib>

namespace switchback {
namespace {

void Report(uint64_t number) {
  if (write(STDOUT_FILENO, &number, sizeof(number)) != sizeof(number)) std::exit(1);
}

int Run(const std::string& path, uint64_t compact_every) {
  OpenOptions options;
  options.max_ids_at_once = 512;  // revisions in slices are among the numbered ones
  const auto store = Store::Open(path, options);
  if (!store) return 1;
  const auto view = (*store)->NewView();
  if (!view) return 1;
  uint64_t number = (*view)->revision().value;
  Report(number);
  while (true) {
    ++number;
    const Result<CommitResult> result =
        (*store)->Commit(NumberedChange(number), NumberedOptions(number));
    if (!result || result->revision != Revision{number}) return 1;
    Report(number);
    if (number % compact_every == 0 && !(*store)->Compact()) return 1;
  }
}

}  // namespace
}  // namespace switchback

int main(int argc, char** argv) {
  if (argc < 2) return 2;
  const uint64_t never = ~uint64_t{0};
  return switchback::Run(argv[1], argc > 2 ? std::strtoull(argv[2], nullptr, 10) : never);
}
