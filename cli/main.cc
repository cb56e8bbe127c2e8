// Entry: the result of the program becomes the exit code of the process.
#include <string>
#include <vector>

#include "cli/program.h"

int main(int argc, char** argv) {
  return switchback::cli::RunProgram(
      std::vector<std::string>(argv + (argc > 0 ? 1 : 0), argv + argc));
}
