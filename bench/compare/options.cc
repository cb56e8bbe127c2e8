#include "bench/compare/options.h"

#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <map>
#include <string_view>

#include "bench/compare/system.h"

namespace switchback::compare {
namespace {

constexpr std::string_view kUsage =
    R"(usage: compare --system NAME --history FILE[.zst] --folder DIR --out FILE.json [options]
       compare --list

Imports a routing history (JSON lines) into one system and asks it questions that depend on the
history and the seed alone. Times, sizes and hashes of the answers go to --out: runs of two systems
with equal hashes gave equal answers.

  --system NAME      one of those that --list prints
  --history FILE     revisions, one a line, oldest first; packed by zstd or not
  --name NAME        of the history, for the results (default: the file)
  --folder DIR       for the system's files; made, and must be empty
  --out FILE         results, JSON
  --limit N          only the first N lines
  --queries N        a row of questions at most (default 1000)
  --restores N       of everything at most (default 12)
  --cold-rounds N    a row, each after closing and dropping the page cache (default 5)
  --seconds N        a row of warm questions at most (default 20)
  --seed N           for choosing questions (default 1)
)";

[[noreturn]] void Usage(const std::string& problem) {
  std::fprintf(stderr, "compare: %s (--help shows how to use it)\n", problem.c_str());
  std::exit(2);
}

template <typename T>
T ParseNumber(const std::string& option, std::string_view text) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < T{0}) {
    Usage(option + ": expected a number, found '" + std::string(text) + "'");
  }
  return value;
}

void Check(const Options& options) {
  if (options.list) return;
  if (options.system.empty()) Usage("--system is missing");
  if (options.history.empty()) Usage("--history is missing");
  if (options.folder.empty()) Usage("--folder is missing");
  if (options.out.empty()) Usage("--out is missing");
}

}  // namespace

Options ParseOptions(int argc, char** argv) {
  Options options;
  const auto into = [](auto& number) {
    return [&number](const std::string& option, std::string_view text) {
      number = ParseNumber<std::remove_reference_t<decltype(number)>>(option, text);
    };
  };
  const auto into_text = [](std::string& value) {
    return [&value](const std::string&, std::string_view text) { value = text; };
  };
  const std::map<std::string, std::function<void(const std::string&, std::string_view)>> known = {
      {"--system", into_text(options.system)}, {"--history", into_text(options.history)},
      {"--name", into_text(options.name)},     {"--folder", into_text(options.folder)},
      {"--out", into_text(options.out)},       {"--limit", into(options.limit)},
      {"--queries", into(options.queries)},    {"--restores", into(options.restores)},
      {"--seconds", into(options.seconds)},    {"--cold-rounds", into(options.cold_rounds)},
      {"--seed", into(options.seed)},
  };
  for (int i = 1; i < argc; ++i) {
    const std::string option = argv[i];
    if (option == "--help" || option == "-h") {
      std::fwrite(kUsage.data(), 1, kUsage.size(), stdout);
      std::exit(0);
    }
    if (option == "--list") {
      options.list = true;
      continue;
    }
    const auto found = known.find(option);
    if (found == known.end()) Usage("no such option: " + option);
    if (++i == argc) Usage(option + ": a value is missing");
    found->second(option, argv[i]);
  }
  Check(options);
  if (options.name.empty()) options.name = options.history;
  return options;
}

}  // namespace switchback::compare
