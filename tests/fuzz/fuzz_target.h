// A fuzz target: what is tried with bytes that nobody vouches for. One file in targets/ each, which
// is named as the target and as its folder in corpus/. libfuzzer_main.cc drives one of them;
// corpus_test.cc replays the corpora of all.
#pragma once

#include <string_view>
#include <vector>

namespace switchback {

struct FuzzTarget {
  std::string_view name;
  // Ends, for any bytes at all. Throws where what is promised does not hold (Require).
  void (*attempt)(std::string_view bytes);
};

// Of all files that are linked in.
[[nodiscard]] std::vector<FuzzTarget>& FuzzTargets();

// A global one of these in each file makes its target known.
struct RegisterFuzzTarget {
  RegisterFuzzTarget(std::string_view name, void (*attempt)(std::string_view)) {
    FuzzTargets().push_back({name, attempt});
  }
};

// Throws std::logic_error that says `what`, unless it holds. Not an assertion: a failed replay is
// one failed test, and libFuzzer takes what nobody catches for a crash.
void Require(bool holds, std::string_view what);

}  // namespace switchback
