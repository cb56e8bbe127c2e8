// Version addresses, snapshot names and times: what is taken is said again by its canonical text.
#include "switchback/selector.h"
#include "fuzz/well_formed.h"
#include "types/fake_clock.h"

namespace switchback {
namespace {

void RequireNamed(const Error& error) {
  Require(error.code == ErrorCode::kInvalidArgument || error.code == ErrorCode::kLimitExceeded,
          "a malformed selector is refused with another code");
  for (const char c : error.message) {
    Require(c >= ' ' && c <= '~', "a message has raw bytes of the input");
  }
}

void TrySelector(std::string_view text, const Clock& clock) {
  const Result<Selector> selector = ParseSelector(text, clock);
  const bool is_name = selector && std::holds_alternative<NameSelector>(*selector);
  Require(CheckSnapshotName(text).has_value() == is_name,
          "what can be given as a name does not read as one, or the other way about");
  if (!selector) return RequireNamed(selector.error());
  if (const auto* time = std::get_if<TimeSelector>(&*selector)) {
    const Result<Timestamp> alone = ParseTimeSelector(text, clock);
    Require(alone && *alone == time->time, "a time alone is another one");
  }
  const std::string canonical = FormatSelector(*selector, clock);
  const Result<Selector> again = ParseSelector(canonical, clock);
  Require(again && *again == *selector, canonical + " is another selector read again");
}

void TryTime(std::string_view text) {
  const Result<Timestamp> time = ParseTime(text);
  if (!time) return RequireNamed(time.error());
  for (const int32_t offset : {0, 3600, -12600}) {
    const std::string canonical = FormatTime(*time, offset);
    const Result<Timestamp> again = ParseTime(canonical);
    Require(again && *again == *time, canonical + " is another time read again");
  }
}

void Try(std::string_view bytes) {
  static const Clock clock = BerlinClock("2026-10-25T01:30:00.5Z");
  TrySelector(bytes, clock);
  TryTime(bytes);
  const Result<VersionAddress> address = ParseVersionAddress(bytes, clock);
  if (!address) return RequireNamed(address.error());
  const size_t at = bytes.find('@');
  Require(address->id.text() == bytes.substr(0, at), "an address is of another ID");
  Require(address->selector.has_value() == (at != std::string_view::npos), "a selector got lost");
  if (address->selector) TrySelector(bytes.substr(at + 1), clock);
}

const RegisterFuzzTarget kTarget("selector", Try);

}  // namespace
}  // namespace switchback
