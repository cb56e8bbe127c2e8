// The command line of `compare`.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>

namespace switchback::compare {

struct Options {
  std::string system;
  std::string history;
  std::string name;  // of the history, for the results
  std::string folder;
  std::string out;
  uint64_t limit = std::numeric_limits<uint64_t>::max();
  size_t queries = 1000;
  size_t restores = 12;  // of everything, cold ones among them
  size_t cold_rounds = 5;
  double seconds = 20;  // a row of warm questions at most
  uint64_t seed = 1;
  bool list = false;
};

// Ends the program with the usage where it must.
Options ParseOptions(int argc, char** argv);

}  // namespace switchback::compare
