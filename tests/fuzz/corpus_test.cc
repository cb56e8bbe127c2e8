// Every file of tests/fuzz/corpus through its target: what fuzzing once found stays found, without
// libFuzzer and under every preset.
#include <gtest/gtest.h>

#include <algorithm>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <vector>

#include "fuzz/fuzz_target.h"

namespace switchback {
namespace {

const std::filesystem::path kCorpus = SWITCHBACK_FUZZ_CORPUS;

std::string ReadFile(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string NameOf(const ::testing::TestParamInfo<FuzzTarget>& info) {
  return std::string(info.param.name);
}

class FuzzCorpus : public ::testing::TestWithParam<FuzzTarget> {
 protected:
  // From memory of exactly their size, so that AddressSanitizer sees a read past the end.
  static void Try(const std::string& bytes, const std::string& name) {
    const std::vector<char> exact(bytes.begin(), bytes.end());
    try {
      GetParam().attempt({exact.data(), exact.size()});
    } catch (const std::exception& broken) {
      ADD_FAILURE() << name << ": " << broken.what();
    }
  }
};

TEST_P(FuzzCorpus, Holds) {
  const std::filesystem::path folder = kCorpus / GetParam().name;
  size_t files = 0;
  Try("", "no bytes");
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    Try(ReadFile(entry.path()), entry.path().string());
    ++files;
  }
  EXPECT_GT(files, 0U) << folder << " is empty: give the target at least one seed";
}

INSTANTIATE_TEST_SUITE_P(, FuzzCorpus, ::testing::ValuesIn(FuzzTargets()), NameOf);

// A corpus that nobody replays would rot unnoticed.
TEST(FuzzCorpora, BelongToTargets) {
  const std::string_view all = SWITCHBACK_FUZZ_TARGETS;  // also those that are not in this build
  std::set<std::string> known;
  for (size_t at = 0; at < all.size(); at = std::min(all.find(' ', at), all.size() - 1) + 1) {
    known.insert(std::string(all.substr(at, all.find(' ', at) - at)));
  }
  for (const auto& entry : std::filesystem::directory_iterator(kCorpus)) {
    EXPECT_TRUE(known.contains(entry.path().filename().string())) << entry.path();
  }
}

}  // namespace
}  // namespace switchback
