// Where in a JSON text a value stands, as errors say it: "ids[3].expect".
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "switchback/error.h"

namespace switchback::wire {

// A chain of links on the stack, each to what holds it, so that only an error pays for its text.
// Borrows its names, and must not outlive the place that it was made of.
class Place {
 public:
  explicit Place(std::string_view root) : name_(root) {}  // empty: the whole text
  [[nodiscard]] Place Key(std::string_view name) const { return {this, name, 0}; }
  [[nodiscard]] Place At(size_t index) const { return {this, {}, index}; }

  [[nodiscard]] std::string Text() const;
  // kInvalidArgument: "PLACE: what".
  [[nodiscard]] std::unexpected<Error> Refuse(std::string_view what) const;
  // What a parser said of the text there.
  [[nodiscard]] std::unexpected<Error> Refuse(Error error) const;

 private:
  Place(const Place* parent, std::string_view name, size_t index)
      : parent_(parent), name_(name), index_(index) {}
  void AppendText(std::string& out) const;
  [[nodiscard]] std::string Prefixed(std::string_view what) const;

  const Place* parent_ = nullptr;
  std::string_view name_;  // of a key; an index has none (a null view)
  size_t index_ = 0;
};

}  // namespace switchback::wire
