// Lines of a table, as its header and as an ID's list, against the same line as a tree.
#include "cli/input/table_line.h"

#include <nlohmann/json.hpp>

#include "cli/output/text_format.h"
#include "fuzz/well_formed.h"
#include "list/random_lists.h"

namespace switchback::cli {
namespace {

using Json = nlohmann::json;

void RequireHarmless(const Faults& faults) {
  Require(!faults.empty() && !faults.ToError().message.empty(),
          "a line is refused without a reason");
  for (const std::string& item : faults.items()) {
    Require(IsUtf8(item) && OneLine(item) == item, "a message has raw bytes of the line");
  }
}

Json Tree(std::string_view bytes) {
  Json tree = Json::parse(bytes.begin(), bytes.end(), nullptr, /*allow_exceptions=*/false);
  Require(tree.is_object(), "what is no object is taken");
  return tree;
}

void RequireSameRow(const Json& tree, const TableRow& row) {
  Require(tree["id"] == row.id.text(), "a row is of another ID");
  Model model;
  for (const Json& text : tree["endpoints"]) {
    const Result<OwnedEndpoint> endpoint = ParseEndpoint(text.get<std::string>());
    Require(endpoint.has_value(), "what is no endpoint is taken");
    const ModelValue value{endpoint->weight ? uint64_t{*endpoint->weight} + 1 : 0,
                           endpoint->attributes};
    const auto [place, added] = model.emplace(endpoint->key, value);
    Require(added || place->second == value, "an endpoint with two values is taken");
  }
  RequireSameList(row.list, FromModel(model), "the list of a row is another one");
  Require(row.duplicates == tree["endpoints"].size() - model.size(), "duplicates are miscounted");
  Require(!tree.contains("digest") || tree["digest"] == row.list.digest().ToHex(),
          "the digest of another list is taken");
}

void RequireSameHeader(const Json& tree, const TableHeader& header) {
  Require(tree["environment"] == header.environment, "the environment is another one");
  Require(tree.value("store", "") == header.store, "the store is another one");
  Require(header.revision.has_value() == tree.contains("revision") &&
              (!header.revision || tree["revision"] == header.revision->value),
          "the revision is another one");
  Require(
      header.ids.has_value() == tree.contains("ids") && (!header.ids || tree["ids"] == *header.ids),
      "the number of IDs is another one");
  Require(header.glob.has_value() == tree.contains("glob") &&
              (!header.glob || tree["glob"] == *header.glob),
          "the glob is another one");
  Require(header.time.has_value() == (tree.contains("time") && !tree["time"].is_null()),
          "the time is lost");
}

// The row as get --all writes it is the same row.
void RequireWritable(const TableRow& row) {
  Json endpoints = Json::array();
  for (const Endpoint endpoint : row.list) endpoints.push_back(FormatEndpoint(endpoint));
  const Json tree = {
      {"id", row.id.text()}, {"digest", row.list.digest().ToHex()}, {"endpoints", endpoints}};
  const auto again = ParseTableRow(tree.dump());
  Require(again && again->id == row.id && again->duplicates == 0, "a row is refused once written");
  RequireSameList(again->list, row.list, "a row is another one read again");
}

void Try(std::string_view bytes) {
  const auto header = ParseTableHeader(bytes);
  const auto row = ParseTableRow(bytes);
  Require(!header || !row, "a line is a header and a row");
  if (header) {
    RequireSameHeader(Tree(bytes), *header);
  } else {
    RequireHarmless(header.error());
  }
  if (row) {
    RequireSameRow(Tree(bytes), *row);
    RequireWritable(*row);
  } else {
    RequireHarmless(row.error());
  }
}

const RegisterFuzzTarget kTarget("table_line", Try);

}  // namespace
}  // namespace switchback::cli
