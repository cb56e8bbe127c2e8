#include "wire/object_form.h"

#include <algorithm>

namespace switchback::wire {

ObjectReader::ObjectReader(const Json& json, const Place& place) : json_(json), place_(place) {
  if (!json.is_object()) error_ = Expected(place, "an object", json).error();
}

bool ObjectReader::Has(std::string_view name) const {
  return json_.is_object() && json_.find(name) != json_.end();
}

const Json* ObjectReader::Take(std::string_view name, bool may_miss) {
  if (error_) return nullptr;
  const auto found = json_.find(name);
  if (found == json_.end()) {
    if (!may_miss) error_ = place_.Key(name).Refuse("it is missing").error();
    return nullptr;
  }
  taken_.push_back(name);
  return &*found;
}

void ObjectReader::Note(Result<void> read) {
  if (!read && !error_) error_ = std::move(read.error());
}

Result<void> ObjectReader::Finish(UnknownKeys unknown) {
  if (error_) return std::unexpected(*std::move(error_));
  if (unknown == UnknownKeys::kPassOver || taken_.size() == json_.size()) return {};
  for (const auto& [name, value] : json_.items()) {
    if (std::ranges::find(taken_, name) == taken_.end()) {
      return place_.Key(name).Refuse("there is no such key");
    }
  }
  return {};
}

}  // namespace switchback::wire
