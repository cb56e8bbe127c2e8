#include "bench/compare/history_reader.h"

#include <nlohmann/json.hpp>

#include <utility>
#include <vector>

#include "switchback/types.h"

namespace switchback::compare {
namespace {

using nlohmann::json;

// Takes the parser's events straight into a HistoryLine: a document tree of a line with a million
// endpoints would outweigh the systems under test.
class LineHandler : public json::json_sax_t {
 public:
  explicit LineHandler(HistoryLine& line) : line_(line) {}

  bool key(string_t& name) override {
    if (depth_ == 1)
      field_ = std::move(name);
    else if (depth_ == 2 && field_ == "changes")
      line_.changes.push_back({std::move(name), {}, {}});
    else if (depth_ == 3)
      part_ = std::move(name);
    return true;
  }
  bool string(string_t& text) override {
    if (depth_ == 1) return Field(std::move(text));
    if (depth_ != 4) return false;
    (part_ == "add" ? line_.changes.back().add : line_.changes.back().remove)
        .push_back(std::move(text));
    return true;
  }
  bool start_object(std::size_t /*size*/) override { return ++depth_ <= 3; }
  bool end_object() override { return --depth_ >= 0; }
  bool start_array(std::size_t /*size*/) override {
    return ++depth_ == 4 && (part_ == "add" || part_ == "remove");
  }
  bool end_array() override { return --depth_ >= 0; }
  bool boolean(bool /*value*/) override { return depth_ == 3 && part_ == "delete"; }
  bool null() override { return false; }
  bool number_integer(number_integer_t /*value*/) override { return false; }
  bool number_unsigned(number_unsigned_t /*value*/) override { return false; }
  bool number_float(number_float_t /*value*/, const string_t& /*text*/) override { return false; }
  bool binary(binary_t& /*value*/) override { return false; }
  bool parse_error(std::size_t /*at*/, const std::string& /*token*/,
                   const nlohmann::detail::exception& /*error*/) override {
    return false;
  }

 private:
  bool Field(std::string text) {
    if (field_ == "time") {
      const auto time = ParseTime(text);
      if (!time) return false;
      line_.time_us = time->micros;
    } else if (field_ == "author") {
      line_.author = std::move(text);
    } else if (field_ == "message") {
      line_.message = std::move(text);
    } else if (field_ == "ticket") {
      line_.ticket = std::move(text);
    }
    return true;
  }

  HistoryLine& line_;
  int depth_ = 0;
  std::string field_;
  std::string part_;
};

}  // namespace

std::optional<HistoryLine> HistoryReader::Next() {
  if (lines_ == limit_) return std::nullopt;
  const auto text = source_.Next();
  if (!text) return std::nullopt;
  HistoryLine line;
  line.revision = ++lines_;
  LineHandler handler(line);
  if (!json::sax_parse(*text, &handler) || line.changes.empty()) {
    Fail("line " + std::to_string(lines_) + " of the history is no revision in JSON");
  }
  return line;
}

uint64_t HistoryReader::CountAll() {
  uint64_t lines = lines_;
  while (source_.Next()) ++lines;
  return lines;
}

}  // namespace switchback::compare
