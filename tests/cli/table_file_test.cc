#include "cli/input/table_file.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <random>
#include <string>
#include <vector>

#include "cli/input/list_collector.h"
#include "switchback/text.h"

namespace switchback::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class TableFileTest : public ::testing::Test {
 protected:
  void SetUp() override {
    path_ = (std::filesystem::temp_directory_path() / "table-XXXXXX").string();
    close(mkstemp(path_.data()));
  }
  void TearDown() override { std::filesystem::remove(path_); }

  void Write(const std::string& text) const { std::ofstream(path_, std::ios::trunc) << text; }
  [[nodiscard]] Outcome<std::unique_ptr<TableFile>> Open(
      std::optional<std::string> glob = std::nullopt) const {
    return TableFile::Open(path_, std::move(glob));
  }
  static std::vector<std::string> Ids(TableFile& table) {
    std::vector<std::string> ids;
    EXPECT_TRUE(table.Rewind());
    for (auto row = table.Next(); row && *row; row = table.Next()) ids.push_back((*row)->id.text());
    return ids;
  }

  std::string path_;
};

std::string Row(const std::string& id, const std::string& endpoint = "10.0.0.1") {
  return fmt::format("{{\"id\":\"{}\",\"endpoints\":[\"{}\"]}}\n", id, endpoint);
}

TEST_F(TableFileTest, IsReadAsOftenAsItIsNeeded) {
  Write("{\"environment\":\"test\",\"ids\":3,\"glob\":\"*\"}\n\n" + Row("a") + Row("b") + Row("c"));
  const auto table = *Open("[bc]");
  EXPECT_EQ(table->ids(), 2U);
  EXPECT_EQ(table->header().environment, "test");
  EXPECT_THAT(table->globs(), ElementsAre("[bc]", "*"));
  EXPECT_THAT(Ids(*table), ElementsAre("b", "c"));
  EXPECT_THAT(Ids(*table), ElementsAre("b", "c"));
  // From where a pass was left.
  ASSERT_TRUE(table->Rewind());
  ASSERT_TRUE(table->Next());
  EXPECT_THAT(Ids(*table), ElementsAre("b", "c"));
}

// What is committed is what was checked, or nothing.
TEST_F(TableFileTest, AFileThatIsChangedMeanwhileIsToldOfAtTheLatestAtItsEnd) {
  const std::string header = "{\"environment\":\"test\"}\n";
  const std::string text = header + Row("a") + Row("b");
  for (const std::string& changed :
       {header + Row("a"), header + Row("a") + Row("b", "10.0.0.2"), header + Row("a") + "{}\n",
        text + Row("c"), text.substr(0, text.size() - 4), header, std::string()}) {
    Write(text);
    const auto table = *Open();
    EXPECT_THAT(Ids(*table), ElementsAre("a", "b"));
    Write(changed);
    TableFileReader reader(*table);
    Result<void> rewound = reader.Rewind();
    std::string message = rewound ? "" : rewound.error().message;
    for (bool ended = !rewound; !ended;) {
      const auto next = reader.Next();
      if (!next) message = next.error().message;
      ended = !next || !*next;
    }
    EXPECT_THAT(message, HasSubstr("was changed while it was read")) << changed;
  }
}

TEST(ListCollector, MakesTheListOfAFileWithTheSameEndpointsInAnyOrder) {
  std::mt19937 random(11);
  for (int round = 0; round < 200; ++round) {
    std::vector<std::string> texts;
    for (uint32_t n = random() % 40; n > 0; --n) {
      const uint32_t last = random() % 64;
      texts.push_back(random() % 4 == 0 ? fmt::format("[2001:db8::{:x}]:443 zone=z{}", last, last)
                                        : fmt::format("10.0.0.{} weight={}", last, last));
    }
    if (round % 3 == 0) std::ranges::sort(texts);
    ListCollector collector;
    Faults faults;
    std::string file;
    for (const std::string& text : texts) {
      collector.Add(text, faults);
      file += text + "\n";
    }
    const EndpointList list = collector.Take(faults);
    EXPECT_TRUE(faults.empty());
    const auto parsed = *ParseEndpointList(file, "file");
    EXPECT_EQ(list, parsed.list);
    EXPECT_EQ(list.digest(), parsed.list.digest());
    EXPECT_EQ(collector.duplicates(), parsed.duplicates);
  }
}

TEST(ListCollector, NamesWhatIsNoEndpointAndWhatContradictsItself) {
  ListCollector collector;
  Faults faults;
  for (const char* text : {"10.0.0.2", "", "10.0.0.1\n10.0.0.9", "10.0.0.1", "# note",
                           "10.0.0.2 weight=1", "10.0.0.2"}) {
    collector.Add(text, faults);
  }
  EXPECT_EQ(faults.count(), 3U);
  EXPECT_EQ(collector.Take(faults).size(), 2U);
  EXPECT_EQ(faults.count(), 4U);
  EXPECT_EQ(collector.duplicates(), 1U);
  EXPECT_THAT(faults.ToError().items.back(),
              HasSubstr("'10.0.0.2' and '10.0.0.2 weight=1' are one endpoint with two values"));
}

}  // namespace
}  // namespace switchback::cli
