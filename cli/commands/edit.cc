// switchback edit: changes some endpoints of one business ID.
#include <fmt/format.h>

#include <cctype>

#include "cli/commands/commands.h"
#include "cli/commands/write_support.h"
#include "cli/input/bad_lines.h"
#include "cli/input/line_reader.h"
#include "cli/session.h"

namespace switchback::cli {
namespace {

namespace po = boost::program_options;

void AddOptions(po::options_description& options) {
  auto add = options.add_options();
  const auto endpoints = [] {
    return po::value<std::vector<std::string>>()->multitoken()->composing()->value_name("EP ...");
  };
  add("add", endpoints(), "endpoints to add; must not be there");
  add("remove", endpoints(), "endpoints to remove; must be there, with the value if one is given");
  add("set", endpoints(), "endpoints to add or to give another value");
  add("edits", po::value<std::string>()->value_name("FILE"),
      "+EP and -EP lines; - is standard input");
  add("if-needed", po::bool_switch(), "an add or remove that is already so is no error");
  AddWriteOptions(options);
}

// `--add 10.0.0.1:80 weight=5` comes as two words: what can't begin an address belongs to the one
// before it.
std::vector<std::string> JoinValues(const std::vector<std::string>& words) {
  std::vector<std::string> endpoints;
  for (const std::string& word : words) {
    const bool is_value =
        word.find('=') != std::string::npos && word.find(' ') == std::string::npos;
    if (is_value && !endpoints.empty()) {
      endpoints.back() += " " + word;
    } else {
      endpoints.push_back(word);
    }
  }
  return endpoints;
}

Outcome<EndpointEdit> ParseEdit(EditKind kind, std::string_view text) {
  ASSIGN_OR_FAIL(OwnedEndpoint endpoint, ParseEndpoint(text));
  const bool has_value = endpoint.weight.has_value() || !endpoint.attributes.empty();
  return EndpointEdit{kind, std::move(endpoint), kind == EditKind::kRemove && has_value};
}

Outcome<void> AddFromOption(const Context& context, const std::string& option, EditKind kind,
                            std::vector<EndpointEdit>& edits) {
  for (const std::string& text : JoinValues(context.Texts(option))) {
    auto edit = ParseEdit(kind, text);
    if (!edit) {
      edit.error().error.message =
          fmt::format("--{} '{}': {}", option, text, edit.error().error.message);
      return std::unexpected(std::move(edit).error());
    }
    edits.push_back(*std::move(edit));
  }
  return {};
}

std::string_view TrimLeft(std::string_view text) {
  const size_t start = text.find_first_not_of(" \t");
  return start == std::string_view::npos ? "" : text.substr(start);
}

Outcome<void> AddFromFile(const std::string& path, std::vector<EndpointEdit>& edits) {
  ASSIGN_OR_FAIL(OpenedSource source, OpenSource(path));
  LineReader lines(source);
  BadLines bad(source.name);
  for (;;) {
    ASSIGN_OR_FAIL(const auto line, lines.Next());
    if (!line) break;
    const std::string_view text = TrimLeft(*line);
    if (text.empty() || text.starts_with('#')) continue;
    if (text[0] != '+' && text[0] != '-') {
      bad.Add(lines.line(), text, "begins with neither + nor -");
      continue;
    }
    auto edit = ParseEdit(text[0] == '+' ? EditKind::kAdd : EditKind::kRemove, text.substr(1));
    if (edit) {
      edits.push_back(*std::move(edit));
    } else {
      bad.Add(lines.line(), text, edit.error().error.message);
    }
  }
  if (!bad.empty()) return bad.ToFailure();
  return {};
}

Outcome<std::vector<EndpointEdit>> ReadEdits(const Context& context) {
  std::vector<EndpointEdit> edits;
  FAIL_IF_ERROR(AddFromOption(context, "remove", EditKind::kRemove, edits));
  FAIL_IF_ERROR(AddFromOption(context, "add", EditKind::kAdd, edits));
  FAIL_IF_ERROR(AddFromOption(context, "set", EditKind::kSet, edits));
  if (const auto path = context.Text("edits")) {
    FAIL_IF_ERROR(AddFromFile(*path, edits));
  } else if (edits.empty()) {
    return UsageFailure("edit needs --add, --remove, --set or --edits");
  }
  return edits;
}

Outcome<int> RunEdit(Context& context) {
  ASSIGN_OR_FAIL(const WriteOptions write, ReadWriteOptions(context));
  ASSIGN_OR_FAIL(const BusinessId id, BusinessId::Parse(context.arguments[0]));
  FAIL_IF_ERROR(CheckExpectations(write, {id}));
  ASSIGN_OR_FAIL(const std::vector<EndpointEdit> edits, ReadEdits(context));
  ASSIGN_OR_FAIL(const auto store, OpenForWriting(context, write));

  WriteReport report;
  const Change change{
      {{id, EditEndpoints{edits, context.Flag("if-needed")}, ExpectedVersion(write, id)}}};
  ASSIGN_OR_FAIL(report.result, store->Commit(change, ToCommitOptions(write, Operation::kEdit)));
  MarkLanded(context, report.result);
  if (write.dry_run) {
    const auto planned = [&](const ChangedId&, const EndpointList& before) {
      return DiffOfEdits(before, edits);
    };
    FAIL_IF_ERROR(PlanDiffs(*store, planned, report));
  }
  return FinishWrite(context, *store, write, std::move(report));
}

}  // namespace

Command EditCommand() {
  return {.name = "edit",
          .usage = "ID --add EP ... --remove EP ... | ID --edits FILE",
          .summary = "change some endpoints of an ID",
          .details =
              "Adds, removes or sets endpoints, all in one revision: either every edit\n"
              "holds, or nothing is written (exit 4, naming each endpoint). The ID stands\n"
              "before the options. An ID that does not exist is made.\n",
          .example =
              "  switchback edit 394521 --add '10.20.1.9:8000 weight=100' "
              "--remove 10.20.1.1:8000\n",
          .min_arguments = 1,
          .max_arguments = 1,
          .add_options = AddOptions,
          .run = RunEdit};
}

}  // namespace switchback::cli
