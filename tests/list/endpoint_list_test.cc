#include "switchback/endpoint_list.h"

#include <gtest/gtest.h>

#include "list/random_lists.h"

namespace switchback {
namespace {

TEST(EndpointList, HoldsWhatWasAppendedInEveryShape) {
  Random random(1);
  for (const Shape& shape : Shapes()) {
    for (const size_t size : Sizes()) {
      const Model model = RandomModel(shape, size, random);
      const EndpointList list = FromModel(model);
      ASSERT_EQ(list.size(), model.size());
      EXPECT_EQ(ToModel(list), model) << shape.name;
      EXPECT_EQ(list, FromModel(model));
      EXPECT_EQ(list.empty(), model.empty());
    }
  }
}

TEST(EndpointList, FindsEveryKeyItHasAndNoOther) {
  Random random(2);
  for (const Shape& shape : Shapes()) {
    const Model model = RandomModel(shape, 500, random);
    const EndpointList list = FromModel(model);
    size_t i = 0;
    for (const auto& [key, value] : model) EXPECT_EQ(list.Find(key), i++);
    for (int round = 0; round < 500; ++round) {
      const EndpointKey key = RandomKey(shape, random);
      const auto place = model.lower_bound(key);
      EXPECT_EQ(list.LowerBound(key), static_cast<size_t>(std::distance(model.begin(), place)));
      EXPECT_EQ(list.Contains(key), model.contains(key));
    }
  }
}

TEST(EndpointList, ListsThatDifferInOneValueAreNotEqual) {
  Random random(3);
  const Shape& shape = Shapes().back();
  const Model model = RandomModel(shape, 50, random);
  const EndpointList list = FromModel(model);
  for (const auto& [key, value] : model) {
    Model other = model;
    other[key].first += 1;
    EXPECT_FALSE(FromModel(other) == list);
    other = model;
    other[key].second = "other=1";
    EXPECT_FALSE(FromModel(other) == list);
    other = model;
    other.erase(key);
    EXPECT_FALSE(FromModel(other) == list);
  }
}

TEST(EndpointList, ColumnsOfEqualValuesTakeNoMemory) {
  EndpointListBuilder builder;
  builder.Reserve(10'000, 0);
  for (uint32_t i = 0; i < 10'000; ++i) {
    builder.Append({{{Family::kIPv4, 0, i}, 32, 8000}, {100, "zone=a"}});
  }
  EXPECT_LE(builder.Finish().MemoryBytes(), 10'000 * sizeof(uint32_t) + 200);
}

TEST(EndpointList, BehindEachAttributeTextStandsANul) {
  EndpointListBuilder builder;
  const std::vector<std::string> texts = {"", "rack=7 zone=b", "", "zone=a", "rack=7 zone=b"};
  for (uint32_t i = 0; i < texts.size(); ++i) {
    builder.Append({{{Family::kIPv4, 0, i}, 32, 8000}, {100, texts[i]}});
  }
  const EndpointList list = builder.Finish();
  for (size_t i = 0; i < texts.size(); ++i) {
    const std::string_view text = list.Value(i).attributes;
    EXPECT_EQ(text, texts[i]);
    EXPECT_STREQ(text.data(), texts[i].c_str());
  }
  EXPECT_STREQ(EndpointList().attributes().Text(0).data(), "");
}

TEST(EndpointListBuilder, RangesCopyAsSingleEndpointsDo) {
  Random random(4);
  for (const Shape& shape : Shapes()) {
    const Model model = RandomModel(shape, 700, random);
    const EndpointList list = FromModel(model);
    for (int round = 0; round < 20; ++round) {
      EndpointListBuilder by_range;
      EndpointListBuilder one_by_one;
      for (size_t i = 0; i < list.size();) {
        const size_t end = std::min(i + random() % 90, list.size());
        by_range.AppendRange(list, i, end);
        for (size_t j = i; j < end; ++j) one_by_one.Append(list[j]);
        i = end + random() % 3;  // leaves some out
      }
      const EndpointList copied = by_range.Finish();
      const EndpointList appended = one_by_one.Finish();
      ASSERT_EQ(copied, appended) << shape.name;
      EXPECT_EQ(copied.digest(), appended.digest());
      EXPECT_LE(copied.attributes().size(), list.attributes().size());
    }
  }
}

TEST(EndpointListBuilder, AttributesOfTwoListsGetOneTable) {
  EndpointListBuilder builder;
  for (uint32_t i = 0; i < 40; ++i) {
    EndpointListBuilder part;  // a list of its own, gone before the next one is made
    const std::string zone = "zone=z" + std::to_string(i % 4);
    part.Append({{{Family::kIPv4, 0, 2 * i}, 32, 0}, {std::nullopt, zone}});
    part.Append({{{Family::kIPv4, 0, 2 * i + 1}, 32, 0}, {}});
    const EndpointList list = part.Finish();
    builder.AppendRange(list, 0, 2);
  }
  const EndpointList list = builder.Finish();
  EXPECT_EQ(list.attributes().size(), 5U);
  for (uint32_t i = 0; i < 40; ++i) {
    EXPECT_EQ(list.Value(2 * i).attributes, "zone=z" + std::to_string(i % 4));
    EXPECT_EQ(list.Value(2 * i + 1).attributes, "");
  }
}

TEST(EndpointListBuilder, IsEmptyAgainAfterFinish) {
  EndpointListBuilder builder;
  builder.Append({{{Family::kIPv4, 0, 9}, 32, 0}, {7, "zone=a"}});
  EXPECT_EQ(builder.Finish().size(), 1U);
  EXPECT_EQ(builder.size(), 0U);
  EXPECT_FALSE(builder.last_key().has_value());
  builder.Append({{{Family::kIPv4, 0, 1}, 32, 0}, {}});
  const EndpointList second = builder.Finish();
  EXPECT_EQ(second.Value(0), EndpointValue());
}

}  // namespace
}  // namespace switchback
