// switchback init: makes a store.
#include <fmt/format.h>

#include "cli/commands/commands.h"
#include "cli/identity.h"
#include "cli/output/json_writer.h"
#include "cli/session.h"
#include "cli/wait_for_store.h"

namespace switchback::cli {
namespace {

Outcome<int> RunInit(Context& context) {
  const auto environment = ReadEnvironment(context);
  if (!environment) {
    return UsageFailure(
        "init needs --environment NAME (production, staging, test ...): it is fixed for good");
  }
  ASSIGN_OR_FAIL(const std::string path, StorePath(context));
  CreateOptions options;
  options.environment = *environment;
  options.open.origin = ProcessOrigin();
  ASSIGN_OR_FAIL(const auto wait, ReadWait(context));
  ASSIGN_OR_FAIL(const auto store,
                 OpenWhenFree(context, wait, [&] { return Store::Create(path, options); }));
  context.landed = true;
  const StoreIdentity& identity = store->identity();
  std::string& out = context.out.buffer();
  if (context.json()) {
    JsonWriter json(out);
    json.BeginObject().Field("environment", identity.environment).Field("store", path);
    json.Field("store_uuid", identity.uuid).Key("revision").Null();
    json.Key("changes").BeginArray().EndArray().EndObject().EndLine();
  } else if (!context.global.quiet) {
    out += fmt::format("made an empty store for {} in {}\n", identity.environment, path);
  }
  return kExitDone;
}

}  // namespace

Command InitCommand() {
  return {.name = "init",
          .usage = "--environment NAME",
          .summary = "make a store",
          .details =
              "Makes an empty store in the folder that --store names. Its environment is\n"
              "fixed for good: writes that name another one are refused.\n",
          .example = "  switchback --store ./routes init --environment production\n",
          .add_options = AddOpenOptions,
          .run = RunInit};
}

}  // namespace switchback::cli
