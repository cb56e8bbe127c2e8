#include "wire/samples.h"

#include <memory>
#include <utility>

#include "switchback/text.h"

namespace switchback::wire {

BusinessId Id(std::string_view text) {
  return BusinessId::Parse(text).value();
}
OwnedEndpoint AnEndpoint(std::string_view text) {
  return ParseEndpoint(text).value();
}
EndpointKey AKey(std::string_view text) {
  return AnEndpoint(text).key;
}
EndpointList AList(std::string_view lines) {
  return ParseEndpointList(lines, "sample").value().list;
}
Timestamp ATime(std::string_view text) {
  return ParseTime(text).value();
}

namespace {

template <typename T>
Sample Make(std::string name, const T& value, std::string text, bool asked) {
  const auto reread = [](const Json& json) -> Result<Json> {
    const auto read = FromJson<T>(json, "x");
    if (!read) return std::unexpected(read.error());
    return ToJson(*read);
  };
  return {std::move(name), ToJson(value), std::move(text), reread, asked};
}
template <typename T>
Sample Said(std::string name, const T& value, std::string text) {
  return Make(std::move(name), value, std::move(text), false);
}
template <typename T>
Sample Asked(std::string name, const T& value, std::string text) {
  return Make(std::move(name), value, std::move(text), true);
}

const Timestamp kTime = ATime("2026-11-22T03:45:00.000001Z");

ListHandle SampleList() {
  auto list = std::make_shared<const EndpointList>(
      AList("10.20.1.1:8000 weight=100 zone=\"a\"\n[2001:db8::1]:443\n2001:db8::/32 weight=0\n"));
  return std::make_shared<const VersionedList>(
      VersionedList{Id("a/b:1"), Version{7}, Revision{9}, std::move(list)});
}

RevisionInfo SampleRevision() {
  RevisionInfo info;
  info.revision = Revision{9};
  info.time = kTime;
  info.effective_time = ATime("2026-11-22T03:46:00Z");
  info.original_time = ATime("2020-01-01T00:00:00.5Z");
  info.operation = Operation::kRestoreAll;
  info.author = "ann";
  info.message = "caf\xc3\xa9 \"quoted\"\n";
  info.ticket = "T-1";
  info.source = "file";
  info.request_id = "req";
  info.origin = {"ann", "host1", "switchback", "0.1.0"};
  info.id_count = 1;
  info.added = 2;
  info.removed = 3;
  info.changed = 18446744073709551615U;
  return info;
}

const std::string kRevisionText =
    R"({"added":2,"author":"ann","changed":18446744073709551615,)"
    R"("effective_time":"2026-11-22T03:46:00Z","id_count":1,"message":"café \"quoted\"\n",)"
    R"("operation":"restore-all","origin":{"host":"host1","program":"switchback",)"
    R"("program_version":"0.1.0","user":"ann"},"original_time":"2020-01-01T00:00:00.500Z",)"
    R"("removed":3,"request_id":"req","revision":9,"source":"file","ticket":"T-1",)"
    R"("time":"2026-11-22T03:45:00.000001Z"})";

ListDiff SampleDiff() {
  return Diff(AList("10.0.0.1\n10.0.0.2 weight=1\n10.0.0.3 zone=a"),
              AList("10.0.0.2 weight=2 zone=b\n10.0.0.3\n::1"));
}

const std::string kDiffText =
    R"({"added":["::1"],"changed":[{"endpoint":"10.0.0.2","from":"weight=1",)"
    R"("to":"weight=2 zone=b"},{"endpoint":"10.0.0.3","from":"zone=a","to":""}],)"
    R"("removed":["10.0.0.1"]})";

ChangedId SampleChangedId() {
  return {Id("a"), Version{4}, Version{3}, true, 5, 6, 7, 8, 9};
}

const std::string kChangedIdText =
    R"({"added":7,"changed":9,"count":6,"count_before":5,"deleted":true,"from":3,"id":"a",)"
    R"("removed":8,"version":4})";

CommitResult SampleResult() {
  return {Revision{12}, kTime, {SampleChangedId()}, {{Id("b"), Version{0}}}, true};
}

const std::string kResultText =
    R"({"changes":[)" + kChangedIdText +
    R"(],"replayed":true,"revision":12,"time":"2026-11-22T03:45:00.000001Z",)"
    R"("unchanged":[{"id":"b","version":0}]})";

EndpointLife SampleLife() {
  return {AKey("[2001:db8::1]:443"), Version{2}, true, Version{5}, {{Version{2}, "weight=1"}}};
}

const std::string kLifeText =
    R"({"from":2,"key":"[2001:db8::1]:443","since_before":true,"until":5,)"
    R"("values":[{"from":2,"text":"weight=1"}]})";

void AddLists(std::vector<Sample>& out) {
  out.push_back(Said(
      "VersionedList", *SampleList(),
      R"({"count":3,"digest":"ddb0237847eb8b800d08ce430e32bdf2","endpoints":["10.20.1.1:8000 weight=100 zone=\"a\"",)"
      R"("2001:db8::/32 weight=0","[2001:db8::1]:443"],"id":"a/b:1","revision":9,"version":7})"));
  out.push_back(
      Said("VersionedList, empty",
           VersionedList{Id("a"), Version{1}, Revision{1}, std::make_shared<EndpointList>()},
           R"({"count":0,"digest":"00000000000000000000000000000000","endpoints":[],"id":"a",)"
           R"("revision":1,"version":1})"));
  out.push_back(Said("ListDiff", SampleDiff(), kDiffText));
  out.push_back(Said("ListDiff, empty", ListDiff{}, R"({"added":[],"changed":[],"removed":[]})"));
  const Blame blame{SampleList(),
                    {Version{1}, Version{2}, Version{3}},
                    {Version{1}, Version{1}, Version{2}},
                    Version{2}};
  out.push_back(
      Said("Blame", blame,
           R"({"endpoints":["10.20.1.1:8000 weight=100 zone=\"a\"","2001:db8::/32 weight=0",)"
           R"("[2001:db8::1]:443"],"id":"a/b:1","key_from":[1,1,2],"oldest_kept":2,"revision":9,)"
           R"("value_from":[1,2,3],"version":7})"));
}

void AddHistory(std::vector<Sample>& out) {
  out.push_back(Said("RevisionInfo", SampleRevision(), kRevisionText));
  out.push_back(Said("RevisionInfo, empty", RevisionInfo{},
                     R"({"added":0,"author":"","changed":0,)"
                     R"("effective_time":"1970-01-01T00:00:00Z","id_count":0,"message":"",)"
                     R"("operation":"set","origin":{"host":"","program":"","program_version":"",)"
                     R"("user":""},"removed":0,"request_id":"","revision":0,"source":"",)"
                     R"("ticket":"","time":"1970-01-01T00:00:00Z"})"));
  out.push_back(Said("SaidRecord", SaidRecord{7, "before", Revision{4}, SampleRevision()},
                     R"({"info":)" + kRevisionText + R"(,"sub":7,"subject":"before","target":4})"));
  out.push_back(Said("SaidRecord without a target", SaidRecord{1, "", {}, SampleRevision()},
                     R"({"info":)" + kRevisionText + R"(,"sub":1,"subject":""})"));
  const VersionInfo version{
      Id("a"), Version{9223372036854775807U}, 1, 2, 3, 4, true, Version{2}, true, SampleRevision()};
  out.push_back(Said("VersionInfo", version,
                     R"({"added":2,"changed":4,"commit":)" + kRevisionText +
                         R"(,"count":1,"deleted":true,"id":"a","pruned":true,"removed":3,)"
                         R"("same_as":2,"version":9223372036854775807})"));
  out.push_back(Said("ResolvedVersion", ResolvedVersion{Id("a"), Version{3}, Revision{4}, true},
                     R"({"deleted":true,"id":"a","revision":4,"version":3})"));
  out.push_back(Said("VersionSummary",
                     VersionSummary{5, Digest{0x0123456789abcdefU, 0xfedcba9876543210U}},
                     R"({"count":5,"digest":"0123456789abcdeffedcba9876543210"})"));
  out.push_back(Said("TableEntry", TableEntry{Id("a"), Version{3}, Revision{4}},
                     R"({"id":"a","revision":4,"version":3})"));
  out.push_back(Said("TableDifference", TableDifference{Id("a"), Version{0}, Version{4}},
                     R"({"from":0,"id":"a","to":4})"));
  const FeedEvent event{SampleRevision(), {{Id("a"), Version{1}, true, 2, 3, 4, 5}}, false};
  out.push_back(Said("FeedEvent", event,
                     R"({"changes":[{"added":3,"changed":5,"count":2,"deleted":true,"id":"a",)"
                     R"("removed":4,"version":1}],"commit":)" +
                         kRevisionText + R"(,"last":false})"));
}

void AddProvenance(std::vector<Sample>& out) {
  const NetChange net{Id("a"),
                      {{Version{1}, Revision{2}}, {Version{3}, Revision{4}}},
                      true,
                      false,
                      5,
                      6,
                      SampleDiff(),
                      {AKey("10.0.0.2:80")}};
  out.push_back(Said("NetChange", net,
                     R"({"changed_between":["10.0.0.2:80"],"count":6,"count_before":5,"diff":)" +
                         kDiffText +
                         R"(,"existed":true,"exists":false,"id":"a","versions":[{"revision":2,)"
                         R"("version":1},{"revision":4,"version":3}]})"));
  out.push_back(Said("EndpointLife", SampleLife(), kLifeText));
  const AddressHolder holder{Id("a"),
                             AnEndpoint("10.0.0.0/24 weight=4294967295"),
                             AddressMatch::kCovering,
                             Version{3},
                             Version{2},
                             true};
  out.push_back(Said("AddressHolder", holder,
                     R"({"endpoint":"10.0.0.0/24 weight=4294967295","from":2,"id":"a",)"
                     R"("match":"covering","since_before":true,"version":3})"));
  out.push_back(Said("AddressLife", AddressLife{Id("a"), AddressMatch::kCovered, SampleLife()},
                     R"({"id":"a","life":)" + kLifeText + R"(,"match":"covered"})"));
}

void AddWrites(std::vector<Sample>& out) {
  out.push_back(Said("ChangedId", SampleChangedId(), kChangedIdText));
  out.push_back(Said("CommitResult", SampleResult(), kResultText));
  out.push_back(Said("CommitResult, empty", CommitResult{},
                     R"({"changes":[],"replayed":false,"time":"1970-01-01T00:00:00Z",)"
                     R"("unchanged":[]})"));
  const RevertConflict all{Id("a"), AKey("::1"), "weight=1", "", Version{3}, Revision{4}};
  const RevertConflict whole{Id("b"), {}, {}, {}, Version{0}, Revision{0}};
  out.push_back(
      Said("RevertResult", RevertResult{SampleResult(), {all, whole}},
           R"({"commit":)" + kResultText +
               R"(,"skipped":[{"id":"a","key":"::1","now":"","revision":4,)"
               R"("then":"weight=1","version":3},{"id":"b","revision":0,"version":0}]})"));
  const Error error{ErrorCode::kUnknownOutcome, "a sync failed", {"one", "two"}, 30, "f.sst"};
  out.push_back(Said("Error", error,
                     R"({"committed":"unknown","exit":8,"item_count":30,"items":["one","two"],)"
                     R"("message":"a sync failed","reason":"unknown_outcome","where":"f.sst"})"));
}

void AddStore(std::vector<Sample>& out) {
  out.push_back(Said("StoreIdentity", StoreIdentity{"production", "uuid", kTime, 4294967295U, true},
                     R"({"created":"2026-11-22T03:45:00.000001Z","environment":"production",)"
                     R"("format":4294967295,"pruned":true,"uuid":"uuid"})"));
  out.push_back(Said("SnapshotInfo", SnapshotInfo{"release", Revision{3}, kTime, "ann", "why"},
                     R"({"author":"ann","created":"2026-11-22T03:45:00.000001Z","message":"why",)"
                     R"("name":"release","revision":3})"));
  const StoreStats stats{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19};
  out.push_back(
      Said("StoreStats", stats,
           R"({"checkpoint_bytes":14,"checkpoints":11,"chunk_bytes":17,"chunks":12,)"
           R"("deleted_ids":2,"deletions":10,"disk_bytes":18,"endpoints":6,"files":19,)"
           R"("full_versions":8,"head_row_bytes":16,"ids":1,"pruned_versions":4,)"
           R"("revision_row_bytes":15,"revisions":5,"same_as_versions":9,"script_versions":7,)"
           R"("version_row_bytes":13,"versions":3})"));
  const Damage all{"what", "where", Id("a"), Version{1}, Version{2}, "consequence"};
  const Damage little{"what"};
  out.push_back(Said("VerifyReport", VerifyReport{1, 2, 3, 4, 5, {all, little}, 6},
                     R"({"chunks":4,"damage":[{"consequence":"consequence","id":"a",)"
                     R"("last_version":2,"version":1,"what":"what","where":"where"},)"
                     R"({"consequence":"","what":"what","where":""}],"damage_count":6,)"
                     R"("endpoints":5,"ids":1,"revisions":3,"versions":2})"));
  out.push_back(Said("PrunedId", PrunedId{Id("a"), 1, 2, Version{3}},
                     R"({"dropped":1,"id":"a","kept":2,"oldest_kept":3})"));
  out.push_back(Said("PruneReport", PruneReport{1, 2, 3, 4, 5, 6, 7},
                     R"({"chunks":6,"dropped":2,"ids":1,"kept":3,"pins":4,"revisions":7,)"
                     R"("row_bytes":5})"));
  out.push_back(
      Said("BackupInfo", BackupInfo{1, kTime, Revision{2}, "uuid", "production", 3, 4, 5, "torn"},
           R"({"bytes":3,"damage":"torn","environment":"production","files":5,"new_bytes":4,)"
           R"("number":1,"revision":2,"store_uuid":"uuid","time":"2026-11-22T03:45:00.000001Z"})"));
}

void AddOptions(std::vector<Sample>& out) {
  CommitOptions options;
  options.operation = Operation::kApplyTable;
  options.author = "ann";
  options.message = "why";
  options.ticket = "T-1";
  options.source = "file";
  options.request_id = "req";
  options.expect_head = Revision{0};
  options.durability = Durability::kBuffered;
  options.dry_run = true;
  options.time = kTime;
  options.original_time = kTime;
  options.bookmark = Bookmark{"name", "value"};
  out.push_back(Asked("CommitOptions", options,
                      R"({"author":"ann","bookmark":{"name":"name","value":"value"},)"
                      R"("dry_run":true,"durability":"buffered","expect_head":0,"message":"why",)"
                      R"("operation":"apply-table","original_time":"2026-11-22T03:45:00.000001Z",)"
                      R"("request_id":"req","source":"file","ticket":"T-1",)"
                      R"("time":"2026-11-22T03:45:00.000001Z"})"));
  out.push_back(Asked("CommitOptions, empty", CommitOptions{},
                      R"({"author":"","dry_run":false,"durability":"synced","message":"",)"
                      R"("operation":"set","request_id":"","source":"","ticket":""})"));
  out.push_back(Asked("RestoreTarget", RestoreTarget{Id("a"), Version{1}, Version{2}},
                      R"({"expect":2,"id":"a","version":1})"));
  const RevisionChoice choice{{Revision{3}, Revision{1}}, "a*", std::vector<BusinessId>{Id("b")}};
  out.push_back(Asked("RevisionChoice", choice, R"({"glob":"a*","ids":["b"],"revisions":[3,1]})"));
  out.push_back(Asked("RevisionChoice, empty", RevisionChoice{}, R"({"glob":"","revisions":[]})"));
  out.push_back(Asked("PrunePolicy", PrunePolicy{1, kTime, "a*"},
                      R"({"glob":"a*","keep_last":1,"keep_since":"2026-11-22T03:45:00.000001Z"})"));
  out.push_back(Asked("PrunePolicy, empty", PrunePolicy{}, R"({"glob":""})"));
}

void AddChanges(std::vector<Sample>& out) {
  const auto asked = [&](std::string name, const IdChange& change, std::string text) {
    out.push_back(Asked("IdChange, " + std::move(name), change, std::move(text)));
  };
  asked("replace", {Id("a"), Replace{AList("::1\n10.0.0.1 weight=0")}, Version{0}},
        R"({"expect":0,"id":"a","replace":["10.0.0.1 weight=0","::1"]})");
  asked("replace by nothing", {Id("a"), Replace{}}, R"({"id":"a","replace":[]})");
  const std::vector<EndpointEdit> edits = {
      {EditKind::kAdd, AnEndpoint("10.0.0.1 weight=1"), false},
      {EditKind::kRemove, AnEndpoint("10.0.0.2 weight=2"), true},
      {EditKind::kSet, AnEndpoint("10.0.0.3"), false}};
  const std::string edits_text =
      R"([{"endpoint":"10.0.0.1 weight=1","kind":"add"},{"endpoint":"10.0.0.2 weight=2",)"
      R"("kind":"remove","match_value":true},{"endpoint":"10.0.0.3","kind":"set"}])";
  asked("edits", {Id("a"), EditEndpoints{edits, true}},
        R"({"edits":)" + edits_text + R"(,"id":"a","if_needed":true})");
  asked("no edits", {Id("a"), EditEndpoints{}}, R"({"edits":[],"id":"a"})");
  asked("delete", {Id("a"), DeleteId{}}, R"({"delete":true,"id":"a"})");
  asked("delete with removes", {Id("a"), DeleteId{edits}, Version{3}},
        R"({"delete":true,"expect":3,"id":"a","removes":)" + edits_text + "}");
  asked("copy", {Id("a"), CopyVersion{Version{5}}}, R"({"copy":5,"id":"a"})");
  asked("steps", {Id("a"), EditSteps{{{edits, false, 0}, {{}, true, 7}}}},
        R"({"id":"a","steps":[{"edits":)" + edits_text +
            R"(},{"deletes":true,"edits":[],"line":7}]})");
  const std::vector<IdChange> several = {{Id("a"), DeleteId{}}, {Id("b"), CopyVersion{Version{1}}}};
  out.push_back(Asked("changes", several, R"([{"delete":true,"id":"a"},{"copy":1,"id":"b"}])"));
}

}  // namespace

std::vector<Sample> Samples() {
  std::vector<Sample> out;
  AddLists(out);
  AddHistory(out);
  AddProvenance(out);
  AddWrites(out);
  AddStore(out);
  AddOptions(out);
  AddChanges(out);
  return out;
}

}  // namespace switchback::wire
