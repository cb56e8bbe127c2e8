#include "cli/input/line_handler.h"

#include <fmt/format.h>

#include <utility>

#include "cli/output/text_format.h"

namespace switchback::cli {

void LineHandler::Parse(std::string_view text) {
  nlohmann::json::sax_parse(text.begin(), text.end(), this);
}

std::string LineHandler::Shown(std::string_view text) {
  constexpr size_t kShownBytes = 120;
  return Clip(OneLine(text), kShownBytes);
}

void LineHandler::Fault(const std::string& message, ErrorCode code) {
  faults_.Add(Where() + message, code);
}

bool LineHandler::Claim(const std::string& name, std::unordered_set<std::string>& names) {
  if (names.insert(name).second) return true;
  Fault(fmt::format("'{}' is given twice", Shown(name)));
  return false;
}

bool LineHandler::Ignores() {
  return skipping_ > 0 || std::exchange(ignores_next_, false);
}

bool LineHandler::null() {
  if (!Ignores() && !TakeNull()) WrongType("null");
  return true;
}

bool LineHandler::boolean(bool value) {
  if (!Ignores() && !TakeBoolean(value)) WrongType("a boolean");
  return true;
}

bool LineHandler::number_unsigned(number_unsigned_t value) {
  if (!Ignores() && !TakeNumber(value)) WrongType("a number");
  return true;
}

bool LineHandler::string(string_t& value) {
  if (!Ignores() && !TakeString(value)) WrongType("a string");
  return true;
}

bool LineHandler::Unusable(std::string_view found) {
  if (!Ignores()) WrongType(found);
  return true;
}

bool LineHandler::start_object(size_t) {
  if (Ignores()) {
    ++skipping_;
  } else if (!BeginObject()) {
    WrongType("an object");
    ++skipping_;
  }
  return true;
}

bool LineHandler::start_array(size_t) {
  if (Ignores()) {
    ++skipping_;
  } else if (!BeginArray()) {
    WrongType("an array");
    ++skipping_;
  }
  return true;
}

bool LineHandler::key(string_t& name) {
  if (skipping_ == 0) ignores_next_ = !TakeKey(name);
  return true;
}

bool LineHandler::end_object() {
  if (skipping_ > 0) {
    --skipping_;
  } else {
    EndObject();
  }
  return true;
}

bool LineHandler::end_array() {
  if (skipping_ > 0) {
    --skipping_;
  } else {
    EndArray();
  }
  return true;
}

bool LineHandler::parse_error(size_t position, const std::string& token,
                              const nlohmann::json::exception&) {
  faults_.Add(fmt::format("no JSON at byte {}, near '{}'", position, Shown(token)));
  return false;
}

}  // namespace switchback::cli
