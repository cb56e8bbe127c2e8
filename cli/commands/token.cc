// switchback token: who may use a service from elsewhere.
#include <fmt/format.h>

#include <algorithm>

#include "cli/commands/commands.h"
#include "cli/identity.h"
#include "cli/output/json_writer.h"
#include "cli/output/table.h"
#include "cli/output/text_format.h"
#include "cli/parse/duration.h"
#include "cli/session.h"
#include "switchback/token.h"

namespace switchback::cli {
namespace {

namespace po = boost::program_options;

void AddOptions(po::options_description& options) {
  auto add = options.add_options();
  add("config", po::value<std::string>()->value_name("FILE"),
      "the service's configuration, which names the file of tokens");
  add("tokens", po::value<std::string>()->value_name("FILE"), "the file of tokens itself");
  add("role", po::value<std::string>()->value_name("ROLE"),
      "create: reader, writer, approver or admin");
  add("ids", po::value<std::vector<std::string>>()->value_name("GLOB"),
      "create: only for IDs that match; repeatable");
  add("environment", po::value<std::string>()->value_name("NAME"),
      "create: only for stores of this environment");
  add("expires", po::value<std::string>()->value_name("DURATION"),
      "create: refused from then on (12h; days as 720h); default: never");
}

Outcome<std::string> TokensPath(const Context& context) {
  if (const auto path = context.Text("tokens")) return *path;
  const auto config = context.Text("config");
  if (!config) return UsageFailure("name the file of tokens: --tokens FILE, or --config FILE");
  ASSIGN_OR_FAIL(const ServiceOptions options, ReadServiceConfig(*config));
  if (!options.tokens.empty()) return options.tokens;
  return Fail(ErrorCode::kInvalidArgument, fmt::format("{}: it names no file of tokens", *config));
}

std::string StateOf(const TokenRecord& token, Timestamp now) {
  if (token.revoked) return "revoked";
  return token.expires && *token.expires <= now ? "expired" : "valid";
}

void WriteToken(const TokenRecord& token, Timestamp now, JsonWriter& json) {
  json.Field("id", token.id).Field("name", token.name).Field("state", StateOf(token, now));
  json.Field("role", RoleName(token.grant.role)).Key("ids").BeginArray();
  for (const std::string& glob : token.grant.globs) json.String(glob);
  json.EndArray();
  if (token.grant.environment) json.Field("environment", *token.grant.environment);
  json.Field("created", FormatTime(token.created)).Field("created_by", token.created_by);
  if (token.expires) json.Field("expires", FormatTime(*token.expires));
  if (token.revoked) json.Field("revoked", FormatTime(*token.revoked));
}

Outcome<int> Create(Context& context, TokenFile& tokens, const std::string& name) {
  Grant grant;
  const auto role = context.Text("role");
  if (!role) return UsageFailure("token create needs --role: reader, writer, approver or admin");
  ASSIGN_OR_FAIL(grant.role, ParseRole(*role));
  grant.globs = context.Texts("ids");
  grant.environment = context.Text("environment");
  std::optional<Timestamp> expires;
  if (const auto text = context.Text("expires")) {
    ASSIGN_OR_FAIL(const auto after, ParseDuration("--expires", *text));
    expires = Timestamp{context.clock.now().micros + after.count() * 1000};
  }
  ASSIGN_OR_FAIL(const std::string token, tokens.Create(name, grant, expires, UserAtHost()));
  context.landed = true;
  if (context.json()) {
    JsonWriter json(context.out.buffer());
    json.BeginObject().Field("name", name).Field("token", token).EndObject().EndLine();
  } else {
    context.Note("the token is shown this once only: keep it in a file that others can't read");
    context.out.Append(token + "\n");
  }
  return kExitDone;
}

Outcome<int> List(Context& context, const TokenFile& tokens) {
  ASSIGN_OR_FAIL(const auto all, tokens.List());
  const Timestamp now = context.clock.now();
  for (const TokenRecord& token : all) {
    if (context.json()) {
      JsonWriter json(context.out.buffer());
      json.BeginObject();
      WriteToken(token, now, json);
      json.EndObject().EndLine();
      continue;
    }
    context.out.Append(fmt::format(
        "{}  {:<8} {:<9} {}{}{}  by {}{}\n", token.id, StateOf(token, now),
        RoleName(token.grant.role), token.name,
        token.grant.globs.empty() ? "" : fmt::format("  {}", fmt::join(token.grant.globs, " ")),
        token.grant.environment ? "  in " + *token.grant.environment : "", token.created_by,
        token.expires ? "  until " + LocalTime(*token.expires, context.clock) : ""));
  }
  return kExitDone;
}

Outcome<int> Revoke(Context& context, TokenFile& tokens, const std::string& which) {
  ASSIGN_OR_FAIL(const TokenRecord token, tokens.Revoke(which));
  context.landed = true;
  if (context.json()) {
    JsonWriter json(context.out.buffer());
    json.BeginObject();
    WriteToken(token, context.clock.now(), json);
    json.EndObject().EndLine();
  } else if (!context.global.quiet) {
    context.out.Append(fmt::format("revoked {} ({})\n", token.id, token.name));
  }
  return kExitDone;
}

Outcome<int> RunToken(Context& context) {
  const std::string& what = context.arguments.front();
  ASSIGN_OR_FAIL(const std::string path, TokensPath(context));
  TokenFile tokens(path, context.clock);
  const bool has_name = context.arguments.size() == 2;
  if (what == "list" && !has_name) return List(context, tokens);
  if (what == "create" && has_name) return Create(context, tokens, context.arguments[1]);
  if (what == "revoke" && has_name) return Revoke(context, tokens, context.arguments[1]);
  return UsageFailure("token create NAME, token list, or token revoke NAME (or its ID)");
}

}  // namespace

Command TokenCommand() {
  return {.name = "token",
          .usage = "create NAME --role ROLE | list | revoke NAME",
          .summary = "make, list and revoke tokens for a service",
          .details =
              "A token says to a service on TLS who asks, and what they may: a role, for\n"
              "some IDs or all, in one environment or any. The file keeps only a hash of\n"
              "it. A service that runs takes notice of changes at once.\n",
          .example =
              "  switchback token create deploy --role writer --ids 'edge/*'\\\n"
              "    --expires 720h --tokens /etc/switchback/tokens > deploy.token\n",
          .min_arguments = 1,
          .max_arguments = 2,
          .add_options = AddOptions,
          .run = RunToken};
}

}  // namespace switchback::cli
