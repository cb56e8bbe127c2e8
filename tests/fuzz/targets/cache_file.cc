// A client's cache file. What is taken is written as the same bytes; what is written is taken as it
// was, and not at all once a byte of it is another.
#include "client/cache_format.h"

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "fuzz/drawn.h"
#include "fuzz/fuzz_target.h"

namespace switchback::client {
namespace {

std::vector<KeptAnswerHandle> Handles(std::vector<KeptAnswer> answers) {
  std::vector<KeptAnswerHandle> handles;
  for (KeptAnswer& answer : answers) {
    handles.push_back(std::make_shared<const KeptAnswer>(std::move(answer)));
  }
  return handles;
}

void TryRaw(std::string_view bytes) {
  Result<CacheContent> content = DecodeCache(bytes);
  if (!content) {
    return Require(content.error().code == ErrorCode::kDataLoss ||
                       content.error().code == ErrorCode::kInvalidArgument,
                   "it is refused with another code: " + content.error().message);
  }
  const std::string again =
      EncodeCache(content->identity, content->contact, Handles(std::move(content->answers)));
  Require(again == bytes, "it is written as something else");
}

KeptAnswer DrawAnswer(Drawn& drawn, const std::string& id) {
  KeptAnswer answer{
      *BusinessId::Parse(id), Version{drawn.AnyNumber() >> 1}, Revision{}, {}, nullptr};
  answer.heard = Timestamp{static_cast<int64_t>(drawn.Number(6))};
  if (drawn.Byte() % 4 == 0) return answer;
  answer.version = Version{answer.version.value | 1};
  answer.revision = Revision{1 + (drawn.AnyNumber() >> 2)};
  std::string list(drawn.Byte(), '\0');
  for (char& byte : list) byte = static_cast<char>(drawn.Byte());
  answer.list = std::make_shared<const std::string>(std::move(list));
  return answer;
}

void TryDrawn(Drawn drawn) {
  std::map<std::string, KeptAnswer> by_id;
  for (int i = drawn.Byte() % 8; i > 0; --i) {
    const std::string id = "i" + std::to_string(drawn.AnyNumber());
    by_id.insert_or_assign(id, DrawAnswer(drawn, id));
  }
  std::vector<KeptAnswer> answers;
  for (auto& [id, answer] : by_id) answers.push_back(std::move(answer));
  const StoreIdentity identity{"test", "123e4567-e89b-42d3-a456-426614174000", Timestamp{1}, 2,
                               (drawn.Byte() & 1) != 0};
  std::string bytes = EncodeCache(identity, Timestamp{2}, Handles(std::move(answers)));
  const Result<CacheContent> content = DecodeCache(bytes);
  Require(content.has_value(), "what was written is refused");
  Require(content->answers.size() == by_id.size(), "answers are missing");
  TryRaw(bytes);
  const auto change = static_cast<char>(drawn.Byte());
  bytes[drawn.AnyNumber() % bytes.size()] ^= change;
  Require(change == 0 || !DecodeCache(bytes), "a byte is another, and it is taken");
}

void Try(std::string_view bytes) {
  if (bytes.empty() || bytes.front() != 'd') return TryRaw(bytes);
  TryDrawn(Drawn(bytes.substr(1)));
}

const RegisterFuzzTarget kTarget("cache_file", Try);

}  // namespace
}  // namespace switchback::client
