// What changes the store, and the care of it.
#include <tuple>
#include <utility>

#include "client/commit_body.h"
#include "client/remote_store.h"
#include "switchback/backup.h"

namespace switchback::client {
namespace {

template <typename T>
wire::Json ToArray(const std::vector<T>& values) {
  wire::Json array = wire::Json::array();
  for (const T& value : values) array.push_back(wire::ToJson(value));
  return array;
}

Call Post(std::string_view path, std::string body, CallKind kind) {
  return {.method = "POST", .target = std::string(path), .kind = kind, .body = std::move(body)};
}

// No request ID goes with these, as far as the service is concerned.
CallKind KindWithoutId(const CommitOptions& options) {
  return options.dry_run ? CallKind::kReads : CallKind::kWritesWithoutId;
}

void TellProgress(const wire::Json& line, const Progress& progress) {
  const auto said = line.find("progress");
  if (!progress || said == line.end() || !said->is_object()) return;
  const auto done = said->find("done");
  const auto total = said->find("total");
  if (done == said->end() || !done->is_number_unsigned()) return;
  const bool has_total = total != said->end() && total->is_number_unsigned();
  progress(done->get<uint64_t>(), has_total ? total->get<uint64_t>() : 0);
}

// Of a call that takes long: what the last line reports. `tell` hears the other lines.
Result<wire::Json> AwaitReport(ServiceCalls& calls, Call call, const Progress& progress,
                               const std::function<Result<void>(const wire::Json&)>& tell = {}) {
  const CallKind kind = call.kind;
  Result<LineStream> lines = LineStream::Open(calls, std::move(call));
  if (!lines) return std::unexpected(std::move(lines.error()));
  while (true) {
    Result<std::optional<wire::Json>> line = lines->Next();
    if (!line) return std::unexpected(std::move(line.error()));
    if (!*line) {
      return std::unexpected(calls.NotUnderstood("it ends without a report", kind));
    }
    if (const auto report = (*line)->find("report"); report != (*line)->end()) {
      wire::Json found = std::move(*report);
      // The end behind it makes the connection good for another call; what it says is said.
      std::ignore = lines->Next();
      return found;
    }
    TellProgress(**line, progress);
    if (!tell) continue;
    if (Result<void> told = tell(**line); !told) return std::unexpected(std::move(told.error()));
  }
}

template <typename T>
Result<T> AwaitReportOf(ServiceCalls& calls, Call call, const Progress& progress,
                        const std::function<Result<void>(const wire::Json&)>& tell = {}) {
  const CallKind kind = call.kind;
  const Result<wire::Json> report = AwaitReport(calls, std::move(call), progress, tell);
  if (!report) return std::unexpected(report.error());
  return calls.Decode<T>(*report, "report", kind);
}

}  // namespace

// -- Commits

Result<wire::Json> RemoteStore::SendWrite(std::string_view path, std::string body,
                                          const CommitOptions& options) {
  Result<wire::Json> answer = calls_->AskJson(Post(path, std::move(body), KindOf(options)));
  if (!answer) return answer;
  if (Result<void> told = TellPlan(*calls_, *answer, options); !told) {
    return std::unexpected(std::move(told.error()));
  }
  return answer;
}

Result<CommitResult> RemoteStore::SendCommit(std::string_view path, std::string body,
                                             const CommitOptions& options) {
  const Result<wire::Json> answer = SendWrite(path, std::move(body), options);
  if (!answer) return std::unexpected(answer.error());
  return calls_->Decode<CommitResult>(*answer, "result", KindOf(options));
}

Result<CommitResult> RemoteStore::Commit(const Change& change, const CommitOptions& options) {
  ChangeBody body;
  for (const IdChange& one : change.ids) {
    if (Result<void> added = body.Add(one); !added) return std::unexpected(added.error());
  }
  Result<std::string> text = std::move(body).Finish(WithOptions(options));
  if (!text) return std::unexpected(std::move(text.error()));
  return SendCommit("/v1/commits", std::move(*text), options);
}

Result<CommitResult> RemoteStore::Commit(ChangeReader& changes, const CommitOptions& options) {
  ChangeBody body;
  if (Result<void> added = body.AddAll(changes); !added) return std::unexpected(added.error());
  Result<std::string> text = std::move(body).Finish(WithOptions(options));
  if (!text) return std::unexpected(std::move(text.error()));
  return SendCommit("/v1/commits", std::move(*text), options);
}

Result<CommitResult> RemoteStore::Restore(const std::vector<RestoreTarget>& targets,
                                          const CommitOptions& options) {
  wire::Json body = WithOptions(options);
  body["targets"] = ToArray(targets);
  Result<std::string> text = wire::DumpExactly(body);
  if (!text) return std::unexpected(std::move(text.error()));
  return SendCommit("/v1/restore", *std::move(text), options);
}

Result<CommitResult> RemoteStore::RestoreTable(Revision revision, std::string_view glob,
                                               const CommitOptions& options) {
  wire::Json body = WithOptions(options);
  body["revision"] = revision.value;
  body["glob"] = glob;
  Result<std::string> text = wire::DumpExactly(body);
  if (!text) return std::unexpected(std::move(text.error()));
  return SendCommit("/v1/restore-table", *std::move(text), options);
}

Result<RevertResult> RemoteStore::Revert(const RevisionChoice& choice, bool skip_conflicts,
                                         const CommitOptions& options) {
  wire::Json body = WithOptions(options);
  body["choice"] = wire::ToJson(choice);
  body["skip_conflicts"] = skip_conflicts;
  Result<std::string> text = wire::DumpExactly(body);
  if (!text) return std::unexpected(std::move(text.error()));
  const Result<wire::Json> answer = SendWrite("/v1/revert", *std::move(text), options);
  if (!answer) return std::unexpected(answer.error());
  return calls_->Decode<RevertResult>(*answer, "result", KindOf(options));
}

Result<CommitResult> RemoteStore::ApplyTable(ChangeReader& lists,
                                             const std::vector<std::string>& globs,
                                             const CommitOptions& options) {
  ChangeBody body;
  if (Result<void> added = body.AddAll(lists); !added) return std::unexpected(added.error());
  wire::Json rest = WithOptions(options);
  rest["globs"] = globs;
  rest["allow_empty"] = true;  // as in the library
  Result<std::string> text = std::move(body).Finish(rest);
  if (!text) return std::unexpected(std::move(text.error()));
  return SendCommit("/v1/apply-table", std::move(*text), options);
}

// Twice does what once does, so it is sent again like a call that reads.
Result<void> RemoteStore::Sync() {
  const Result<wire::Json> answer = calls_->AskJson(Post("/v1/sync", "{}", CallKind::kReads));
  if (!answer) return std::unexpected(answer.error());
  return {};
}

Result<std::optional<std::string>> RemoteStore::ReadBookmark(std::string_view name) const {
  const Result<wire::Json> answer =
      calls_->AskJson({.target = Target("/v1/bookmarks").Query("name", name).text()});
  if (!answer) return std::unexpected(answer.error());
  const auto value = answer->find("value");
  if (value == answer->end()) return std::nullopt;
  if (value->is_string()) return value->get<std::string>();
  return std::unexpected(calls_->NotUnderstood("'value' is no text", CallKind::kReads));
}

// -- Snapshots

Result<SnapshotInfo> RemoteStore::CreateSnapshot(std::string_view name, Revision revision,
                                                 const CommitOptions& options) {
  const wire::Json body = {
      {"name", name}, {"revision", revision.value}, {"options", wire::ToJson(options)}};
  Result<std::string> text = wire::DumpExactly(body);
  if (!text) return std::unexpected(std::move(text.error()));
  return calls_->Ask<SnapshotInfo>(Post("/v1/snapshots", *std::move(text), KindWithoutId(options)),
                                   "snapshot");
}

Result<void> RemoteStore::DeleteSnapshot(std::string_view name, const CommitOptions& options) {
  const wire::Json body = {{"name", name}, {"options", wire::ToJson(options)}};
  Result<std::string> text = wire::DumpExactly(body);
  if (!text) return std::unexpected(std::move(text.error()));
  const Result<wire::Json> answer =
      calls_->AskJson(Post("/v1/snapshots/delete", *std::move(text), KindWithoutId(options)));
  if (!answer) return std::unexpected(answer.error());
  return {};
}

Result<void> RemoteStore::RecordRefusal(const Refusal& /*refusal*/) {
  return Fail(ErrorCode::kInvalidArgument,
              "a service journals what it refuses itself: a refusal can't be recorded through one");
}

Result<std::vector<SnapshotInfo>> RemoteStore::ListSnapshots() const {
  const Result<wire::Json> answer = calls_->AskJson({.target = "/v1/snapshots"});
  if (!answer) return std::unexpected(answer.error());
  const auto found = answer->find("snapshots");
  if (found == answer->end() || !found->is_array()) {
    return std::unexpected(calls_->NotUnderstood("'snapshots' is missing", CallKind::kReads));
  }
  std::vector<SnapshotInfo> snapshots;
  for (const wire::Json& one : *found) {
    auto info = calls_->Decode<SnapshotInfo>(one, "snapshot", CallKind::kReads);
    if (!info) return std::unexpected(std::move(info.error()));
    snapshots.push_back(std::move(*info));
  }
  return snapshots;
}

// -- Care

Result<PruneReport> RemoteStore::Prune(const PrunePolicy& policy, const CommitOptions& options,
                                       const Progress& progress,
                                       const std::function<void(const PrunedId&)>& tell) {
  const wire::Json body = {{"policy", wire::ToJson(policy)}, {"options", wire::ToJson(options)}};
  const CallKind kind = KindWithoutId(options);
  const auto tell_line = [&](const wire::Json& line) -> Result<void> {
    const auto said = line.find("pruned");
    if (!tell || said == line.end()) return {};
    const Result<PrunedId> pruned = calls_->Decode<PrunedId>(*said, "pruned", kind);
    if (!pruned) return std::unexpected(pruned.error());
    tell(*pruned);
    return {};
  };
  Result<std::string> text = wire::DumpExactly(body);
  if (!text) return std::unexpected(std::move(text.error()));
  return AwaitReportOf<PruneReport>(*calls_, Post("/v1/prune", *std::move(text), kind), progress,
                                    tell_line);
}

Result<VerifyReport> RemoteStore::Verify(const Progress& progress) const {
  return AwaitReportOf<VerifyReport>(*calls_, Post("/v1/verify", "{}", CallKind::kReads), progress);
}

Result<VerifyReport> RemoteStore::Probe() const {
  return AwaitReportOf<VerifyReport>(*calls_, Post("/v1/probe", "{}", CallKind::kReads), {});
}

Result<StoreActivity> RemoteStore::Activity() const {
  return Fail(ErrorCode::kInvalidArgument,
              "what a served store has been doing is among its service's metrics: GET /metrics");
}

Result<StoreStats> RemoteStore::Stats() const {
  return calls_->Ask<StoreStats>({.target = "/v1/stats"}, "stats");
}

Result<void> RemoteStore::Compact() {
  const auto report = AwaitReport(*calls_, Post("/v1/compact", "{}", CallKind::kReads), {});
  if (!report) return std::unexpected(report.error());
  return {};
}

Result<BackupInfo> RemoteStore::CreateBackup(const std::string& folder,
                                             const CommitOptions& options,
                                             const Progress& progress) {
  const wire::Json body = {{"folder", folder}, {"options", wire::ToJson(options)}};
  Result<std::string> text = wire::DumpExactly(body);
  if (!text) return std::unexpected(std::move(text.error()));
  const Call call = Post("/v1/backups", *std::move(text), KindWithoutId(options));
  return AwaitReportOf<BackupInfo>(*calls_, call, progress);
}

// It changes no answer: to drop them once more is no harm.
Result<void> RemoteStore::DropCheckpoints(bool remake) {
  const wire::Json body = {{"remake", remake}};
  const Result<wire::Json> answer =
      calls_->AskJson(Post("/v1/drop-checkpoints", wire::Dump(body), CallKind::kReads));
  if (!answer) return std::unexpected(answer.error());
  return {};
}

}  // namespace switchback::client
