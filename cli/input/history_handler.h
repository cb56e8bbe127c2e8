// Takes the events of a JSON parser and makes a HistoryLine of them, without a tree between.
//
//   {"time":..., "changes": {ID: {"add": [TEXT...], "remove": [TEXT...], "delete": true}}}
//   depth 1      field         depth 2  depth 3  in an array
#pragma once

#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <unordered_set>

#include "cli/input/history_line.h"

namespace switchback::cli {

class HistoryHandler final : public nlohmann::json_sax<nlohmann::json> {
 public:
  // Events; false stops the parser. After one, TakeError says why.
  bool null() override { return WrongType("null"); }
  bool boolean(bool value) override;
  bool number_integer(number_integer_t) override { return WrongType("a number"); }
  bool number_unsigned(number_unsigned_t) override { return WrongType("a number"); }
  bool number_float(number_float_t, const string_t&) override { return WrongType("a number"); }
  bool string(string_t& value) override;
  bool binary(binary_t&) override { return WrongType("bytes"); }
  bool start_object(size_t) override;
  bool key(string_t& name) override;
  bool end_object() override;
  bool start_array(size_t) override;
  bool end_array() override;
  bool parse_error(size_t position, const std::string& token,
                   const nlohmann::json::exception& cause) override;

  // REQUIRES: the parse went to its end.
  [[nodiscard]] HistoryLine TakeLine() { return std::move(line_); }
  // REQUIRES: it did not.
  [[nodiscard]] Error TakeError() { return std::move(error_); }

 private:
  // Where in the line the parser is.
  enum class Place : uint8_t { kStart, kLine, kChanges, kId, kAdd, kRemove, kEnd };

  bool Stop(std::string message);
  bool WrongType(std::string_view found);
  bool Claim(const std::string& name);  // refuses a name given twice in one object
  bool LineKey(const std::string& name);
  bool ChangesKey(const std::string& name);
  bool IdKey(const std::string& name);
  bool LineString(std::string& value);
  bool TakeTime(const std::string& value, std::optional<Timestamp>& into);
  bool TakeEndpoint(const std::string& value);
  bool FinishId();
  [[nodiscard]] std::string Where() const;  // "changes, ID 394521: "

  HistoryLine line_;
  Error error_;
  Place place_ = Place::kStart;
  std::string field_;  // the key whose value comes next
  std::unordered_set<std::string> line_names_;
  std::unordered_set<std::string> id_names_;
  std::optional<BusinessId> id_;
  bool delete_ = false;
};

}  // namespace switchback::cli
