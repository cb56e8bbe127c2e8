// Peak memory of imports, as processes of their own.
#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "child.h"
#include "measurements.h"

namespace switchback::targets {
namespace {

std::string FirstLine(uint32_t ids, uint32_t endpoints) {
  std::string line = R"({"time":"2026-01-01T00:00:00Z","author":"a","message":"m","changes":{)";
  for (uint32_t id = 0; id < ids; ++id) {
    line += fmt::format("{}\"{}\":{{\"add\":[", id == 0 ? "" : ",", 1'000'000 + id);
    for (uint32_t i = 0; i < endpoints; ++i) {
      line += fmt::format("{}\"10.{}.{}.{}:80 weight=100\"", i == 0 ? "" : ",", id >> 8 & 255,
                          id & 255, i + 1);
    }
    line += "]}";
  }
  return line + "}}\n";
}

std::string LaterLine(uint64_t number, uint32_t ids, uint32_t endpoints) {
  const uint64_t id = number * 7919 % ids;
  const char* edit = number / ids % 2 == 0 ? "add" : "remove";
  return fmt::format(
      "{{\"time\":\"2026-01-02T00:00:00Z\",\"author\":\"operator-{}\",\"message\":\"change {}\","
      "\"changes\":{{\"{}\":{{\"{}\":[\"10.{}.{}.{}:80 weight=100\"]}}}}}}\n",
      number % 10, number, 1'000'000 + id, edit, id >> 8 & 255, id & 255, endpoints + 100);
}

Ended Import(const Context& context, const std::string& file) {
  const std::string store = context.scratch.Fresh("memory");
  const Ended made =
      RunChild({context.program, "--store", store, "init", "--environment", "test"}, "");
  const Ended ended = RunChild({context.program, "--store", store, "import", file}, "");
  if (made.by_signal || made.code != 0 || ended.by_signal || ended.code != 0) {
    End("an import failed");
  }
  std::filesystem::remove_all(store);
  return ended;
}

}  // namespace

Rows MemoryOfImport(const Context& context) {
  const uint32_t ids = 1'000;
  const uint64_t lines = context.quick ? 20'000 : 1'000'000;
  const std::string many = context.scratch.Fresh("many-lines.jsonl");
  {
    std::ofstream out(many);
    out << FirstLine(ids, 100);
    for (uint64_t i = 0; i < lines; ++i) out << LaterLine(i, ids, 100);
  }
  const uint32_t all = context.quick ? 100'000 : 1'000'000;
  const std::string one = context.scratch.Fresh("one-line.jsonl");
  std::ofstream(one) << FirstLine(all, 3);
  return {
      MemoryRow("memory-import", fmt::format("peak memory of an import of {} revisions", lines + 1),
                Import(context, many)),
      MemoryRow("memory-import-one-line",
                fmt::format("the same of one revision of {} IDs x 3 endpoints", all),
                Import(context, one))};
}

}  // namespace switchback::targets
