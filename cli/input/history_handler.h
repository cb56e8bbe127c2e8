// Makes a HistoryLine of the events of a JSON parser.
//
//   {"time":..., "changes": {ID: {"add": [TEXT...], "remove": [TEXT...], "delete": true}},
//   depth 1      field         depth 2  depth 3  in an array
//    "expect": {ID: VERSION}}
#pragma once

#include <cstdint>
#include <string>
#include <unordered_set>

#include "cli/input/history_line.h"
#include "cli/input/line_handler.h"

namespace switchback::cli {

class HistoryHandler final : public LineHandler {
 public:
  explicit HistoryHandler(LineForm form) : form_(form) {}

  // REQUIRES: it was parsed, without faults.
  [[nodiscard]] HistoryLine TakeLine() { return std::move(line_); }

 protected:
  [[nodiscard]] bool BeginObject() override;
  void EndObject() override;
  [[nodiscard]] bool BeginArray() override;
  void EndArray() override { place_ = Place::kId; }
  [[nodiscard]] bool TakeString(std::string& value) override;
  [[nodiscard]] bool TakeNumber(uint64_t value) override;
  [[nodiscard]] bool TakeBoolean(bool value) override;
  [[nodiscard]] bool TakeKey(const std::string& name) override;
  void WrongType(std::string_view found) override;
  [[nodiscard]] std::string Where() const override;  // "ID 394521: "

 private:
  // Where in the line the parser is.
  enum class Place : uint8_t { kStart, kLine, kChanges, kId, kAdd, kRemove, kExpect, kEnd };

  bool TakeLineKey(const std::string& name);
  bool TakeIdKey(const std::string& name);
  bool TakeId(const std::string& name);
  void TakeTime(const std::string& value, std::optional<Timestamp>& into);
  void TakeEndpoint(const std::string& value);
  void FinishId();
  void FinishChanges();
  void FinishLine();

  const LineForm form_;
  HistoryLine line_;
  Place place_ = Place::kStart;
  std::string field_;  // the key whose value comes next
  std::unordered_set<std::string> line_names_;
  std::unordered_set<std::string> id_names_;
  std::optional<BusinessId> id_;
  bool delete_ = false;
  uint64_t faults_before_id_ = 0;
};

}  // namespace switchback::cli
