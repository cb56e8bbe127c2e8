#include "service/token_lines.h"

#include <fmt/format.h>

#include <set>

#include "service/json_fields.h"
#include "service/plain_name.h"
#include "service/role.h"
#include "service/token_text.h"

namespace switchback {
namespace {

// In the order of the members as they are put in: for who reads the file.
using OrderedJson = nlohmann::ordered_json;

constexpr uint64_t kFormat = 1;
constexpr size_t kHashDigits = 64;

std::string FormatLine(const TokenRecord& token) {
  OrderedJson json = {{"id", token.id},
                      {"name", token.name},
                      {"hash", token.hash},
                      {"role", RoleName(token.grant.role)},
                      {"globs", token.grant.globs}};
  if (token.grant.environment) json["environment"] = *token.grant.environment;
  json["created"] = FormatTime(token.created);
  json["created_by"] = token.created_by;
  if (token.expires) json["expires"] = FormatTime(*token.expires);
  if (token.revoked) json["revoked"] = FormatTime(*token.revoked);
  return json.dump(-1, ' ', false, OrderedJson::error_handler_t::replace) + "\n";
}

Result<void> CheckRecord(const TokenRecord& token) {
  const auto bad = [](std::string_view key, std::string_view expected) {
    return Fail(ErrorCode::kInvalidArgument, fmt::format("{}: expected {}", key, expected));
  };
  if (!IsTokenId(token.id)) return bad("id", "8 hex digits");
  if (!IsPlainName(token.name)) return bad("name", kPlainNameForm);
  if (!IsLowerHex(token.hash, kHashDigits)) return bad("hash", "64 hex digits");
  return CheckGrant(token.grant, "");
}

Result<nlohmann::json> ParseLine(std::string_view line) {
  return ParseStrictJson(line, JsonComments::kRefused);
}

Result<void> ReadFormat(std::string_view line) {
  const auto json = ParseLine(line);
  if (!json) return std::unexpected(json.error());
  uint64_t format = 0;
  JsonFields fields(*json, "");
  fields.Require("format");
  fields.Whole("format", kFormat, kFormat, format);
  return fields.Finish();
}

Result<TokenRecord> ReadRecord(std::string_view line) {
  const auto json = ParseLine(line);
  if (!json) return std::unexpected(json.error());
  TokenRecord token;
  JsonFields fields(*json, "");
  for (const char* key : {"id", "name", "hash", "role", "globs", "created", "created_by"}) {
    fields.Require(key);
  }
  fields.Text("id", token.id);
  fields.Text("name", token.name);
  fields.Text("hash", token.hash);
  fields.RoleName("role", token.grant.role);
  fields.Texts("globs", token.grant.globs);
  fields.Text("environment", token.grant.environment);
  fields.Time("created", token.created);
  fields.Text("created_by", token.created_by);
  fields.Time("expires", token.expires);
  fields.Time("revoked", token.revoked);
  Result<void> read = fields.Finish();
  if (read) read = CheckRecord(token);
  if (!read) return std::unexpected(read.error());
  return token;
}

// Cuts the first line off `text`; nothing if it has no end, as where a write was torn.
std::optional<std::string_view> TakeLine(std::string_view& text) {
  const size_t end = text.find('\n');
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end + 1);
  return line;
}

}  // namespace

std::string FormatTokens(const std::vector<TokenRecord>& tokens) {
  std::string text = OrderedJson{{"format", kFormat}}.dump() + "\n";
  for (const TokenRecord& token : tokens) text += FormatLine(token);
  return text;
}

Result<std::vector<TokenRecord>> ParseTokens(std::string_view text, const std::string& path) {
  size_t number = 1;
  const auto damaged = [&](std::string_view why) {
    return Fail(ErrorCode::kDataLoss,
                fmt::format("{} line {}: {}; no token is taken until it is mended: bring back the "
                            "file, or delete it and make its tokens anew",
                            path, number, why));
  };
  const auto first = TakeLine(text);
  if (!first) return damaged(R"(expected {"format":1} and a line end)");
  if (Result<void> format = ReadFormat(*first); !format) return damaged(format.error().message);
  std::vector<TokenRecord> tokens;
  std::set<std::string> ids;
  while (!text.empty()) {
    ++number;
    const auto line = TakeLine(text);
    if (!line) return damaged("it has no end");
    Result<TokenRecord> token = ReadRecord(*line);
    if (!token) return damaged(token.error().message);
    if (!ids.insert(token->id).second) return damaged(fmt::format("id {} again", token->id));
    tokens.push_back(std::move(*token));
  }
  return tokens;
}

}  // namespace switchback
