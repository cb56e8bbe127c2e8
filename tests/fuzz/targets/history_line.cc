// Lines of a routing history, as import and as apply read them, against the same line as a tree.
#include "cli/input/history_line.h"

#include <nlohmann/json.hpp>

#include "cli/output/text_format.h"
#include "fuzz/well_formed.h"

namespace switchback::cli {
namespace {

using Json = nlohmann::ordered_json;  // edits come in the order in which they stand

void RequireHarmless(const Faults& faults) {
  Require(!faults.empty(), "a line is refused without a reason");
  const Error error = faults.ToError();
  Require(!error.message.empty(), "a fault without words");
  for (const std::string& item : faults.items()) {
    Require(IsUtf8(item) && OneLine(item) == item, "a message has raw bytes of the line");
  }
}

void RequireEdits(const Json& id, const EditStep& step) {
  size_t next = 0;
  for (const auto& [field, value] : id.items()) {
    if (field == "delete") continue;
    for (const Json& text : value) {
      Require(next < step.edits.size(), "an edit is lost");
      const EndpointEdit& edit = step.edits[next++];
      const Result<OwnedEndpoint> endpoint = ParseEndpoint(text.get<std::string>());
      const bool removes = field == "remove";
      Require(endpoint && endpoint->view() == edit.endpoint.view() &&
                  edit.kind == (removes ? EditKind::kRemove : EditKind::kAdd) &&
                  edit.match_value == removes,
              "an edit is another one");
    }
  }
  Require(next == step.edits.size(), "an edit too many");
  Require(step.deletes == id.contains("delete"), "a delete is lost");
}

void RequireTexts(const Json& tree, const HistoryLine& line) {
  for (const auto& [field, text] : {std::pair("author", &line.author),
                                    {"message", &line.message},
                                    {"ticket", &line.ticket},
                                    {"source", &line.source}}) {
    Require(text->has_value() == tree.contains(field), "a field is lost");
    Require(!*text || tree[field] == **text, "a field is another one");
  }
  Require(line.time.has_value() == tree.contains("time"), "the time is lost");
  Require(!line.time || *line.time == ParseTime(tree["time"].get<std::string>()),
          "the time is another one");
}

void RequireSameAsTree(std::string_view bytes, const HistoryLine& line) {
  const Json tree = Json::parse(bytes.begin(), bytes.end(), nullptr, /*allow_exceptions=*/false);
  Require(tree.is_object(), "what is no object is taken");
  RequireTexts(tree, line);
  const Json& changes = tree["changes"];
  Require(line.changes.size() == changes.size() && !changes.empty(), "an ID is lost");
  for (size_t i = 0; i < line.changes.size(); ++i) {
    const std::string id(line.changes.id(i));
    Require(i == 0 || line.changes.id(i - 1) < id, "IDs are out of order");
    Require(changes.contains(id), "an ID is another one");
    RequireEdits(changes[id], line.changes.Step(i));
  }
  const size_t expected = tree.contains("expect") ? tree["expect"].size() : 0;
  Require(line.expected.size() == expected, "an expectation is lost");
  for (size_t i = 0; i < line.expected.size(); ++i) {
    const std::string id(line.expected.id(i));
    Require(tree["expect"][id] == line.expected.Find(id)->value, "an expectation is another one");
  }
}

void Try(std::string_view bytes) {
  const auto applied = ParseHistoryLine(bytes, LineForm::kApply);
  const auto imported = ParseHistoryLine(bytes, LineForm::kImport);
  if (applied) {
    RequireSameAsTree(bytes, *applied);
  } else {
    RequireHarmless(applied.error());
    Require(!imported, "import takes what apply refuses");
  }
  if (imported) {
    RequireSameAsTree(bytes, *imported);
  } else {
    RequireHarmless(imported.error());
  }
}

const RegisterFuzzTarget kTarget("history_line", Try);

}  // namespace
}  // namespace switchback::cli
