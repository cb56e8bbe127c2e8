#include "bench/compare/endpoint_codec.h"

#include <utility>

#include "bench/compare/system.h"

namespace switchback::compare {

Entry ValueTable::Parse(std::string_view endpoint) {
  const size_t blank = endpoint.find(' ');
  const auto parsed = ParseEndpoint(endpoint.substr(0, blank));
  if (!parsed) Fail(std::string(endpoint) + ": " + parsed.error().message);
  if (blank == std::string_view::npos) return {parsed->key, 0};
  std::string value(endpoint.substr(blank + 1));
  const auto found = numbers_.find(value);
  if (found != numbers_.end()) return {parsed->key, found->second};
  const uint32_t number = Append(std::move(value));
  if (keep_) keep_(number, texts_.back());
  return {parsed->key, number};
}

std::string ValueTable::Format(const Entry& entry) const {
  std::string text;
  AppendEndpointKey(entry.key, text);
  if (entry.value != 0) text.append(1, ' ').append(texts_[entry.value - 1]);
  return text;
}

uint32_t ValueTable::Append(std::string text) {
  texts_.push_back(std::move(text));
  const auto number = static_cast<uint32_t>(texts_.size());
  numbers_.emplace(texts_.back(), number);
  return number;
}

}  // namespace switchback::compare
