#include "cli/input/table_line.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <unordered_set>
#include <utility>

#include "cli/input/line_handler.h"
#include "cli/input/list_collector.h"

namespace switchback::cli {
namespace {

constexpr auto kHeaderFields =
    std::to_array<std::string_view>({"environment", "store", "revision", "time", "ids", "glob"});
constexpr auto kRowFields = std::to_array<std::string_view>({"id", "digest", "endpoints"});

// An object of fields, without objects in it.
class FlatHandler : public LineHandler {
 protected:
  explicit FlatHandler(std::span<const std::string_view> known) : known_(known) {}

  [[nodiscard]] bool BeginObject() override { return !std::exchange(begun_, true); }
  [[nodiscard]] bool TakeKey(const std::string& name) override {
    field_ = name;
    if (!Claim(name, names_)) return false;
    if (std::ranges::find(known_, name) != known_.end()) return true;
    Fault(fmt::format("unknown field '{}'; {}", Shown(name), Expected()));
    return false;
  }
  void WrongType(std::string_view found) override {
    if (!begun_) return Fault(fmt::format("a JSON object is expected, {} was found", found));
    Fault(fmt::format("field '{}' can't be {}", Shown(field_), found));
  }
  // What the line should be.
  [[nodiscard]] virtual std::string Expected() const = 0;
  void Require(const std::string& name) {
    if (!names_.contains(name)) Fault(fmt::format("field '{}' is missing; {}", name, Expected()));
  }

  [[nodiscard]] const std::string& field() const { return field_; }

 private:
  const std::span<const std::string_view> known_;
  bool begun_ = false;
  std::string field_;  // the key whose value comes next
  std::unordered_set<std::string> names_;
};

class HeaderHandler final : public FlatHandler {
 public:
  HeaderHandler() : FlatHandler(kHeaderFields) {}
  [[nodiscard]] TableHeader& header() { return header_; }

 protected:
  [[nodiscard]] std::string Expected() const override {
    return fmt::format("the first line of a table has {}", fmt::join(kHeaderFields, ", "));
  }
  void EndObject() override { Require("environment"); }
  [[nodiscard]] bool BeginArray() override { return false; }
  void EndArray() override {}
  [[nodiscard]] bool TakeNull() override { return field() == "time"; }
  [[nodiscard]] bool TakeNumber(uint64_t value) override {
    if (field() == "revision") {
      header_.revision = Revision{value};
    } else if (field() == "ids") {
      header_.ids = value;
    } else {
      return false;
    }
    return true;
  }
  [[nodiscard]] bool TakeString(std::string& value) override {
    if (field() == "environment") {
      header_.environment = std::move(value);
    } else if (field() == "store") {
      header_.store = std::move(value);
    } else if (field() == "glob") {
      header_.glob = std::move(value);
    } else if (field() == "time") {
      const auto time = ParseTime(value);
      if (!time) Fault(fmt::format("field 'time': {}", time.error().message));
      if (time) header_.time = *time;
    } else {
      return false;
    }
    return true;
  }

 private:
  TableHeader header_;
};

class RowHandler final : public FlatHandler {
 public:
  RowHandler() : FlatHandler(kRowFields) {}
  // REQUIRES: it was parsed, without faults.
  [[nodiscard]] TableRow TakeRow() {
    return {*std::move(id_), std::move(list_), collector_.duplicates()};
  }

 protected:
  [[nodiscard]] std::string Expected() const override {
    return fmt::format("an ID's line has {}", fmt::join(kRowFields, ", "));
  }
  [[nodiscard]] std::string Where() const override {
    return id_ ? fmt::format("ID {}: ", id_->text()) : "";
  }
  [[nodiscard]] bool BeginArray() override {
    if (in_array_ || field() != "endpoints") return false;
    in_array_ = true;
    return true;
  }
  void EndArray() override { in_array_ = false; }
  void WrongType(std::string_view found) override {
    if (in_array_) return Fault(fmt::format("an endpoint is a string, not {}", found));
    FlatHandler::WrongType(found);
  }
  [[nodiscard]] bool TakeString(std::string& value) override {
    if (in_array_) {
      collector_.Add(value, list_faults_);
    } else if (field() == "id") {
      TakeId(value);
    } else if (field() == "digest") {
      digest_ = std::move(value);
    } else {
      return false;
    }
    return true;
  }
  // The list's faults come last: until here its ID may not be known.
  void EndObject() override {
    Require("id");
    Require("endpoints");
    list_ = collector_.Take(list_faults_);
    FaultAll(list_faults_);
    if (!digest_ || !faults().empty() || *digest_ == list_.digest().ToHex()) return;
    Fault(
        fmt::format("digest '{}' is not that of its endpoints, {}: one of them was changed or is "
                    "missing",
                    Shown(*digest_), list_.digest().ToHex()));
  }

 private:
  void TakeId(const std::string& text) {
    auto id = BusinessId::Parse(text);
    if (!id) return Fault(id.error().message, id.error().code);
    id_ = *std::move(id);
  }

  std::optional<BusinessId> id_;
  std::optional<std::string> digest_;
  ListCollector collector_;
  Faults list_faults_;
  EndpointList list_;
  bool in_array_ = false;
};

}  // namespace

std::expected<TableHeader, Faults> ParseTableHeader(std::string_view text) {
  HeaderHandler handler;
  handler.Parse(text);
  if (!handler.faults().empty()) return std::unexpected(handler.faults());
  return std::move(handler.header());
}

std::expected<TableRow, Faults> ParseTableRow(std::string_view text) {
  RowHandler handler;
  handler.Parse(text);
  if (!handler.faults().empty()) return std::unexpected(handler.faults());
  return handler.TakeRow();
}

}  // namespace switchback::cli
