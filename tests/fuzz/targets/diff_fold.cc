// Some drawn versions of a list: diffs, scripts and their fold against maps that are compared key
// by key.
#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "fuzz/drawn.h"
#include "fuzz/well_formed.h"
#include "list/script.h"

namespace switchback {
namespace {

const ModelValue* ValueIn(const Model& model, const EndpointKey& key) {
  const auto place = model.find(key);
  return place == model.end() ? nullptr : &place->second;
}

// Of each key what it was before and is after; what is equal is left out.
struct Edit {
  const ModelValue* before;
  const ModelValue* after;
};
using NaiveDiff = std::map<EndpointKey, Edit>;

bool Same(const ModelValue* a, const ModelValue* b) {
  return a == b || (a != nullptr && b != nullptr && *a == *b);
}

NaiveDiff DiffNaively(const Model& from, const Model& to) {
  NaiveDiff diff;
  for (const auto& [key, value] : from) diff[key] = {&value, ValueIn(to, key)};
  for (const auto& [key, value] : to) diff[key] = {ValueIn(from, key), &value};
  std::erase_if(diff, [](const auto& edit) { return Same(edit.second.before, edit.second.after); });
  return diff;
}

ListDiff ToListDiff(const NaiveDiff& naive) {
  Model removed;
  Model changed_from;
  Model changed_to;
  Model added;
  for (const auto& [key, edit] : naive) {
    if (edit.after == nullptr) {
      removed[key] = *edit.before;
    } else if (edit.before == nullptr) {
      added[key] = *edit.after;
    } else {
      changed_from[key] = *edit.before;
      changed_to[key] = *edit.after;
    }
  }
  return {FromModel(removed), FromModel(changed_from), FromModel(changed_to), FromModel(added)};
}

// What folding diffs with gaps between them comes to, and the keys at the gaps.
struct NaiveFold {
  NaiveDiff diff;
  std::set<EndpointKey> gaps;

  void Add(const NaiveDiff& next) {
    for (const auto& [key, edit] : next) {
      const auto [place, is_new] = diff.emplace(key, edit);
      if (is_new) continue;
      if (!Same(place->second.after, edit.before)) gaps.insert(key);
      place->second.after = edit.after;
    }
  }
  [[nodiscard]] ListDiff Net() const {
    NaiveDiff net = diff;
    std::erase_if(net,
                  [](const auto& edit) { return Same(edit.second.before, edit.second.after); });
    return ToListDiff(net);
  }
};

std::string EncodeAndRead(const EndpointList& from, const EndpointList& to, const ListDiff& diff) {
  std::string script;
  EncodeScript(diff, script);
  const Result<ListDiff> read = DecodeScript(script);
  Require(read.has_value(), "a script that was just written is refused");
  RequireSameDiff(*read, diff, "a script is another diff read again");
  const Result<EndpointList> applied = Apply(from, *read);
  Require(applied.has_value(), "the diff of two lists does not fit the first");
  RequireSameList(*applied, to, "a list with the diff to another is not that one");
  Digest digest = from.digest();
  digest += diff.DigestChange();
  Require(digest == to.digest(), "the digest does not follow the diff");
  return script;
}

// Folding all of a run is the diff of its ends.
void RequireFolds(const std::vector<EndpointList>& lists, const std::vector<std::string>& scripts,
                  const ListDiff& expected) {
  ScriptFolder folder;
  for (const std::string& script : scripts) {
    Require(folder.Add(script).has_value(), "the folder refuses a script");
  }
  const Result<ListDiff> folded = folder.Finish();
  Require(folded.has_value(), "scripts that follow on one another can't be folded");
  RequireSameDiff(*folded, expected, "the fold is not the diff of the ends");
  const Result<EndpointList> forward = Apply(lists.front(), *folded);
  const Result<EndpointList> back = Apply(lists.back(), folded->Inverse());
  Require(forward && back, "the fold does not fit the ends");
  RequireSameList(*forward, lists.back(), "the fold does not lead to the last list");
  RequireSameList(*back, lists.front(), "the inverse of the fold does not lead back");
}

void Try(std::string_view bytes) {
  Drawn in(bytes, /*max_run=*/50);
  std::vector<Model> models = {in.List()};
  const size_t steps = 1 + in.Byte() % 8;
  models.reserve(steps + 1);  // diffs point into them
  const uint8_t chosen = in.Byte();
  std::vector<EndpointList> lists = {FromModel(models.front())};
  std::vector<std::string> scripts;
  ScriptFolder with_gaps(ScriptFolder::Gaps::kTaken);
  NaiveFold naive_fold;
  for (size_t step = 0; step < steps; ++step) {
    Model next = models.back();
    for (size_t edits = in.Byte() % 8; edits > 0; --edits) in.Edit(next);
    models.push_back(std::move(next));
    lists.push_back(FromModel(models.back()));
    const NaiveDiff naive = DiffNaively(models[step], models[step + 1]);
    const ListDiff diff = Diff(lists[step], lists[step + 1]);
    RequireSameDiff(diff, ToListDiff(naive), "the diff is another one key by key");
    scripts.push_back(EncodeAndRead(lists[step], lists[step + 1], diff));
    if ((chosen >> step & 1) == 0) continue;
    with_gaps.Add(diff);
    naive_fold.Add(naive);
  }
  RequireFolds(lists, scripts, ToListDiff(DiffNaively(models.front(), models.back())));
  const Result<ListDiff> net = with_gaps.Finish();
  Require(net.has_value(), "gaps are refused where they are to be taken");
  RequireSameDiff(*net, naive_fold.Net(), "the fold with gaps is another one key by key");
  Require(std::ranges::equal(with_gaps.TakeGapKeys(), naive_fold.gaps),
          "the keys at the gaps are others");
}

const RegisterFuzzTarget kTarget("diff_fold", Try);

}  // namespace
}  // namespace switchback
