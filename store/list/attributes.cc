// The check that attribute text from disk is the canonical text that parsing would have made, and
// the one wording of damage found while decoding.

#include <algorithm>

#include "list/columns.h"
#include "switchback/limits.h"

namespace switchback {
namespace {

bool IsKeyByte(char byte) {
  return (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9') || byte == '_' ||
         byte == '.' || byte == '-';
}

bool IsKey(std::string_view key) {
  // `weight` is a column of its own, so it never stands among the attributes.
  return !key.empty() && key.size() <= kMaxAttributeKeyBytes && key != "weight" &&
         std::ranges::all_of(key, IsKeyByte);
}

bool IsValue(std::string_view value) {
  return !value.empty() && value.size() <= kMaxAttributeValueBytes &&
         std::ranges::all_of(value, [](char byte) { return byte > ' ' && byte <= '~'; });
}

}  // namespace

bool IsCanonicalAttributes(std::string_view text) {
  if (text.empty() || text.size() > kMaxAttributeBytesPerEndpoint) return false;
  std::string_view last_key;
  for (size_t count = 1; count <= kMaxAttributesPerEndpoint; ++count) {
    const std::string_view pair = text.substr(0, text.find(' '));
    const size_t equals = pair.find('=');
    if (equals == std::string_view::npos) return false;
    const std::string_view key = pair.substr(0, equals);
    if (!IsKey(key) || !IsValue(pair.substr(equals + 1)) || key <= last_key) return false;
    if (pair.size() == text.size()) return true;
    last_key = key;
    text.remove_prefix(pair.size() + 1);
  }
  return false;
}

std::unexpected<Error> Damaged(std::string what) {
  return Fail(ErrorCode::kDataLoss,
              std::move(what) + "; the stored bytes are damaged: run verify to see what is hit");
}

}  // namespace switchback
