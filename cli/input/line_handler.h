// Takes the events of a JSON parser for one line of a file, without a tree between. What is wrong
// in what is JSON doesn't stop it: the value of a bad key and a value of a wrong type are passed
// over, so that every fault of the line is found in one pass.
#pragma once

#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <unordered_set>

#include "cli/input/faults.h"

namespace switchback::cli {

class LineHandler : public nlohmann::json_sax<nlohmann::json> {
 public:
  // Parses `text` with this handler. Called once.
  void Parse(std::string_view text);
  // What was found in the line; none: it is good.
  [[nodiscard]] const Faults& faults() const { return faults_; }

  // The parser's events.
  bool null() final;
  bool boolean(bool value) final;
  bool number_integer(number_integer_t) final { return Unusable("a negative number"); }
  bool number_unsigned(number_unsigned_t value) final;
  bool number_float(number_float_t, const string_t&) final { return Unusable("such a number"); }
  bool string(string_t& value) final;
  bool binary(binary_t&) final { return Unusable("bytes"); }
  bool start_object(size_t) final;
  bool key(string_t& name) final;
  bool end_object() final;
  bool start_array(size_t) final;
  bool end_array() final;
  bool parse_error(size_t position, const std::string& token,
                   const nlohmann::json::exception& cause) final;

 protected:
  // What the line is made of. False: none is expected here, and what it holds is passed over.
  [[nodiscard]] virtual bool BeginObject() = 0;
  virtual void EndObject() = 0;
  [[nodiscard]] virtual bool BeginArray() = 0;
  virtual void EndArray() = 0;
  [[nodiscard]] virtual bool TakeString(std::string& value) = 0;
  [[nodiscard]] virtual bool TakeNumber(uint64_t /*value*/) { return false; }
  [[nodiscard]] virtual bool TakeBoolean(bool /*value*/) { return false; }
  [[nodiscard]] virtual bool TakeNull() { return false; }
  // False: it is bad, and was told of.
  [[nodiscard]] virtual bool TakeKey(const std::string& name) = 0;
  // Tells of a value that is not expected here.
  virtual void WrongType(std::string_view found) = 0;
  // What stands before a fault: of which part of the line it is.
  [[nodiscard]] virtual std::string Where() const { return ""; }

  void Fault(const std::string& message, ErrorCode code = ErrorCode::kInvalidArgument);
  void FaultAll(const Faults& part) { faults_.AddAll(Where(), part); }
  // Whether `name` stands for the first time in `names`; else tells of it.
  [[nodiscard]] bool Claim(const std::string& name, std::unordered_set<std::string>& names);
  // Foreign text as a message shows it.
  [[nodiscard]] static std::string Shown(std::string_view text);

 private:
  [[nodiscard]] bool Ignores();  // whether the value that comes is passed over
  bool Unusable(std::string_view found);

  Faults faults_;
  size_t skipping_ = 0;        // levels of what is passed over
  bool ignores_next_ = false;  // the value of a bad key
};

}  // namespace switchback::cli
