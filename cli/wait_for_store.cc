#include "cli/wait_for_store.h"

#include <fmt/format.h>

#include <algorithm>
#include <thread>

#include "cli/output/progress.h"
#include "cli/parse/duration.h"

namespace switchback::cli {
namespace {

using std::chrono::milliseconds;

// A lock that is free can't tell us. A try costs about a millisecond, and most holders are commands
// that take some ten of them; who is in the way for longer is asked less often.
constexpr milliseconds kFirstPause(10);
constexpr milliseconds kLongestPause(100);

Error Held(Error error, const std::optional<milliseconds>& wait, milliseconds waited) {
  error.message += wait ? fmt::format("; waited {}", FormatDuration(waited))
                        : std::string("; --wait 10s would wait for it");
  return error;
}

}  // namespace

Outcome<std::unique_ptr<Store>> OpenWhenFree(const Context& context,
                                             std::optional<milliseconds> wait,
                                             const OpenStore& open) {
  using SteadyClock = std::chrono::steady_clock;
  const SteadyClock::time_point start = SteadyClock::now();
  Progress progress(context.terminal);
  for (milliseconds pause = kFirstPause;; pause = std::min(pause * 2, kLongestPause)) {
    auto store = open();
    if (store) return *std::move(store);
    if (store.error().code != ErrorCode::kHeld) return std::unexpected(std::move(store).error());
    const auto waited = std::chrono::duration_cast<milliseconds>(SteadyClock::now() - start);
    if (!wait || waited >= *wait) {
      return std::unexpected(Held(std::move(store).error(), wait, waited));
    }
    if (progress.Due()) {
      progress.Show(fmt::format("waiting, {} of {}: {}", FormatDuration(waited),
                                FormatDuration(*wait), store.error().message));
    }
    std::this_thread::sleep_for(std::min(pause, *wait - waited));
  }
}

}  // namespace switchback::cli
