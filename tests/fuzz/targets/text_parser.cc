// Files of endpoints, against reading them line by line; and the canonical text back.
#include <algorithm>
#include <string>

#include "fuzz/well_formed.h"
#include "list/random_lists.h"
#include "switchback/text.h"

namespace switchback {
namespace {

struct NaiveList {
  Model list;
  uint64_t lines = 0;
  uint64_t duplicates = 0;
  uint64_t bad = 0;
};

bool IsSkipped(std::string_view line) {
  const size_t first = line.find_first_not_of(" \t");
  return first == std::string_view::npos || line[first] == '#';
}

void AddLine(std::string_view line, NaiveList& naive) {
  if (IsSkipped(line)) return;
  const Result<OwnedEndpoint> endpoint = ParseEndpoint(line);
  if (!endpoint) {
    ++naive.bad;
    return;
  }
  const ModelValue value{endpoint->weight ? uint64_t{*endpoint->weight} + 1 : 0,
                         endpoint->attributes};
  const auto [place, added] = naive.list.emplace(endpoint->key, value);
  if (added) return;
  ++(place->second == value ? naive.duplicates : naive.bad);
}

NaiveList ReadNaively(std::string_view text) {
  NaiveList naive;
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    AddLine(line, naive);
    ++naive.lines;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return naive;
}

void RequireNamesBadLines(const Error& error, uint64_t bad) {
  Require(error.code == ErrorCode::kInvalidArgument, "a bad file is refused with another code");
  Require(error.item_count == bad && bad > 0, "not all bad lines are counted");
  Require(error.items.size() == std::min<uint64_t>(bad, 20), "not the first 20 are named");
  for (const std::string& item : error.items) {
    Require(item.starts_with("fuzz:"), "a bad line is named without its place");
    for (const char c : item) Require(c >= ' ' && c <= '~', "a message has raw bytes of the file");
  }
}

void Try(std::string_view bytes) {
  const Result<ParsedList> parsed = ParseEndpointList(bytes, "fuzz");
  const NaiveList naive = ReadNaively(bytes);
  if (!parsed) return RequireNamesBadLines(parsed.error(), naive.bad);
  Require(naive.bad == 0, "a file with bad lines is taken");
  Require(parsed->lines == naive.lines, "lines are not counted right");
  Require(parsed->duplicates == naive.duplicates, "duplicates are not counted right");
  RequireSameList(parsed->list, FromModel(naive.list), "a file is another list read line by line");
  std::string canonical;
  for (const Endpoint endpoint : parsed->list) {
    AppendEndpoint(endpoint, canonical);
    canonical += '\n';
  }
  const Result<ParsedList> again = ParseEndpointList(canonical, "fuzz");
  Require(again && again->duplicates == 0 && again->lines == parsed->list.size(),
          "the canonical text of a list is not taken as it is");
  RequireSameList(again->list, parsed->list, "the canonical text of a list is another list");
}

const RegisterFuzzTarget kTarget("text_parser", Try);

}  // namespace
}  // namespace switchback
