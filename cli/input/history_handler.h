// Takes the events of a JSON parser and makes a HistoryLine of them, without a tree between. What
// is wrong in what is JSON doesn't stop it: every fault of the line is found in one pass.
//
//   {"time":..., "changes": {ID: {"add": [TEXT...], "remove": [TEXT...], "delete": true}},
//   depth 1      field         depth 2  depth 3  in an array
//    "expect": {ID: VERSION}}
#pragma once

#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <unordered_set>

#include "cli/input/faults.h"
#include "cli/input/history_line.h"

namespace switchback::cli {

class HistoryHandler final : public nlohmann::json_sax<nlohmann::json> {
 public:
  explicit HistoryHandler(LineForm form) : form_(form) {}

  // Events; false stops the parser.
  bool null() override { return Scalar("null"); }
  bool boolean(bool value) override;
  bool number_integer(number_integer_t) override { return Scalar("a negative number"); }
  bool number_unsigned(number_unsigned_t value) override;
  bool number_float(number_float_t, const string_t&) override { return Scalar("such a number"); }
  bool string(string_t& value) override;
  bool binary(binary_t&) override { return Scalar("bytes"); }
  bool start_object(size_t) override;
  bool key(string_t& name) override;
  bool end_object() override;
  bool start_array(size_t) override;
  bool end_array() override;
  bool parse_error(size_t position, const std::string& token,
                   const nlohmann::json::exception& cause) override;

  // What was found in the line; none: it is good. To be called once the parser is done.
  [[nodiscard]] const Faults& faults() const { return faults_; }
  // REQUIRES: no faults.
  [[nodiscard]] HistoryLine TakeLine() { return std::move(line_); }

 private:
  // Where in the line the parser is.
  enum class Place : uint8_t { kStart, kLine, kChanges, kId, kAdd, kRemove, kExpect, kEnd };

  void Fault(const std::string& message, ErrorCode code = ErrorCode::kInvalidArgument);
  void WrongType(std::string_view found);
  bool Scalar(std::string_view found);      // none is expected here
  bool SkipNested(std::string_view found);  // what begins here, to its end
  [[nodiscard]] bool Ignores();             // whether the value that comes is of a bad key
  bool Claim(const std::string& name);      // whether a name stands once in its object
  bool LineKey(const std::string& name);
  bool IdKey(const std::string& name);
  bool TakeId(const std::string& name);
  void LineString(std::string& value);
  void TakeTime(const std::string& value, std::optional<Timestamp>& into);
  void TakeEndpoint(const std::string& value);
  void FinishId();
  void FinishChanges();
  void FinishLine();
  [[nodiscard]] std::string Where() const;  // "ID 394521: "

  const LineForm form_;
  HistoryLine line_;
  Faults faults_;
  Place place_ = Place::kStart;
  size_t skipping_ = 0;        // levels of what is passed over
  bool ignores_next_ = false;  // the value of a bad key
  std::string field_;          // the key whose value comes next
  std::unordered_set<std::string> line_names_;
  std::unordered_set<std::string> id_names_;
  std::optional<BusinessId> id_;
  bool delete_ = false;
  bool faulty_id_ = false;  // the one under way
};

}  // namespace switchback::cli
