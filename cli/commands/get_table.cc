#include "cli/commands/get_table.h"

#include "cli/output/diff_json.h"
#include "cli/output/json_writer.h"
#include "cli/session.h"
#include "cli/table_header.h"

namespace switchback::cli {
namespace {

// Walks the IDs of the table that are wanted.
class WantedIds {
 public:
  WantedIds(const View& view, Revision at, std::string glob)
      : view_(view), at_(at), glob_(std::move(glob)) {}

  Outcome<void> Start() {
    ASSIGN_OR_FAIL(entries_, view_.Table(at_, {.glob = glob_}));
    return {};
  }
  Outcome<std::optional<TableEntry>> Next() {
    ASSIGN_OR_FAIL(auto entry, entries_->Next());
    return entry;
  }

 private:
  const View& view_;
  const Revision at_;
  const std::string glob_;
  std::unique_ptr<Cursor<TableEntry>> entries_;
};

// The number stands before the IDs, so they are walked twice.
Outcome<uint64_t> CountIds(WantedIds& ids) {
  FAIL_IF_ERROR(ids.Start());
  for (uint64_t count = 0;; ++count) {
    ASSIGN_OR_FAIL(const auto entry, ids.Next());
    if (!entry) return count;
  }
}

Outcome<TableHeader> DescribeTable(const Context& context, const Reading& reading, Revision at,
                                   WantedIds& ids) {
  const StoreIdentity& identity = reading.store->identity();
  TableHeader header{identity.environment, identity.uuid, at, {}, {}, context.Text("ids")};
  if (at.value > 0) {
    const Result<RevisionInfo> info = reading.view->DescribeRevision(at);
    // Where its record is damaged the table can still be had.
    if (info) header.time = info->time;
    if (!info && info.error().code != ErrorCode::kDataLoss) return std::unexpected(info.error());
  }
  ASSIGN_OR_FAIL(header.ids, CountIds(ids));
  return header;
}

void WriteHeader(const TableHeader& header, JsonWriter& json) {
  json.BeginObject().Field("environment", header.environment).Field("store", header.store);
  json.Field("revision", header.revision->value);
  header.time ? json.Time("time", *header.time) : json.Key("time").Null();
  json.Field("ids", *header.ids);
  if (header.glob) json.Field("glob", *header.glob);
  json.EndObject().EndLine();
}

Outcome<void> WriteList(const View& view, const TableEntry& entry, bool is_head, JsonWriter& json,
                        Output& out) {
  // The head's list is the quicker one to read.
  ASSIGN_OR_FAIL(const ListHandle list,
                 is_head ? view.Read(entry.id) : view.Read(entry.id, entry.version));
  json.BeginObject().Field("id", entry.id.text()).Field("digest", list->digest().ToHex());
  FAIL_IF_ERROR(WriteEndpoints("endpoints", *list->list, json, out));
  json.EndObject().EndLine();
  FAIL_IF_ERROR(out.Drain());
  return {};
}

}  // namespace

Outcome<int> GetTable(Context& context) {
  ASSIGN_OR_FAIL(const Reading reading, StartReading(context));
  const View& view = *reading.view;
  Revision at = view.revision();
  if (const auto selector = context.Text("at")) {
    ASSIGN_OR_FAIL(at, ResolveTableSelector(context, view, *selector));
  }
  WantedIds ids(view, at, context.Text("ids").value_or(""));
  ASSIGN_OR_FAIL(const TableHeader header, DescribeTable(context, reading, at, ids));
  JsonWriter json(context.out.buffer());
  WriteHeader(header, json);
  FAIL_IF_ERROR(ids.Start());
  for (;;) {
    ASSIGN_OR_FAIL(const auto entry, ids.Next());
    if (!entry) return kExitDone;
    FAIL_IF_ERROR(WriteList(view, *entry, at == view.revision(), json, context.out));
  }
}

}  // namespace switchback::cli
