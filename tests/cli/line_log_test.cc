#include "cli/output/line_log.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <memory>
#include <sstream>
#include <string>
#include <thread>
#include <tuple>
#include <vector>

namespace switchback::cli {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

class LineLogTest : public ::testing::Test {
 protected:
  LineLogTest() { EXPECT_EQ(pipe2(ends_.data(), O_CLOEXEC), 0); }
  ~LineLogTest() override {
    close(ends_[0]);
    if (ends_[1] >= 0) close(ends_[1]);
  }
  // What is there once nobody writes any more.
  std::vector<std::string> ReadAll() {
    close(ends_[1]);
    ends_[1] = -1;
    std::string all;
    std::array<char, 65536> piece{};
    for (ssize_t n = 1; n > 0;) {
      n = read(ends_[0], piece.data(), piece.size());
      if (n > 0) all.append(piece.data(), static_cast<size_t>(n));
    }
    std::vector<std::string> lines;
    std::istringstream in(all);
    for (std::string line; std::getline(in, line);) lines.push_back(line);
    return lines;
  }
  static std::string Line(int n) { return std::to_string(n) + std::string(200, 'x'); }

  std::array<int, 2> ends_{-1, -1};
};

TEST_F(LineLogTest, LinesComeWholeAndInOrder) {
  std::vector<std::string> lines;
  std::thread reader([&] { lines = ReadAll(); });
  int copy = dup(ends_[1]);
  {
    LineLog log(copy, size_t{8} << 20);
    for (int n = 0; n < 5'000; ++n) log.Say(Line(n));
    log.Say(std::string(20'000, 'y'));
  }
  close(copy);
  reader.join();
  ASSERT_EQ(lines.size(), 5'001U);
  for (int n = 0; n < 5'000; ++n) ASSERT_EQ(lines[static_cast<size_t>(n)], Line(n));
}

TEST_F(LineLogTest, WhereNobodyReadsNobodyIsHeldUpAndWhatIsLostIsCounted) {
  auto log = std::make_unique<LineLog>(ends_[1], size_t{1} << 20);
  for (int n = 0; n < 20'000; ++n) log->Say(Line(n));
  // Somebody reads again.
  std::atomic<bool> reads = true;
  std::string all;
  std::thread reader([&] {
    std::array<char, 65536> piece{};
    while (true) {
      const ssize_t n = read(ends_[0], piece.data(), piece.size());
      if (n <= 0) return;
      all.append(piece.data(), static_cast<size_t>(n));
      if (all.ends_with("the end\n")) return;
    }
  });
  std::this_thread::sleep_for(milliseconds(1'500));
  log->Say("the end");
  reader.join();
  reads = false;
  log.reset();
  int kept = 0;
  int lost = 0;
  std::istringstream in(all);
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("{\"lost_lines\":")) {
      lost += std::stoi(line.substr(14));
    } else if (line != "the end") {
      ASSERT_EQ(line, Line(kept));
      ++kept;
    }
  }
  EXPECT_GT(lost, 0);
  EXPECT_EQ(kept + lost, 20'000);
}

// A reader that is slow, and one that does not read, keep its end for a second at most.
TEST_F(LineLogTest, ItsEndWaitsForNobodyLong) {
  for (const bool reads : {false, true}) {
    auto log = std::make_unique<LineLog>(ends_[1], size_t{8} << 20);
    for (int n = 0; n < 20'000; ++n) log->Say(Line(n));
    std::atomic<bool> stops = false;
    std::thread reader([&] {
      std::array<char, 4096> piece{};
      while (reads && !stops) {
        std::this_thread::sleep_for(milliseconds(50));
        std::ignore = read(ends_[0], piece.data(), piece.size());
      }
    });
    const auto begun = steady_clock::now();
    log.reset();
    EXPECT_LT(steady_clock::now() - begun, milliseconds(10'000));
    stops = true;
    reader.join();
  }
}

TEST_F(LineLogTest, AFullDiskLosesLinesAndCountsThem) {
  const int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
  if (full < 0) GTEST_SKIP() << "no /dev/full here";
  {
    LineLog log(full, size_t{1} << 20);
    for (int n = 0; n < 100; ++n) {
      log.Say(Line(n));
      std::this_thread::sleep_for(milliseconds(1));  // so that it is tried more than once
    }
    std::this_thread::sleep_for(milliseconds(1'000));
    // The disk has room again.
    ASSERT_GE(dup2(ends_[1], full), 0);
    log.Say("after");
  }
  close(full);
  const std::vector<std::string> lines = ReadAll();
  EXPECT_EQ(lines, (std::vector<std::string>{"after", "{\"lost_lines\":100}"}));
}

}  // namespace
}  // namespace switchback::cli
