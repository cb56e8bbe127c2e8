// Writes JSON straight into a buffer: a list of ten million endpoints makes no tree first.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "switchback/endpoint.h"
#include "switchback/types.h"

namespace switchback::cli {

// Puts the commas; nesting is the caller's care.
class JsonWriter {
 public:
  explicit JsonWriter(std::string& out) : out_(out) {}

  JsonWriter& BeginObject() { return Open('{'); }
  JsonWriter& EndObject() { return Close('}'); }
  JsonWriter& BeginArray() { return Open('['); }
  JsonWriter& EndArray() { return Close(']'); }
  JsonWriter& Key(std::string_view name);
  JsonWriter& String(std::string_view text);
  JsonWriter& Number(uint64_t number);
  JsonWriter& Bool(bool value);
  JsonWriter& Null();
  JsonWriter& EndLine();  // of one object in JSON lines

  // Key and value in one.
  JsonWriter& Field(std::string_view name, std::string_view text) { return Key(name).String(text); }
  JsonWriter& Field(std::string_view name, const char* text) { return Key(name).String(text); }
  JsonWriter& Field(std::string_view name, uint64_t number) { return Key(name).Number(number); }
  JsonWriter& Flag(std::string_view name, bool value) { return Key(name).Bool(value); }
  JsonWriter& Time(std::string_view name, Timestamp time) {
    return Key(name).String(FormatTime(time));
  }

  // Canonical text of an endpoint, a key or a value, as a string.
  JsonWriter& EndpointText(const Endpoint& endpoint);
  JsonWriter& KeyText(const EndpointKey& key);
  JsonWriter& ValueText(const EndpointValue& value);

 private:
  JsonWriter& Open(char bracket);
  JsonWriter& Close(char bracket);
  void Separate() {
    if (comma_) out_ += ',';
    comma_ = true;
  }

  std::string& out_;
  bool comma_ = false;
  std::string scratch_;
};

}  // namespace switchback::cli
