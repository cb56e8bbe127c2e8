// switchback compact: folds the log and compacts the store.
#include <fmt/format.h>

#include "cli/commands/commands.h"
#include "cli/output/json_writer.h"
#include "cli/output/text_format.h"
#include "cli/session.h"

namespace switchback::cli {
namespace {

Outcome<int> RunCompact(Context& context) {
  WriteOptions write;
  write.environment = ReadEnvironment(context);
  ASSIGN_OR_FAIL(write.wait, ReadWait(context));
  ASSIGN_OR_FAIL(const std::string path, StoreName(context));
  ASSIGN_OR_FAIL(const auto store, OpenForWriting(context, write));
  ASSIGN_OR_FAIL(const StoreStats before, store->Stats());
  FAIL_IF_ERROR(store->Compact());
  ASSIGN_OR_FAIL(const StoreStats after, store->Stats());
  const StoreIdentity& identity = store->identity();
  if (context.json()) {
    JsonWriter json(context.out.buffer());
    json.BeginObject().Field("environment", identity.environment).Field("store", path);
    json.Field("store_uuid", identity.uuid);
    json.Field("bytes_before", before.disk_bytes).Field("bytes_after", after.disk_bytes);
    json.EndObject().EndLine();
  } else if (!context.global.quiet) {
    context.out.Append(fmt::format("{} ({}): {} -> {}\n", identity.environment, path,
                                   Bytes(before.disk_bytes), Bytes(after.disk_bytes)));
  }
  return kExitDone;
}

}  // namespace

Command CompactCommand() {
  return {.name = "compact",
          .usage = "",
          .summary = "fold the log and compact the store",
          .details =
              "Rewrites the store's files without what was overwritten. Changes no answer.\n"
              "Needs the store for writing.\n",
          .example = "  switchback compact\n",
          .add_options = AddOpenOptions,
          .run = RunCompact};
}

}  // namespace switchback::cli
