#include "report.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace switchback::targets {
namespace {

std::string Quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

std::string Number(double value) {
  if (value >= 1000) return fmt::format("{:.0f}", value);
  return fmt::format("{:.4g}", value);
}

}  // namespace

Row MakeRow(std::string name, std::string what, std::string target, double measured,
            std::string unit, std::optional<Floor> floor) {
  Row row;
  row.name = std::move(name);
  row.what = std::move(what);
  row.target = std::move(target);
  row.measured = measured;
  row.unit = std::move(unit);
  row.floor = std::move(floor);
  if (row.floor && row.floor->value > 0) row.ratio = measured / row.floor->value;
  return row;
}

std::string ToJson(const std::vector<Row>& rows, bool quick) {
  std::string out = fmt::format("{{\"quick\":{},\"rows\":[", quick);
  for (size_t i = 0; i < rows.size(); ++i) {
    const Row& row = rows[i];
    out += fmt::format("{}\n{{\"name\":{},\"what\":{},\"target\":{},\"measured\":{},\"unit\":{},",
                       i == 0 ? "" : ",", Quoted(row.name), Quoted(row.what), Quoted(row.target),
                       Number(row.measured), Quoted(row.unit));
    if (row.floor) {
      out += fmt::format("\"floor\":{{\"what\":{},\"value\":{}}},\"ratio\":{},",
                         Quoted(row.floor->what), Number(row.floor->value), Number(row.ratio));
    } else {
      out += "\"floor\":null,\"ratio\":null,";
    }
    out += fmt::format("\"met\":{},\"note\":{}}}", row.met, Quoted(row.note));
  }
  return out + "\n]}\n";
}

std::string ToTable(const std::vector<Row>& rows) {
  size_t name_width = 4;
  size_t target_width = 6;
  for (const Row& row : rows) {
    name_width = std::max(name_width, row.name.size());
    target_width = std::max(target_width, row.target.size());
  }
  std::string out = fmt::format("{:{}}  {:{}}  {:>18}  {:>8}  {:>6}  {}\n", "name", name_width,
                                "target", target_width, "measured", "floor", "ratio", "met");
  for (const Row& row : rows) {
    out += fmt::format("{:{}}  {:{}}  {:>18}  {:>8}  {:>6}  {}\n", row.name, name_width, row.target,
                       target_width, Number(row.measured) + " " + row.unit,
                       row.floor ? Number(row.floor->value) : "",
                       row.floor ? Number(row.ratio) : "", row.met ? "yes" : "NO");
  }
  return out;
}

}  // namespace switchback::targets
