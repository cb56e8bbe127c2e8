// Text to JSON and back, whatever the bytes.
#include <gtest/gtest.h>

#include <string>

#include "wire/json_forms.h"

namespace switchback::wire {
namespace {

std::string Fault(std::string_view text) {
  const auto parsed = ParseJson(text);
  if (parsed) return "taken";
  EXPECT_EQ(parsed.error().code, ErrorCode::kInvalidArgument);
  return parsed.error().message;
}

TEST(JsonTextTest, ValuesComeBack) {
  for (const char* text :
       {"null", "true", "0", "-1", "18446744073709551615", "1.5", "\"caf\xc3\xa9\\u0000\"", "[]",
        "{}", R"([1,[2,{}],[]])", R"({"a":[{"b":null},{"b":{"c":[]}}],"d":"e"})"}) {
    const auto parsed = ParseJson(text);
    ASSERT_TRUE(parsed) << text << ": " << parsed.error().message;
    EXPECT_EQ(Dump(*parsed), text);
  }
}

TEST(JsonTextTest, BlanksAroundAreTaken) {
  EXPECT_EQ(Dump(*ParseJson(" \r\n\t{ \"a\" : 1 }\n")), R"({"a":1})");
}

TEST(JsonTextTest, AFaultNamesItsByte) {
  EXPECT_EQ(Fault(""), "no JSON at byte 1, near ''");
  EXPECT_EQ(Fault("{\"a\":1,}"), "no JSON at byte 8, near '1,}'");
  EXPECT_EQ(Fault("[1] 2"), "no JSON at byte 5, near '2'");
  for (const char* bad : {"{", "[1", "\"", "nul", "01", "+1", "'a'", "{a:1}", "[1,]", "// no\n1",
                          "\"\x01\"", "\"\xff\"", "\"\xc3\"", "NaN", "1e400", "\xff"}) {
    EXPECT_TRUE(Fault(bad).starts_with("no JSON at byte ")) << bad;
  }
}

TEST(JsonTextTest, AKeyStandsOnce) {
  EXPECT_EQ(Fault(R"({"a":1,"b":2,"a":3})"), "the key 'a' stands twice");
  EXPECT_EQ(Fault(R"([{"a":{"b":1,"\u0062":1}}])"), "the key 'b' stands twice");
  EXPECT_EQ(Fault(R"([{"a":{"a":1}},{"a":1}])"), "taken");
}

TEST(JsonTextTest, DepthIsBounded) {
  const auto nested = [](size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
  };
  EXPECT_EQ(Fault(nested(32)), "taken");
  EXPECT_EQ(Fault(nested(33)), "nested deeper than 32");
  EXPECT_EQ(Fault(nested(10'000'000)), "nested deeper than 32");
  EXPECT_EQ(Fault(std::string(10'000'000, '[')), "nested deeper than 32");
  std::string objects;
  for (int i = 0; i < 100'000; ++i) objects += "{\"a\":";
  EXPECT_EQ(Fault(objects), "nested deeper than 32");
}

TEST(JsonTextTest, BytesThatAreNoUtf8AreReplaced) {
  EXPECT_EQ(Dump(Json("a\xff")), "\"a\xef\xbf\xbd\"");
  EXPECT_EQ(Dump(ToJson(Error{ErrorCode::kNotFound, "\xc3", {"\x80"}, 1, "\xfe"})),
            "{\"committed\":\"no\",\"exit\":3,\"item_count\":1,\"items\":[\"\xef\xbf\xbd\"],"
            "\"message\":\"\xef\xbf\xbd\",\"reason\":\"not_found\",\"where\":\"\xef\xbf\xbd\"}");
}

}  // namespace
}  // namespace switchback::wire
