// A file of tokens that is damaged in any way takes no token at all: fail closed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "service/scratch_file.h"
#include "service/token_lines.h"
#include "service/token_text.h"
#include "switchback/token.h"

namespace switchback {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

const Timestamp kNow = *ParseTime("2026-11-25T12:00:00Z");
const std::string kHash(64, 'a');

constexpr const char* kFormat = "{\"format\":1}\n";

std::string Line(const std::string& id, const std::string& more = "") {
  return R"({"id":")" + id + R"(","name":"n-)" + id + R"(","hash":")" + kHash +
         R"(","role":"reader","globs":[],"created":"2026-11-25T12:00:00Z","created_by":"user:ann")" +
         more + "}\n";
}

std::string Replaced(std::string text, const std::string& from, const std::string& to) {
  const size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

std::string FaultOf(const std::string& text) {
  const auto tokens = ParseTokens(text, "tokens");
  if (tokens) return "was taken: " + text;
  EXPECT_EQ(tokens.error().code, ErrorCode::kDataLoss);
  return tokens.error().message;
}

TEST(TokenLines, AreReadBackAsTheyWereWritten) {
  const std::vector<TokenRecord> tokens = {
      {.id = "00000001", .name = "a", .hash = kHash, .created = kNow, .created_by = "user:ann"},
      {.id = "00000002",
       .name = "b",
       .hash = std::string(64, '0'),
       .grant = {.role = Role::kAdmin, .globs = {"x", "y*"}, .environment = "test"},
       .created = Timestamp{kNow.micros + 123'456},
       .created_by = "a \"quoted\" \xff byte",
       .expires = Timestamp{kNow.micros + 1},
       .revoked = kNow}};
  const std::string text = FormatTokens(tokens);
  const auto read = ParseTokens(text, "tokens");
  ASSERT_TRUE(read.has_value()) << read.error().message;
  ASSERT_EQ(read->size(), 2U);
  EXPECT_EQ(FormatTokens(*read), text);
  EXPECT_EQ((*read)[1].created, tokens[1].created);
  EXPECT_EQ((*read)[1].expires, tokens[1].expires);
  EXPECT_EQ((*read)[1].revoked, tokens[1].revoked);
  EXPECT_EQ((*read)[1].grant.globs, tokens[1].grant.globs);
}

TEST(TokenLines, MayBeNone) {
  const auto read = ParseTokens(kFormat, "tokens");
  ASSERT_TRUE(read.has_value());
  EXPECT_TRUE(read->empty());
}

TEST(TokenLines, NeedTheFirstLine) {
  for (const char* text : {"", "\n", "{\"format\":1}", "{\"format\":2}\n", "{\"format\":\"1\"}\n",
                           "{}\n", "1\n", "{\"format\":1,\"x\":1}\n", "// x\n{\"format\":1}\n"}) {
    EXPECT_THAT(FaultOf(text), StartsWith("tokens line 1: ")) << text;
  }
  EXPECT_THAT(FaultOf(Line("00000001")), StartsWith("tokens line 1: "));
}

TEST(TokenLines, AreRefusedWithAnyFaultNamingTheLine) {
  const std::string good = Line("00000002");
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"\n", "parse error"},
      {"x\n", "parse error"},
      {"{}\n", "id: is missing"},
      {"[]\n", "expected an object"},
      {"null\n", "expected an object"},
      {good.substr(0, good.size() - 1), "it has no end"},
      {good.substr(0, 40) + "\n", "parse error"},
      {"# " + good, "parse error"},
      {"// note\n", "parse error"},
      {good.substr(0, good.size() - 1) + good, "parse error"},
      {Line("00000001"), "id 00000001 again"},
      {Line("00000002", R"(,"revokd":"2026-11-25T12:00:00Z")"), "revokd: there is no such key"},
      {Line("00000002", R"(,"id":"00000003")"), "key 'id' stands twice"},
      {Line("00000002", R"(,"revoked":true)"), "revoked: expected a time"},
      {Line("00000002", R"(,"revoked":null)"), "revoked: expected a time"},
      {Line("00000002", R"(,"expires":"soon")"), "expires: expected a time"},
      {Line("00000002", R"(,"environment":"")"), "environment: expected 1..64"},
      {Line("0000002"), "id: expected 8 hex digits"},
      {Line("0000000G"), "id: expected 8 hex digits"},
      {Line("0000000A"), "id: expected 8 hex digits"},
      {Replaced(good, "n-0", "n 0"), "name: expected"},
      {Replaced(good, kHash, kHash + "a"), "hash: expected 64 hex digits"},
      {Replaced(good, kHash, std::string(64, 'A')), "hash: expected 64 hex digits"},
      {Replaced(good, kHash, ""), "hash: expected 64 hex digits"},
      {Replaced(good, "reader", "Reader"), "role: expected reader"},
      {Replaced(good, "[]", "[\"\"]"), "globs[0]: '' can match no ID"},
      {Replaced(good, "[]", "\"*\""), "globs: expected an array of texts"},
      {Replaced(good, "\"globs\":[],", ""), "globs: is missing"},
      {Replaced(good, "\"hash\"", "\"hush\""), "hash: is missing"},
      {Replaced(good, "user:ann", "\xff"), "parse error"},
  };
  for (const auto& [line, fault] : cases) {
    EXPECT_THAT(FaultOf(kFormat + Line("00000001") + line),
                AllOf(StartsWith("tokens line 3: "), HasSubstr(fault)))
        << line;
    // However much that is whole stands behind it.
    if (line.ends_with('\n')) {
      EXPECT_THAT(FaultOf(kFormat + Line("00000001") + line + Line("00000009")),
                  StartsWith("tokens line 3: "));
    }
  }
}

class DamagedTokens : public ::testing::Test {
 protected:
  DamagedTokens() {
    for (const char* name : {"a", "b", "c"}) {
      tokens_.push_back(file_.Create(name, {}, {}, "user:ann").value_or(""));
    }
    EXPECT_TRUE(file_.Revoke("b").has_value());
  }
  // How many of the tokens are taken; one that was revoked never is.
  size_t Taken() const {
    size_t taken = 0;
    for (const std::string& token : tokens_) taken += file_.Check(token, kNow) ? 1 : 0;
    EXPECT_FALSE(file_.Check(tokens_[1], kNow).has_value());
    return taken;
  }

  ScratchFolder folder_;
  const std::string path_ = folder_.File("tokens");
  TokenFile file_{path_};
  std::vector<std::string> tokens_;
};

TEST_F(DamagedTokens, AreRefusedAllUntilTheFileIsWholeAgain) {
  const std::string whole = ReadBytes(path_);
  EXPECT_EQ(Taken(), 2U);
  size_t line = 1;
  for (size_t at = 0; at < whole.size(); at = whole.find('\n', at) + 1, ++line) {
    std::string damaged = whole;
    damaged.insert(at, "x");
    WriteBytes(path_, damaged);
    EXPECT_EQ(Taken(), 0U);
    const auto checked = file_.Check(tokens_[0], kNow);
    ASSERT_FALSE(checked.has_value());
    EXPECT_EQ(checked.error().code, ErrorCode::kDataLoss);
    EXPECT_THAT(checked.error().message, StartsWith(path_ + " line " + std::to_string(line)));
    EXPECT_FALSE(file_.List().has_value());
    WriteBytes(path_, whole);
    EXPECT_EQ(Taken(), 2U);
  }
  EXPECT_EQ(line, 5U);
}

// Nothing is made anew from a damaged file: what could not be read would be lost.
TEST_F(DamagedTokens, StayAsTheyAreWhateverIsAsked) {
  const std::string damaged = ReadBytes(path_) + "{";
  WriteBytes(path_, damaged);
  EXPECT_FALSE(file_.Create("d", {}, {}, "user:ann").has_value());
  EXPECT_FALSE(file_.Revoke("a").has_value());
  EXPECT_EQ(ReadBytes(path_), damaged);
}

TEST_F(DamagedTokens, AreRefusedAllWhereverTheFileIsCutInALine) {
  const std::string whole = ReadBytes(path_);
  for (size_t size = 0; size < whole.size(); ++size) {
    WriteBytes(path_, whole.substr(0, size));
    const size_t taken = Taken();
    if (size == 0 || whole[size - 1] != '\n') {
      EXPECT_EQ(taken, 0U) << size;
    }
  }
}

// Whatever byte is another, a revoked token stays refused and a wrong one is not taken.
TEST_F(DamagedTokens, NeverComeBackByAFlippedBit) {
  const std::string whole = ReadBytes(path_);
  for (size_t at = 0; at < whole.size(); at += 3) {
    std::string damaged = whole;
    damaged[at] = static_cast<char>(damaged[at] ^ (1 << (at % 7)));
    WriteBytes(path_, damaged);
    EXPECT_LE(Taken(), 2U) << at;
  }
}

}  // namespace
}  // namespace switchback
