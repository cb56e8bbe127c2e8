#include "cli/input/history_handler.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <span>

namespace switchback::cli {
namespace {

constexpr auto kLineFields = std::to_array<std::string_view>(
    {"time", "original_time", "author", "message", "ticket", "source", "changes", "expect"});

}  // namespace

std::string HistoryHandler::Where() const {
  return id_ ? fmt::format("ID {}: ", id_->text()) : std::string();
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

bool HistoryHandler::TakeKey(const std::string& name) {
  field_ = name;
  // That no ID stands twice is seen when all are there: a set of a million would outweigh them.
  if (place_ == Place::kChanges || place_ == Place::kExpect) return TakeId(name);
  return place_ == Place::kLine ? TakeLineKey(name) : TakeIdKey(name);
}

bool HistoryHandler::TakeLineKey(const std::string& name) {
  if (!Claim(name, line_names_)) return false;
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

bool HistoryHandler::TakeIdKey(const std::string& name) {
  if (!Claim(name, id_names_)) return false;
  if (name == "add" || name == "remove" || name == "delete") return true;
  Fault(fmt::format("unknown field '{}'; an ID has add, remove, delete", Shown(name)));
  return false;
}

bool HistoryHandler::TakeBoolean(bool value) {
  if (place_ != Place::kId || field_ != "delete") return false;
  if (!value) Fault("'delete' can only be true; leave it out otherwise");
  delete_ = value;
  return true;
}

bool HistoryHandler::TakeNumber(uint64_t value) {
  if (place_ != Place::kExpect) return false;
  line_.expected.Add(*id_, Version{value});
  return true;
}

bool HistoryHandler::TakeString(std::string& value) {
  if (place_ == Place::kAdd || place_ == Place::kRemove) {
    TakeEndpoint(value);
    return true;
  }
  if (place_ != Place::kLine || field_ == "changes" || field_ == "expect") return false;
  if (field_ == "time") {
    TakeTime(value, line_.time);
  } else if (field_ == "original_time") {
    TakeTime(value, line_.original_time);
  } else {
    auto& into = field_ == "author"    ? line_.author
                 : field_ == "message" ? line_.message
                 : field_ == "ticket"  ? line_.ticket
                                       : line_.source;
    into = std::move(value);
  }
  return true;
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

bool HistoryHandler::BeginObject() {
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
    faults_before_id_ = faults().count();
  } else {
    return false;
  }
  return true;
}

void HistoryHandler::EndObject() {
  if (place_ == Place::kId) {
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
}

void HistoryHandler::FinishId() {
  // Of an ID with other faults, what is missing in it may only be what could not be read.
  const bool sound = faults().count() == faults_before_id_;
  if (id_names_.empty()) {
    Fault("nothing in it: give add, remove or delete");
  } else if (delete_ && id_names_.contains("add")) {
    Fault("'delete' can't stand beside 'add'");
  } else if (sound && !delete_ && line_.changes.edits() == 0 && !id_names_.contains("add")) {
    Fault("an empty 'remove' alone changes nothing: give add, remove or delete");
  }
  line_.changes.Finish(delete_);
  id_.reset();
}

void HistoryHandler::FinishChanges() {
  id_.reset();
  if (line_.changes.empty() && faults().empty()) {
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

bool HistoryHandler::BeginArray() {
  if (place_ != Place::kId || field_ == "delete") return false;
  place_ = field_ == "add" ? Place::kAdd : Place::kRemove;
  return true;
}

}  // namespace switchback::cli
