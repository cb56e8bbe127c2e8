#include "cli/input/history_handler.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "cli/output/text_format.h"

namespace switchback::cli {
namespace {

constexpr auto kLineFields = std::to_array<std::string_view>(
    {"time", "original_time", "author", "message", "ticket", "source", "changes"});
constexpr size_t kShownBytes = 120;

bool Knows(const auto& names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

std::string Shown(std::string_view text) {
  return Clip(OneLine(text), kShownBytes);
}

}  // namespace

std::string HistoryHandler::Where() const {
  return id_ ? fmt::format("ID {}: ", id_->text()) : std::string();
}

bool HistoryHandler::Stop(std::string message) {
  error_ = {ErrorCode::kInvalidArgument, Where() + std::move(message), {}, 0};
  return false;
}

bool HistoryHandler::WrongType(std::string_view found) {
  switch (place_) {
    case Place::kStart:
      return Stop(fmt::format("a JSON object is expected, {} was found", found));
    case Place::kChanges:
      return Stop(fmt::format("'{}' in changes takes an object, not {}", Shown(field_), found));
    case Place::kAdd:
    case Place::kRemove:
      return Stop(fmt::format("an endpoint is a string, not {}", found));
    default:
      return Stop(fmt::format("field '{}' can't be {}", field_, found));
  }
}

bool HistoryHandler::Claim(const std::string& name) {
  auto& names = place_ == Place::kLine ? line_names_ : id_names_;
  if (names.insert(name).second) return true;
  return Stop(fmt::format("'{}' is given twice", Shown(name)));
}

bool HistoryHandler::key(string_t& name) {
  field_ = name;
  // That no ID stands twice is seen when all are there: a set of a million would outweigh them.
  if (place_ == Place::kChanges) return ChangesKey(name);
  if (!Claim(name)) return false;
  return place_ == Place::kLine ? LineKey(name) : IdKey(name);
}

bool HistoryHandler::LineKey(const std::string& name) {
  if (Knows(kLineFields, name)) return true;
  return Stop(
      fmt::format("unknown field '{}'; a line has {}", Shown(name), fmt::join(kLineFields, ", ")));
}

bool HistoryHandler::ChangesKey(const std::string& name) {
  auto id = BusinessId::Parse(name);
  if (!id) {
    error_ = std::move(id).error();
    return false;
  }
  id_ = *std::move(id);
  return true;
}

bool HistoryHandler::IdKey(const std::string& name) {
  if (name == "add" || name == "remove" || name == "delete") return true;
  return Stop(fmt::format("unknown field '{}'; an ID has add, remove, delete", Shown(name)));
}

bool HistoryHandler::boolean(bool value) {
  if (place_ != Place::kId || field_ != "delete") return WrongType("a boolean");
  if (!value) return Stop("'delete' can only be true; leave it out otherwise");
  delete_ = true;
  return true;
}

bool HistoryHandler::string(string_t& value) {
  if (place_ == Place::kAdd || place_ == Place::kRemove) return TakeEndpoint(value);
  if (place_ == Place::kLine && field_ != "changes") return LineString(value);
  return WrongType("a string");
}

bool HistoryHandler::LineString(std::string& value) {
  if (field_ == "time") return TakeTime(value, line_.time);
  if (field_ == "original_time") return TakeTime(value, line_.original_time);
  auto& into = field_ == "author"    ? line_.author
               : field_ == "message" ? line_.message
               : field_ == "ticket"  ? line_.ticket
                                     : line_.source;
  into = std::move(value);
  return true;
}

bool HistoryHandler::TakeTime(const std::string& value, std::optional<Timestamp>& into) {
  auto time = ParseTime(value);
  if (!time) return Stop(fmt::format("field '{}': {}", field_, time.error().message));
  into = *time;
  return true;
}

bool HistoryHandler::TakeEndpoint(const std::string& value) {
  auto endpoint = ParseEndpoint(value);
  if (!endpoint) {
    const ErrorCode code = endpoint.error().code;
    Stop(fmt::format("endpoint '{}': {}", Shown(value), endpoint.error().message));
    error_.code = code;
    return false;
  }
  line_.changes.Add(place_ == Place::kRemove, endpoint->view());
  return true;
}

bool HistoryHandler::start_object(size_t) {
  if (place_ == Place::kStart) {
    place_ = Place::kLine;
    return true;
  }
  if (place_ == Place::kLine && field_ == "changes") {
    place_ = Place::kChanges;
    return true;
  }
  if (place_ != Place::kChanges) return WrongType("an object");
  place_ = Place::kId;
  id_names_.clear();
  line_.changes.Begin(*id_);
  delete_ = false;
  return true;
}

bool HistoryHandler::end_object() {
  if (place_ == Place::kId) {
    place_ = Place::kChanges;
    return FinishId();
  }
  if (place_ == Place::kChanges) {
    place_ = Place::kLine;
    if (line_.changes.empty()) return Stop("'changes' is empty: a revision changes something");
    const std::optional<BusinessId> twice = line_.changes.Sort();
    return twice ? Stop(fmt::format("'{}' is given twice", twice->text())) : true;
  }
  place_ = Place::kEnd;
  if (!line_names_.contains("changes")) return Stop("field 'changes' is missing");
  return true;
}

bool HistoryHandler::FinishId() {
  if (id_names_.empty()) return Stop("nothing in it: give add, remove or delete");
  if (!delete_ && line_.changes.edits() == 0 && !id_names_.contains("add")) {
    return Stop("an empty 'remove' alone changes nothing: give add, remove or delete");
  }
  if (delete_ && id_names_.contains("add")) return Stop("'delete' can't stand beside 'add'");
  line_.changes.Finish(delete_);
  id_.reset();
  return true;
}

bool HistoryHandler::start_array(size_t) {
  if (place_ != Place::kId || field_ == "delete") return WrongType("an array");
  place_ = field_ == "add" ? Place::kAdd : Place::kRemove;
  return true;
}

bool HistoryHandler::end_array() {
  place_ = Place::kId;
  return true;
}

bool HistoryHandler::parse_error(size_t position, const std::string& token,
                                 const nlohmann::json::exception&) {
  id_.reset();
  return Stop(fmt::format("no JSON at byte {}, near '{}'", position, Shown(token)));
}

}  // namespace switchback::cli
