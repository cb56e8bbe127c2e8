#include "faults/every_row.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>
#include <utility>
#include <vector>

#include "switchback/provenance.h"

namespace switchback {
namespace {

constexpr uint64_t kOldVersions = 9;
constexpr int kWideIds = 70;  // more than stand in a record: part rows
constexpr uint32_t kRuns = 6;
constexpr uint64_t kLargeVersions = 12;
constexpr uint64_t kMostRevisions = 48;

const std::map<std::string, uint64_t>& VersionsOf() {
  static const std::map<std::string, uint64_t> versions{
      {"large", kLargeVersions}, {"late", 2},  {"long-old", 5}, {"old", kOldVersions},
      {"runs", kRuns},           {"small", 4}, {"wide-00", 1},  {"wide-69", 1},
  };
  return versions;
}

void Must(const auto& result) {
  ASSERT_TRUE(result.has_value()) << result.error().message;
}

CommitOptions Full(std::string_view author, std::string_view request) {
  CommitOptions options = By(author);
  options.message = "why it was";
  options.ticket = "OPS-1";
  options.source = "console";
  options.request_id = request;
  return options;
}

// `count` edits of hosts without a rule.
Change ManyEdits(std::string_view id, uint32_t from, uint32_t count) {
  Change change = Edits(id, {});
  auto& edits = std::get<EditEndpoints>(change.ids[0].action).edits;
  for (uint32_t k = from; k < from + count; ++k) {
    const uint32_t host = k * 2654435761U;
    edits.push_back({EditKind::kSet, {{{Family::kIPv4, 0, host}, 32, 8000}, k % 7, {}}});
  }
  return change;
}

void FillOld(Store& store) {
  for (size_t i = 1; i < kOldVersions; ++i) {
    Must(store.Commit(Set("old", Range(0x0c000000, i * 3)), By("x")));
  }
  Must(store.Commit(Set("long-old", Scattered(5, 3500)), By("x")));
  for (uint32_t i = 0; i < 4; ++i) {
    Must(store.Commit(Edits("long-old", {Edit(EditKind::kAdd, fmt::format("11.1.0.{}", i))}),
                      By("x")));
  }
  Must(store.CreateSnapshot("pin", Revision{4}, By("ann")));
}

void FillLarge(Store& store) {
  Must(store.Commit(Set("large", Scattered(3, 3500)), Full("ann", "request-large")));
  Must(store.Restore({{Id("large"), Version{1}, std::nullopt}}, By("x")));
  for (uint64_t version = 2; version < kLargeVersions - 1; ++version) {
    Must(store.Commit(ManyEdits("large", static_cast<uint32_t>(version) * 100, 100), By("x")));
  }
  Must(store.Restore({{Id("large"), Version{3}, std::nullopt}}, By("x")));
}

void FillSmall(Store& store) {
  Must(store.Commit(Set("small", List({"10.0.0.1:80 weight=5 zone=a", "2001:db8::1"})), By("x")));
  Must(store.Commit(Delete("small"), By("x")));
  Must(store.Restore({{Id("small"), Version{1}, std::nullopt}}, By("x")));
  Change few = Set("small", List({"10.0.0.0/24", "10.0.0.1:80 weight=6 zone=b"}));
  few.ids.push_back({Id("late"), Replace{Range(7, 3)}, {}});
  Must(store.Commit(few, Full("ben", "request-few")));
}

void FillWide(Store& store) {
  Change wide;
  for (int i = 0; i < kWideIds; ++i) {
    wide.ids.push_back({Id(fmt::format("wide-{:02}", i)), Replace{Range(0x0b000000, 2)}, {}});
  }
  Must(store.Commit(wide, By("x")));
}

std::string CommitText(const RevisionInfo& info) {
  return fmt::format("r{} {} {} {} {} {}/{}/{}/{}/{} {}/{}/{}/{} {} +{}-{}~{}", info.revision.value,
                     info.time.micros, info.effective_time.micros,
                     info.original_time ? info.original_time->micros : 0,
                     OperationName(info.operation), info.author, info.message, info.ticket,
                     info.source, info.request_id, info.origin.user, info.origin.host,
                     info.origin.program, info.origin.program_version, info.id_count, info.added,
                     info.removed, info.changed);
}

std::string Text(const RevisionInfo& info) {
  return CommitText(info);
}
std::string Text(const VersionInfo& info) {
  return fmt::format("{}@{} {} +{}-{}~{} {} {} {} {}", info.id.text(), info.version.value,
                     info.count, info.added, info.removed, info.changed, info.deleted,
                     info.same_as ? info.same_as->value : 0, info.pruned, CommitText(info.commit));
}
std::string Text(const TableEntry& entry) {
  return fmt::format("{}@{} r{}", entry.id.text(), entry.version.value, entry.revision.value);
}
std::string Text(const TableDifference& difference) {
  return fmt::format("{}@{}..{}", difference.id.text(), difference.from.value, difference.to.value);
}
std::string Text(const ListDiff& diff) {
  return fmt::format("-{} ~{}>{} +{}", fmt::join(Texts(diff.removed), ","),
                     fmt::join(Texts(diff.changed_from), ","),
                     fmt::join(Texts(diff.changed_to), ","), fmt::join(Texts(diff.added), ","));
}
std::string Text(const NetChange& change) {
  return fmt::format("{} {} {} {} {} {}", change.id.text(), change.versions.size(),
                     change.count_before, change.count, change.changed_between.size(),
                     Text(change.diff));
}
std::string Text(const AddressLife& found) {
  return fmt::format("{} {} {} {} {}", found.id.text(), FormatEndpointKey(found.life.key),
                     found.life.from.value, found.life.until ? found.life.until->value : 0,
                     found.life.values.front().text);
}
std::string Text(const VersionSummary& summary) {
  return fmt::format("{} {}", summary.count, summary.digest.ToHex());
}
std::string Text(const ResolvedVersion& resolved) {
  return fmt::format("@{} r{} {}", resolved.version.value, resolved.revision.value,
                     resolved.deleted);
}
std::string Text(const Revision& revision) {
  return fmt::format("r{}", revision.value);
}
std::string Text(bool value) {
  return value ? "yes" : "no";
}
std::string Text(const std::optional<std::string>& value) {
  return value.value_or("none");
}
std::string Text(const std::vector<SnapshotInfo>& snapshots) {
  std::string text;
  for (const SnapshotInfo& one : snapshots) {
    text += fmt::format("{} r{} {} {};", one.name, one.revision.value, one.author, one.message);
  }
  return text;
}
std::string Text(const Blame& blame) {
  std::string text = fmt::format("{} {}:", blame.list->version.value, blame.oldest_kept.value);
  for (size_t i = 0; i < blame.key_from.size(); ++i) {
    text += fmt::format(" {}/{}", blame.value_from[i].value, blame.key_from[i].value);
  }
  return text;
}

class Asker {
 public:
  void Ask(std::string name, const Result<ListHandle>& result) {
    Answer& answer = answers_[std::move(name)];
    if (!result) {
      answer.error = result.error().code;
      return;
    }
    const VersionedList& read = **result;
    answer.said = fmt::format("{}@{} r{} {} {}", read.id.text(), read.version.value,
                              read.revision.value, read.list->size(), read.digest().ToHex());
    answer.list = *read.list;
  }
  template <typename T>
  void Ask(std::string name, const Result<T>& result) {
    Answer& answer = answers_[std::move(name)];
    if (result) {
      answer.said = Text(*result);
    } else {
      answer.error = result.error().code;
    }
  }
  // All that the cursor hands out.
  template <typename T>
  void Walk(std::string name, const Result<std::unique_ptr<Cursor<T>>>& cursor) {
    Answer& answer = answers_[std::move(name)];
    if (!cursor) {
      answer.error = cursor.error().code;
      return;
    }
    for (;;) {
      const Result<std::optional<T>> next = (*cursor)->Next();
      if (!next) answer.error = next.error().code;
      if (!next || !*next) return;
      answer.said += Text(**next) + '\n';
    }
  }
  [[nodiscard]] Answers& answers() { return answers_; }

 private:
  Answers answers_;
};

void AskOfVersion(const View& view, const BusinessId& id, Version version, Asker& asker) {
  const std::string name = fmt::format("{}@{}", id.text(), version.value);
  asker.Ask(name, view.Read(id, version));
  asker.Ask(name + " summary", view.Summarize(id, version));
  asker.Ask(name + " entry", view.Describe(id, version));
  asker.Ask(name + " diff", view.Diff({id, version.Previous()}, {id, version}));
}

void AskOfId(const Store& store, const View& view, const BusinessId& id, Version newest,
             Asker& asker) {
  asker.Ask(id.text() + " of the store", store.Read(id));
  asker.Ask(id.text(), view.Read(id));
  asker.Ask(id.text() + " contains", view.Contains(id, ParseEndpoint("10.0.0.1:80")->key));
  for (uint64_t version = 1; version <= newest.value + 1; ++version) {  // one more than there are
    AskOfVersion(view, id, Version{version}, asker);
  }
  asker.Walk(id.text() + " history", view.History(id));
  asker.Ask(id.text() + " far diff", view.Diff({id, Version{0}}, {id, newest}));
  asker.Ask(id.text() + " blame", view.BlameList(id, newest));
  for (const uint64_t revision : {3, 12, 20, 25}) {
    asker.Ask(fmt::format("{}@r{}", id.text(), revision),
              view.Resolve(id, RevisionSelector{Revision{revision}}));
  }
  asker.Ask(id.text() + "@pin", view.Resolve(id, NameSelector{"pin"}));
}

void AskOfTable(const View& view, Asker& asker) {
  const Revision newest = view.revision();
  asker.Ask("revision", Result<Revision>(newest));
  asker.Walk("log", view.Log());
  std::vector<Revision> kept;
  // The newest may be any number, where that is what is damaged.
  for (Revision revision{1}; revision.value <= kMostRevisions; revision = revision.Next()) {
    asker.Walk(fmt::format("r{} changes", revision.value), view.Changes(revision));
    if (revision.value % 8 == 0) {
      asker.Walk(fmt::format("r{} table", revision.value), view.Table(revision));
    }
    if (revision.value > kOldVersions + 5 && revision <= newest) kept.push_back(revision);
  }
  asker.Walk("table", view.Table());
  asker.Walk("backward", view.Table(std::nullopt, {.prefix = "wide", .backward = true}));
  asker.Walk("table diff", view.DiffTable(Revision{12}, newest));
  asker.Walk("net", view.NetChanges({.revisions = std::move(kept)}));
  asker.Walk("who had", view.WhoEverHad(*ParseAddressQuery("10.0.0.0/24"), "*"));
  asker.Ask("at a time", view.ResolveRevision(TimeSelector{Timestamp{1'700'000'000'000'000}}));
  asker.Ask("friday", view.ResolveRevision(NameSelector{"friday"}));
}

void AskOfSnapshots(const Store& store, Asker& asker) {
  const auto snapshots = store.ListSnapshots();
  asker.Ask("snapshots", snapshots);
  if (!snapshots) return;
  Answer& made = asker.answers()["snapshots made"];
  for (const SnapshotInfo& one : *snapshots) made.said += fmt::format("{};", one.created.micros);
}

// What is told of the commits behind the pruned ones.
void AskOfFeed(const Store& store, Asker& asker) {
  Answer& answer = asker.answers()["feed"];
  const auto feed = store.Subscribe({.after = Revision{kOldVersions + 5}});
  if (!feed) {
    answer.error = feed.error().code;
    return;
  }
  for (;;) {
    const auto event = (*feed)->Next(std::chrono::milliseconds(0));
    if (!event) answer.error = event.error().code;
    if (!event || !*event) break;
    answer.said += Text((*event)->commit);
    for (const FeedChange& change : (*event)->changes) {
      answer.said +=
          fmt::format(" {}@{} {} {} +{}-{}~{}", change.id.text(), change.version.value,
                      change.deleted, change.count, change.added, change.removed, change.changed);
    }
    answer.said += '\n';
  }
  asker.Ask("token", (*feed)->token());
}

// From where on the texts differ.
std::string Difference(const std::string& name, const Answer& answer, const Answer& expected) {
  const auto [at, other] = std::ranges::mismatch(answer.said, expected.said);
  const auto part = [](const Answer& one, auto from) {
    return fmt::format("'{}' {}", std::string(from, one.said.end()).substr(0, 200),
                       one.error ? ErrorCodeName(*one.error) : "");
  };
  return fmt::format("{}: {} instead of {}", name, part(answer, at), part(expected, other));
}

bool IsDamage(const Answer& answer) {
  return answer.error == ErrorCode::kDataLoss;
}

}  // namespace

void FillWithEveryRow(Store& store) {
  FillOld(store);
  FillLarge(store);
  FillSmall(store);
  FillWide(store);
  for (uint32_t i = 0; i < kRuns; ++i) {
    Must(store.Commit(ManyEdits("runs", i * 130, 130), By("x")));
  }
  CommitOptions nothing_to_do = Full("x", "request-nothing");
  nothing_to_do.bookmark = Bookmark{"feed", "line 1"};
  Must(store.Commit(Set("wide-00", Range(0x0b000000, 2)), nothing_to_do));
  Must(store.CreateSnapshot("friday", Revision{20}, Full("ann", "")));
  Must(store.CreateSnapshot("gone", Revision{20}, By("ann")));
  Must(store.DeleteSnapshot("gone", By("ann")));
  Must(store.Prune({.keep_last = 2, .glob = "*old"}, By("pruner")));
}

void CommitTwoMore(Store& store) {
  CommitOptions options = Full("eve", "request-late");
  options.bookmark = Bookmark{"feed", "line 2"};
  Must(store.Commit(Set("late", List({"10.0.0.9"})), options));
  Must(store.Commit(Set("old", Range(0x0c000000, 40)), By("x")));
}

Answers AskEverything(const Store& store) {
  Asker asker;
  const StoreIdentity& identity = store.identity();
  asker.answers()["identity"].said = fmt::format("{} {} {} {}", identity.environment, identity.uuid,
                                                 identity.created.micros, identity.format);
  AskOfSnapshots(store, asker);
  asker.Ask("bookmark", store.ReadBookmark("feed"));
  const auto view = store.NewView();
  if (!view) {
    asker.answers()["view"].error = view.error().code;
    return std::move(asker.answers());
  }
  asker.answers()["view"].said = "there";
  AskOfTable(**view, asker);
  for (const auto& [id, newest] : VersionsOf()) {
    AskOfId(store, **view, Id(id), Version{newest}, asker);
  }
  AskOfFeed(store, asker);
  return std::move(asker.answers());
}

Comparison Compare(const Answers& whole, const Answers& damaged) {
  Comparison result;
  for (const auto& [name, answer] : damaged) {
    const Answer& expected = whole.at(name);
    if (answer == expected) continue;
    // What came before the error must have been right, too.
    if (IsDamage(answer) && expected.said.starts_with(answer.said)) {
      result.stumbled = true;
      continue;
    }
    if (result.wrong.empty()) result.how = Difference(name, answer, expected);
    if (answer.list && answer.list != expected.list) result.wrong_lists.insert(name);
    result.wrong.insert(name);
  }
  return result;
}

}  // namespace switchback
