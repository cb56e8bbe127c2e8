// A process that reads lists and writes its cache file without end, for the tests to kill.
//   cache_process URL CACHE_FILE
// Each write that is done is a byte on standard output.
#include "client/cache_process.h"

#include <unistd.h>

#include <cstdlib>

#include "switchback/client.h"

namespace switchback {
namespace {

[[noreturn]] void ReadAndFlush(const Store& store) {
  while (true) {
    for (int i = 0; i < kCachedIds; ++i) {
      if (!store.Read(Id(CachedId(i)))) std::exit(1);
    }
    if (!FlushCache(store)) std::exit(1);
    if (write(STDOUT_FILENO, "f", 1) != 1) std::exit(1);
  }
}

}  // namespace
}  // namespace switchback

int main(int count, char** arguments) {
  if (count != 3) return 2;
  const auto store = switchback::Connect({.url = arguments[1], .cache_file = arguments[2]});
  if (!store) return 1;
  switchback::ReadAndFlush(**store);
}
