#include "cli/output/json_writer.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <iterator>

#include "cli/output/text_format.h"

namespace switchback::cli {
namespace {

void AppendEscape(uint8_t byte, std::string& out) {
  switch (byte) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      fmt::format_to(std::back_inserter(out), "\\u{:04x}", byte);
  }
}

bool NeedsCare(char c) {
  const auto byte = static_cast<uint8_t>(c);
  return byte < 0x20 || byte >= 0x7f || c == '"' || c == '\\';
}

// Bytes that are no UTF-8 become U+FFFD: the output is JSON whatever came in.
void AppendString(std::string_view text, std::string& out) {
  out += '"';
  for (size_t at = 0; at < text.size();) {
    const size_t start = at;
    while (at < text.size() && !NeedsCare(text[at])) ++at;
    out += text.substr(start, at - start);
    if (at == text.size()) break;
    const auto byte = static_cast<uint8_t>(text[at]);
    if (byte <= 0x7f) {
      AppendEscape(byte, out);
      ++at;
    } else if (const size_t length = Utf8Length(text, at); length > 0) {
      out += text.substr(at, length);
      at += length;
    } else {
      out += "\xef\xbf\xbd";
      ++at;
    }
  }
  out += '"';
}

}  // namespace

JsonWriter& JsonWriter::Open(char bracket) {
  Separate();
  out_ += bracket;
  comma_ = false;
  return *this;
}

JsonWriter& JsonWriter::Close(char bracket) {
  out_ += bracket;
  comma_ = true;
  return *this;
}

JsonWriter& JsonWriter::Key(std::string_view name) {
  Separate();
  AppendString(name, out_);
  out_ += ':';
  comma_ = false;
  return *this;
}

JsonWriter& JsonWriter::String(std::string_view text) {
  Separate();
  AppendString(text, out_);
  return *this;
}

JsonWriter& JsonWriter::Number(uint64_t number) {
  Separate();
  std::array<char, 20> digits{};
  const auto [end, error] = std::to_chars(digits.data(), digits.data() + digits.size(), number);
  out_.append(digits.data(), end);
  return *this;
}

JsonWriter& JsonWriter::Bool(bool value) {
  Separate();
  out_ += value ? "true" : "false";
  return *this;
}

JsonWriter& JsonWriter::Null() {
  Separate();
  out_ += "null";
  return *this;
}

JsonWriter& JsonWriter::EndLine() {
  out_ += '\n';
  comma_ = false;
  return *this;
}

JsonWriter& JsonWriter::EndpointText(const Endpoint& endpoint) {
  // Only attributes can hold a quote or a backslash.
  if (!endpoint.value.attributes.empty()) {
    scratch_.clear();
    AppendEndpoint(endpoint, scratch_);
    return String(scratch_);
  }
  Separate();
  out_ += '"';
  AppendEndpoint(endpoint, out_);
  out_ += '"';
  return *this;
}

JsonWriter& JsonWriter::KeyText(const EndpointKey& key) {
  Separate();
  out_ += '"';
  AppendEndpointKey(key, out_);
  out_ += '"';
  return *this;
}

JsonWriter& JsonWriter::ValueText(const EndpointValue& value) {
  scratch_.clear();
  AppendEndpointValue(value, scratch_);
  return String(scratch_);
}

}  // namespace switchback::cli
