#include <fmt/format.h>

#include <algorithm>

#include "service/calls.h"
#include "switchback/text.h"
#include "wire/status.h"

namespace switchback {
namespace {

// What a dry run would change, as it is told.
class Planned {
 public:
  // From now on `options` tell here, if the caller asked for it.
  Result<void> Begin(const CallContext& call, CommitOptions& options) {
    const Result<bool> wanted = call.BodyFlag("planned");
    if (!wanted) return std::unexpected(wanted.error());
    if (!*wanted || !options.dry_run) return {};
    json_ = wire::Json::array();
    options.on_planned = [this](const ChangedId& change, const ListDiff& diff) {
      json_.push_back({{"change", wire::ToJson(change)}, {"diff", wire::ToJson(diff)}});
    };
    return {};
  }
  void AddTo(wire::Json& answer) {
    if (json_.is_array()) answer["planned"] = std::move(json_);
  }

 private:
  wire::Json json_;
};

// Commits by `commit` with the body's options, and answers.
template <typename Commit>
Result<void> CommitAndAnswer(CallContext& call, Commit commit) {
  Result<CommitOptions> options = call.BodyOptions();
  if (!options) return std::unexpected(options.error());
  // What stands in the journal between commits is for the store to write.
  if (options->operation >= Operation::kSnapshotCreate) {
    return Fail(ErrorCode::kInvalidArgument, fmt::format("options.operation: '{}' is no commit's",
                                                         OperationName(options->operation)));
  }
  Planned planned;
  if (auto begun = planned.Begin(call, *options); !begun) return begun;
  const auto result = commit(*options);
  if (!result) return std::unexpected(result.error());
  wire::Json answer = wire::ToJson(*result);
  planned.AddTo(answer);
  call.SendJson(answer);
  return {};
}

// Changes in memory, in order of IDs.
class ListedChanges final : public ChangeReader {
 public:
  explicit ListedChanges(std::vector<IdChange> changes) : changes_(std::move(changes)) {
    std::ranges::sort(changes_, {}, &IdChange::id);
  }
  Result<void> Rewind() override {
    next_ = 0;
    return {};
  }
  Result<std::optional<IdChange>> Next() override {
    if (next_ == changes_.size()) return std::nullopt;
    return changes_[next_++];
  }
  [[nodiscard]] size_t size_hint() const override { return changes_.size(); }

 private:
  std::vector<IdChange> changes_;
  size_t next_ = 0;
};

template <typename T>
Result<std::vector<T>> BodyArray(const CallContext& call, const std::string& key) {
  const auto found = call.body().find(key);
  if (found == call.body().end() || !found->is_array()) {
    return Fail(ErrorCode::kInvalidArgument, fmt::format("{}: expected an array", key));
  }
  std::vector<T> values;
  values.reserve(found->size());
  for (size_t i = 0; i < found->size(); ++i) {
    Result<T> value = wire::FromJson<T>((*found)[i], fmt::format("{}[{}]", key, i));
    if (!value) return std::unexpected(std::move(value.error()));
    values.push_back(*std::move(value));
  }
  return values;
}

// Options of a call that has its change in the path and the body.
Result<CommitOptions> OptionsFromQuery(const CallContext& call, Operation operation) {
  CommitOptions options;
  options.operation = operation;
  options.author = call.Text("author").value_or(call.identity().name);
  options.message = call.Text("message").value_or("");
  options.ticket = call.Text("ticket").value_or("");
  options.source = call.Text("source").value_or("");
  options.request_id = call.Text("request_id").value_or("");
  const Result<bool> dry_run = call.Flag("dry_run");
  if (!dry_run) return std::unexpected(dry_run.error());
  options.dry_run = *dry_run;
  const Result<bool> buffered = call.Flag("buffered");
  if (!buffered) return std::unexpected(buffered.error());
  if (*buffered) options.durability = Durability::kBuffered;
  if (!options.request_id.empty() && call.request().headers.contains("if-match")) {
    // When it is repeated the list is another one already.
    return Fail(ErrorCode::kInvalidArgument,
                "If-Match does not go with a request ID: name the version in POST /v1/commits");
  }
  call.SetOrigin(options);
  return options;
}

// What If-Match and If-None-Match expect. Errors: kConflict, it does not hold already.
Result<std::optional<Version>> ExpectedVersion(const CallContext& call, const BusinessId& id) {
  const auto& headers = call.request().headers;
  if (headers.contains("if-none-match")) {
    if (call.request().Header("if-none-match") == "*") return Version{0};
    return Fail(ErrorCode::kInvalidArgument, "If-None-Match: of a write it is * or not there");
  }
  if (!headers.contains("if-match")) return std::nullopt;
  const std::string_view match = call.request().Header("if-match");
  if (match.empty()) return Fail(ErrorCode::kInvalidArgument, "If-Match: it is empty");
  const Result<ListHandle> now = call.store().Read(id);
  if (!now && now.error().code != ErrorCode::kNotFound) return std::unexpected(now.error());
  if (!now) {
    return Fail(ErrorCode::kConflict, fmt::format("If-Match: there is no list {}", id.text()));
  }
  const std::string digest = (*now)->digest().ToHex();
  if (match == "*" || match == '"' + digest + '"') return (*now)->version;
  return Fail(ErrorCode::kConflict,
              fmt::format("If-Match: {} is now version {} with digest \"{}\"; read it again",
                          id.text(), (*now)->version.value, digest));
}

Result<void> CommitOne(CallContext& call, IdChange change, Operation operation) {
  if (auto known = call.OnlyParameters(
          {"author", "message", "ticket", "source", "request_id", "dry_run", "buffered"});
      !known) {
    return known;
  }
  const Result<CommitOptions> options = OptionsFromQuery(call, operation);
  if (!options) return std::unexpected(options.error());
  const auto expect = ExpectedVersion(call, change.id);
  if (!expect) {
    const bool is_conflict = expect.error().code == ErrorCode::kConflict;
    if (!is_conflict) return std::unexpected(expect.error());
    call.SendError(expect.error(), wire::kPreconditionFailed);
    return {};
  }
  change.expect = *expect;
  Change whole;
  whole.ids.push_back(std::move(change));
  const auto result = call.store().Commit(whole, *options);
  if (!result && *expect && result.error().code == ErrorCode::kConflict) {
    call.SendError(result.error(), wire::kPreconditionFailed);
    return {};
  }
  if (!result) return std::unexpected(result.error());
  call.SendJson(wire::ToJson(*result));
  return {};
}

}  // namespace

Result<void> AnswerCommit(CallContext& call) {
  Result<std::vector<IdChange>> ids = BodyArray<IdChange>(call, "ids");
  if (!ids) return std::unexpected(ids.error());
  const Change change{*std::move(ids)};
  return CommitAndAnswer(
      call, [&](const CommitOptions& options) { return call.store().Commit(change, options); });
}

Result<void> AnswerListReplace(CallContext& call) {
  const Result<BusinessId> id = call.PathId();
  if (!id) return std::unexpected(id.error());
  Result<ParsedList> parsed = ParseEndpointList(call.request().body, "body");
  if (!parsed) return std::unexpected(parsed.error());
  return CommitOne(call, {*id, Replace{std::move(parsed->list)}}, Operation::kSet);
}

Result<void> AnswerListDelete(CallContext& call) {
  const Result<BusinessId> id = call.PathId();
  if (!id) return std::unexpected(id.error());
  return CommitOne(call, {*id, DeleteId{}}, Operation::kDelete);
}

Result<void> AnswerRestore(CallContext& call) {
  const Result<std::vector<RestoreTarget>> targets = BodyArray<RestoreTarget>(call, "targets");
  if (!targets) return std::unexpected(targets.error());
  return CommitAndAnswer(
      call, [&](const CommitOptions& options) { return call.store().Restore(*targets, options); });
}

Result<void> AnswerRestoreTable(CallContext& call) {
  const Result<uint64_t> revision = call.BodyNumber("revision");
  if (!revision) return std::unexpected(revision.error());
  Result<std::string> glob = "";
  if (call.body().contains("glob")) glob = call.BodyText("glob");
  if (!glob) return std::unexpected(glob.error());
  return CommitAndAnswer(call, [&](const CommitOptions& options) {
    return call.store().RestoreTable(Revision{*revision}, *glob, options);
  });
}

Result<void> AnswerRevert(CallContext& call) {
  const Result<RevisionChoice> choice = call.Body<RevisionChoice>("choice");
  if (!choice) return std::unexpected(choice.error());
  const Result<bool> skip = call.BodyFlag("skip_conflicts");
  if (!skip) return std::unexpected(skip.error());
  return CommitAndAnswer(call, [&](const CommitOptions& options) {
    return call.store().Revert(*choice, *skip, options);
  });
}

Result<void> AnswerApplyTable(CallContext& call) {
  Result<std::vector<IdChange>> ids = BodyArray<IdChange>(call, "ids");
  if (!ids) return std::unexpected(ids.error());
  std::vector<std::string> globs;
  if (const auto found = call.body().find("globs"); found != call.body().end()) {
    if (!found->is_array() ||
        !std::ranges::all_of(*found, [](const wire::Json& one) { return one.is_string(); })) {
      return Fail(ErrorCode::kInvalidArgument, "globs: expected an array of texts");
    }
    for (const wire::Json& one : *found) globs.push_back(one.get<std::string>());
  }
  const Result<bool> allow_empty = call.BodyFlag("allow_empty");
  if (!allow_empty) return std::unexpected(allow_empty.error());
  if (ids->empty() && !*allow_empty) {
    return Fail(ErrorCode::kInvalidArgument,
                "ids: there are none, which would delete every ID; if that is meant, say "
                "\"allow_empty\":true");
  }
  ListedChanges lists(*std::move(ids));
  return CommitAndAnswer(call, [&](const CommitOptions& options) {
    return call.store().ApplyTable(lists, globs, options);
  });
}

Result<void> AnswerSync(CallContext& call) {
  if (Result<void> synced = call.store().Sync(); !synced) return synced;
  call.SendJson(wire::Json::object());
  return {};
}

Result<void> AnswerSnapshotCreate(CallContext& call) {
  const Result<std::string> name = call.BodyText("name");
  if (!name) return std::unexpected(name.error());
  const Result<uint64_t> revision = call.BodyNumber("revision");
  if (!revision) return std::unexpected(revision.error());
  const Result<CommitOptions> options = call.BodyOptions();
  if (!options) return std::unexpected(options.error());
  const auto made = call.store().CreateSnapshot(*name, Revision{*revision}, *options);
  if (!made) return std::unexpected(made.error());
  call.SendJson(wire::ToJson(*made));
  return {};
}

Result<void> AnswerSnapshotDelete(CallContext& call) {
  const Result<std::string> name = call.BodyText("name");
  if (!name) return std::unexpected(name.error());
  const Result<CommitOptions> options = call.BodyOptions();
  if (!options) return std::unexpected(options.error());
  if (Result<void> deleted = call.store().DeleteSnapshot(*name, *options); !deleted) {
    return deleted;
  }
  call.SendJson(wire::Json::object());
  return {};
}

}  // namespace switchback
