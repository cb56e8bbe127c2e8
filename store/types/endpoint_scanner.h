// The one reader of endpoint text, used for a single endpoint and for each line of a file. It works
// on borrowed bytes and never allocates (doc/text.md has the grammar).
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "switchback/endpoint.h"
#include "switchback/limits.h"
#include "types/address_text.h"

namespace switchback {

enum class LineKind : uint8_t { kBlank, kEndpoint, kBad };  // kBlank: nothing, or only a note

class EndpointScanner {
 public:
  // Reads one line, given without its line break.
  [[nodiscard]] LineKind Scan(std::string_view line);

  // After kEndpoint. The attributes borrow from the line or from this scanner, and are good until
  // the next Scan.
  [[nodiscard]] const Endpoint& endpoint() const { return endpoint_; }

  // After kBad.
  [[nodiscard]] ErrorCode refusal_code() const { return refusal_->code; }
  [[nodiscard]] std::string RefusalReason() const;

 private:
  const Refusal* ScanKey(const char*& p, const char* end);
  const Refusal* ScanBareAddress(const char*& p, const char* end);
  const Refusal* ScanBracketed(const char*& p, const char* end);
  const Refusal* ScanPrefix(const char*& p, const char* end);
  const Refusal* ScanPort(const char*& p, const char* end);
  const Refusal* ScanValue(const char* p, const char* end);
  const Refusal* ScanWeight(const char* p, const char* end);
  const Refusal* ScanAttribute(std::string_view pair);
  const Refusal* FinishAttributes();

  struct Attribute {
    std::string_view pair;  // "key=value"
    std::string_view key;
  };

  Endpoint endpoint_;
  const Refusal* refusal_ = nullptr;
  std::array<Attribute, kMaxAttributesPerEndpoint> attributes_;
  size_t attribute_count_ = 0;
  bool attributes_canonical_ = true;  // as they stand in the line
  std::array<char, kMaxAttributeBytesPerEndpoint> buffer_;
};

}  // namespace switchback
