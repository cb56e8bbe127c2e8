#include "service/http.h"

#include <optional>

#include "types/ascii.h"

namespace switchback {
namespace {

constexpr size_t kMostSegments = 8;

// `plus_is_space`: as in a query.
std::optional<std::string> Decode(std::string_view text, bool plus_is_space) {
  std::string decoded;
  for (size_t i = 0; i < text.size(); ++i) {
    if (plus_is_space && text[i] == '+') {
      decoded += ' ';
      continue;
    }
    if (text[i] != '%') {
      decoded += text[i];
      continue;
    }
    if (text.size() - i < 3) return std::nullopt;
    const int high = HexValue(text[i + 1]);
    const int low = HexValue(text[i + 2]);
    if (high < 0 || low < 0) return std::nullopt;
    decoded += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return decoded;
}

// What is before `separator`, which is taken off `text` too.
std::string_view TakeUpTo(char separator, std::string_view& text) {
  const size_t at = text.find(separator);
  const std::string_view taken = text.substr(0, at);
  text.remove_prefix(at == std::string_view::npos ? text.size() : at + 1);
  return taken;
}

// The whole URL, as it is sent to a proxy: RFC 9112, 3.2.2.
void DropOrigin(std::string_view& target) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!target.starts_with(scheme)) continue;
    const size_t path = target.find('/', scheme.size());
    target = path == std::string_view::npos ? "/" : target.substr(path);
    return;
  }
}

}  // namespace

bool ParseTarget(std::string_view target, HttpRequest& request) {
  DropOrigin(target);
  if (!target.starts_with('/')) return false;
  target.remove_prefix(1);
  std::string_view path = TakeUpTo('?', target);
  while (!path.empty()) {
    const auto segment = Decode(TakeUpTo('/', path), /*plus_is_space=*/false);
    if (!segment || request.path.size() == kMostSegments) return false;
    request.path.push_back(*segment);
  }
  while (!target.empty()) {
    std::string_view pair = TakeUpTo('&', target);
    const auto name = Decode(TakeUpTo('=', pair), /*plus_is_space=*/true);
    const auto value = Decode(pair, /*plus_is_space=*/true);
    if (!name || !value) return false;
    if (!name->empty()) request.query.emplace(*name, *value);
  }
  return true;
}

}  // namespace switchback
