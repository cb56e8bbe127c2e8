// Every value of every form, replaced by one of another kind, left out, or with one that nobody
// knows beside it: what is wrong is told, and where.
#include <gtest/gtest.h>

#include <fmt/format.h>

#include <functional>
#include <string>

#include "wire/samples.h"

namespace switchback::wire {
namespace {

// Calls `visit` with each value of `json`, which is `whole` or a part of it, and its place.
// `visit` may change it for a while.
void ForEachValue(Json& json, const std::string& place,
                  const std::function<void(Json&, const std::string&)>& visit) {
  visit(json, place);
  if (json.is_object()) {
    for (auto& [name, value] : json.items()) ForEachValue(value, place + "." + name, visit);
  } else if (json.is_array()) {
    for (size_t i = 0; i < json.size(); ++i) {
      ForEachValue(json[i], fmt::format("{}[{}]", place, i), visit);
    }
  }
}

// What clients have no use for, and do not look at.
bool IsForReadersOnly(const Sample& sample, const std::string& place) {
  return sample.name == "Error" && (place == "x.exit" || place == "x.committed");
}

Json OfAnotherKind(const Json& json) {
  if (json.is_string() || json.is_boolean()) return 5;
  if (json.is_array()) return Json::object();
  return "text";
}

TEST(FaultTest, AValueOfAnotherKindIsNamedWithItsPlace) {
  size_t tried = 0;
  for (Sample& sample : Samples()) {
    ForEachValue(sample.json, "x", [&](Json& value, const std::string& place) {
      if (IsForReadersOnly(sample, place)) return;
      for (const Json& other : {OfAnotherKind(value), Json(nullptr), Json(-1), Json(1.5)}) {
        const Json kept = std::exchange(value, other);
        const auto read = sample.reread(sample.json);
        value = kept;
        ASSERT_FALSE(read) << sample.name << " with " << other << " at " << place;
        EXPECT_EQ(read.error().code, ErrorCode::kInvalidArgument);
        EXPECT_TRUE(read.error().message.starts_with(place + ": expected "))
            << read.error().message << ", at " << place;
        ++tried;
      }
    });
  }
  EXPECT_GT(tried, 500U);
}

TEST(FaultTest, AMissingKeyIsNamedUnlessItMayMiss) {
  size_t missed = 0;
  for (Sample& sample : Samples()) {
    ForEachValue(sample.json, "x", [&](Json& value, const std::string& place) {
      if (!value.is_object()) return;
      const Json kept = value;
      for (const auto& [name, member] : kept.items()) {
        value.erase(name);
        const auto read = sample.reread(sample.json);
        value = kept;
        if (read) continue;
        EXPECT_EQ(read.error().code, ErrorCode::kInvalidArgument);
        const std::string& message = read.error().message;
        EXPECT_TRUE(message == fmt::format("{}.{}: it is missing", place, name) ||
                    message.starts_with(place + ": expected one of replace, edits,"))
            << message << ", at " << place;
        ++missed;
      }
    });
  }
  EXPECT_GT(missed, 100U);
}

TEST(FaultTest, AnUnknownKeyIsRefusedInWhatIsAskedAndPassedOverInWhatIsSaid) {
  for (Sample& sample : Samples()) {
    ForEachValue(sample.json, "x", [&](Json& value, const std::string& place) {
      if (!value.is_object()) return;
      value["zzz"] = 1;
      const auto read = sample.reread(sample.json);
      value.erase("zzz");
      EXPECT_EQ(read.has_value(), !sample.asked) << sample.name << " at " << place;
      if (!sample.asked) {
        EXPECT_EQ(*read, sample.json) << sample.name << " at " << place;
      } else {
        EXPECT_EQ(read.error().message, place + ".zzz: there is no such key");
      }
    });
  }
}

TEST(FaultTest, TheWholeTextHasNoPlace) {
  const auto options = FromJson<CommitOptions>(Json::array(), "");
  EXPECT_EQ(options.error().message, "expected an object, found a list");
  const auto author = FromJson<CommitOptions>(Json{{"author", 1}}, "");
  EXPECT_EQ(author.error().message, "author: expected a string, found a number");
}

TEST(FaultTest, APlaceGoesThroughListsAndKeys) {
  const Json ids = {{{"id", "a"}, {"delete", true}}, {{"id", "b"}, {"copy", 1}, {"expect", "1"}}};
  const auto read = FromJson<std::vector<IdChange>>(ids, "ids");
  EXPECT_EQ(read.error().message, "ids[1].expect: expected a whole number, found a string");
}

TEST(FaultTest, AForeignKeyIsPrintable) {
  const auto read = FromJson<PrunePolicy>(Json{{"\x1b[2J", 1}}, "policy");
  EXPECT_EQ(read.error().message, "policy.\\x1b[2J: there is no such key");
}

}  // namespace
}  // namespace switchback::wire
