#include "cli/input/history_handler.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "cli/output/text_format.h"

namespace switchback::cli {
namespace {

constexpr auto kLineFields = std::to_array<std::string_view>(
    {"time", "original_time", "author", "message", "ticket", "source", "changes", "expect"});
constexpr size_t kShownBytes = 120;

std::string Shown(std::string_view text) {
  return Clip(OneLine(text), kShownBytes);
}

}  // namespace

std::string HistoryHandler::Where() const {
  return id_ ? fmt::format("ID {}: ", id_->text()) : std::string();
}

void HistoryHandler::Fault(const std::string& message, ErrorCode code) {
  faults_.Add(Where() + message, code);
  faulty_id_ = true;
}

void HistoryHandler::WrongType(std::string_view found) {
  switch (place_) {
    case Place::kStart:
      return Fault(fmt::format("a JSON object is expected, {} was found", found));
    case Place::kChanges:
      return Fault(fmt::format("it takes an object, not {}", found));
    case Place::kExpect:
      return Fault(
          fmt::format("'expect' takes a version number such as 41 (0: must not exist), "
                      "not {}",
                      found));
    case Place::kAdd:
    case Place::kRemove:
      return Fault(fmt::format("an endpoint is a string, not {}", found));
    default:
      return Fault(fmt::format("field '{}' can't be {}", Shown(field_), found));
  }
}

bool HistoryHandler::Ignores() {
  if (skipping_ > 0) return true;
  return std::exchange(ignores_next_, false);
}

bool HistoryHandler::Scalar(std::string_view found) {
  if (!Ignores()) WrongType(found);
  return true;
}

bool HistoryHandler::SkipNested(std::string_view found) {
  if (!Ignores()) WrongType(found);
  ++skipping_;
  return true;
}

bool HistoryHandler::Claim(const std::string& name) {
  auto& names = place_ == Place::kLine ? line_names_ : id_names_;
  if (names.insert(name).second) return true;
  Fault(fmt::format("'{}' is given twice", Shown(name)));
  return false;
}

bool HistoryHandler::key(string_t& name) {
  if (skipping_ > 0) return true;
  field_ = name;
  // That no ID stands twice is seen when all are there: a set of a million would outweigh them.
  if (place_ == Place::kChanges || place_ == Place::kExpect) {
    ignores_next_ = !TakeId(name);
  } else {
    ignores_next_ = !Claim(name) || !(place_ == Place::kLine ? LineKey(name) : IdKey(name));
  }
  return true;
}

bool HistoryHandler::LineKey(const std::string& name) {
  const auto fields =
      std::span(kLineFields).first(kLineFields.size() - (form_ == LineForm::kImport ? 1 : 0));
  if (std::ranges::find(fields, name) != fields.end()) return true;
  Fault(fmt::format("unknown field '{}'; a line has {}", Shown(name), fmt::join(fields, ", ")));
  return false;
}

bool HistoryHandler::TakeId(const std::string& name) {
  id_.reset();
  auto id = BusinessId::Parse(name);
  if (id) {
    id_ = *std::move(id);
    return true;
  }
  Fault(id.error().message, id.error().code);
  return false;
}

bool HistoryHandler::IdKey(const std::string& name) {
  if (name == "add" || name == "remove" || name == "delete") return true;
  Fault(fmt::format("unknown field '{}'; an ID has add, remove, delete", Shown(name)));
  return false;
}

bool HistoryHandler::boolean(bool value) {
  if (place_ != Place::kId || field_ != "delete") return Scalar("a boolean");
  if (Ignores()) return true;
  if (!value) Fault("'delete' can only be true; leave it out otherwise");
  delete_ = value;
  return true;
}

bool HistoryHandler::number_unsigned(number_unsigned_t value) {
  if (place_ != Place::kExpect) return Scalar("a number");
  if (Ignores()) return true;
  line_.expected.Add(*id_, Version{value});
  return true;
}

bool HistoryHandler::string(string_t& value) {
  if (place_ != Place::kAdd && place_ != Place::kRemove && place_ != Place::kLine) {
    return Scalar("a string");
  }
  if (Ignores()) return true;
  if (place_ != Place::kLine) {
    TakeEndpoint(value);
  } else if (field_ == "changes" || field_ == "expect") {
    WrongType("a string");
  } else {
    LineString(value);
  }
  return true;
}

void HistoryHandler::LineString(std::string& value) {
  if (field_ == "time") return TakeTime(value, line_.time);
  if (field_ == "original_time") return TakeTime(value, line_.original_time);
  auto& into = field_ == "author"    ? line_.author
               : field_ == "message" ? line_.message
               : field_ == "ticket"  ? line_.ticket
                                     : line_.source;
  into = std::move(value);
}

void HistoryHandler::TakeTime(const std::string& value, std::optional<Timestamp>& into) {
  auto time = ParseTime(value);
  if (!time) return Fault(fmt::format("field '{}': {}", field_, time.error().message));
  into = *time;
}

void HistoryHandler::TakeEndpoint(const std::string& value) {
  auto endpoint = ParseEndpoint(value);
  if (!endpoint) {
    return Fault(fmt::format("endpoint '{}': {}", Shown(value), endpoint.error().message),
                 endpoint.error().code);
  }
  line_.changes.Add(place_ == Place::kRemove, endpoint->view());
}

bool HistoryHandler::start_object(size_t) {
  if (skipping_ > 0 || ignores_next_) return SkipNested("an object");
  if (place_ == Place::kStart) {
    place_ = Place::kLine;
  } else if (place_ == Place::kLine && field_ == "changes") {
    place_ = Place::kChanges;
  } else if (place_ == Place::kLine && field_ == "expect") {
    place_ = Place::kExpect;
  } else if (place_ == Place::kChanges) {
    place_ = Place::kId;
    id_names_.clear();
    line_.changes.Begin(*id_);
    delete_ = false;
    faulty_id_ = false;
  } else {
    return SkipNested("an object");
  }
  return true;
}

bool HistoryHandler::end_object() {
  if (skipping_ > 0) {
    --skipping_;
  } else if (place_ == Place::kId) {
    place_ = Place::kChanges;
    FinishId();
  } else if (place_ == Place::kChanges) {
    place_ = Place::kLine;
    FinishChanges();
  } else if (place_ == Place::kExpect) {
    place_ = Place::kLine;
    id_.reset();
  } else {
    place_ = Place::kEnd;
    FinishLine();
  }
  return true;
}

// Of an ID with other faults, what is missing in it may only be what could not be read.
void HistoryHandler::FinishId() {
  if (id_names_.empty()) {
    Fault("nothing in it: give add, remove or delete");
  } else if (delete_ && id_names_.contains("add")) {
    Fault("'delete' can't stand beside 'add'");
  } else if (!faulty_id_ && !delete_ && line_.changes.edits() == 0 && !id_names_.contains("add")) {
    Fault("an empty 'remove' alone changes nothing: give add, remove or delete");
  }
  line_.changes.Finish(delete_);
  id_.reset();
}

void HistoryHandler::FinishChanges() {
  id_.reset();
  if (line_.changes.empty() && faults_.empty()) {
    Fault("'changes' is empty: a revision changes something");
  }
  for (const BusinessId& twice : line_.changes.Sort()) {
    Fault(fmt::format("'{}' is given twice", twice.text()));
  }
}

// An expectation of what the line does not change is a mistyped ID.
void HistoryHandler::FinishLine() {
  if (!line_names_.contains("changes")) return Fault("field 'changes' is missing");
  for (const BusinessId& twice : line_.expected.Sort()) {
    Fault(fmt::format("'{}' is given twice in 'expect'", twice.text()));
  }
  for (size_t i = 0; i < line_.expected.size(); ++i) {
    const std::string_view id = line_.expected.id(i);
    if (line_.changes.Contains(id)) continue;
    Fault(fmt::format("'expect' names {}, which the line does not change", id));
  }
}

bool HistoryHandler::start_array(size_t) {
  const bool edits = place_ == Place::kId && field_ != "delete";
  if (skipping_ > 0 || ignores_next_ || !edits) return SkipNested("an array");
  place_ = field_ == "add" ? Place::kAdd : Place::kRemove;
  return true;
}

bool HistoryHandler::end_array() {
  if (skipping_ > 0) {
    --skipping_;
  } else {
    place_ = Place::kId;
  }
  return true;
}

bool HistoryHandler::parse_error(size_t position, const std::string& token,
                                 const nlohmann::json::exception&) {
  id_.reset();
  Fault(fmt::format("no JSON at byte {}, near '{}'", position, Shown(token)));
  return false;
}

}  // namespace switchback::cli
