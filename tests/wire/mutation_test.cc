// Bytes of good texts, changed at random: an error or a value, and what was read once reads again.
#include <gtest/gtest.h>

#include <random>
#include <string>

#include "wire/samples.h"

namespace switchback::wire {
namespace {

constexpr int kMutationsPerSample = 2000;

class Mutator {
 public:
  explicit Mutator(uint32_t seed) : random_(seed) {}

  std::string Mutate(std::string text) {
    for (size_t edits = 1 + Below(3); edits > 0; --edits) Edit(text);
    return text;
  }

 private:
  size_t Below(size_t limit) {
    return std::uniform_int_distribution<size_t>(0, limit - 1)(random_);
  }

  char Byte() {
    static constexpr std::string_view kTelling = "{}[],:\"\\0123456789-.eE/# \n\ttrufalsn";
    return Below(4) == 0 ? static_cast<char>(Below(256)) : kTelling[Below(kTelling.size())];
  }

  void Edit(std::string& text) {
    if (text.empty()) return;
    const size_t at = Below(text.size());
    const size_t count = 1 + Below(8);
    switch (Below(4)) {
      case 0:
        text[at] = Byte();
        return;
      case 1:
        text.insert(at, 1, Byte());
        return;
      case 2:
        text.erase(at, count);
        return;
      default:
        text.insert(Below(text.size()), text.substr(at, count));
    }
  }

  std::mt19937 random_;
};

TEST(MutationTest, NothingCrashesAndWhatIsReadReadsAgain) {
  size_t read_count = 0;
  size_t refused = 0;
  Mutator mutator(20261122);
  for (const Sample& sample : Samples()) {
    for (int i = 0; i < kMutationsPerSample; ++i) {
      const auto parsed = ParseJson(mutator.Mutate(sample.text));
      if (!parsed) continue;
      const auto read = sample.reread(*parsed);
      if (!read) {
        EXPECT_FALSE(read.error().message.empty());
        ++refused;
        continue;
      }
      ++read_count;
      const auto again = sample.reread(*ParseJson(Dump(*read)));
      ASSERT_TRUE(again) << again.error().message << "\n" << *read;
      EXPECT_EQ(*again, *read);
    }
  }
  EXPECT_GT(read_count, 100U);  // both happen, or this tests nothing
  EXPECT_GT(refused, 100U);
}

}  // namespace
}  // namespace switchback::wire
