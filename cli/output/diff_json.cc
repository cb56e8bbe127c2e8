#include "cli/output/diff_json.h"

namespace switchback::cli {
namespace {

// Enough to make a look at the buffer's size free.
constexpr size_t kEndpointsBetweenDrains = 256;

void WriteSide(std::string_view name, const DiffSide& side, JsonWriter& json) {
  json.Key(name).BeginObject();
  json.Field("id", side.id.text());
  if (side.file) {
    json.Key("version").Null().Key("revision").Null();
  } else {
    json.Field("version", side.version.value).Field("revision", side.revision.value);
  }
  json.Flag("exists", side.exists).Field("count", side.count);
  json.Field("digest", side.digest.ToHex());
  if (side.file) json.Field("file", *side.file);
  json.EndObject();
}

Outcome<void> WriteChanged(const ListDiff& diff, JsonWriter& json, Output& out) {
  json.Key("changed").BeginArray();
  for (size_t i = 0; i < diff.changed_from.size(); ++i) {
    json.BeginObject().Key("endpoint").KeyText(diff.changed_from.Key(i));
    json.Key("from").ValueText(diff.changed_from.Value(i));
    json.Key("to").ValueText(diff.changed_to.Value(i)).EndObject();
    if (i % kEndpointsBetweenDrains == 0) FAIL_IF_ERROR(out.Drain());
  }
  json.EndArray();
  return {};
}

}  // namespace

Outcome<void> WriteEndpoints(std::string_view name, const EndpointList& list, JsonWriter& json,
                             Output& out) {
  json.Key(name).BeginArray();
  for (size_t i = 0; i < list.size(); ++i) {
    json.EndpointText(list[i]);
    if (i % kEndpointsBetweenDrains == 0) FAIL_IF_ERROR(out.Drain());
  }
  json.EndArray();
  return {};
}

Outcome<void> WriteDiff(const DiffReport& report, bool counts_only, JsonWriter& json, Output& out) {
  json.BeginObject();
  WriteSide("from", report.from, json);
  WriteSide("to", report.to, json);
  if (counts_only) {
    json.Field("added", report.diff.added.size()).Field("removed", report.diff.removed.size());
    json.Field("changed", report.diff.changed_to.size());
  } else {
    FAIL_IF_ERROR(WriteEndpoints("added", report.diff.added, json, out));
    FAIL_IF_ERROR(WriteEndpoints("removed", report.diff.removed, json, out));
    FAIL_IF_ERROR(WriteChanged(report.diff, json, out));
  }
  json.EndObject();
  return {};
}

}  // namespace switchback::cli
