#include "wire/place.h"

#include <fmt/format.h>

#include <iterator>
#include <utility>

#include "types/excerpt.h"

namespace switchback::wire {

void Place::AppendText(std::string& out) const {
  if (parent_ == nullptr) {
    out += name_;
    return;
  }
  parent_->AppendText(out);
  if (name_.data() == nullptr) {
    fmt::format_to(std::back_inserter(out), "[{}]", index_);
    return;
  }
  if (!out.empty()) out += '.';
  out += Excerpt(name_);  // a key that is not known is foreign text
}

std::string Place::Text() const {
  std::string out;
  AppendText(out);
  return out;
}

std::string Place::Prefixed(std::string_view what) const {
  const std::string text = Text();
  return text.empty() ? std::string(what) : fmt::format("{}: {}", text, what);
}

std::unexpected<Error> Place::Refuse(std::string_view what) const {
  return Fail(ErrorCode::kInvalidArgument, Prefixed(what));
}

std::unexpected<Error> Place::Refuse(Error error) const {
  error.message = Prefixed(error.message);
  return std::unexpected(std::move(error));
}

}  // namespace switchback::wire
